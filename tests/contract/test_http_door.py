"""The HTTP door against servers that misbehave: retries, deadlines, size caps, unsound answers."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from email.utils import formatdate

import pytest

from integrations.errors import Kind, OutsideError
from integrations.exchange import Call
from integrations.http import Http
from tests.contract.hostile_server import Act, HostileServer, cut, hostile, reply
from tests.contract.http_door import QUICK, fail, quick

# --- retries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["429 Too Many", "502 Bad Gateway", "503 Unavailable", "504 Timeout"])
def test_a_passing_refusal_is_asked_again(status: str) -> None:
    with hostile(reply(status), reply(status), reply(body=b'{"ok": true}')) as server:
        answer = Http(limits=QUICK).get(server.url)
    assert answer.json() == {"ok": True}
    assert len(server.heads) == 3


@pytest.mark.parametrize("status", ["400 Bad", "401 No", "404 Not Found", "500 Oops"])
def test_a_final_refusal_is_not(status: str) -> None:
    with hostile(reply(status)) as server:
        assert Http(limits=QUICK).get(server.url).status == int(status[:3])
    assert len(server.heads) == 1


def test_a_cut_connection_is_tried_again() -> None:
    with hostile(cut, reply(body=b"[1]")) as server:
        assert Http(limits=QUICK).get(server.url).json() == [1]


@pytest.mark.parametrize("first", [reply("503 Unavailable"), cut])
def test_post_is_never_sent_twice(first: Act | bytes) -> None:
    with hostile(first, reply()) as server:
        http = Http(limits=QUICK)
        if first is cut:
            assert fail(http, Call("POST", server.url, body=b"{}")).kind is Kind.NETWORK
        else:
            assert http.send(Call("POST", server.url, body=b"{}")).status == 503
    assert len(server.heads) == 1


def test_tries_are_bounded() -> None:
    with hostile(cut) as server:
        assert fail(Http(limits=QUICK), Call("GET", server.url)).kind is Kind.NETWORK
    assert len(server.heads) == 3


def test_retry_after_in_seconds_is_honoured() -> None:
    waits: list[float] = []
    with hostile(reply("429 Slow down", b"", "Retry-After: 1"), reply()) as server:
        assert Http(limits=quick(total=10), sleep=waits.append).get(server.url).status == 200
    assert waits == [1.0]


def test_retry_after_as_a_date_is_honoured() -> None:
    waits: list[float] = []
    # A date holds whole seconds: two ahead is one to two from now, whenever inside a second this line runs.
    with hostile(lambda c, _: c.sendall(reply("503 Later", b"", f"Retry-After: {_soon()}")), reply()) as server:
        assert Http(limits=quick(total=30), sleep=waits.append).get(server.url).status == 200
    assert len(waits) == 1
    assert 0 < waits[0] <= 3


def _soon() -> str:
    return formatdate(time.time() + 3, usegmt=True)


@pytest.mark.parametrize("value", ["3600", "99999999999999999999", formatdate(4_000_000_000, usegmt=True)])
def test_a_long_retry_after_is_not_waited_for(value: str) -> None:
    waits: list[float] = []
    with hostile(reply("429 Slow down", b"", f"Retry-After: {value}"), reply()) as server:
        assert Http(limits=QUICK, sleep=waits.append).get(server.url).status == 429
    assert waits == []


@pytest.mark.parametrize("value", ["soon", "-5", "1e9", "", "Wed, 99 Foo"])
def test_a_senseless_retry_after_means_the_usual_backoff(value: str) -> None:
    waits: list[float] = []
    with hostile(reply("429 Slow down", b"", f"Retry-After: {value}"), reply()) as server:
        assert Http(limits=QUICK, sleep=waits.append).get(server.url).status == 200
    assert 0 < waits[0] < 0.01


def test_a_dead_host_is_left_alone_for_a_while_and_others_are_not() -> None:
    now = [0.0]
    with hostile(cut) as dead, hostile(reply()) as alive:
        http = Http(limits=quick(pause=30, attempts=1, total=100), clock=lambda: now[0])
        assert fail(http, Call("GET", dead.url)).kind is Kind.NETWORK
        assert fail(http, Call("GET", dead.url)).kind is Kind.PAUSED
        assert len(dead.heads) == 1
        assert http.get(alive.url).status == 200
        now[0] = 31
        assert fail(http, Call("GET", dead.url)).kind is Kind.NETWORK


# --- time and size --------------------------------------------------------------------------------------------------


def test_silence_times_out() -> None:
    with hostile(b"") as server:
        server._acts[:] = [server.silence]
        assert fail(Http(limits=quick(attempts=1)), Call("GET", server.url)).kind is Kind.TIMEOUT


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"[:1]),  # headers that never end
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),  # no length: a cut body would look complete
    ],
)
def test_a_dripping_server_cannot_outlast_the_deadline(first: bytes, piece: bytes) -> None:
    with HostileServer(b"") as server:
        server._acts[:] = [server.drip(first, piece)]
        assert fail(Http(limits=quick(read=5, total=0.5)), Call("GET", server.url)).kind is Kind.TIMEOUT


@pytest.mark.parametrize(
    "first",
    [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"],
)
def test_an_endless_body_is_cut_at_the_cap(first: bytes) -> None:
    with HostileServer(b"") as server:
        server._acts[:] = [server.flood(first, b"x" * 65536)]
        error = fail(Http(limits=quick(read=5, total=20)), Call("GET", server.url))
    assert error.kind is Kind.TOO_BIG
    assert len(server.heads) == 1


def test_a_gzip_bomb_is_never_unpacked_whole() -> None:
    bomb = gzip.compress(b"0" * 200 * 2**20, 1)
    with hostile(reply("200 OK", bomb, "Content-Encoding: gzip")) as server:
        http = Http(limits=quick(read=5, total=20))
        tracemalloc.start()
        try:
            assert fail(http, Call("GET", server.url)).kind is Kind.TOO_BIG
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 20 * 2**20


def test_a_body_cut_short_is_an_error_not_an_answer() -> None:
    with hostile(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}") as server:
        assert fail(Http(limits=QUICK), Call("GET", server.url)).kind is Kind.NETWORK


def test_broken_compression_is_a_broken_answer() -> None:
    with hostile(reply("200 OK", b"not gzip at all", "Content-Encoding: gzip")) as server:
        assert fail(Http(limits=QUICK), Call("GET", server.url)).kind is Kind.BROKEN


def test_not_http_at_all() -> None:
    with hostile(b"SSH-2.0-OpenSSH_9.6\r\n") as server:
        assert fail(Http(limits=QUICK), Call("GET", server.url)).kind is Kind.NETWORK


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b'{"cut off', b"NaN", b'{"a": Infinity}', b'{"a": 1e999}', b"[" * 100_000,
        b"[" * 60 + b"]" * 60, b'{"a":' * 60 + b"1" + b"}" * 60, b"1" * 5000, b"\xff\xfe\x00",
    ],
)  # fmt: skip
def test_unsound_json_is_a_broken_answer(body: bytes) -> None:
    with hostile(reply(body=body)) as server:
        answer = Http(limits=QUICK).get(server.url)
    with pytest.raises(OutsideError) as caught:
        answer.json()
    assert caught.value.kind is Kind.BROKEN


@pytest.mark.parametrize(
    ("body", "header", "data"),
    [
        ('\ufeff{"я": 1}'.encode(), "X: y", {"я": 1}),
        ('"привет"'.encode("cp1251"), "Content-Type: text/javascript; charset=windows-1251", "привет"),
        ('"привет"'.encode(), "Content-Type: application/json; charset=klingon", "привет"),
        (rb'"\ud83d and \ud83d\ude00"', "X: y", "? and 😀"),
        (b"[" * 50 + b"]" * 50, "X: y", eval("[" * 50 + "]" * 50)),
    ],
)
def test_odd_but_sound_json_is_read(body: bytes, header: str, data: object) -> None:
    with hostile(reply("200 OK", body, header)) as server:
        assert Http(limits=QUICK).get(server.url).json() == data
