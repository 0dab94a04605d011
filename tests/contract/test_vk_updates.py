"""One odd field must not cost a person's words: realistic messages, each field removed, nulled and retyped."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.messages import Event
from messengers.vk_updates import event
from tests.contract import vk_spec

WORDS = "Посмотрите, что у меня"

#: As VK sends them, shortened only in lists.
ATTACHMENTS: list[dict[str, Any]] = [
    {
        "type": "photo",
        "photo": {"id": 457239, "owner_id": 42, "album_id": -3, "date": 1763000000, "access_key": "f00", "text": "",
                  "has_tags": False,
                  "sizes": [{"type": "m", "url": "https://sun1.example/a.jpg", "width": 130, "height": 87}]},
    },
    {
        "type": "video",
        "video": {"id": 456, "owner_id": -1, "title": "Тренировка", "duration": 63, "date": 1763000000, "views": 7,
                  "image": [{"url": "https://sun1.example/v.jpg", "width": 320, "height": 240, "with_padding": 1}],
                  "is_favorite": False, "can_add": 1, "type": "video"},
    },
    {
        "type": "audio_message",
        "audio_message": {"id": 6, "owner_id": 42, "duration": 4, "waveform": [0, 12, 31], "access_key": "b0",
                          "link_mp3": "https://psv.example/a.mp3", "link_ogg": "https://psv.example/a.ogg",
                          "transcript_state": "done", "transcript": "привет"},
    },
    {
        "type": "doc",
        "doc": {"id": 70, "owner_id": 42, "title": "план.pdf", "size": 12345, "ext": "pdf", "date": 1763000000,
                "type": 1, "url": "https://vk.example/doc42_70", "access_key": "c0"},
    },
    {
        "type": "sticker",
        "sticker": {"inner_type": "base_sticker_new", "product_id": 279, "sticker_id": 9008, "is_allowed": True,
                    "images": [{"url": "https://vk.example/s.png", "width": 64, "height": 64}]},
    },
    {
        "type": "link",
        "link": {"url": "https://example.com", "title": "Пример", "caption": "example.com", "description": "",
                 "is_favorite": False, "photo": {"id": 1, "album_id": -27, "owner_id": 2, "sizes": []}},
    },
    {
        "type": "wall",
        "wall": {"id": 10, "from_id": -1, "to_id": -1, "date": 1763000000, "text": "Новость", "post_type": "post",
                 "likes": {"count": 3, "user_likes": 0}, "attachments": []},
    },
    {
        "type": "audio",
        "audio": {"id": 3, "owner_id": 42, "artist": "Хор", "title": "Песня", "duration": 180, "url": "",
                  "date": 1763000000},
    },
    {
        "type": "graffiti",
        "graffiti": {"id": 8, "owner_id": 42, "url": "https://vk.example/g.png", "width": 300, "height": 200,
                     "access_key": "d0"},
    },
]  # fmt: skip
RETYPED: list[Any] = ["строка", -7, 3.5, True, [], {}, [None], {"x": [1]}, ""]
_GONE = object()


def update(attachment: dict[str, Any]) -> dict[str, Any]:
    message = {
        "date": 1763000100, "from_id": 42, "id": 77, "out": 0, "version": 10000077, "attachments": [attachment],
        "conversation_message_id": 77, "fwd_messages": [], "important": False, "is_hidden": False, "peer_id": 42,
        "random_id": 0, "text": WORDS, "payload": '{"other":"bot"}', "ref": "flyer", "ref_source": "wall",
        "geo": {"type": "point", "coordinates": {"latitude": 55.75, "longitude": 37.62}, "place": {"title": "Москва"}},
        "reply_message": {"date": 1763000000, "from_id": -1, "id": 76, "text": "вопрос", "attachments": [],
                          "conversation_message_id": 76, "peer_id": 42, "version": 10000076, "out": 1},
    }  # fmt: skip
    client = {"button_actions": ["text", "callback"], "keyboard": True, "inline_keyboard": True, "lang_id": 0}
    body = {"message": message, "client_info": client}
    return {"group_id": 1, "type": "message_new", "event_id": "9f0c" * 10, "v": "5.199", "object": body}


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every field of a nested document, at any depth."""
    steps: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    for step, inner in steps:
        yield (*path, step)
        yield from places(inner, (*path, step))


def changed(document: dict[str, Any], path: tuple[str | int, ...], new: Any) -> dict[str, Any]:
    twin = copy.deepcopy(document)
    inner: Any = twin
    for step in path[:-1]:
        inner = inner[step]
    if new is _GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return twin


#: Without these there is no message left, or somebody else's, or other words.
ESSENTIAL = {("type",), ("object",), ("object", "message"), ("object", "message", "text")}


@pytest.mark.parametrize("attachment", ATTACHMENTS, ids=lambda one: str(one["type"]))
def test_no_single_field_costs_the_words(attachment: dict[str, Any]) -> None:
    whole = update(attachment)
    count = 0
    for path in places(whole):
        for new in (_GONE, None, *RETYPED):
            read = event(changed(whole, path, new), 1)
            if path in ESSENTIAL or (path[-1] == "from_id" and path[-2] == "message" and new == -7):
                continue
            count += 1
            assert read is not None, (path, new)
            assert read.text == WORDS, (path, new)
            assert read.user_id == "42" or path[-1] == "from_id", (path, new)
    assert count > 300


@pytest.mark.parametrize("attachment", ATTACHMENTS[:1])
def test_the_kind_of_what_came_along_is_told(attachment: dict[str, Any]) -> None:
    kinds = [read.attachments for one in ATTACHMENTS if (read := event(update(one), 1))]
    assert kinds == [
        (kind,) for kind in ("photo", "video", "voice", "document", "sticker", "link", "post", "audio", "graffiti")
    ]


