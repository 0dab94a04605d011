"""Where the HTTP door lets itself be led: redirects, checked addresses, TLS names, proxies."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from integrations.errors import Kind
from integrations.exchange import Call
from integrations.guard import Guard
from integrations.http import Http
from tests.contract.hostile_server import hostile, reply
from tests.contract.http_door import QUICK, fail, quick


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


KEY = "s3cr3t-kEy-42"


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
