"""Broadcasts: everybody who is meant gets each letter once, whatever happens, and the owner reads how it went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.effects import Effects
from core.effects import Answer, Effect, Failure, Reason
from sandbox.emulator import Fault
from tests.journeys.broadcast_stage import CHATS, MONDAY, Stage
from tests.journeys.scripts import MEET
from tests.journeys.stage import play, press, say

EMPTY = "Новая неделя — новый старт!"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(tmp_path) as stage:
        await stage.open()
        yield stage


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
    asked: list[Effect] = []

    def slow(effect: Effect) -> Answer:
        """A service that gives two looks at once the time to meet."""
        asked.append(effect)
        time.sleep(0.1)
        return Failure(Reason.UNAVAILABLE)

    phones = [stage.join("telegram", 1, "Аня"), stage.join("vk", 2, "Борис", Город="Москва")]
    stage.edit(Шаг="погода")
    await stage.tick(MONDAY - timedelta(seconds=1))
    effects = Effects(slow, stage.bot.messengers)
    stage.rely_on(effects)
    stage.now = MONDAY
    await asyncio.gather(stage.look(), stage.look())
    for later in (15, 30):
        await stage.tick(MONDAY + timedelta(seconds=later))
    effects.close()
    assert len(asked) == len(set(asked)) == 4  # each city is found, then its weather is asked
    await stage.restart(MONDAY + timedelta(minutes=1))
    for phone in phones:
        assert "Тренировку это не отменяет" in (await stage.heard(phone))[0]


async def test_a_clock_that_is_set_back_begins_nothing_again(stage: Stage) -> None:
    anna = stage.join("telegram", 1, "Аня")
    for seconds in (-1, 0):
        await stage.tick(MONDAY + timedelta(seconds=seconds))
    newcomer = stage.join("telegram", 2, "Борис")
    for seconds in (-1, 0, 1):
        await stage.tick(MONDAY + timedelta(seconds=seconds))
    await stage.heard(anna)
    await stage.heard(newcomer, 0)


async def test_one_persons_trouble_costs_nobody_else_the_letter(stage: Stage) -> None:
    def broken(effect: Effect) -> Answer:
        raise RuntimeError(type(effect).__name__)

    trouble, phone = stage.join("telegram", 1, "Аня", Город="Уфа"), stage.join("telegram", 2, "Борис")
    stage.write_steps(
        {"Шаг": "письмо", "Блок": "погода", "Параметры": "город: {город}", "Если": "Город = «Уфа»"},
        {"Блок": "сообщение", "Текст": "Ждём вас!"},
    )
    stage.edit(Шаг="письмо")
    await stage.tick(MONDAY - timedelta(seconds=1))
    effects = Effects(broken, stage.bot.messengers)
    stage.rely_on(effects)
    await stage.tick(MONDAY)
    effects.close()
    assert await stage.heard(phone) == ["Ждём вас!"]
    assert await stage.heard(trouble, 0) == []
    assert (stage.row("Отправлено"), stage.row("Не дошло")) == (1, 1)
    assert "Шаг «письмо» не получился для получателей: 1." in stage.journal()


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
    phones = [stage.join("telegram", number, "Аня", Город=city, Вес=70) for number, city in enumerate(cities, start=1)]
    stage.write_steps(
        {"Шаг": "письмо", "Блок": "запомнить", "Переменная": "Вес", "Параметры": "значение: =Вес + 1"},
        {"Блок": "переход", "Дальше": "погода"},
    )
    stage.edit(Шаг="письмо")
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
    assert stage.people("Вес") == [71, 71, 71]
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
    now = datetime.now(MONDAY.tzinfo)
    async with Stage(tmp_path) as stage:
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
