"""Answers the scenario's own requests («запрос»): any public API, with secrets added at the last moment."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from core.effects import ApiAnswer, CallApi, Failure, Reason
from integrations.cache import Cache, Memory, younger
from integrations.errors import Kind, OutsideError
from integrations.exchange import Call, HttpAnswer, read_json
from integrations.http import Http
from integrations.secrets import Secrets, has_reference

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
MAX_URL = 4000
MAX_BODY = 256 * 1024
_LONGEST_CACHE = 86400
_STALE_FACTOR = 10  #: a remembered answer outlives an outage by this many of its own lifetimes, a day at most

#: Headers that belong to the connection, not to the owner.
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect", "upgrade"})
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


class Api:
    """Synchronous and thread-safe; never raises for what a service does or an owner typed.

    ``allow_http`` names the "host:port" that may be asked without encryption: the sandbox's emulators.
    """

    def __init__(
        self,
        http: Http,
        secrets: Secrets,
        cache: Cache,
        *,
        allow_http: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._secrets = secrets
        self._memory = Memory(cache, clock)
        self._allow_http = allow_http

    def call(self, request: CallApi) -> ApiAnswer | Failure:
        """2xx and most 4xx are answers for the scenario to judge; refused access and outages are failures."""
        try:
            if request.cache_seconds > 0 and request.method.upper() == "GET":
                return self._unpack(self._remembered(request))
            return self._unpack(self._packed(request))
        except OutsideError as error:
            return error.as_failure()

    def _remembered(self, request: CallApi) -> str:
        """The key is made of the request as written: secrets are not in it yet."""
        seconds = min(request.cache_seconds, _LONGEST_CACHE)
        written = json.dumps([request.url, sorted(request.headers.items())], ensure_ascii=False)
        key = f"api {hashlib.blake2b(written.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"
        stale_for = min(seconds * _STALE_FACTOR, _LONGEST_CACHE)
        return self._memory.read(key, lambda: self._packed(request), fresh=younger(seconds), stale_for=stale_for)

    def _packed(self, request: CallApi) -> str:
        """Status and masked text as one string, which is what a cache keeps."""
        answer = self._http.send(self._prepare(request))
        _refuse_failed(answer)
        return json.dumps([answer.status, self._secrets.mask(answer.text())])

    def _unpack(self, packed: str) -> ApiAnswer:
        status, text = json.loads(packed)
        try:
            return ApiAnswer(status, read_json(text, ""))
        except OutsideError:
            return ApiAnswer(status, None, text)

    def _prepare(self, request: CallApi) -> Call:
        method = request.method.upper()
        if method not in METHODS:
            raise OutsideError(Kind.REFUSED, "Метод запроса должен быть одним из: GET, POST, PUT, PATCH, DELETE.")
        if len(request.url) > MAX_URL or len(request.body) > MAX_BODY:
            raise OutsideError(Kind.REFUSED, "Запрос слишком длинный.")
        host = self._host(request.url)
        body = self._secrets.in_body(request.body, host)
        headers = {name: self._secrets.in_header(value, host) for name, value in _checked(request).items()}
        if body.lstrip().startswith(("{", "[")) and "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = "application/json"
        url = self._secrets.in_url(request.url, host)
        return Call(method, url, headers=headers, body=body.encode("utf-8", "replace"), public_only=True)

    def _host(self, url: str) -> str:
        """The site as typed: no secret may hide in it, and it must be asked over https."""
        scheme, host, netloc = _site(url)
        if has_reference(netloc) or not host:
            raise OutsideError(Kind.REFUSED, "Адрес должен начинаться с https:// и имени сайта.")
        if scheme != "https" and netloc not in self._allow_http:
            raise OutsideError(Kind.REFUSED, f"{host}: нужен адрес, который начинается с https://.")
        return host


def _site(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    return parts.scheme, parts.hostname or "", parts.netloc.casefold()


def _checked(request: CallApi) -> dict[str, str]:
    for name, value in request.headers.items():
        if not _HEADER_NAME.fullmatch(name) or any(ord(char) < 32 for char in value):
            raise OutsideError(Kind.REFUSED, "Заголовок запроса записан с ошибкой.")
        if name.lower() in _OURS or name.lower().startswith("proxy-"):
            raise OutsideError(Kind.REFUSED, f"Заголовок {name} задавать нельзя.")
    return dict(request.headers)


def _refuse_failed(answer: HttpAnswer) -> None:
    if answer.status in (401, 403):
        text = f"{answer.host}: нет доступа (ответ {answer.status}), проверьте ключ."
        raise OutsideError(Kind.SERVICE, text, reason=Reason.MISCONFIGURED)
    if answer.status == 429:
        raise OutsideError(Kind.SERVICE, f"{answer.host}: слишком много запросов, попробуем позже.")
    if answer.status >= 500:
        raise OutsideError(Kind.SERVICE, f"{answer.host}: у сервиса ошибка (ответ {answer.status}).")
