"""From the inbox to the outbox on a real store: order, parallel lanes, failures, restarts, edits of the scenario."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from app.committer import GroupCommit
from core.effects import Answer, AskQuote, Effect, Quote
from core.values import Row
from store.store import Store, TurnRecord
from tests.journeys.heart import SCENARIO, Hearts, hearts
from tests.unit.talk import scenario_rows


@pytest.fixture
def heart(tmp_path: Path) -> Hearts:
    return hearts(tmp_path / "bot.db")


async def test_a_hanging_api_keeps_its_own_person_in_order_and_nobody_else_waiting(heart: Hearts) -> None:
    release = threading.Event()

    def slow(effect: Effect) -> Answer:
        release.wait(20)
        return Quote("Мысль", "")

    async with heart(slow) as bot:
        await bot.say("1", "цитата", "раз")
        await bot.say("2", "раз")
        await bot.until(lambda: bot.telegram.to("2") == ["Раз, тишина"])
        assert bot.telegram.to("1") == []
        release.set()
        await bot.quiet()
        assert bot.telegram.to("1") == ["Мысль", "Раз, тишина"]


async def test_fast_typing_is_answered_in_order_and_every_word_is_heard(heart: Hearts) -> None:
    async with heart() as bot:
        await bot.say("1", *(text for number in range(20) for text in ("слово", f"слово {number}")))
        await bot.quiet()
        answers = [text for text in bot.telegram.to("1") if text != "Слово?"]
        assert answers == [f"Вы сказали: слово {number}" for number in range(20)]


async def test_a_step_that_fails_three_times_is_set_aside_and_the_person_is_told(heart: Hearts) -> None:
    tries: list[Effect] = []

    def broken(effect: Effect) -> Answer:
        tries.append(effect)
        raise RuntimeError("boom")

    async with heart(broken) as bot:
        await bot.say("1", "цитата", "раз")
        await bot.say("2", "раз")
        await bot.quiet()
        assert len(tries) == 3
        sorry, after = bot.telegram.to("1")
        assert "не получилось" in sorry
        assert after == bot.telegram.to("2")[0] == "Раз, тишина"
        assert bot.store.counts().set_aside == 1
        journal = [str(row.get("Что случилось")) for row in bot.store.rows("Журнал")]
        assert any("RuntimeError" in line for line in journal)
        assert not any("boom" in line for line in journal)


async def test_a_turn_that_cannot_be_stored_does_not_take_the_others_with_it(heart: Hearts) -> None:
    def unstorable(effect: Effect) -> Answer:
        assert isinstance(effect, AskQuote)
        return Quote(cast(str, object()), "")

    async with heart(unstorable) as bot:
        await bot.say("1", "цитата")
        for user in range(2, 30):
            await bot.say(str(user), "раз")
        await bot.quiet()
        assert "не получилось" in bot.telegram.to("1")[0]
        assert all(bot.telegram.to(str(user)) == ["Раз, тишина"] for user in range(2, 30))
        assert bot.store.counts().set_aside == 1


async def test_one_bad_record_of_a_batch_is_refused_alone(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    commits = GroupCommit[TurnRecord](lambda records: void(store.commit(records)))
    records = [TurnRecord(None, str(n), {"n": object() if n == 1 else n}, (), ()) for n in range(3)]
    results = await asyncio.gather(*map(commits.add, records), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), TypeError, type(None)]
    assert [store.session(str(n)) for n in range(3)] == [{"n": 0}, None, {"n": 2}]
    store.close()


def void(_: object) -> None:
    """GroupCommit wants a writer that returns nothing."""


async def test_a_redelivered_event_is_answered_once(heart: Hearts) -> None:
    async with heart() as bot:
        event = bot.event("1", "раз", key="telegram:77")
        await bot.hear(event)
        await bot.hear(event, event)
        await bot.quiet()
        await bot.hear(event)
        await bot.quiet()
        assert bot.telegram.to("1") == ["Раз, тишина"]
        assert bot.store.counts().duplicates == 3


async def test_unfinished_work_survives_a_stop_and_is_done_after_it(heart: Hearts) -> None:
    release = threading.Event()

    def slow(effect: Effect) -> Answer:
        release.wait(20)
        return Quote("Мысль", "")

    async with heart(slow) as bot:
        bot.telegram.gate.clear()
        await bot.say("2", "раз")
        await bot.until(lambda: bot.store.counts().unsent == 2)
        await bot.say("1", "цитата", "раз")
        await bot.dispatcher.drain(0.05)
        await bot.sender.drain(0.05)
        assert (bot.store.counts().waiting, bot.store.counts().unsent) == (2, 2)
        assert bot.telegram.said == []
        release.set()
    async with heart(slow) as bot:
        assert bot.sender.recover() == 2
        assert bot.dispatcher.recover() == 2
        await bot.quiet()
        assert bot.telegram.to("1") == ["Мысль", "Раз, тишина"]
        assert bot.telegram.to("2") == ["Раз, тишина"]


async def test_a_scenario_broken_during_a_restart_leaves_the_last_good_one_talking(heart: Hearts) -> None:
    async with heart() as bot:
        await bot.say("1", "раз")
        await bot.quiet()
        columns = bot.store.columns("Сценарий")
        bot.store.replace_table("Сценарий", columns, scenario_rows(SCENARIO.replace("сообщение", "сообщенье")))
    async with heart() as bot:
        assert bot.content.problems
        await bot.say("2", "раз")
        await bot.quiet()
        assert bot.telegram.to("2") == ["Раз, тишина"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("Наименьшая группа", "²"), ("Наименьшая группа", "мало"), ("Часовой пояс", "Europe"), ("Чат сотрудников", "@me")],
)
async def test_a_wrong_setting_of_the_owner_is_told_and_a_default_works(
    heart: Hearts, setting: str, value: str
) -> None:
    async with heart() as bot:
        rows = [Row("@2", {"Настройка": setting, "Значение": value})]
        bot.store.replace_table("Настройки", ["Настройка", "Значение", "Что это"], rows)
        bot.content.reload({"Настройки"})
        assert (bot.content.world.minimum_group, bot.content.world.staff_chat) == (5, "")
        journal = [str(row.get("Что случилось")) for row in bot.store.rows("Журнал")]
        assert any(line.startswith(f"{setting}: не понимаю «{value}»") for line in journal)


async def test_a_full_disk_makes_the_lane_wait_and_loses_nothing(
    heart: Hearts, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True
    refused = 0

    def on_disk(write: Callable[..., Any]) -> Callable[..., Any]:
        def tried(*args: Any) -> Any:
            nonlocal refused
            if full:
                refused += 1
                raise sqlite3.OperationalError("database or disk is full")
            return write(*args)

        return tried

    monkeypatch.setattr("app.dispatcher._STORE_PAUSE", 0.01)
    async with heart() as bot:
        for name in ("commit", "attempt"):
            monkeypatch.setattr(bot.store, name, on_disk(getattr(bot.store, name)))
        await bot.say("1", "раз", "слово")
        await bot.until(lambda: refused > 10)
        assert bot.telegram.said == []
        full = False
        await bot.quiet()
        assert bot.telegram.to("1") == ["Раз, тишина", "Слово?"]


async def test_a_notice_to_a_messenger_that_is_off_is_told_to_the_owner(heart: Hearts) -> None:
    async with heart() as bot:
        columns = bot.store.columns("Сценарий")
        notice = (
            "слово | уведомить | Пришёл заказ | | | чат: vk:2000000001 | | |\n | сообщение | Принято | | | | | меню |\n"
        )
        menu = "меню | меню | Меню | Слово > слово | | | | |"
        bot.store.replace_table("Сценарий", columns, scenario_rows(notice + menu))
        bot.content.reload({"Сценарий"})
        await bot.say("1", "слово")
        await bot.quiet()
        assert bot.telegram.to("1") == ["Принято"]
        journal = [str(row.get("Что случилось")) for row in bot.store.rows("Журнал")]
        assert "Некому передать в чат vk:2000000001: этот мессенджер не подключён." in journal


async def test_the_journal_shows_the_owners_own_time(heart: Hearts) -> None:
    async with heart() as bot:
        bot.store.journal("Где", "Что", "", 1_795_350_000.0)  # 2026-11-22 12:20 in UTC
        rows = {str(row.get("Что случилось")): row.get("Когда") for row in bot.store.rows("Журнал")}
        assert rows["Что"] == "2026-11-22T15:20"
        settings = [Row("@2", {"Настройка": "Часовой пояс", "Значение": "Asia/Vladivostok"})]
        bot.store.replace_table("Настройки", ["Настройка", "Значение", "Что это"], settings)
        bot.content.reload({"Настройки"})
        bot.store.journal("Где", "Ещё", "", 1_795_350_000.0)
        rows = {str(row.get("Что случилось")): row.get("Когда") for row in bot.store.rows("Журнал")}
        assert rows["Ещё"] == "2026-11-22T22:20"
