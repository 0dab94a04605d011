"""The owner's side of a broadcast: every row says what it waits for, what is wrong with it, or how it went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from core.values import Cell
from tests.journeys.broadcast_stage import MONDAY, Stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(tmp_path) as stage:
        await stage.open()
        yield stage


WRONG: dict[str, tuple[str, Cell, str, str]] = {
    "step": ("Шаг", "топ недель", "топ недели", "Шаг «топ недель» не найден. Похоже, вы имели в виду «топ недели»."),
    "no step": ("Шаг", "", "топ недели", "Не указан шаг"),
    "condition": ("Кому", "Подпска = да", "Подписка = да", "Похоже, вы имели в виду «Подписка»."),
    "formula": ("Кому", "(Подписка", "Подписка", "Скобка открыта, но не закрыта."),
    "chats": ("Чаты", "наш чат", "", "«Чаты»: не понимаю «наш». Жду telegram:-1001234567890 или vk:2000000001."),
    "schedule": ("Когда", "каждый понедельнк 10:00", "каждый понедельник 10:00", "вы имели в виду «понедельник»"),
    "lateness": ("Опоздание", "чуть-чуть", "12 часов", "Не понимаю опоздание «чуть-чуть»."),
}


@pytest.mark.parametrize(("column", "wrong", "right", "complaint"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_row_says_what_is_wrong_and_once_mended_catches_up(
    stage: Stage, column: str, wrong: str, right: str, complaint: str
) -> None:
    anna = stage.join("vk", 1, "Аня")
    await stage.tick(MONDAY - timedelta(minutes=1))
    stage.edit(**{column: wrong})
    for minutes in (-0.5, 0, 30):
        await stage.tick(MONDAY + timedelta(minutes=minutes))
        assert str(stage.row("Статус")).startswith("Не отправляется: ")
        assert complaint in str(stage.row("Статус"))
    assert await stage.heard(anna, 0) == []
    stage.edit(**{column: right})
    await stage.tick(MONDAY + timedelta(minutes=31))
    await stage.heard(anna)
    assert stage.row("Статус") == "Отправлена 23.11 в 10:00, получателей: 1"


@pytest.mark.parametrize("flag", [False, "", "потом"])
async def test_a_row_that_is_not_switched_on_is_silent_and_sends_nothing_old_afterwards(
    stage: Stage, flag: Cell
) -> None:
    anna = stage.join("telegram", 1, "Аня")
    stage.edit(Включена=flag)
    await stage.tick(MONDAY - timedelta(minutes=1))
    await stage.tick(MONDAY)
    assert (stage.row("Статус"), stage.row("Следующая")) == ("Выключена", "")
    stage.edit(Включена=True)
    await stage.tick(MONDAY + timedelta(minutes=1))
    assert (stage.row("Статус"), stage.row("Следующая")) == ("Ждёт своего часа", "2026-11-30T10:00")
    await stage.heard(anna, 0)


@pytest.mark.parametrize(("late", "sent"), [("12 часов", True), ("1 час", False)])
async def test_quiet_hours_hold_a_letter_until_the_morning(stage: Stage, late: str, sent: bool) -> None:
    anna = stage.join("telegram", 1, "Аня")
    stage.edit(Когда="каждый понедельник 23:00", Опоздание=late)
    night = MONDAY.replace(hour=23)
    await stage.tick(night - timedelta(hours=2))
    for hours in (0, 0.5, 8.9):
        await stage.tick(night + timedelta(hours=hours))
        await stage.heard(anna, 0)
    assert str(stage.row("Статус")).startswith("Ждёт")
    await stage.tick(night + timedelta(hours=9))
    await stage.heard(anna, int(sent))
    assert str(stage.row("Статус")).startswith("Отправлена" if sent else "Пропущена")


async def test_unreadable_quiet_hours_are_told_and_stop_nothing(stage: Stage) -> None:
    anna = stage.join("telegram", 1, "Аня")
    stage.setting("Тихие часы", "ночью")
    await stage.tick(MONDAY - timedelta(seconds=1))
    await stage.tick(MONDAY)
    await stage.heard(anna)
    assert "Не понимаю тихие часы «ночью»" in stage.journal()


async def test_a_finished_single_letter_says_that_it_is_over(stage: Stage) -> None:
    anna = stage.join("telegram", 1, "Аня")
    stage.edit(Когда="23.11.2026 10:00")
    await stage.tick(MONDAY - timedelta(seconds=1))
    await stage.tick(MONDAY)
    await stage.heard(anna)
    assert (stage.row("Следующая"), str(stage.row("Статус"))[:10]) == ("", "Отправлена")
    stage.edit(Когда="22.11.2026 10:00", Статус="")
    await stage.tick(MONDAY + timedelta(seconds=15))
    assert stage.row("Статус") == "Время прошло: больше не отправится"
