"""The adapter's voice: every answer of Telegram has a known outcome, and a picture costs one upload."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.messages import Button, Chart, Does, Keyboard, Outcome
from messengers import telegram as adapter
from sandbox.emulator import Fault
from sandbox.telegram_rules import Refusal
from tests.contract.telegram_stand import Stand, drawn, outgoing, stand, until

YES_NO = Keyboard(((Button("Да", data="yes"), Button("Нет", data="no")),))
ASKING = Keyboard(((Button("Мой телефон", Does.PHONE), Button("Где я", Does.LOCATION)), (Button("Меню"),)), False)


@pytest.fixture
async def world() -> AsyncIterator[Stand]:
    async with stand() as ready:
        await ready.telegram.phone(1).start()
        yield ready


def uploads(world: Stand) -> int:
    return len([call for call in world.telegram.calls if isinstance(call.params.get("photo"), bytes)])


async def test_a_message_arrives_as_plain_text(world: Stand) -> None:
    text = "<b>не разметка</b> *и* _не_ она {имя} =1+1 🏃"
    sent = await world.bot.send(outgoing(text, keyboard=YES_NO))
    shown = world.telegram.phone(1).chat[-1]
    assert (sent.outcome, sent.ref) == (Outcome.SENT, str(world.telegram.sent[-1]["message_id"]))
    assert shown.text == text
    assert [button.label for button in shown.buttons[0]] == ["Да", "Нет"]


async def test_a_pressed_button_brings_its_token_and_its_spinner_stops(world: Stand) -> None:
    await world.bot.send(outgoing("Бежим?", keyboard=YES_NO))
    async with world.listening():
        await world.telegram.phone(1).press("Да")
        press = (await world.heard(2))[1]
        await world.bot.acknowledge(press.press_id, press.chat_id, press.user_id)
        await world.bot.acknowledge(press.press_id, press.chat_id, press.user_id)  # too late: refused, not raised
    assert (press.kind, press.press) == ("press", "yes")
    assert not world.telegram.queries


async def test_a_reply_keyboard_asks_for_phone_and_place_and_goes_away(world: Stand) -> None:
    phone = world.telegram.phone(1)
    await world.bot.send(outgoing(keyboard=ASKING))
    assert [[(button.label, button.kind) for button in row] for row in phone.keyboard] == [
        [("Мой телефон", "phone"), ("Где я", "location")],
        [("Меню", "say")],
    ]
    async with world.listening():
        for label in ("Мой телефон", "Где я", "Меню"):
            await phone.press(label)
        kinds = [event.kind for event in await world.heard(4)]
    assert kinds == ["start", "contact", "location", "text"]
    await world.bot.send(outgoing(keyboard=Keyboard((), inline=False)))
    assert phone.keyboard == []


async def test_a_group_gets_plain_buttons_where_telegram_would_refuse_the_message(world: Stand) -> None:
    member = world.telegram.phone(1, "Аня", chat_id=-1005)
    sent = await world.bot.send(outgoing(chat=-1005, keyboard=ASKING))
    assert sent.outcome is Outcome.SENT
    assert {button.kind for row in member.keyboard for button in row} == {"say"}


async def test_typing_shows_until_the_answer(world: Stand) -> None:
    phone = world.telegram.phone(1)
    await world.bot.typing("telegram:1")
    assert phone.typing
    await world.bot.send(outgoing())
    assert not phone.typing
    await world.bot.typing("telegram:404")  # refused, not raised


@pytest.mark.parametrize(
    ("code", "description", "outcome"),
    [
        (400, "Bad Request: chat not found", Outcome.BLOCKED),
        (400, "Bad Request: user not found", Outcome.BLOCKED),
        (400, "Bad Request: PEER_ID_INVALID", Outcome.BLOCKED),
        (400, "Bad Request: USER_IS_BLOCKED", Outcome.BLOCKED),
        (400, "Bad Request: INPUT_USER_DEACTIVATED", Outcome.BLOCKED),
        (400, "Bad Request: have no rights to send a message", Outcome.BLOCKED),
        (400, "Bad Request: not enough rights to send text messages to the chat", Outcome.BLOCKED),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", Outcome.BLOCKED),
        (400, "Bad Request: need administrator rights in the channel chat", Outcome.BLOCKED),
        (400, "Bad Request: group chat was deactivated", Outcome.BLOCKED),
        (400, "Bad Request: BUTTON_DATA_INVALID", Outcome.REJECTED),
        (400, "Bad Request: message is too long", Outcome.REJECTED),
        (401, "Unauthorized", Outcome.FATAL),
        (403, "Forbidden: bot was blocked by the user", Outcome.BLOCKED),
        (403, "Forbidden: user is deactivated", Outcome.BLOCKED),
        (403, "Forbidden: bot was kicked from the supergroup chat", Outcome.BLOCKED),
        (403, "Forbidden: bot can't initiate conversation with a user", Outcome.BLOCKED),
        (404, "Not Found", Outcome.FATAL),
        (413, "Request Entity Too Large", Outcome.REJECTED),
        (500, "Internal Server Error", Outcome.RETRY),
        (502, "Bad Gateway", Outcome.RETRY),
    ],
)
async def test_each_refusal_has_its_outcome(world: Stand, code: int, description: str, outcome: Outcome) -> None:
    world.telegram.closed[1] = Refusal(code, description)
    sent = await world.bot.send(outgoing())
    assert sent.outcome is outcome
    assert str(code) in sent.detail


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault("drop"), Outcome.UNCERTAIN),
        (Fault("garbage"), Outcome.UNCERTAIN),
        (Fault("empty"), Outcome.UNCERTAIN),
        (Fault("hang"), Outcome.UNCERTAIN),
        (Fault("html", status=200), Outcome.UNCERTAIN),
        (Fault("html", status=502), Outcome.UNCERTAIN),
        (Fault("html", status=504), Outcome.UNCERTAIN),
        (Fault("html", status=503), Outcome.RETRY),
        (Fault("html", status=403), Outcome.RETRY),  # a provider's page, not a person's block
        (Fault("html", status=401), Outcome.RETRY),
        (Fault("html", status=302), Outcome.RETRY),
    ],
    ids=lambda value: f"{value.kind} {value.status}" if isinstance(value, Fault) else str(value),
)
async def test_each_failure_on_the_way_has_its_outcome(
    world: Stand, fault: Fault, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "SEND_SECONDS", 0.5)
    world.telegram.faults.append(fault)
    sent = await world.bot.send(outgoing())
    assert sent.outcome is outcome
    assert "127.0.0.1" not in sent.detail
    assert world.telegram.token not in sent.detail


async def test_nobody_listening_is_certainly_not_delivered(world: Stand) -> None:
    await world.telegram.stop()
    await world.bot.close()  # an open connection that breaks would be uncertain
    assert (await world.bot.send(outgoing())).outcome is Outcome.RETRY


async def test_telegrams_own_pause_is_passed_on(world: Stand) -> None:
    world.telegram.throttle.per_chat = 1
    first, second = await world.bot.send(outgoing()), await world.bot.send(outgoing())
    assert first.outcome is Outcome.SENT
    assert (second.outcome, second.retry_after) == (Outcome.RETRY, 1.0)


async def test_a_person_who_blocked_the_bot_is_known_until_they_return(world: Stand) -> None:
    phone = world.telegram.phone(1)
    phone.block()
    assert (await world.bot.send(outgoing())).outcome is Outcome.BLOCKED
    await phone.start()
    assert (await world.bot.send(outgoing())).outcome is Outcome.SENT
    async with world.listening():
        assert [event.kind for event in await world.heard(4)] == ["start", "blocked", "allowed", "start"]


async def test_a_group_that_moved_still_gets_its_message(world: Stand) -> None:
    world.telegram.phone(1, chat_id=-7)
    moved = world.telegram.phone(1, chat_id=-100777)
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    world.telegram.closed[-7] = Refusal(400, text, migrate_to_chat_id=-100777)
    assert (await world.bot.send(outgoing(chat=-7))).outcome is Outcome.SENT
    assert moved.bot_said()[-1].text == "Привет!"


async def test_a_picture_is_uploaded_once_and_shown_to_all(world: Stand) -> None:
    await world.telegram.phone(2).start()
    for chat in (1, 2, 1):
        sent = await world.bot.send(outgoing("Прогресс", chat=chat, image_url="week", keyboard=YES_NO))
        assert sent.outcome is Outcome.SENT
    shown = world.telegram.phone(1).bot_said()
    assert [(bubble.text, bool(bubble.image), len(bubble.buttons)) for bubble in shown] == [("Прогресс", True, 1)] * 2
    assert uploads(world) == 1


async def test_a_chart_is_drawn_like_any_picture(world: Stand) -> None:
    await world.bot.send(outgoing("Минуты", chart=Chart("Неделя", (("пн", 30.0),))))
    assert world.telegram.phone(1).bot_said()[-1].image == (await drawn(outgoing().reply) or (b"", ""))[0]


async def test_a_forgotten_picture_is_uploaded_again(world: Stand) -> None:
    await world.bot.send(outgoing(image_url="week"))
    world.telegram.files.clear()
    assert (await world.bot.send(outgoing(image_url="week"))).outcome is Outcome.SENT
    assert uploads(world) == 2


@pytest.mark.parametrize("picture", ["gone", "broken", "odd"])
async def test_without_its_picture_the_text_still_arrives(world: Stand, picture: str) -> None:
    sent = await world.bot.send(outgoing("Ваш результат: 30 минут", image_url=picture, keyboard=YES_NO))
    shown = world.telegram.phone(1).bot_said()
    assert sent.outcome is Outcome.SENT
    assert [(bubble.text, bubble.image, len(bubble.buttons)) for bubble in shown] == [
        ("Ваш результат: 30 минут", b"", 1)
    ]


async def test_a_picture_without_text_that_cannot_be_sent_is_refused(world: Stand) -> None:
    assert (await world.bot.send(outgoing("", image_url="odd"))).outcome is Outcome.REJECTED


async def test_a_long_text_follows_its_picture_and_a_retry_does_not_repeat_it(world: Stand) -> None:
    message = outgoing("🏃" * 600, image_url="week", keyboard=YES_NO)
    world.telegram.faults.append(Fault("reject", "sendMessage", code=429, seconds=3))
    first = await world.bot.send(message)
    assert (first.outcome, first.retry_after) == (Outcome.RETRY, 3.0)
    assert (await world.bot.send(message)).outcome is Outcome.SENT
    shown = world.telegram.phone(1).bot_said()
    assert [(bool(bubble.image), bubble.text, len(bubble.buttons)) for bubble in shown] == [
        (True, "", 0),
        (False, "🏃" * 600, 1),
    ]


async def test_a_blocked_person_is_not_sent_the_text_after_the_picture(world: Stand) -> None:
    world.telegram.phone(1).block()
    assert (await world.bot.send(outgoing("🏃" * 600, image_url="week"))).outcome is Outcome.BLOCKED
    assert [call.method for call in world.telegram.calls].count("sendMessage") == 0


async def test_replies_flow_while_a_poll_waits(world: Stand) -> None:
    async with world.listening():
        await until(lambda: world.telegram.received == 1)
        for number in range(50):
            await world.bot.send(outgoing(str(number)))
    assert [bubble.text for bubble in world.telegram.phone(1).bot_said()] == [str(number) for number in range(50)]
