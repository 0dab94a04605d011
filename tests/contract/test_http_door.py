"""The HTTP door against servers that misbehave: retries, deadlines, caps, redirects, secrets."""

from __future__ import annotations

import gzip
import logging
import ssl
import subprocess
import threading
import time
import traceback
import tracemalloc
from email.utils import formatdate
from pathlib import Path

import pytest

from integrations.errors import Kind, OutsideError
from integrations.exchange import Call
from integrations.guard import Guard
from integrations.http import Http, Limits
from tests.contract.hostile_server import HostileServer, cut, hostile, reply

KEY = "s3cr3t-kEy-42"
QUICK = Limits(connect=2, read=0.4, total=1.5, attempts=3, backoff=0.001, pause=0)


def quick(**changes: float) -> Limits:
    return Limits(**{**{name: getattr(QUICK, name) for name in Limits.__slots__}, **changes})


def fail(http: Http, call: Call) -> OutsideError:
    with pytest.raises(OutsideError) as caught:
        http.send(call)
    return caught.value


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
def test_post_is_never_sent_twice(first: bytes) -> None:
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


# --- redirects and addresses ----------------------------------------------------------------------------------------


def test_a_redirect_on_the_same_site_is_followed() -> None:
    with hostile(reply("302 Found", b"", "Location: /b?x=1"), reply(body=b"2")) as server:
        assert Http(limits=QUICK).get(f"{server.url}/a").json() == 2
    assert server.heads[1].startswith("GET /b?x=1 ")


@pytest.mark.parametrize(
    ("status", "method"), [("303 See Other", "GET"), ("302 Found", "GET"), ("307 Same", "POST"), ("308 Same", "POST")]
)
def test_a_redirected_post_keeps_its_method_only_where_the_status_says_so(status: str, method: str) -> None:
    with hostile(reply(status, b"", "Location: /b"), reply()) as server:
        Http(limits=QUICK).send(Call("POST", server.url, body=b"{}"))
    assert server.heads[1].startswith(f"{method} /b ")


def test_redirects_are_bounded() -> None:
    with hostile(reply("302 Found", b"", "Location: /again")) as server:
        assert fail(Http(limits=QUICK), Call("GET", server.url)).kind is Kind.BROKEN
    assert len(server.heads) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/", "http://localhost/", "http://[::1]/",
        "http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://2130706433/", "file:///etc/passwd",
        "gopher://127.0.0.1/", "//127.0.0.1:1/", "http://0/", "http://[bad",
    ],
)  # fmt: skip
def test_a_redirect_into_our_network_is_refused_even_from_a_trusted_service(location: str) -> None:
    with hostile(reply("302 Found", b"", f"Location: {location}")) as server:
        assert fail(Http(limits=QUICK), Call("GET", server.url)).kind is Kind.REFUSED
    assert len(server.heads) == 1


def test_another_site_gets_neither_our_headers_nor_our_body() -> None:
    with hostile(reply(), reply()) as other:
        move = reply("307 Moved", b"", f"Location: {other.url}/")
        with hostile(move) as server:
            http = Http(Guard(frozenset({other.netloc})), QUICK)
            http.send(Call("GET", server.url, headers={"Authorization": KEY, "X-Api-Key": KEY, "Accept": "text/plain"}))
            assert fail(http, Call("POST", server.url, body=KEY.encode())).kind is Kind.REFUSED
    assert len(other.heads) == 1
    assert KEY not in other.heads[0]
    assert "text/plain" in other.heads[0]


def test_the_connection_goes_to_the_checked_address_under_the_sites_own_name() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with hostile(reply()) as server:
        site = f"api.example.test:{server.port}"
        http = Http(Guard(frozenset({site}), resolve), QUICK)
        assert http.send(Call("GET", f"http://{site}/x", public_only=True)).status == 200
    assert asked == ["api.example.test"]  # once: a second look-up could be told another address
    assert f"Host: {site}\r\n" in server.heads[0]


def test_a_dead_address_of_a_site_gives_way_to_its_next_one() -> None:
    with hostile(reply()) as server:
        site = f"api.example.test:{server.port}"
        http = Http(Guard(frozenset({site}), lambda host, port: ["127.0.0.2", "127.0.0.1"]), QUICK)
        assert http.send(Call("GET", f"http://{site}/", public_only=True)).status == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for api.example.test, with its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    file, key = folder / "site.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=api.example.test", "-addext", "subjectAltName=DNS:api.example.test",
         "-keyout", str(key), "-out", str(file)],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + key.read_text())
    return file


def _tls(certificate: Path, names: list[str | None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    return context


def test_tls_still_proves_the_sites_name_though_we_connect_to_a_number(certificate: Path) -> None:
    names: list[str | None] = []
    with hostile(reply(), tls=_tls(certificate, names)) as server:
        for host, verdict in (("api.example.test", None), ("other.example.test", Kind.NETWORK)):
            site = f"{host}:{server.port}"
            guard = Guard(frozenset({site}), lambda host, port: ["127.0.0.1"])
            call = Call("GET", f"https://{site}/", public_only=True)
            http = Http(guard, quick(attempts=1, read=5, total=10), ca_bundle=str(certificate))
            if verdict is None:
                assert http.send(call).status == 200
            else:
                error = fail(http, call)
                assert error.kind is verdict
                assert "сертификат" in str(error)
    assert names == ["api.example.test", "other.example.test"]


def test_an_unknown_certificate_is_refused(certificate: Path) -> None:
    with hostile(reply(), tls=_tls(certificate, [])) as server:
        error = fail(Http(limits=quick(attempts=1, read=5, total=10)), Call("GET", f"https://127.0.0.1:{server.port}/"))
    assert "сертификат" in str(error)


def test_https_never_falls_back_to_http(certificate: Path) -> None:
    move = reply("302 Found", b"", "Location: http://example.com/")
    with hostile(move, tls=_tls(certificate, [])) as server:
        site = f"api.example.test:{server.port}"
        guard = Guard(frozenset({site}), lambda host, port: ["127.0.0.1"])
        http = Http(guard, quick(read=5, total=10), ca_bundle=str(certificate))
        assert fail(http, Call("GET", f"https://{site}/", public_only=True)).kind is Kind.REFUSED


# --- proxies --------------------------------------------------------------------------------------------------------


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(reply()) as proxy, hostile(reply(body=b"1")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert Http(limits=QUICK).get(server.url).json() == 1
    assert proxy.heads == []


def test_an_explicit_proxy_is_used_but_not_for_this_very_machine() -> None:
    with hostile(reply(body=b'"proxy"')) as proxy, hostile(reply(body=b'"direct"')) as server:
        http = Http(limits=QUICK, proxy=proxy.url)
        assert http.get("http://weather.example.test/v1").json() == "proxy"
        assert http.get(server.url).json() == "direct"
    assert proxy.heads[0].startswith("GET http://weather.example.test/v1 ")


def test_through_a_proxy_a_guarded_site_is_asked_by_its_checked_address() -> None:
    with hostile(b"HTTP/1.1 403 Forbidden\r\n\r\n") as proxy:
        http = Http(Guard(resolve=lambda host, port: ["93.184.215.14"]), QUICK, proxy=proxy.url)
        assert fail(http, Call("GET", "https://api.example.test/", public_only=True)).kind is Kind.NETWORK
        assert fail(http, Call("GET", "http://api.example.test/", public_only=True)).kind is Kind.REFUSED
    assert {head.split("\r\n")[0] for head in proxy.heads} == {"CONNECT 93.184.215.14:443 HTTP/1.0"}


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
