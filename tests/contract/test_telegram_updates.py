"""Whatever is odd in an update, reading it never fails and never loses what the person wrote."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.messages import Event
from messengers.telegram_updates import event
from sandbox.telegram_network import TelegramNetwork

BOT_ID, BOT = 123, "tabletalk_bot"
NOW = 1_790_000_000.0
TEXT = "бегал 30 минут 🏃"

Update = dict[str, Any]
Path = tuple[str | int, ...]


def read(update: Update) -> Event | None:
    return event(update, BOT, BOT_ID, NOW)


def message(**content: Any) -> Update:
    anna = {"id": 42, "is_bot": False, "first_name": "Аня", "last_name": "Котова", "username": "anna"}
    chat = {"id": 42, "type": "private", "first_name": "Аня"}
    return {"update_id": 7, "message": {"message_id": 5, "from": anna, "chat": chat, "date": 1_700_000_000, **content}}


def in_group(text: str, **content: Any) -> Event:
    update = message(text=text, **content)
    update["message"]["chat"] = {"id": -100500, "type": "supergroup", "title": "Клуб"}
    found = read(update)
    assert found is not None
    return found


PHOTO = [{"file_id": "A", "file_unique_id": "a", "width": 90, "height": 60, "file_size": 900}]
STICKER = {"file_id": "S", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512, "emoji": "👍"}
VOICE = {"file_id": "V", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg"}
CONTACT = {"phone_number": "79161234567", "first_name": "Аня", "user_id": 42, "vcard": "BEGIN:VCARD"}
QUOTED = {"message_id": 4, "from": {"id": 123, "is_bot": True}, "chat": {"id": 42, "type": "private"}, "date": 1}

#: Real shapes of messages that carry words.
SPOKEN = {
    "text": message(text=TEXT, entities=[{"type": "bold", "offset": 0, "length": 5}]),
    "reply": message(text=TEXT, reply_to_message=QUOTED, quote={"text": "Сколько?", "position": 0}),
    "forward": message(text=TEXT, forward_origin={"type": "hidden_user", "sender_user_name": "Олег", "date": 1}),
    "photo": message(caption=TEXT, photo=PHOTO, media_group_id="1"),
    "document": message(caption=TEXT, document={"file_id": "D", "file_unique_id": "d"}),
}
#: And of those that carry none.
WORDLESS = {
    "sticker": message(sticker=STICKER),
    "voice": message(voice=VOICE),
    "contact": message(contact=CONTACT),
    "location": message(location={"latitude": 55.75, "longitude": 37.61}),
}
PRESS: Update = {
    "update_id": 8,
    "callback_query": {
        "id": "44",
        "from": message()["message"]["from"],
        "chat_instance": "1",
        "data": "token",
        "message": {**QUOTED, "reply_markup": {"inline_keyboard": [[{"text": "Да", "callback_data": "token"}]]}},
    },
}
MEMBERSHIP: Update = {
    "update_id": 9,
    "my_chat_member": {
        **{key: message()["message"][key] for key in ("from", "chat", "date")},
        "old_chat_member": {"user": {"id": 123, "is_bot": True}, "status": "member"},
        "new_chat_member": {"user": {"id": 123, "is_bot": True}, "status": "kicked", "until_date": 0},
    },
}
REMOVED = object()
ODD: list[Any] = [REMOVED, None, "x", "", 7, -7, 1.5, True, [], [[]], {}, 10**400, "\ud83d\0"]


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """The way to every field inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inside:
        yield (*here, name)
        yield from paths(item, (*here, name))


def mutants(update: Update) -> Iterator[tuple[Path, Update]]:
    for path in paths(update):
        for odd in ODD:
            mutant = copy.deepcopy(update)
            holder: Any = mutant
            for name in path[:-1]:
                holder = holder[name]
            if odd is REMOVED:
                del holder[path[-1]]
            else:
                holder[path[-1]] = odd
            yield path, mutant


@pytest.mark.parametrize("name", SPOKEN)
def test_one_odd_field_never_costs_the_words(name: str) -> None:
    words = {("update_id",), ("message",), ("message", "text"), ("message", "caption")}
    for path, mutant in mutants(SPOKEN[name]):
        found = read(mutant)
        if path in words:
            continue
        assert found is not None, path
        assert found.text == TEXT, path


@pytest.mark.parametrize("update", [*SPOKEN.values(), *WORDLESS.values(), PRESS, MEMBERSHIP])
def test_every_event_of_an_odd_update_can_be_stored(update: Update) -> None:
    read_some = 0
    for _, mutant in mutants(update):
        found = read(mutant)
        if found is not None:
            read_some += 1
            assert Event.from_json(json.loads(json.dumps(found.to_json()))) == found
            json.dumps(found.to_json(), ensure_ascii=False).encode()
    assert read_some > 50


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["from", "chat", "text", "caption", "id", "date", "data", "message", "contact", "location"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is not a failure
@given(
    st.sampled_from(["message", "callback_query", "my_chat_member", "edited_message", "poll"]),
    st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=3)),
)
def test_no_update_can_stop_the_listener(kind: str, payload: dict[str, Any]) -> None:
    found = read({"update_id": 1, kind: payload})
    assert found is None or found.key == "telegram:1"


