"""The adapter's ears: nothing is confirmed before it is stored, nothing is lost, and no failure leaves it deaf."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from core.errors import MessengerError
from core.messages import Event
from messengers.telegram import TelegramMessenger
from sandbox.emulator import Fault
from sandbox.telegram import TelegramEmulator
from tests.contract.telegram_stand import Stand, drawn, outgoing, stand, until


@pytest.fixture
async def world() -> AsyncIterator[Stand]:
    async with stand() as ready:
        yield ready


async def test_start_tells_the_bots_name(world: Stand) -> None:
    assert await world.bot.start() == "@tabletalk_bot"


async def test_messages_come_in_order_with_stable_keys(world: Stand) -> None:
    anna, oleg = world.telegram.phone(1), world.telegram.phone(2, "Олег")
    await anna.start("promo")
    async with world.listening():
        for number in range(5):
            await anna.say(f"а{number}")
            await oleg.say(f"о{number}")
        events = await world.heard(11)
    assert [event.text for event in events if event.user_id == "1"] == ["/start promo", "а0", "а1", "а2", "а3", "а4"]
    assert [event.text for event in events if event.user_id == "2"] == ["о0", "о1", "о2", "о3", "о4"]
    numbers = [int(event.key.removeprefix("telegram:")) for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + 11))
    assert world.positions[-1] == str(numbers[-1] + 1)


async def test_what_could_not_be_stored_comes_again(world: Stand) -> None:
    anna = world.telegram.phone(1)
    for number in range(3):
        await anna.say(str(number))
    tries: list[list[str]] = []

    async def full_disk(events: Sequence[Event], position: str) -> None:
        tries.append([event.text for event in events])
        if len(tries) < 3:
            raise OSError("disk is full")
        await world.receive(events, position)

    task = asyncio.create_task(world.bot.listen("", full_disk))
    await world.heard(3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert tries == [["0", "1", "2"]] * 3


async def test_a_crash_while_storing_loses_nothing(world: Stand) -> None:
    await world.telegram.phone(1).say("важное")
    entered = asyncio.Event()

    async def never_stored(events: Sequence[Event], position: str) -> None:
        entered.set()
        await asyncio.sleep(3600)

    task = asyncio.create_task(world.bot.listen("", never_stored))
    await entered.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert world.telegram.received == 0
    async with world.listening():
        assert [event.text for event in await world.heard(1)] == ["важное"]


async def test_a_restart_goes_on_from_the_stored_position(world: Stand) -> None:
    anna = world.telegram.phone(1)
    await anna.say("до")
    async with world.listening():
        await world.heard(1)
    await anna.say("после")
    async with world.listening(world.positions[-1]):
        assert [event.text for event in await world.heard(2)] == ["до", "после"]


async def test_a_new_numbering_after_a_quiet_week_is_heard(world: Stand) -> None:
    await world.telegram.phone(1).say("давно")
    async with world.listening():
        await world.heard(1)
        await until(lambda: world.telegram.received == 1)
        world.telegram.updates.renumber(5)
        await world.telegram.phone(1).say("снова я")
        assert (await world.heard(2))[1].key == "telegram:5"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("reject", "getUpdates", times=2, code=401),
        Fault("reject", "getUpdates", times=3, code=409),
        Fault("reject", "getUpdates", code=429, seconds=1),
        Fault("reject", "getUpdates", times=3, code=500),
        Fault("reject", "getUpdates", times=3, code=502),
        Fault("html", "getUpdates", times=5, status=401),
        Fault("html", "getUpdates", times=3, status=502),
        Fault("html", "getUpdates", times=3, status=200),
        Fault("garbage", "getUpdates", times=3),
        Fault("empty", "getUpdates", times=3),
        Fault("drop", "getUpdates", times=3),
        Fault("delay", "getUpdates", seconds=0.2),
    ],
    ids=lambda fault: f"{fault.kind} {fault.code or fault.status}",
)
async def test_every_fault_is_survived(world: Stand, fault: Fault) -> None:
    world.telegram.faults.append(fault)
    async with world.listening():
        await world.telegram.phone(1).say("слышно?")
        assert (await world.heard(1))[0].text == "слышно?"
    assert fault.times == 0


async def test_a_dead_connection_is_noticed_in_seconds(world: Stand) -> None:
    world.telegram.faults.append(Fault("hang", "getUpdates"))
    async with world.listening():
        began = time.monotonic()
        await world.telegram.phone(1).say("слышно?")
        await world.heard(1)
    assert time.monotonic() - began < 15


async def test_an_outage_is_survived(world: Stand) -> None:
    port = int(world.telegram.url.rpartition(":")[2])
    async with world.listening():
        await world.telegram.phone(1).say("до")
        await world.heard(1)
        await world.telegram.stop()
        await asyncio.sleep(0.2)
        await world.telegram.start(port)
        await world.telegram.phone(1).say("после")
        assert [event.text for event in await world.heard(2)] == ["до", "после"]


async def test_malformed_updates_do_not_hold_up_the_others(world: Stand) -> None:
    ownerless = {"message": {"text": "ничей"}}
    malformed: list[dict[str, Any]] = [{"message": None}, ownerless, {"poll": {}}, {"update_id": "x"}]
    for update in malformed:
        world.telegram.updates.add_raw(update)
    await world.telegram.phone(1).say("живой")
    async with world.listening():
        assert [event.text for event in await world.heard(1)] == ["живой"]
    assert world.bot.listening.skipped == 4


async def test_two_programs_on_one_token_lose_nothing(world: Stand) -> None:
    rival = TelegramMessenger(world.telegram.token, world.telegram.url, picture=drawn)
    rival.listening.pauses = (0.05,)
    heard: set[str] = set()

    async def receive(events: Sequence[Event], position: str) -> None:
        heard.update(event.text for event in events)

    async with world.listening():
        task = asyncio.create_task(rival.listen("", receive))
        for number in range(20):
            await world.telegram.phone(1).say(str(number))
            await asyncio.sleep(0.02)
        await until(lambda: len(heard | {event.text for event in world.events}) == 20)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await rival.close()


async def test_a_token_that_stays_refused_stops_the_bot_with_a_hint(world: Stand) -> None:
    world.telegram.faults.append(Fault("reject", "getUpdates", times=-1, code=401))
    with pytest.raises(MessengerError) as caught:
        await asyncio.wait_for(world.bot.listen("", world.receive), 20)
    assert "TELEGRAM_TOKEN" in caught.value.hint


@pytest.mark.parametrize("token", ["123:wrong", "not-a-token"])
async def test_a_wrong_token_is_told_at_start_and_never_shown(token: str) -> None:
    telegram = TelegramEmulator()
    bot = TelegramMessenger(token, await telegram.start(), picture=drawn)
    with pytest.raises(MessengerError) as caught:
        await bot.start()
    await bot.close()
    await telegram.stop()
    assert "@BotFather" in caught.value.hint
    assert token not in f"{caught.value!r} {caught.value}"
    assert caught.value.__cause__ is None


async def test_a_webhook_is_named_and_left_alone(world: Stand) -> None:
    world.telegram.webhook = "https://example.com/hook"
    with pytest.raises(MessengerError, match="вебхук") as caught:
        await world.bot.start()
    assert "deleteWebhook" in caught.value.hint
    assert world.telegram.webhook


async def test_no_network_at_start_is_told_with_the_setting_to_check() -> None:
    bot = TelegramMessenger("123:test", "http://127.0.0.1:9", picture=drawn)
    bot.listening.pauses = (0.01,)
    with pytest.raises(MessengerError) as caught:
        await bot.start()
    await bot.close()
    assert "TELEGRAM_API_URL" in caught.value.hint
    assert "123:test" not in str(caught.value)


async def test_neither_the_token_nor_peoples_words_reach_the_log(
    world: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for fault in (Fault("garbage"), Fault("html"), Fault("drop"), Fault("reject")):
            world.telegram.faults.append(replace(fault, match="getUpdates"))
        async with world.listening():
            await world.telegram.phone(1).say("мой секрет")
            await world.heard(1)
        world.telegram.faults.append(Fault("garbage", "sendMessage"))
        await world.bot.send(outgoing("ответ на секрет"))
        await world.bot.acknowledge("0", "1", "1")
    assert caplog.records
    for word in ("123:test", "секрет"):
        assert word not in caplog.text


async def test_a_group_hears_the_bot_only_when_it_is_meant(world: Stand) -> None:
    anna = world.telegram.phone(1, "Аня", chat_id=-1005)
    await world.bot.send(outgoing("Всем привет!", chat=-1005))
    async with world.listening():
        await anna.say("побежали?")
        await anna.say("@tabletalk_bot меню")
        await anna.reply("спасибо")
        events = await world.heard(3)
    assert [(event.addressed, event.text) for event in events] == [
        (False, "побежали?"),
        (True, "меню"),
        (True, "спасибо"),
    ]
    assert {(event.group, event.chat, event.person) for event in events} == {(True, "telegram:-1005", "telegram:1")}
