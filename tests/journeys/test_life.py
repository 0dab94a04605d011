"""The bot's life as a process: killed, stopped, restarted, wrongly set up; people and owner must not notice more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.emulator import Fault
from sandbox.phone import Phone
from sandbox.world import SandboxWorld
from tests.journeys.scripts import MEET, MENU
from tests.journeys.stage import play, press, say
from tests.journeys.worlds import listening, new_world


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[SandboxWorld]:
    world = await new_world(tmp_path / "world")
    await world.start_bot()
    await listening(world)
    yield world
    await world.stop()


def phones(world: SandboxWorld) -> tuple[Phone, Phone]:
    return world.telegram.phone(7, "Аня"), world.vk.phone(7, "Аня")


async def test_killed_in_the_middle_of_a_question_it_goes_on_where_it_was(world: SandboxWorld) -> None:
    for phone in phones(world):
        await play((*MEET, press("Записать тренировку", "Чем занимались?"), press("Бег", "Сколько минут?")), phone)
    await world.kill_bot()
    for phone in phones(world):
        await phone.say("45")  # said while nobody listens
    await world.start_bot()
    for phone in phones(world):
        await play((press("Пропустить", "Записал!", MENU),), await answered(phone, "Какой результат?"))
    await until(lambda: len(world.owner.read("Тренировки")) == 3, "both workouts in the sheet")
    minutes = world.owner.headers("Тренировки").index("Минуты")
    assert [row[minutes] for row in world.owner.read("Тренировки")[1:]] == ["45", "45"]


async def answered(phone: Phone, text: str) -> Phone:
    await until(lambda: any(text in bubble.text for bubble in phone.bot_said(len(phone.chat) - 2)), text)
    return phone


async def until(reached: object, what: str, seconds: float = 20.0) -> None:
    assert callable(reached)
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for: {what}"
        await asyncio.sleep(0.05)


async def test_stops_within_five_seconds_even_while_an_api_hangs(world: SandboxWorld) -> None:
    for phone in phones(world):
        await play(MEET, phone)
    world.weather.faults.append(Fault("hang", times=-1, seconds=60))
    for phone in phones(world):
        await phone.press("Погода")
    await asyncio.sleep(0.3)
    started = time.monotonic()
    assert await world.stop_bot() == 0
    assert time.monotonic() - started < 5
    world.weather.faults.clear()
    await world.start_bot()
    for phone in phones(world):
        await answered(phone, MENU)


async def test_an_owners_edit_reaches_the_answers_without_a_restart(world: SandboxWorld) -> None:
    phone = world.telegram.phone(7, "Аня")
    await play((*MEET, press("Погода", "Казань: −3 °C", MENU)), phone)
    tab = "Рекомендации"
    advice = phone.bot_said()[-2].text.split("\n\n")[1]
    world.owner.set(tab, world.owner.find(tab, "Рекомендация", advice), "Рекомендация", "Совет прямо из таблицы.")
    started = time.monotonic()
    while True:
        before = len(phone.chat)
        await phone.press("Погода")
        await until(lambda seen=before: len(phone.bot_said(seen)) == 2, "the weather")
        if "Совет прямо из таблицы." in phone.bot_said(before)[0].text:
            break
        assert time.monotonic() - started < 10
        await asyncio.sleep(0.3)


async def test_a_broken_scenario_never_goes_live_and_the_owner_reads_why(world: SandboxWorld) -> None:
    phone = world.telegram.phone(7, "Аня")
    await play(MEET, phone)
    owner = world.owner
    row = owner.find("Сценарий", "Шаг", "меню")
    text = owner.read("Сценарий")[row - 1][owner.headers("Сценарий").index("Кнопки")]
    owner.set("Сценарий", row, "Текст", "Новый вопрос, {имя|друг}?")
    owner.set("Сценарий", row, "Кнопки", text.replace("> погода", "> погда"))

    def complaint() -> str:
        return "\n".join(" ".join(line) for line in owner.read("Журнал"))

    await until(lambda: "погда" in complaint(), "a line in «Журнал»")
    assert "Похоже, вы имели в виду «погода»" in complaint()
    await play((say("меню", MENU),), phone)
    owner.set("Сценарий", row, "Кнопки", text)
    await asyncio.sleep(0.1)

    async def new_words() -> bool:
        before = len(phone.chat)
        await phone.say("меню")
        await until(lambda: bool(phone.bot_said(before)), "the menu")
        return "Новый вопрос, Аня?" in phone.bot_said(before)[0].text

    deadline = time.monotonic() + 10
    while not await new_words():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.3)


def nowhere(folder: Path) -> SandboxWorld:
    """A world that is not there: the bot must refuse its settings before it looks for anybody."""
    world = SandboxWorld(folder)
    world.sheet_id = "none"
    world.vk.url = "http://127.0.0.1:1"
    return world


@pytest.mark.parametrize(
    ("setting", "value", "example"),
    [
        ("TELEGRAM_TOKEN", "not-a-token", "123456789:"),
        ("VK_GROUP_ID", "club", "123456789"),
        ("TIMEZONE", "Moscow", "Europe/Moscow"),
        ("DATABASE_URL", "postgres://x", "sqlite:///"),
        ("TELEGRAM_API_URL", "some-server", "https://api.telegram.org"),
        ("LOG_LEVEL", "LOUD", "INFO"),
        ("GOOGLE_CREDENTIALS", "missing.json", "service-account.json"),
    ],
)
async def test_a_wrong_setting_is_refused_at_start_by_name_with_an_example(
    tmp_path: Path, setting: str, value: str, example: str
) -> None:
    world = nowhere(tmp_path)
    world.overrides = {setting: value}
    with pytest.raises(RuntimeError) as refusal:
        await world.command("run")
    assert f"{setting}:" in str(refusal.value)
    assert example in str(refusal.value)
    assert "Traceback" not in str(refusal.value)
    assert value not in str(refusal.value) or setting in ("TIMEZONE", "LOG_LEVEL")


async def test_no_messenger_at_all_is_refused(tmp_path: Path) -> None:
    world = nowhere(tmp_path)
    world.overrides = {"TELEGRAM_TOKEN": "", "VK_TOKEN": ""}
    with pytest.raises(RuntimeError, match="TELEGRAM_TOKEN"):
        await world.command("run")


async def test_a_dead_token_ends_the_process_with_cause_and_fix(tmp_path: Path) -> None:
    world = await new_world(tmp_path / "world")
    world.overrides = {"TELEGRAM_TOKEN": "1:dead", "VK_TOKEN": ""}
    with pytest.raises(RuntimeError) as refusal:
        await asyncio.wait_for(world.command("run"), 60)
    assert "BotFather" in str(refusal.value)
    assert "1:dead" not in str(refusal.value)
    await world.stop()