def test_the_messages_above_are_what_vk_documents() -> None:
    vk_spec.needed()
    for attachment in ATTACHMENTS:
        message = update(attachment)["object"]["message"]
        found = vk_spec.object_problems("messages_message", message)
        assert found == []


def read(**fields: Any) -> Event | None:
    message = {"from_id": 42, "peer_id": 42, "text": "", "date": 1763000100, **fields}
    return event({"type": "message_new", "event_id": "e1", "object": {"message": message}}, 1)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"text": "привет"}, "text"),
        ({"text": "Начать", "payload": '{"command":"start"}'}, "start"),
        ({"text": "Начать", "payload": {"command": "start"}}, "start"),
        ({"text": "Погода", "payload": '{"b":"j.1.2"}'}, "press"),
        ({"text": "Погода", "payload": '{"b":7}'}, "text"),
        ({"text": "Погода", "payload": '{"b":'}, "text"),
        ({"text": "Погода", "payload": "[" * 100_000}, "text"),
        ({"geo": {"coordinates": {"latitude": 55.7, "longitude": 37.6}}}, "location"),
        ({"geo": {"coordinates": {"latitude": 955.7, "longitude": 37.6}}}, "other"),
        ({"geo": {"coordinates": {"latitude": float("nan"), "longitude": 37.6}}}, "other"),
        ({"geo": {"coordinates": "55 37"}}, "other"),
        ({}, "other"),
        ({"text": None, "fwd_messages": [{"text": "переслано"}]}, "other"),
    ],
)
def test_kinds(fields: dict[str, Any], kind: str) -> None:
    found = read(**fields)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "fields",
    [{"out": 1}, {"from_id": -1}, {"from_id": 0}, {"action": {"type": "chat_pin_message"}, "peer_id": 2_000_000_001}],
)
def test_what_no_person_said_is_nobody_s_message(fields: dict[str, Any]) -> None:
    assert read(**{"text": "эхо", **fields}) is None


@pytest.mark.parametrize(
    ("text", "extra", "addressed", "clean"),
    [
        ("болтовня", {}, False, "болтовня"),
        ("[club1|@club1] погода", {}, True, "погода"),
        ("[club1|Клуб], погода", {}, True, "погода"),
        ("[public1|Клуб] погода", {}, True, "погода"),
        ("погода, [club1|Клуб]!", {}, True, "погода, [club1|Клуб]!"),
        ("[club12|Другой клуб] погода", {}, False, "[club12|Другой клуб] погода"),
        ("[club1|@club1]", {}, True, ""),
        ("да", {"reply_message": {"from_id": -1}}, True, "да"),
        ("да", {"reply_message": {"from_id": -2}}, False, "да"),
        ("да", {"reply_message": None}, False, "да"),
        ("Да", {"payload": '{"b":"a.1.2"}'}, True, "Да"),
    ],
)
def test_who_is_spoken_to_in_a_group_chat(text: str, extra: dict[str, Any], addressed: bool, clean: str) -> None:
    found = read(text=text, peer_id=2_000_000_001, **extra)
    assert found is not None
    assert (found.group, found.addressed, found.text) == (True, addressed, clean)


@pytest.mark.parametrize(("ref", "kept"), [("flyer-7_A", "flyer-7_A"), ("=1+1", ""), ("x" * 65, ""), (7, "")])
def test_only_a_plain_start_parameter_is_kept(ref: Any, kept: str) -> None:
    found = read(text="Начать", ref=ref)
    assert found is not None
    assert found.ref == kept


def test_words_are_storable_text() -> None:
    found = read(text="а\ud800б\0в")
    assert found is not None
    assert found.text == "а?бв"


def test_an_update_without_an_id_has_the_same_key_every_time() -> None:
    twin = {**update(ATTACHMENTS[0]), "event_id": None}
    other = changed(twin, ("object", "message", "id"), 78)
    first, second, third = event(twin, 1), event(json.loads(json.dumps(twin)), 1), event(other, 1)
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.key == second.key != third.key


@pytest.mark.parametrize(("kind", "expected"), [("message_allow", "allowed"), ("message_deny", "blocked")])
def test_permission_to_write(kind: str, expected: str) -> None:
    found = event({"type": kind, "event_id": "e2", "object": {"user_id": 42, "key": "x"}}, 1)
    assert found is not None
    assert (found.kind, found.person) == (expected, "vk:42")
    assert event({"type": kind, "object": {"user_id": None}}, 1) is None


def test_an_event_survives_the_inbox() -> None:
    found = event(update(ATTACHMENTS[2]), 1)
    assert found is not None
    assert Event.from_json(json.loads(json.dumps(found.to_json()))) == found


_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_names = ("message", "from_id", "peer_id", "user_id", "text", "payload", "geo", "date", "attachments", "reply_message")


@settings(max_examples=300, deadline=None)
@given(
    some.sampled_from(["message_new", "message_event", "message_allow", "message_deny", "group_join", None]),
    some.dictionaries(some.sampled_from(_names), _json, max_size=8),
    some.booleans(),
)
def test_no_json_can_break_the_reader(kind: str | None, fields: dict[str, Any], wrapped: bool) -> None:
    body = {"message": fields} if wrapped else fields
    found = event({"type": kind, "object": body}, None)
    if found is not None:
        assert int(found.user_id) > 0
        assert Event.from_json(json.loads(json.dumps(found.to_json()))) == found
