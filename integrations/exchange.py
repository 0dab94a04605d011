"""One HTTP request and its answer as plain values: redirect rules and careful JSON reading live here, without I/O."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from integrations.errors import Kind, OutsideError

MEGABYTE = 2**20
MAX_JSON_DEPTH = 50

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONE_SURROGATE = re.compile(r"\\u[dD][89abcdefABCDEF]")
#: Headers that may follow a redirect to another site: nothing that could carry a key.
_HARMLESS = frozenset({"accept", "accept-language", "content-type", "user-agent"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``public_only`` marks an address typed by a person: it may lead to the open internet only."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    public_only: bool = False
    max_bytes: int = MEGABYTE

    def redirected(self, status: int, location: str) -> Call:
        """The next request of a redirect; another site gets neither our keys nor our body, and must be public."""
        url = _join(self.url, location)
        same_site = _origin(url) == _origin(self.url)
        if urlsplit(self.url).scheme == "https" and urlsplit(url).scheme != "https":
            raise OutsideError(Kind.REFUSED, "Сайт переадресует с https на незащищённый адрес.")
        keeps_method = status in (307, 308) or self.method in ("GET", "HEAD")
        if keeps_method and self.body and not same_site:
            raise OutsideError(Kind.REFUSED, "Сайт переадресует данные на чужой адрес.")
        return replace(
            self,
            method=self.method if keeps_method else "GET",
            url=url,
            params={},
            headers=self.headers if same_site else _without_secrets(self.headers),
            body=self.body if keeps_method else b"",
            public_only=self.public_only or not same_site,
        )


def _join(url: str, location: str) -> str:
    """Many sites put raw UTF-8 into Location, which arrives read as Latin-1."""
    try:
        joined = urljoin(url, location.encode("latin-1").decode("utf-8"))
        urlsplit(joined)
    except ValueError:
        joined = ""
    if not joined:
        raise OutsideError(Kind.REFUSED, "Сайт переадресует на адрес с ошибкой.")
    return joined


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.casefold()


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.casefold() in _HARMLESS}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a server said; every status is an answer. Header names are lower case."""

    host: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect leads, "" when this is none."""
        return self.headers.get("location", "") if self.status in _REDIRECTS else ""

    def text(self) -> str:
        """The body by its declared charset, UTF-8 otherwise; unreadable bytes become «�»."""
        match = re.search(r"charset=[\"']?([\w.:-]+)", self.headers.get("content-type", ""), re.IGNORECASE)
        try:
            return self.body.decode(match[1] if match else "utf-8-sig", "replace")
        except LookupError:
            return self.body.decode("utf-8-sig", "replace")

    def json(self) -> Any:
        """The parsed body. Raises `OutsideError` (BROKEN) for anything that is not sound JSON of sane depth."""
        return read_json(self.text(), self.host)


def read_json(text: str, host: str) -> Any:
    """Strict JSON: no NaN, no infinities, no lone surrogates, nested at most `MAX_JSON_DEPTH` deep."""
    data, sound = _parse(text)
    if not sound or _too_deep(data):
        raise OutsideError(Kind.BROKEN, f"{host}: ответ не похож на JSON.")
    return data


def _parse(text: str) -> tuple[Any, bool]:
    try:
        data = json.loads(text, parse_float=_finite, parse_constant=_finite)
        if _LONE_SURROGATE.search(text):  # half an emoji cannot be stored or sent: it becomes "?"
            data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None, False
    return data, True


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _too_deep(data: Any) -> bool:
    level, depth = [data], 0
    while level:
        depth += 1
        level = [child for node in level for child in _children(node) if isinstance(child, list | dict)]
    return depth > MAX_JSON_DEPTH


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
