"""What the HTTP door keeps to itself, and what it takes for a picture."""

from __future__ import annotations

import logging
import threading
import traceback

import pytest

from integrations.errors import Kind, OutsideError
from integrations.exchange import Call
from integrations.guard import Guard
from integrations.http import Http
from tests.contract.hostile_server import cut, hostile, reply
from tests.contract.http_door import QUICK, fail, quick

KEY = "s3cr3t-kEy-42"


# --- what leaks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [cut, reply("503 Busy"), b"SSH-2.0\r\n", reply("302 Found", b"", "Location: http://10.0.0.1/?key=" + KEY),
     reply("302 Found", b"", f"Location: http://[bad?key={KEY}"), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
     b"HTTP/1.1 200 OK\r\nbroken header\r\nContent-Length: 0\r\n\r\n",
     reply("200 OK", b"junk", "Content-Encoding: gzip")],
)  # fmt: skip
def test_a_key_is_in_no_error_and_no_log(act: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    told, contexts = "", []
    with hostile(act) as server:
        http = Http(limits=QUICK, proxy=f"http://user:{KEY}@127.0.0.1:9")
        for _ in range(2):
            try:
                http.get(f"{server.url}/bot{KEY}/x", {"key": KEY})
            except OutsideError as error:
                told += "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
                contexts.append(error.__context__)
    with pytest.raises(OutsideError) as refused:
        http.send(Call("GET", f"https://example.com/{KEY}", headers={"X": f"{KEY}\n"}))
    told += "".join(traceback.format_exception(refused.value)) + caplog.text + str(caplog.records)
    assert KEY not in told
    assert set(contexts) <= {None}


@pytest.mark.parametrize(
    "url", ["", "example.com", "ftp://example.com/", "https://", "https://user:pw@example.com/", "https://a b.com/",
            "https://example.com:99999/", "https://[::1/", "javascript:alert(1)", "https://./"]
)  # fmt: skip
def test_a_senseless_address_is_refused(url: str) -> None:
    assert fail(Http(limits=QUICK), Call("GET", url, public_only=True)).kind is Kind.REFUSED


def test_many_threads_share_one_door() -> None:
    with hostile(reply(body=b"1")) as server:
        http = Http(limits=quick(read=5, total=10))
        answers: list[object] = []
        threads = [threading.Thread(target=lambda: answers.append(http.get(server.url).json())) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert answers == [1] * 20


# --- pictures -------------------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


@pytest.mark.parametrize("body", [PNG, b"\xff\xd8\xff\xe0rest", b"GIF89a..", b"RIFF\x00\x00\x00\x00WEBPVP8 "])
def test_a_picture_is_fetched(body: bytes) -> None:
    with hostile(reply(body=body)) as server:
        assert Http(Guard(frozenset({server.netloc})), QUICK).fetch_image(f"{server.url}/a") == body


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(body=b"<html>login</html>"), Kind.BROKEN),
        (reply(body=b""), Kind.BROKEN),
        (reply("404 Not Found", PNG), Kind.SERVICE),
        (reply(body=PNG + b"0" * 10 * 2**20), Kind.TOO_BIG),
    ],
)
def test_what_is_no_picture_is_refused(answer: bytes, kind: Kind) -> None:
    with hostile(answer) as server:
        http = Http(Guard(frozenset({server.netloc})), quick(read=5, total=20))
        with pytest.raises(OutsideError) as caught:
            http.fetch_image(server.url)
    assert caught.value.kind is kind


def test_a_picture_from_our_own_network_is_not_fetched() -> None:
    with hostile(reply(body=PNG)) as server, pytest.raises(OutsideError) as caught:
        Http(limits=QUICK).fetch_image(server.url)
    assert caught.value.kind is Kind.REFUSED
    assert server.heads == []
