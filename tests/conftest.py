"""What every test shares: names of parametrised tests."""

from __future__ import annotations


def pytest_make_parametrize_id(val: object) -> str | None:
    """Russian ids are shown as they are (see pyproject.toml); bytes cannot be, so they are spelled out."""
    return repr(val)[:60] if isinstance(val, bytes) else None
