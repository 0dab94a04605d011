"""Broadcasts: everybody who is meant gets each letter once, whatever happens, and the owner reads how it went."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from core.values import Cell
from sandbox.emulator import Fault
from tests.journeys.broadcast_stage import CHATS, MONDAY, Stage
from tests.journeys.scripts import MEET
from tests.journeys.stage import play, press, say

EMPTY = "Новая неделя — новый старт!"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path)
    await stage.open()
    yield stage
    await stage.close()


async def test_monday_at_ten_brings_last_weeks_top_to_subscribers_and_named_chats(stage: Stage) -> None:
    anna, boris = stage.join("telegram", 1, "Аня"), stage.join("vk", 2, "Борис")
    silent, group, chat = stage.join("vk", 3, "Вера", Подписка=False), stage.group(), stage.chat()
    stage.workout("Аня", "telegram", 1, MONDAY - timedelta(days=7), 45)
    stage.workout("Борис", "vk", 2, MONDAY - timedelta(hours=11), 30)
    stage.workout("Аня", "telegram", 1, MONDAY - timedelta(hours=1), 500)  # this week's, not last week's
    stage.edit(Чаты=CHATS)
    await stage.tick(MONDAY - timedelta(seconds=1))
    assert stage.row("Следующая") == "2026-11-23T10:00"
    assert stage.row("Статус") == "Ждёт своего часа"
    await stage.tick(MONDAY)
    top = "ТОП-5 прошлой недели:\n1. Аня — 45 мин\n2. Борис — 30 мин"
    assert (await stage.heard(anna))[0].startswith(f"Аня, вот {top}\n\nВаше место — 1: 45 минут. Хорошей недели!")
    assert (await stage.heard(boris))[0].startswith(f"Борис, вот {top}\n\nВаше место — 2: 30 минут. Хорошей недели!")
    for room in (group, chat):
        assert (await stage.heard(room))[0].startswith(f"{top}\n\nНа этой неделе место найдётся каждому.")
    assert await stage.heard(silent, 0) == []
    await stage.tick(MONDAY + timedelta(seconds=15))
    assert stage.row("Статус") == "Отправлена 23.11 в 10:00, получателей: 4"
    assert (stage.row("Отправлено"), stage.row("Не дошло")) == (4, 0)
    assert stage.row("Следующая") == "2026-11-30T10:00"


async def test_ten_oclock_is_the_owners_ten_oclock(stage: Stage) -> None:
    anna = stage.join("telegram", 1, "Аня")
    stage.setting("Часовой пояс", "Asia/Yekaterinburg")
    await stage.tick(MONDAY - timedelta(hours=2, seconds=1))
    assert await stage.heard(anna, 0) == []
    await stage.tick(MONDAY - timedelta(hours=2))
    assert EMPTY in (await stage.heard(anna))[0]


async def test_looking_again_and_twice_at_once_sends_nothing_twice(stage: Stage) -> None:
    phones = [stage.join("telegram", 1, "Аня"), stage.join("vk", 2, "Борис"), stage.chat()]
    stage.edit(Чаты=CHATS, Шаг="погода")  # asks an API, so that both looks have time to meet
    stage.world.weather.faults.append(Fault("delay", times=-1, seconds=0.2))
    await stage.tick(MONDAY - timedelta(seconds=1))
    stage.now = MONDAY
    await asyncio.gather(stage.look(), stage.look())
    for later in (15, 30):
        await stage.tick(MONDAY + timedelta(seconds=later))
    for phone in phones[:2]:
        await stage.heard(phone, 2)  # the weather and the menu
    await stage.restart(MONDAY + timedelta(minutes=1))
    for phone in phones[:2]:
        await stage.heard(phone, 2)


async def test_only_those_who_fit_the_condition(stage: Stage) -> None:
    kazan, moscow = stage.join("vk", 1, "Аня"), stage.join("vk", 2, "Борис", Город="Москва")
    odd, vera = stage.join("telegram", 3, "Олег", Вес="не скажу"), stage.join("telegram", 4, "Вера", Вес=60)
    stage.edit(Кому="Город = «Казань» и (Вес + 1 < 70)")
    await stage.tick(MONDAY - timedelta(seconds=1))
    await stage.tick(MONDAY)
    for phone in (kazan, vera):
        await stage.heard(phone)
    for phone in (moscow, odd):
        await stage.heard(phone, 0)
    assert "не удалось проверить для одного человека" in stage.journal()
    assert "не скажу" not in stage.journal()


async def test_an_interrupted_run_goes_on_with_the_others_and_repeats_nothing(stage: Stage) -> None:
    cities = ("Казань", "Москва", "Уфа")
    phones = [stage.join("telegram", number, "Аня", Город=city) for number, city in enumerate(cities, start=1)]
    stage.edit(Шаг="погода")
    await stage.tick(MONDAY - timedelta(seconds=1))
    weather = stage.world.weather.faults
    weather.append(Fault("delay", times=-1, seconds=0.5))
    stage.now = MONDAY
    look = asyncio.create_task(stage.look())
    await stage.heard(phones[0], 2)
    look.cancel()  # the second person's weather is on its way
    assert (await asyncio.gather(look, return_exceptions=True))[0].__class__ is asyncio.CancelledError
    weather.clear()
    assert stage.row("Статус") == "Отправляется…"
    await stage.restart(MONDAY + timedelta(minutes=5))
    for phone in phones:
        await stage.heard(phone, 2)
    assert stage.row("Статус") == "Отправлена 23.11 в 10:00, получателей: 3"


async def test_an_interrupted_run_that_became_too_late_is_ended_honestly(stage: Stage) -> None:
    anna, boris = stage.join("telegram", 1, "Аня"), stage.join("telegram", 2, "Борис", Город="Уфа")
    stage.edit(Шаг="погода", Опоздание="1 час")
    await stage.tick(MONDAY - timedelta(seconds=1))
    stage.world.weather.faults.append(Fault("delay", times=-1, seconds=0.5))
    stage.now = MONDAY
    look = asyncio.create_task(stage.look())
    await stage.heard(anna, 2)
    look.cancel()
    await asyncio.gather(look, return_exceptions=True)
    await stage.restart(MONDAY + timedelta(hours=2))
    assert str(stage.row("Статус")).startswith("Отправлена не всем")
    await stage.heard(anna, 2)
    await stage.heard(boris, 0)


async def test_killed_half_way_as_a_process(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    now = datetime.now(MONDAY.tzinfo)
    try:
        await stage.open(now - timedelta(hours=1))
        stage.setting("Тихие часы", "")
        phones = [
            *(stage.join("telegram", number, "Аня", Город=city) for number, city in ((1, "Казань"), (2, "Москва"))),
            *(stage.join("vk", number, "Борис", Город=city) for number, city in ((3, "Уфа"), (4, "Самара"))),
        ]
        stage.edit(Когда=f"каждый день {now - timedelta(minutes=5):%H:%M}", Шаг="погода")
        await stage.down()
        stage.world.weather.faults.append(Fault("delay", times=-1, seconds=0.5))
        await stage.world.start_bot()  # missed while down, young enough: goes out at once
        await stage.heard(phones[0], 2)
        await stage.world.kill_bot()
        assert phones[3].bot_said() == []
        stage.world.weather.faults.clear()
        await stage.world.start_bot()
        for phone in phones:
            await stage.heard(phone, 2)
    finally:
        await stage.close()


@pytest.mark.parametrize(("hours", "sent"), [(11, True), (13, False)])
async def test_missed_while_down(stage: Stage, hours: int, sent: bool) -> None:
    phones = [stage.join("telegram", 1, "Аня"), stage.join("vk", 2, "Борис")]
    stage.setting("Тихие часы", "")
    await stage.tick(MONDAY - timedelta(hours=1))
    await stage.restart(MONDAY + timedelta(hours=hours))
    for phone in phones:
        await stage.heard(phone, int(sent))
    status = "Отправлена 23.11 в 10:00, получателей: 2" if sent else "Пропущена: вовремя не получилось 23.11 в 10:00"
    assert str(stage.row("Статус")).startswith(status)
    await stage.restart(MONDAY + timedelta(hours=hours, minutes=1))
    for phone in phones:
        await stage.heard(phone, int(sent))


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


async def test_people_who_blocked_the_bot_are_counted_and_stop_nobody(stage: Stage) -> None:
    gone = [stage.join("telegram", 1, "Аня"), stage.join("vk", 2, "Борис")]
    for phone in gone:
        phone.block()
    phones = [stage.join("telegram", 3, "Вера"), stage.join("vk", 4, "Олег")]
    stage.edit(Чаты="telegram:-100999")  # nobody has added the bot there
    await stage.tick(MONDAY - timedelta(seconds=1))
    await stage.tick(MONDAY)
    for phone in phones:
        await stage.heard(phone)
    await stage.tick(MONDAY + timedelta(seconds=15))
    assert (stage.row("Отправлено"), stage.row("Не дошло")) == (2, 3)


async def test_an_open_question_stays_open(stage: Stage) -> None:
    phones = stage.world.telegram.phone(7, "Аня"), stage.world.vk.phone(7, "Аня")
    for phone in phones:
        await play((*MEET, press("Записать тренировку", "Чем занимались?"), press("Бег", "Сколько минут?")), phone)
    before = len(phones[0].bot_said())
    await stage.tick(MONDAY - timedelta(seconds=1))
    await stage.tick(MONDAY)
    for phone in phones:
        assert EMPTY in (await stage.heard(phone, before + 1))[-1]
        await play((say("45", "Какой результат?"), say("5 км", "Записал!", "Чем помочь, Аня?")), phone)


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


async def test_whoever_talks_right_now_is_answered_first(stage: Stage) -> None:
    crowd = [stage.join("telegram", number, "Гость") for number in range(100, 220)]
    anna = stage.world.telegram.phone(7, "Аня")
    stage.world.telegram.faults.append(Fault("delay", match="sendMessage", times=-1, seconds=0.3))
    await stage.tick(MONDAY - timedelta(seconds=1))
    stage.now = MONDAY
    await stage.look()
    await anna.start()
    async with asyncio.timeout(20):
        while not anna.bot_said():
            await asyncio.sleep(0.01)
    assert any(not guest.bot_said() for guest in crowd)
    for guest in crowd:
        await stage.heard(guest, pause=0)
