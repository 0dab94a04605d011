"""The quote of the day through real HTTP against the emulator: once a day, cleaned, kept through outages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from core.effects import Failure, Quote, Reason
from integrations.cache import MemoryCache
from integrations.http import Http, Limits
from integrations.quotes import Quotes, clean
from sandbox.emulator import Fault
from sandbox.quotes import QUOTES, QuotesEmulator
from tests.contract.hostile_server import hostile, reply

DAY = 86400.0
EVENING = datetime(2026, 11, 22, 23, 50, tzinfo=UTC).timestamp()


@dataclass
class Scene:
    """The emulator, a client, and a clock for each."""

    emulator: QuotesEmulator
    quotes: Quotes
    now: list[float]
    lag: list[float]

    async def quote(self) -> Any:
        return await asyncio.to_thread(self.quotes.quote)

    @property
    def calls(self) -> int:
        return len(self.emulator.journal)


def client(url: str, now: list[float]) -> Quotes:
    http = Http(limits=Limits(connect=2, read=0.4, total=2, attempts=2, backoff=0.001, pause=0))
    return Quotes(http, MemoryCache(clock=lambda: now[0]), url=url, clock=lambda: now[0])


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    now, lag = [EVENING], [0.0]
    emulator = QuotesEmulator(clock=lambda: now[0] - lag[0])
    await emulator.start()
    yield Scene(emulator, client(emulator.url, now), now, lag)
    await emulator.stop()


async def test_one_call_a_day_until_midnight_utc(scene: Scene) -> None:
    today = await scene.quote()
    scene.now[0] += 9 * 60
    assert await scene.quote() == today
    assert scene.calls == 1
    scene.now[0] += 2 * 60  # 00:01 UTC
    tomorrow = await scene.quote()
    assert scene.calls == 2
    assert tomorrow != today
    scene.now[0] += 23 * 3600
    assert await scene.quote() == tomorrow
    assert scene.calls == 2


async def test_a_service_that_turns_its_page_late_is_asked_again_but_not_by_everybody(scene: Scene) -> None:
    scene.lag[0] = 3600
    scene.now[0] += 20 * 60  # 00:10 UTC, the service still has yesterday
    yesterday = await scene.quote()
    scene.now[0] += 5 * 60
    assert await scene.quote() == yesterday
    assert scene.calls == 1
    scene.now[0] += 50 * 60
    assert await scene.quote() != yesterday
    assert scene.calls == 2


@pytest.mark.parametrize("day", range(len(QUOTES)))
async def test_every_stored_quote_comes_out_clean(scene: Scene, day: int) -> None:
    scene.now[0] += day * DAY
    quote = await scene.quote()
    assert isinstance(quote, Quote)
    assert quote.text
    assert not set("<>&#;") & set(quote.text)
    assert quote.author in dict(QUOTES)


@pytest.mark.parametrize(
    ("odd", "text", "author"),
    [
        ({"body": "a<br>b<BR/>c< br />d"}, "a\nb\nc\nd", None),
        ({"body": "<p>one</p><p>two</p>"}, "one\ntwo", None),
        ({"body": "&lt;b&gt; &amp; &quot;x&quot; &#1055;&nbsp;y"}, '<b> & "x" П y', None),
        ({"body": "<script>alert(1)</script>x"}, "alert(1)x", None),
        ({"body": "  many   spaces\r\n\r\n\tand lines \x00\x07"}, "many spaces\nand lines", None),
        ({"body": "2 < 3 and 5 > 4"}, "2 < 3 and 5 > 4", None),
        ({"body": None, "dialogue": True, "lines": ["Кто там?", "Я.<br>"]}, "— Кто там?\n— Я.", None),
        ({"body": "", "lines": [{"author": "A", "body": "Hi"}, {"x": 1}, None, ""]}, "— Hi", None),
        ({"body": "x", "author": None}, "x", ""),
        ({"body": "x", "author": "<i>Лао&nbsp;Цзы</i>"}, "x", "Лао Цзы"),
        ({"body": "я" * 5000}, "я" * 2000, None),
    ],
)
async def test_odd_quotes_are_cleaned(scene: Scene, odd: dict[str, Any], text: str, author: str | None) -> None:
    scene.emulator.quote = odd
    quote = await scene.quote()
    assert isinstance(quote, Quote)
    assert quote.text == text
    if author is not None:
        assert quote.author == author


@pytest.mark.parametrize(
    "odd", [{"body": None}, {"body": ""}, {"body": "<br>"}, {"body": 7}, {"body": None, "lines": "x"},
            {"body": None, "lines": []}, {"body": None, "lines": [{}]}]
)  # fmt: skip
async def test_a_quote_without_words_is_a_failure_and_is_not_remembered(scene: Scene, odd: dict[str, Any]) -> None:
    scene.emulator.quote = odd
    assert await scene.quote() == Failure(Reason.UNAVAILABLE, "Сервис цитат прислал ответ без цитаты.")
    scene.emulator.quote = {"body": "снова слова"}
    quote = await scene.quote()
    assert isinstance(quote, Quote)
    assert quote.text == "снова слова"


TROUBLES = [
    Fault("reject", status=500), Fault("reject", status=503), Fault("reject", status=429), Fault("reject", status=404),
    Fault("html", status=522), Fault("html", status=200), Fault("empty"), Fault("garbage"), Fault("drop"),
    Fault("hang"),
]  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda fault: f"{fault.kind}-{fault.status}")
async def test_trouble_is_a_russian_failure_or_yesterdays_quote(scene: Scene, trouble: Fault) -> None:
    broken = Fault(trouble.kind, times=-1, status=trouble.status, seconds=5)
    scene.emulator.faults.append(broken)
    answer = await scene.quote()
    assert isinstance(answer, Failure)
    assert answer.reason is Reason.UNAVAILABLE
    assert any("а" <= letter <= "я" for letter in answer.detail)
    scene.emulator.faults.clear()
    good = await scene.quote()
    scene.emulator.faults.append(broken)
    scene.now[0] += DAY
    assert await scene.quote() == good
    scene.now[0] += 3 * DAY
    assert isinstance(await scene.quote(), Failure)


@pytest.mark.parametrize("suffix", ["", "/", "/api/qotd"])
async def test_the_address_may_be_the_site_or_the_whole_path(scene: Scene, suffix: str) -> None:
    quotes = client(scene.emulator.url + suffix, scene.now)
    assert isinstance(await asyncio.to_thread(quotes.quote), Quote)


@pytest.mark.parametrize("data", ["[]", "7", '"x"', "null", "{}", '{"quote": []}', '{"quote": null}'])
def test_another_shape_is_a_failure(data: str) -> None:
    with hostile(reply(body=data.encode())) as server:
        assert isinstance(client(server.url, [EVENING]).quote(), Failure)


def test_markup_is_removed_before_entities_are_decoded() -> None:
    assert clean("&lt;br&gt;") == "<br>"
