"""How the tests open the door: impatiently, and expecting to be refused."""

from __future__ import annotations

import pytest

from integrations.errors import OutsideError
from integrations.exchange import Call
from integrations.http import Http, Limits

QUICK = Limits(connect=2, read=0.4, total=1.5, attempts=3, backoff=0.001, pause=0)


def quick(**changes: float) -> Limits:
    """`QUICK` with some limits changed."""
    return Limits(**{**{name: getattr(QUICK, name) for name in Limits.__slots__}, **changes})


def fail(http: Http, call: Call) -> OutsideError:
    """The error this request ends in."""
    with pytest.raises(OutsideError) as caught:
        http.send(call)
    return caught.value