def test_a_message_is_read_whole() -> None:
    assert read(message(text=TEXT)) == Event(
        key="telegram:7",
        platform="telegram",
        user_id="42",
        chat_id="42",
        kind="text",
        at=1_700_000_000.0,
        text=TEXT,
        name="Аня Котова",
        username="anna",
    )


@pytest.mark.parametrize(
    ("text", "kind", "ref", "left"),
    [
        ("/start", "start", "", "/start"),
        ("/start promo_2026-may", "start", "promo_2026-may", "/start promo_2026-may"),
        ("/start не ссылка", "start", "", "/start не ссылка"),
        ("/start@Tabletalk_Bot promo", "start", "promo", "/start promo"),
        ("/start " + "a" * 65, "start", "", "/start " + "a" * 65),
        ("/menu", "text", "", "/menu"),
        ("/help@tabletalk_bot", "text", "", "/help"),
        ("привет, @tabletalk_bot", "text", "", "привет, @tabletalk_bot"),
        ("/etc/passwd", "text", "", "/etc/passwd"),
        ("=1+1", "text", "", "=1+1"),
    ],
)
def test_commands_and_deep_links(text: str, kind: str, ref: str, left: str) -> None:
    found = read(message(text=text))
    assert found is not None
    assert (found.kind, found.ref, found.text) == (kind, ref, left)


@pytest.mark.parametrize(
    ("text", "addressed", "left"),
    [
        ("кто пойдёт на пробежку?", False, "кто пойдёт на пробежку?"),
        ("@tabletalk_bot, кто первый?", True, "кто первый?"),
        ("кто первый, @TableTalk_bot", True, "кто первый,"),
        ("@tabletalk_bot", True, ""),
        ("@tabletalk_bot_2 привет", False, "@tabletalk_bot_2 привет"),
        ("пишите на a@tabletalk_bot", False, "пишите на a@tabletalk_bot"),
        ("/top", True, "/top"),
        ("/top@tabletalk_bot", True, "/top"),
        ("/top@other_bot", False, "/top@other_bot"),
    ],
)
def test_in_a_group_the_bot_answers_only_when_spoken_to(text: str, addressed: bool, left: str) -> None:
    found = in_group(text)
    assert found.group
    assert (found.addressed, found.text) == (addressed, left)


def test_an_answer_to_the_bot_speaks_to_it_and_an_answer_to_others_does_not() -> None:
    assert in_group("да", reply_to_message=QUOTED).addressed
    assert not in_group("да", reply_to_message={**QUOTED, "from": {"id": 5, "is_bot": False}}).addressed


def test_only_ones_own_contact_is_a_phone() -> None:
    own, other = read(message(contact=CONTACT)), read(message(contact={**CONTACT, "user_id": 43}))
    assert own is not None
    assert other is not None
    assert (own.kind, own.phone, own.attachments) == ("contact", "+79161234567", ())
    assert (other.kind, other.phone, other.attachments) == ("other", "", ("contact",))


@pytest.mark.parametrize("where", [{"latitude": 91, "longitude": 0}, {"latitude": float("nan"), "longitude": 0}, {}])
def test_an_impossible_place_is_no_place(where: dict[str, float]) -> None:
    found = read(message(location=where))
    assert found is not None
    assert (found.kind, found.location) == ("other", None)


def test_what_holds_nothing_for_a_dialogue_is_left_alone() -> None:
    spoken = message(text=TEXT)["message"]
    for update in (
        {"update_id": 1, "edited_message": spoken},
        {"update_id": 1, "channel_post": {**spoken, "chat": {"id": -1009, "type": "channel"}}},
        {"update_id": 1, "something_new": {"id": 5}},
        message(pinned_message=QUOTED),
        message(new_chat_members=[{"id": 123, "is_bot": True}]),
        {"update_id": 1},
        {"message": spoken},
    ):
        assert read(update) is None


async def test_every_tap_of_a_phone_is_understood() -> None:
    network = TelegramNetwork(BOT_ID, BOT)
    phone = network.phone(42)
    await phone.start("promo")
    await phone.share_location(55.75, 37.61)
    await phone.share_contact("+79161234567")
    await phone.forward_contact("+79990000000", 77)
    await phone.send("sticker")
    phone.block()
    await phone.start()
    events = [read(update) for update in await network.updates.poll(0, 100, 0)]
    assert [found and found.kind for found in events] == [
        "start", "location", "contact", "other", "other", "blocked", "allowed", "start",
    ]  # fmt: skip
    assert {found and found.person for found in events} == {"telegram:42"}
