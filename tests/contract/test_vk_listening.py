"""VK's Long Poll through the real vkbottle: nothing is lost or reordered, whatever VK or the network does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import MessengerError
from core.messages import Button, Keyboard, Reply
from sandbox.emulator import Fault
from tests.contract.vk_world import World, eventually, world


@pytest.fixture
async def club() -> AsyncIterator[World]:
    async with world() as one:
        yield one


async def test_a_batch_is_acknowledged_only_after_it_is_stored(club: World) -> None:
    await club.listening()
    club.inbox.refuse = 2
    await club.vk.phone(42).say("не потеряйся")
    await club.inbox.until(1)
    assert club.inbox.refuse == 0
    assert club.inbox.texts == ["не потеряйся"]
    await eventually(lambda: club.vk.received == 1)


async def test_nothing_is_acknowledged_while_the_inbox_is_busy(club: World) -> None:
    await club.listening()
    club.inbox.gate = asyncio.Event()
    await club.vk.phone(42).say("раз")
    await club.vk.phone(42).say("два")
    await asyncio.sleep(0.1)
    assert club.vk.received == 0
    club.inbox.gate.set()
    await club.inbox.until(2)
    assert club.inbox.texts == ["раз", "два"]


async def test_messages_sent_while_the_bot_was_down_are_answered_in_order(club: World) -> None:
    await club.listening()
    await club.vk.phone(42).say("до")
    await club.inbox.until(1)
    await club.hang_up()
    for number in range(250):
        await club.vk.phone(42).say(str(number))
    club.listen()
    await club.inbox.until(251)
    assert club.inbox.texts == ["до", *map(str, range(250))]
    assert len({event.key for event in club.inbox.events}) == 251


async def test_the_first_start_remembers_its_place_before_any_event(club: World) -> None:
    await club.vk.phone(42).say("до первого запуска")
    await club.listening()
    await club.hang_up()
    await club.vk.phone(42).say("сразу после")
    club.listen()
    await club.inbox.until(1)
    assert club.inbox.texts == ["сразу после"]


async def test_one_session_serves_many_polls(club: World) -> None:
    await club.listening()
    for number in range(5):
        await club.vk.phone(42).say(str(number))
        await club.inbox.until(number + 1)
    assert club.asked("groups.getLongPollServer") == 1


async def test_an_expired_key_costs_nothing(club: World) -> None:
    await club.listening()
    await club.vk.phone(42).say("раз")
    await club.inbox.until(1)
    await club.hang_up()
    await club.vk.phone(42).say("два")
    club.listen()
    club.vk.longpoll.expire_key()
    await club.vk.phone(42).say("три")
    await club.inbox.until(3)
    assert club.inbox.texts == ["раз", "два", "три"]


async def test_a_key_that_expires_during_a_poll_is_renewed(club: World) -> None:
    await club.listening()
    club.vk.longpoll.expire_key()
    await club.vk.phone(42).say("раз")
    await club.inbox.until(1)
    assert club.bot.counters["failed 2"] == 1


async def test_a_history_cut_short_is_counted_and_the_rest_arrives(club: World) -> None:
    await club.listening()
    await club.hang_up()
    for text in ("раз", "два", "три"):
        await club.vk.phone(42).say(text)
    club.vk.longpoll.forget_history(keep=1)
    club.listen()
    await club.inbox.until(1)
    assert club.inbox.texts == ["три"]
    assert club.bot.counters["failed 1"] == 1


async def test_after_everything_is_lost_listening_goes_on(club: World) -> None:
    await club.listening()
    club.vk.longpoll.lose_everything()
    await club.vk.phone(42).say("слышно?")
    await eventually(lambda: club.bot.counters["failed 3"] == 1)
    await eventually(lambda: len(club.inbox.positions) > 1)
    await club.vk.phone(42).say("а теперь?")
    await eventually(lambda: "а теперь?" in club.inbox.texts)
    assert club.bot.counters["failed 1"] == 0  # it took VK's new place, not its own old one


@pytest.mark.parametrize("kind", ["html", "garbage", "empty", "drop", "reject"])
@pytest.mark.parametrize("path", ["/lp", "getLongPollServer"])
async def test_a_broken_answer_loses_nothing(club: World, kind: str, path: str) -> None:
    fault = Fault(kind, path, times=2, status=502, code=10)  # type: ignore[arg-type]
    if path == "/lp":
        await club.listening()
        club.vk.faults.append(fault)
    else:
        club.vk.faults.append(fault)
        await club.listening()
    await club.vk.phone(42).say("раз")
    await club.vk.phone(42).say("два")
    await club.inbox.until(2)
    assert club.inbox.texts == ["раз", "два"]


async def test_a_black_hole_is_left_soon(club: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messengers.vk._POLL_GRACE_SECONDS", 0.2)
    hole = Fault("hang", "/lp")
    await club.listening()
    club.vk.faults.append(hole)
    await club.vk.phone(42).say("эй")  # answered by the poll already under way
    await eventually(lambda: hole.times == 0)
    await club.vk.phone(42).say("ты где?")
    await club.inbox.until(2)
    assert club.inbox.texts == ["эй", "ты где?"]


async def test_vk_may_be_down_when_listening_begins(club: World) -> None:
    port = int(club.vk.url.rpartition(":")[2])
    await club.vk.stop()
    club.listen()
    await eventually(lambda: club.bot.counters["poll refused 0"] > 3)
    await club.vk.start(port)
    await eventually(lambda: bool(club.inbox.positions))
    await club.vk.phone(42).say("доброе утро")
    await club.inbox.until(1)


async def test_a_server_that_moved_is_found_again(club: World) -> None:
    await club.listening()
    club.vk.faults.append(Fault("html", "/lp", times=4, status=502))
    await club.vk.phone(42).say("раз")
    await club.inbox.until(1)
    await eventually(lambda: club.vk.faults[0].times == 0)
    await club.vk.phone(42).say("два")
    await club.inbox.until(2)
    await eventually(lambda: club.asked("groups.getLongPollServer") == 2)


async def test_a_dead_token_ends_the_loop_with_a_hint() -> None:
    async with world(token="vk-wrong-secret") as club:
        with pytest.raises(MessengerError) as caught:
            await club.listen()
        assert "VK_TOKEN" in caught.value.hint
        assert "secret" not in str(caught.value)
        assert club.asked("groups.getLongPollServer") == 3


async def test_one_refused_call_is_not_a_dead_token(club: World) -> None:
    club.vk.faults.append(Fault("reject", "getLongPollServer", times=2, code=5))
    await club.listening()
    await club.vk.phone(42).say("жив")
    await club.inbox.until(1)


async def test_nothing_is_written_to_the_current_folder(
    club: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await club.listening()
    await club.vk.phone(42).say("раз")
    await club.inbox.until(1)
    assert os.listdir(tmp_path) == []


async def test_the_community_is_found_by_its_token() -> None:
    async with world(group_id=None, emulator_group=77) as club:
        await club.listening()
        await club.vk.phone(42).say("привет")
        await club.inbox.until(1)


async def test_names_come_in_one_call_and_are_remembered(club: World) -> None:
    await club.listening()
    await club.hang_up()
    for _ in range(2):
        await club.vk.phone(42, "Аня").say("я")
        await club.vk.phone(43, "Борис").say("и я")
    club.listen()
    await club.inbox.until(4)
    assert [event.name for event in club.inbox.events] == ["Аня", "Борис"] * 2
    assert [call["user_ids"] for call in club.calls("users.get")] == ["42,43"]


@pytest.mark.parametrize("kind", ["reject", "garbage"])
async def test_without_names_messages_still_come(club: World, kind: str) -> None:
    club.vk.faults.append(Fault(kind, "users.get", times=-1, code=6))  # type: ignore[arg-type]
    await club.listening()
    for number, text in enumerate(("раз", "два")):
        await club.vk.phone(42).say(text)
        await club.inbox.until(number + 1)
    assert [event.name for event in club.inbox.events] == ["", ""]
    assert club.asked("users.get") == 1  # it does not ask again with every message


async def test_a_silent_users_get_does_not_hold_messages(club: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messengers.vk_profiles._PATIENCE_SECONDS", 0.1)
    club.vk.faults.append(Fault("hang", "users.get"))
    await club.listening()
    await club.vk.phone(42).say("эй")
    await club.inbox.until(1)
    assert club.inbox.events[0].name == ""


async def test_what_a_phone_can_do_becomes_events(club: World) -> None:
    await club.listening()
    phone = club.vk.phone(42)
    await phone.start("flyer-7")
    await phone.say("привет")
    await phone.share_location(59.94, 30.31)
    await phone.share_contact("+79160000000")
    await phone.send("sticker")
    phone.block()
    start, text, place, contact, sticker, blocked = await club.inbox.until(6)
    assert (start.kind, start.ref, start.chat, start.at > 0) == ("start", "flyer-7", "vk:42", True)
    assert (text.kind, text.text, text.person, text.group) == ("text", "привет", "vk:42", False)
    assert (place.kind, place.location) == ("location", (59.94, 30.31))
    assert (contact.kind, contact.text) == ("text", "+79160000000")
    assert (sticker.kind, sticker.attachments) == ("other", ("sticker",))
    assert (blocked.kind, blocked.at > 0) == ("blocked", True)


async def test_a_group_chat_speaks_to_the_bot_by_name_or_by_button(club: World) -> None:
    await club.listening()
    phone = club.vk.phone(42, chat_id=1)
    await phone.say("болтаем о своём")
    await phone.say("@club1, погода")
    await phone.say("@tabletalk топ")
    menu = Keyboard(((Button("ТОП-5", data="j.1.2"),),))
    await club.send(Reply("Меню", menu), "k/menu", "vk:2000000001")
    await phone.press("ТОП-5")
    chatter, weather, top, pressed = await club.inbox.until(4)
    assert (chatter.group, chatter.addressed, chatter.chat) == (True, False, "vk:2000000001")
    assert (weather.addressed, weather.text) == (True, "погода")
    assert (top.addressed, top.text) == (True, "топ")
    assert (pressed.kind, pressed.press, pressed.text, pressed.addressed) == ("press", "j.1.2", "ТОП-5", True)


async def test_a_callback_button_of_an_older_bot_still_speaks(club: World) -> None:
    await club.listening()
    phone = club.vk.phone(42)
    await phone.say("привет")
    action = {"type": "callback", "label": "Дальше", "payload": '{"b":"j.a.b"}'}
    phone.deliver("Старое", {"inline": True, "buttons": [[{"action": action}]]}, b"")
    await phone.press("Дальше")
    event = (await club.inbox.until(2))[1]
    assert (event.kind, event.press, event.press_id != "") == ("press", "j.a.b", True)
    assert club.vk.waiting_presses == 1
    await club.bot.acknowledge(event.press_id, event.chat_id, event.user_id)
    assert club.vk.waiting_presses == 0


async def test_unreadable_updates_are_counted_and_stop_nobody(club: World) -> None:
    await club.listening()
    for update in (
        {},
        {"type": "message_new", "object": None},
        {"type": ["?"], "object": {}},
        {"type": "wall_post_new"},
    ):
        club.vk.longpoll.push(update)
    await club.vk.phone(42).say("я за ними")
    await club.inbox.until(1)
    assert club.inbox.texts == ["я за ними"]
    assert club.bot.counters["skipped"] == 4
