"""favqs.com: the quote of the day, fetched once a day for everybody."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from core.effects import Failure, Quote
from integrations.cache import Cache, Memory
from integrations.errors import Kind, OutsideError
from integrations.exchange import read_json
from integrations.http import Http

BASE_URL = "https://favqs.com/api/qotd"
_HOST = "favqs.com"
_RETRY_SAME_DATE = 600.0  #: the service may turn its page later than midnight
_STALE_FOR = 3 * 86400.0
_LONGEST = 2000

_DATE = re.compile(r'"qotd_date"\s*:\s*"(\d{4}-\d\d-\d\d)')
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^>]*>", re.IGNORECASE)
_CONTROL = re.compile(r"[^\S\n]+|[\x00-\x08\x0b-\x1f\x7f]")


class Quotes:
    """Synchronous and thread-safe; never raises for what the service does."""

    def __init__(
        self, http: Http, cache: Cache, *, url: str = BASE_URL, clock: Callable[[], float] = time.time
    ) -> None:
        self._url = url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/api/qotd"
        self._http = http
        self._memory = Memory(cache, clock)
        self._clock = clock

    def quote(self) -> Quote | Failure:
        """Today's quote, where "today" is the service's own: UTC."""
        try:
            body = self._memory.read("quote of the day", self._fetch, fresh=self._is_todays, stale_for=_STALE_FOR)
            return read_quote(read_json(body, _HOST))
        except OutsideError as error:
            return error.as_failure()

    def _fetch(self) -> str:
        answer = self._http.get(self._url)
        if answer.status != 200:
            raise OutsideError(Kind.SERVICE, f"{answer.host}: сервис цитат ответил ошибкой {answer.status}.")
        read_quote(answer.json())  # only a usable quote may be remembered
        return answer.text()

    def _is_todays(self, age: float, body: str) -> bool:
        today = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        date = _DATE.search(body)
        return (date is not None and date[1] == today) or 0 <= age < _RETRY_SAME_DATE


def read_quote(data: Any) -> Quote:
    """The quote without markup. Raises `OutsideError` when there is no text in it."""
    quote = data.get("quote") if isinstance(data, dict) else None
    if isinstance(quote, dict):
        text, author = clean(_words(quote)), clean(str(quote.get("author") or ""))
        if text:
            return Quote(text[:_LONGEST], author)
    raise OutsideError(Kind.BROKEN, "Сервис цитат прислал ответ без цитаты.")


def _words(quote: dict[str, Any]) -> str:
    """The body, or the lines of a dialogue, which may come as texts or as objects with a body."""
    body, lines = quote.get("body"), quote.get("lines")
    if isinstance(body, str) and body.strip():
        return body
    if not isinstance(lines, list):
        return ""
    spoken = [line.get("body") if isinstance(line, dict) else line for line in lines]
    return "\n".join(f"— {line}" for line in spoken if isinstance(line, str) and line.strip())


def clean(text: str) -> str:
    """Plain text: breaks become lines, tags and control characters vanish, entities become characters."""
    # Tags go before entities: "&lt;b&gt;" is text about markup, and is never read as markup after decoding.
    plain = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    lines = (_CONTROL.sub(" ", line).strip() for line in plain.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
