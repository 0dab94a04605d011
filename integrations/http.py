"""The one door to the web: every request has a deadline, a size cap, bounded retries, and no way into our network."""

from __future__ import annotations

import logging
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from integrations.errors import Kind, OutsideError
from integrations.exchange import MEGABYTE, Call, HttpAnswer
from integrations.guard import Guard, Target

_RETRIED_METHODS = frozenset({"GET", "HEAD"})
_RETRIED_STATUSES = frozenset({429, 502, 503, 504})
_PASSING = frozenset({Kind.NETWORK, Kind.TIMEOUT})  #: troubles that another try may not meet
_MAX_REDIRECTS = 3
_MISTYPED = "Адрес или заголовки запроса записаны с ошибкой."
_CHUNK = 64 * 1024
_IMAGE_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_DEFAULT_HEADERS = {"User-Agent": "tabletalk", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often we ask; seconds."""

    connect: float = 4.0
    read: float = 8.0
    total: float = 10.0
    attempts: int = 3
    backoff: float = 0.3  #: doubled with every attempt, then jittered
    retry_after: float = 5.0  #: a longer Retry-After is not waited for: the answer is returned as it is
    pause: float = 30.0  #: how long a host that does not answer is left alone


# urllib3 logs whole request lines, and ours hold keys and people's words.
for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(lambda _record: False)


class _Adapter(HTTPAdapter):
    """Sends one request: connects to the checked address, and can be cut off from another thread."""

    def __init__(self, target: Target, address: str) -> None:
        self._target = target
        self._address = address
        self._socket: socket.socket | None = None
        super().__init__(max_retries=0)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: Any = None
    ) -> tuple[Any, Any]:
        """The guard resolved the name once; a second look-up could give another address (DNS rebinding)."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if self._address:
            host = {**host, "host": self._address, "port": self._target.port}
            if self._target.scheme == "https":
                return host, {**pool, "server_hostname": self._target.host, "assert_hostname": self._target.host}
        return host, pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        adapter = self

        class Watched(pool.ConnectionCls):  # type: ignore[misc]
            def connect(self) -> None:
                super().connect()
                adapter._socket = self.sock

        pool.ConnectionCls = Watched
        return pool

    def cut(self) -> None:
        """Socket timeouts restart with every byte; this ends a server that drips for ever."""
        if self._socket is not None:
            try:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # closed in the same moment by its owner


class Http:
    """Thread-safe: a request shares nothing with another but the list of resting hosts."""

    def __init__(
        self,
        guard: Guard | None = None,
        limits: Limits | None = None,
        *,
        proxy: str = "",
        ca_bundle: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = guard or Guard()
        self._limits = limits or Limits()
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._verify: str | bool = ca_bundle or True
        self._sleep = sleep
        self._clock = clock
        self._resting: dict[str, float] = {}
        self._lock = threading.Lock()

    def get(self, url: str, params: Mapping[str, str] | None = None) -> HttpAnswer:
        """GET an address the operator configured."""
        return self.send(Call("GET", url, params or {}))

    def fetch_image(self, url: str) -> bytes:
        """Download a picture by an owner-typed address, at most 10 MB. Raises `OutsideError`."""
        answer = self.send(Call("GET", url, public_only=True, max_bytes=10 * MEGABYTE))
        if answer.status != 200:
            raise OutsideError(Kind.SERVICE, f"{answer.host}: картинки нет (ответ {answer.status}).")
        webp = answer.body[:4] == b"RIFF" and answer.body[8:12] == b"WEBP"
        if not webp and not answer.body.startswith(_IMAGE_SIGNATURES):
            raise OutsideError(Kind.BROKEN, f"{answer.host}: по ссылке не картинка (нужны JPEG, PNG, GIF или WebP).")
        return answer.body

    def send(self, call: Call) -> HttpAnswer:
        """The server's answer, whatever its status, after redirects and retries. Raises `OutsideError`."""
        deadline = self._clock() + self._limits.total
        attempts = self._limits.attempts if call.method in _RETRIED_METHODS else 1
        outcome: HttpAnswer | OutsideError = OutsideError(Kind.NETWORK, "Запрос не отправлен.")
        for attempt in range(attempts):
            outcome = self._attempt(call, attempt, deadline)
            wait = self._wait(outcome, attempt)
            if wait is None or attempt + 1 == attempts or self._clock() + wait >= deadline:
                break
            self._sleep(wait)
        if isinstance(outcome, OutsideError):
            if outcome.kind in _PASSING and outcome.host:
                self._rest(outcome.host)
            raise outcome
        return outcome

    def _wait(self, outcome: HttpAnswer | OutsideError, attempt: int) -> float | None:
        """Seconds until another try makes sense, None when it does not."""
        backoff = self._limits.backoff * 2**attempt * random.uniform(0.5, 1.5)
        if isinstance(outcome, OutsideError):
            return backoff if outcome.kind in _PASSING else None
        if outcome.status not in _RETRIED_STATUSES:
            return None
        asked = _retry_after(outcome.headers.get("retry-after", ""))
        return None if asked > self._limits.retry_after else max(asked, backoff)

    def _attempt(self, call: Call, attempt: int, deadline: float) -> HttpAnswer | OutsideError:
        """An error comes back as a value: raised later, it drags no library exception (with our URL) in its context."""
        try:
            for _ in range(_MAX_REDIRECTS + 1):
                answer = self._hop(call, attempt, deadline)
                if not answer.location:
                    return answer
                call = call.redirected(answer.status, answer.location)
        except OutsideError as error:
            return error.with_traceback(None)
        return OutsideError(Kind.BROKEN, f"{answer.host}: слишком много переадресаций.")

    def _hop(self, call: Call, attempt: int, deadline: float) -> HttpAnswer:
        prepared = _prepare(call)
        target = self._guard.target(prepared.url or "", public_only=call.public_only)
        self._refuse_resting(target)
        if target.addresses and target.scheme == "http" and self._proxies:
            raise OutsideError(Kind.REFUSED, f"{target.name}: через прокси-сервер разрешены только адреса https://.")
        address = target.addresses[attempt % len(target.addresses)] if target.addresses else ""
        outcome = self._exchange(prepared, target, _Adapter(target, address), call.max_bytes, deadline)
        if isinstance(outcome, OutsideError):
            raise outcome
        return outcome

    def _exchange(
        self, prepared: requests.PreparedRequest, target: Target, adapter: _Adapter, max_bytes: int, deadline: float
    ) -> HttpAnswer | OutsideError:
        left = max(deadline - self._clock(), 0.001)
        timer = threading.Timer(left, adapter.cut)
        timer.daemon = True
        timer.start()
        timeout = (min(self._limits.connect, left), min(self._limits.read, left))
        proxies = {} if target.loopback else self._proxies
        try:
            response = adapter.send(prepared, stream=True, timeout=timeout, verify=self._verify, proxies=proxies)
            body = _read_body(response, max_bytes)
            headers = {name.lower(): value for name, value in response.headers.items()}
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return _translate(error, target.name, late=self._clock() >= deadline)
        finally:
            timer.cancel()
            adapter.close()
        if self._clock() >= deadline:  # a body without a length looks complete when it is cut
            return OutsideError(Kind.TIMEOUT, f"{target.name}: не успел ответить.", host=target.name)
        if body is None:
            return OutsideError(
                Kind.TOO_BIG, f"{target.name}: ответ больше {max_bytes // MEGABYTE} МБ.", host=target.name
            )
        return HttpAnswer(target.name, response.status_code, headers, body)

    def _refuse_resting(self, target: Target) -> None:
        with self._lock:
            until = self._resting.get(target.name, 0.0)
        if self._clock() < until:
            raise OutsideError(Kind.PAUSED, f"{target.name}: недавно не отвечал, ждём немного и попробуем снова.")

    def _rest(self, host: str) -> None:
        now = self._clock()
        with self._lock:
            self._resting = {name: until for name, until in self._resting.items() if until > now}
            self._resting[host] = now + self._limits.pause


def _prepare(call: Call) -> requests.PreparedRequest:
    request = requests.Request(
        call.method,
        call.url,
        params=dict(call.params),
        headers={name: value.encode() for name, value in {**_DEFAULT_HEADERS, **call.headers}.items()},
        data=call.body or None,
    )
    try:
        prepared = request.prepare()
    except (requests.RequestException, ValueError):
        prepared = None
    if prepared is None:
        raise OutsideError(Kind.REFUSED, _MISTYPED)
    prepared.headers["Host"] = urlsplit(prepared.url or "").netloc  # urllib3 would name the address we connect to
    return prepared


def _read_body(response: requests.Response, max_bytes: int) -> bytes | None:
    """The decoded body, None when it outgrows ``max_bytes``: a gzip bomb is never unpacked whole."""
    body = bytearray()
    with response:
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > max_bytes:
                return None
    return bytes(body)


def _translate(error: Exception, host: str, *, late: bool) -> OutsideError:
    """Library errors hold whole URLs; ours say what happened and to whom."""
    tls = (requests.exceptions.SSLError, urllib3.exceptions.SSLError)
    broken = (urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError)
    ours = (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
    if late or isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return OutsideError(Kind.TIMEOUT, f"{host}: не успел ответить.", host=host)
    if isinstance(error, tls):
        return OutsideError(Kind.NETWORK, f"{host}: сертификат сайта не прошёл проверку.", host=host)
    if isinstance(error, requests.exceptions.ProxyError):
        return OutsideError(Kind.NETWORK, f"{host}: прокси-сервер не отвечает.", host=host)
    if isinstance(error, broken):
        return OutsideError(Kind.BROKEN, f"{host}: ответ сжат с ошибкой.", host=host)
    if isinstance(error, (*ours, UnicodeError)):
        return OutsideError(Kind.REFUSED, _MISTYPED)
    return OutsideError(Kind.NETWORK, f"{host}: не отвечает.", host=host)


def _retry_after(value: str) -> float:
    """Seconds a Retry-After header asks for: a number or a date; 0 when it is neither."""
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0
