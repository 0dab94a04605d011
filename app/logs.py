"""Logs an operator may paste anywhere: no person's words, no secrets, whoever writes them."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType

from pydantic import SecretStr

from app.settings import Settings

_MASK = "•••"
#: Libraries that speak only when something is wrong; some of them print whole addresses, keys included.
_NOISY = ("httpx", "httpcore", "apscheduler", "vkbottle", "urllib3", "aiohttp", "telegram", "google", "gspread")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class DiscreetFormatter(logging.Formatter):
    """An error is shown as its type and the code it passed: its own words may quote a person or an address with a key.

    Whatever is printed, the given secrets are masked in it.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = [secret for secret in secrets if len(secret) > 4]

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have left the full text there
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the standard library's name
        kind, _, where = ei
        if kind is None:
            return ""
        return f"{''.join(traceback.format_tb(where))}{kind.__qualname__}"


def set_up_logging(settings: Settings) -> None:
    """One line per record on stderr."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter(v.get_secret_value() for v in values if isinstance(v, SecretStr)))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
