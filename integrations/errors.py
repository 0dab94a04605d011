"""What can go wrong with the outside world, in kinds our code switches on and sentences the owner can read."""

from __future__ import annotations

from enum import StrEnum

from core.effects import Failure, Reason
from core.errors import IntegrationError


class Kind(StrEnum):
    """Why a request brought nothing usable."""

    NETWORK = "network"  #: no connection, or it broke
    TIMEOUT = "timeout"
    PAUSED = "paused"  #: this host failed a moment ago and is left alone for a while
    TOO_BIG = "too big"
    BROKEN = "broken"  #: an answer came, but cannot be understood
    REFUSED = "refused"  #: we refuse to ask: the address or the request is not allowed
    SERVICE = "service"  #: the service itself answered with an error


class OutsideError(IntegrationError):
    """A request failed. The message is Russian and names the host at most: never a path, a query or a key.

    ``host`` is set when that host itself is in trouble.
    """

    def __init__(self, kind: Kind, message: str, *, reason: Reason | None = None, host: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.host = host
        self.reason = reason or (Reason.MISCONFIGURED if kind is Kind.REFUSED else Reason.UNAVAILABLE)

    def as_failure(self) -> Failure:
        """The same as the dialogue sees it."""
        return Failure(self.reason, str(self))
