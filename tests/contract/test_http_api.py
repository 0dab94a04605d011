"""The scenario's own requests: secrets, https, public addresses, answers and failures."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

import pytest

from core.effects import ApiAnswer, AskQuote, AskWeather, CallApi, Failure, FindPlace, Place, Places, Quote, Reason
from core.paths import take
from integrations.api import MAX_URL, Api
from integrations.cache import MemoryCache
from integrations.guard import Guard
from integrations.http import Http, Limits
from integrations.quotes import Quotes
from integrations.secrets import Secret, Secrets
from integrations.weather import Weather
from integrations.world import World
from tests.contract.hostile_server import HostileServer, cut, hostile, reply

KEY = 's3cr3t/"kEy" 42'
QUICK = Limits(connect=2, read=0.4, total=2, attempts=2, backoff=0.001, pause=0)


def api(server: HostileServer, secrets: Mapping[str, Secret] | None = None, now: list[float] | None = None) -> Api:
    now = now or [1000.0]
    allowed = frozenset({server.netloc})
    http = Http(Guard(allowed), QUICK)
    known = Secrets(secrets or {"КЛЮЧ": Secret(KEY)})
    return Api(http, known, MemoryCache(clock=lambda: now[0]), allow_http=allowed, clock=lambda: now[0])


def failure(answer: ApiAnswer | Failure) -> Failure:
    assert isinstance(answer, Failure), answer
    assert KEY not in answer.detail
    return answer


def test_json_comes_parsed_and_paths_walk_it() -> None:
    with hostile(reply(body='{"quote": {"body": "Слово", "цена": 12.5}}'.encode())) as server:
        answer = api(server).call(CallApi(f"{server.url}/api?x=%D1%8F"))
    assert isinstance(answer, ApiAnswer)
    assert answer.status == 200
    assert take(answer.data, "quote -> body") == "Слово"
    assert take(answer.data, "quote.цена") == 12.5
    assert server.heads[0].startswith("GET /api?x=%D1%8F HTTP/1.1")


@pytest.mark.parametrize(
    ("body", "text"), [(b"OK", "OK"), (b"", ""), (b"<b>\xd1\x8f</b>", "<b>я</b>"), (b"[[[", "[[[")]
)
def test_what_is_not_json_comes_as_text(body: bytes, text: str) -> None:
    with hostile(reply(body=body)) as server:
        assert api(server).call(CallApi(server.url)) == ApiAnswer(200, None, text)


@pytest.mark.parametrize("status", ["201 Created", "400 Bad", "404 Not Found", "409 Conflict", "422 No"])
def test_what_the_service_says_is_the_scenarios_to_judge(status: str) -> None:
    with hostile(reply(status, b'{"code": 1}')) as server:
        assert api(server).call(CallApi(server.url)) == ApiAnswer(int(status[:3]), {"code": 1})


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (reply("401 No"), Reason.MISCONFIGURED), (reply("403 No"), Reason.MISCONFIGURED),
        (reply("429 Slow"), Reason.UNAVAILABLE), (reply("500 Oops"), Reason.UNAVAILABLE),
        (reply("503 Busy"), Reason.UNAVAILABLE), (cut, Reason.UNAVAILABLE), (b"junk\r\n\r\n", Reason.UNAVAILABLE),
        (reply(body=b"x" * (2**20 + 1)), Reason.UNAVAILABLE),
        (reply("302 Found", b"", "Location: http://169.254.169.254/"), Reason.MISCONFIGURED),
    ],
)  # fmt: skip
def test_trouble_is_a_russian_failure(act: bytes, reason: Reason) -> None:
    with hostile(act) as server:
        failed = failure(api(server).call(CallApi(server.url)))
    assert failed.reason is reason
    assert any("а" <= letter <= "я" for letter in failed.detail)


# --- secrets --------------------------------------------------------------------------------------------------------


def test_a_secret_is_put_in_at_the_last_moment_and_encoded_by_its_place() -> None:
    with hostile(reply()) as server:
        request = CallApi(
            f"{server.url}/{{секрет:КЛЮЧ}}/x?key={{ Секрет : ключ }}&y=1",
            "POST",
            {"Authorization": "Bearer {секрет:КЛЮЧ}"},
            '{"key": "{секрет:КЛЮЧ}"}',
        )
        assert isinstance(api(server).call(request), ApiAnswer)
    head = server.heads[0]
    assert head.startswith("POST /s3cr3t%2F%22kEy%22%2042/x?key=s3cr3t%2F%22kEy%22%2042&y=1 HTTP/1.1")
    assert f"Authorization: Bearer {KEY}\r\n" in head
    assert "Content-Type: application/json" in head
    assert KEY not in repr(request)


def test_the_body_arrives_as_sound_json() -> None:
    bodies: list[bytes] = []

    def act(connection: object, head: str) -> None:
        rest = head.split("\r\n\r\n", 1)[1].encode("latin-1")
        while len(rest) < int(head.lower().split("content-length: ")[1].split("\r\n")[0]):
            rest += connection.recv(65536)  # type: ignore[attr-defined]
        bodies.append(rest)
        connection.sendall(reply())  # type: ignore[attr-defined]

    with hostile(act) as server:
        api(server).call(CallApi(server.url, "POST", body='{"key": "{секрет:КЛЮЧ}", "имя": "Аня"}'))
    assert json.loads(bodies[0]) == {"key": KEY, "имя": "Аня"}


def test_a_secret_goes_to_its_own_sites_only() -> None:
    bound = {"ЧУЖОЙ": Secret(KEY, frozenset({"api.weatherapi.com"})), "СВОЙ": Secret(KEY, frozenset({"127.0.0.1"}))}
    with hostile(reply()) as server:
        failed = failure(api(server, bound).call(CallApi(f"{server.url}/?k={{секрет:ЧУЖОЙ}}")))
        assert failed == Failure(Reason.MISCONFIGURED, "Секрет «ЧУЖОЙ» нельзя отправлять на 127.0.0.1.")
        assert server.heads == []
        assert isinstance(api(server, bound).call(CallApi(f"{server.url}/?k={{секрет:СВОЙ}}")), ApiAnswer)


@pytest.mark.parametrize(
    "url", ["https://{секрет:КЛЮЧ}.example.com/", "https://{секрет:КЛЮЧ}/", "https://example.com:{секрет:КЛЮЧ}/"]
)
def test_a_secret_is_no_address(url: str) -> None:
    with hostile(reply()) as server:
        assert failure(api(server).call(CallApi(url))).reason is Reason.MISCONFIGURED


def test_an_unknown_secret_is_named() -> None:
    with hostile(reply()) as server:
        failed = failure(api(server).call(CallApi(f"{server.url}/?k={{секрет:НЕТ}}")))
        assert failed.detail == "Секрет «НЕТ» не задан в настройках сервера."
        assert failure(api(server, {"ПУСТ": Secret("")}).call(CallApi(f"{server.url}/{{секрет:пуст}}")))
        assert server.heads == []


def test_an_echo_of_a_secret_is_masked() -> None:
    echoed = json.dumps({"raw": KEY, "url": "key=s3cr3t%2F%22kEy%22%2042&x"}).encode()
    with hostile(reply(body=echoed)) as server:
        answer = api(server).call(CallApi(f"{server.url}/?k={{секрет:КЛЮЧ}}"))
    assert answer == ApiAnswer(200, {"raw": "•••", "url": "key=•••&x"})


@pytest.mark.parametrize("act", [cut, reply("401 No"), reply("503 Busy"), reply("404 No"), b"junk\r\n\r\n"])
def test_a_secret_is_in_no_log(act: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    with hostile(act) as server:
        answer = api(server, {"КЛЮЧ": Secret("s3cr3t42")}).call(
            CallApi(f"{server.url}/{{секрет:КЛЮЧ}}?k={{секрет:КЛЮЧ}}", headers={"X": "{секрет:КЛЮЧ}"})
        )
    assert "s3cr3t42" in server.heads[0]
    assert "s3cr3t42" not in repr(answer) + caplog.text
    assert "s3cr3t42" not in repr(Secret("s3cr3t42"))


# --- what an owner may not ask --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["", "favqs.com/api", "http://example.com/", "ftp://example.com/", "https://", "https://127.0.0.1/", "https://10.0.0.1/",
     "https://[::ffff:169.254.169.254]/", "https://2130706433/", "https://localhost/", "https://[bad/", "file:///etc/passwd",
     "https://127.0.0.1:22/", "https://user:pw@127.0.0.1/", "https://127.0.0.1/" + "x" * MAX_URL],
)  # fmt: skip
def test_a_forbidden_address_is_the_owners_mistake(url: str) -> None:
    with hostile(reply()) as server:
        assert failure(api(server).call(CallApi(url))).reason is Reason.MISCONFIGURED
        assert server.heads == []


@pytest.mark.parametrize(
    ("method", "headers", "body"),
    [
        ("TRACE", {}, ""), ("", {}, ""), ("GET / HTTP/1.1\r\nX: y", {}, ""),
        ("GET", {"Host": "evil"}, ""), ("GET", {"content-length": "5"}, ""), ("GET", {"Proxy-Authorization": "x"}, ""),
        ("GET", {"X": "a\r\nHost: evil"}, ""), ("GET", {"X\r\nY": "a"}, ""), ("GET", {"Имя": "a"}, ""),
        ("GET", {"": "a"}, ""),
        ("POST", {}, "x" * (256 * 1024 + 1)),
    ],
)  # fmt: skip
def test_a_forbidden_request_is_the_owners_mistake(method: str, headers: dict[str, str], body: str) -> None:
    with hostile(reply()) as server:
        failed = failure(api(server).call(CallApi(server.url, method, headers, body)))
        assert failed.reason is Reason.MISCONFIGURED
        assert server.heads == []


def test_a_russian_header_value_travels_as_utf_8() -> None:
    with hostile(reply()) as server:
        assert isinstance(api(server).call(CallApi(server.url, "get", {"X-Name": "Аня"})), ApiAnswer)
    assert "Аня".encode().decode("latin-1") in server.heads[0]


# --- memory ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_as_long_as_asked_and_serves_through_an_outage() -> None:
    now = [1000.0]
    with hostile(reply(body=b"1"), reply(body=b"2"), cut) as server:
        service, request = api(server, now=now), CallApi(server.url, cache_seconds=60)
        answers = []
        for later in (0, 59, 1, 61, 500):
            now[0] += later
            answers.append(service.call(request))
        assert [answer.data for answer in answers if isinstance(answer, ApiAnswer)] == [1, 1, 2, 2, 2]
        now[0] += 100
        assert failure(service.call(request)).reason is Reason.UNAVAILABLE


def test_different_requests_are_remembered_apart_and_posts_not_at_all() -> None:
    with hostile(reply()) as server:
        service = api(server)
        for request in (
            CallApi(server.url, cache_seconds=60),
            CallApi(f"{server.url}/?a=1", cache_seconds=60),
            CallApi(server.url, headers={"X": "1"}, cache_seconds=60),
            CallApi(server.url, "POST", cache_seconds=60),
            CallApi(server.url, "POST", cache_seconds=60),
            CallApi(server.url),
            CallApi(server.url),
        ):
            assert isinstance(service.call(request), ApiAnswer)
        assert len(server.heads) == 7
        service.call(CallApi(server.url, cache_seconds=60))
        assert len(server.heads) == 7


def test_a_refusal_is_not_remembered() -> None:
    with hostile(reply("500 Oops"), reply(body=b"1")) as server:
        service, request = api(server), CallApi(server.url, cache_seconds=60)
        failure(service.call(request))
        assert service.call(request) == ApiAnswer(200, 1)


# --- all effects ----------------------------------------------------------------------------------------------------


def test_the_world_answers_every_effect() -> None:
    quote = b'{"qotd_date": "2026-11-22T00:00:00.000+00:00", "quote": {"body": "b", "author": "a"}}'
    with hostile(
        reply(body=b"[]"), reply(body=b"[]"), reply(body=b"{}"), reply(body=quote), reply(body=b"7")
    ) as server:
        http, cache = Http(limits=QUICK), MemoryCache()
        world = World(Weather(http, "k", cache, url=server.url), Quotes(http, cache, url=server.url), api(server))
        assert world.answer(FindPlace("Нигде")) == Places(())
        assert isinstance(world.answer(AskWeather(Place("Нигде"))), Failure)
        assert world.answer(AskQuote()) == Quote("b", "a")
        assert world.answer(CallApi(server.url)) == ApiAnswer(200, 7)
