"""What the bot sends to VK: once, with its picture and buttons; every refusal told apart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from core.errors import OutageError
from core.messages import Button, Chart, Does, Keyboard, Outcome, Outgoing, Reply
from sandbox.emulator import Fault
from sandbox.phone import ShownButton
from tests.contract.vk_world import PNG, World, world

ANYWHERE = "/method/messages.send"


@pytest.fixture
async def club() -> AsyncIterator[World]:
    async with world() as one:
        await one.vk.phone(42).say("здравствуйте")
        yield one


async def test_a_message_arrives_and_its_number_comes_back(club: World) -> None:
    sent = await club.send("Привет, Аня!")
    assert (sent.outcome, sent.ref) == (Outcome.SENT, "1")
    assert [shown.text for shown in club.vk.phone(42).bot_said()] == ["Привет, Аня!"]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        *((code, Outcome.RETRY) for code in (1, 6, 9, 10, 14, 29)),
        *((code, Outcome.BLOCKED) for code in (18, 900, 901, 902, 917, 936, 950)),
        *((code, Outcome.REJECTED) for code in (7, 100, 911, 914, 940, 4242)),
        *((code, Outcome.FATAL) for code in (5, 15, 27, 912)),
    ],
)
async def test_every_refusal_has_its_outcome(club: World, code: int, outcome: Outcome) -> None:
    club.vk.faults.append(Fault("reject", ANYWHERE, times=-1, code=code))
    if outcome is Outcome.FATAL:  # believed only when repeated
        assert [(await club.send("сокровенное")).outcome for _ in range(2)] == [Outcome.RETRY] * 2
    sent = await club.send("сокровенное")
    assert sent.outcome is outcome
    assert (sent.retry_after > 0) is (outcome is Outcome.RETRY)
    assert str(code) in sent.detail
    assert "сокровенное" not in sent.detail
    assert club.vk.sent == []


async def test_a_token_refused_now_and_then_is_not_dead(club: World) -> None:
    for number in range(4):
        club.vk.faults.append(Fault("reject", ANYWHERE, code=5))
        doubted = await club.send("жив", key=f"e/{number}")
        assert (doubted.outcome, doubted.retry_after > 0) == (Outcome.RETRY, True)
        assert (await club.send("жив", key=f"e/{number}")).outcome is Outcome.SENT


@pytest.mark.parametrize("code", [9, 14, 29])
async def test_limits_are_waited_out_for_long(club: World, code: int) -> None:
    club.vk.faults.append(Fault("reject", ANYWHERE, code=code))
    assert (await club.send("потише")).retry_after >= 60


async def test_a_stranger_cannot_be_written_to(club: World) -> None:
    assert (await club.send("реклама", chat="vk:777")).outcome is Outcome.BLOCKED


async def test_who_forbade_messages_is_blocked_until_they_write(club: World) -> None:
    phone = club.vk.phone(42)
    phone.block()
    assert (await club.send("ау", key="k/1")).outcome is Outcome.BLOCKED
    await phone.say("передумала")
    assert (await club.send("ау", key="k/2")).outcome is Outcome.SENT


@pytest.mark.parametrize("chat", ["vk:", "vk:нет", "vk:-5", "vk:٣"])
async def test_a_chat_that_cannot_be_is_refused(club: World, chat: str) -> None:
    assert (await club.send("кому?", chat=chat)).outcome in (Outcome.BLOCKED, Outcome.REJECTED)


async def test_a_message_whose_answer_was_lost_is_repeated_and_shown_once(club: World) -> None:
    club.vk.faults.append(Fault("drop", ANYWHERE))
    assert (await club.send("один раз", key="e/0")).outcome is Outcome.RETRY
    assert (await club.send("один раз", key="e/0")).outcome is Outcome.SENT
    assert [shown.text for shown in club.vk.phone(42).bot_said()] == ["один раз"]
    first, second = club.calls("messages.send")
    assert first["random_id"] == second["random_id"]


@pytest.mark.parametrize("kind", ["html", "garbage", "empty"])
async def test_a_broken_answer_is_a_retry(club: World, kind: str) -> None:
    club.vk.faults.append(Fault(kind, ANYWHERE, status=502))  # type: ignore[arg-type]
    assert (await club.send("один раз", key="e/0")).outcome is Outcome.RETRY
    assert (await club.send("один раз", key="e/0")).outcome is Outcome.SENT
    assert [message["message"] for message in club.vk.sent] == ["один раз"]


async def test_a_hanging_send_is_given_up_and_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messengers.vk._TIMEOUT_SECONDS", 0.3)
    async with world() as club:
        await club.vk.phone(42).say("здравствуйте")
        club.vk.faults.append(Fault("hang", ANYWHERE))
        assert (await club.send("ждать не буду")).outcome is Outcome.RETRY
        assert (await club.send("ждать не буду")).outcome is Outcome.SENT


async def test_vk_being_down_is_a_retry(club: World) -> None:
    await club.vk.stop()
    assert (await club.send("ау")).outcome is Outcome.RETRY


async def test_two_messages_are_two_even_with_the_same_words(club: World) -> None:
    await club.send("да", key="e/0")
    await club.send("да", key="e/1")
    assert len(club.vk.sent) == 2
    assert all(0 < message["random_id"] < 2**31 for message in club.vk.sent)


async def test_both_keyboards_look_as_asked(club: World) -> None:
    rows = (
        (Button("Погода", data="j.1.2"), Button("Сайт", Does.URL, url="https://example.com/x?a=1&b=2")),
        (Button("", Does.LOCATION),),
        (Button("Мой номер", Does.PHONE),),
    )
    phone = club.vk.phone(42)
    assert (await club.send(Reply("Под сообщением", Keyboard(rows)), "e/0")).outcome is Outcome.SENT
    assert (await club.send(Reply("Внизу", Keyboard(rows, inline=False)), "e/1")).outcome is Outcome.SENT
    drawn = phone.bot_said()[0].buttons
    assert drawn[0] == [ShownButton("Погода"), ShownButton("Сайт", "url", "https://example.com/x?a=1&b=2")]
    assert [button.kind for button in drawn[1]] == ["location"]
    assert len(drawn) == 2  # VK has no button that asks for a phone
    assert phone.keyboard == drawn


async def test_a_keyboard_stays_until_another_comes(club: World) -> None:
    board = Keyboard(((Button("Меню", data="c..menu"),),), inline=False)
    await club.send(Reply("Вот меню", board), "e/0")
    await club.send("Просто слова", "e/1")
    assert club.vk.phone(42).keyboard == [[ShownButton("Меню")]]
    await club.send(Reply("Убрал", Keyboard((), inline=False)), "e/2")
    assert club.vk.phone(42).keyboard == []


async def test_an_inline_keyboard_with_nothing_vk_can_show_is_left_out(club: World) -> None:
    sent = await club.show(Keyboard(((Button("Мой номер", Does.PHONE),),)))
    assert sent.outcome is Outcome.SENT
    assert club.vk.sent[0]["keyboard"] is None


async def test_the_largest_keyboards_are_accepted_and_one_more_button_is_not(club: World) -> None:
    token = "j." + "f" * 60
    for inline, rows, per_row, most in ((True, 6, 5, 10), (False, 10, 5, 40)):
        buttons = [Button("Ж" * 40, data=token)] * most
        fits = [tuple(buttons[i : i + per_row]) for i in range(0, most, per_row)]
        assert len(fits) <= rows
        assert (await club.show(Keyboard(tuple(fits), inline))).outcome is Outcome.SENT
        over = Keyboard((*fits, (buttons[0],)), inline)
        assert (await club.send(Reply("много", over), "e/over")).outcome is Outcome.REJECTED


async def test_too_long_a_text_is_rejected_not_retried(club: World) -> None:
    assert (await club.send("ж" * 4096, "e/0")).outcome is Outcome.SENT
    assert (await club.send("ж" * 4097, "e/1")).outcome is Outcome.REJECTED


async def test_a_picture_is_uploaded_once_and_used_again(club: World) -> None:
    club.pictures["кот"] = PNG
    await club.vk.phone(43, "Борис").say("и мне")
    for number, chat in enumerate(("vk:42", "vk:43", "vk:42")):
        assert (await club.send(Reply("Кот", image_url="кот"), f"e/{number}", chat)).outcome is Outcome.SENT
    assert club.vk.photos.uploads == 1
    assert [shown.image for shown in club.vk.phone(42).bot_said()] == [PNG, PNG]
    assert club.asked("photos.saveMessagesPhoto") == 1


async def test_a_picture_needs_no_words(club: World) -> None:
    club.pictures["кот"] = PNG
    assert (await club.send(Reply(image_url="кот"))).outcome is Outcome.SENT
    assert club.vk.phone(42).bot_said()[0].image == PNG


async def test_a_photo_vk_has_forgotten_is_uploaded_again(club: World) -> None:
    club.pictures["кот"] = PNG
    await club.send(Reply("Кот", image_url="кот"), "e/0")
    club.vk.photos.forget()
    assert (await club.send(Reply("Кот", image_url="кот"), "e/1")).outcome is Outcome.SENT
    assert club.vk.photos.uploads == 2
    assert club.vk.phone(42).bot_said()[1].image == PNG


@pytest.mark.parametrize("path", ["getMessagesUploadServer", "/upload", "saveMessagesPhoto"])
@pytest.mark.parametrize("kind", ["reject", "html", "empty", "drop"])
async def test_words_arrive_even_when_their_picture_cannot(club: World, path: str, kind: str) -> None:
    club.pictures["кот"] = PNG
    club.vk.faults.append(Fault(kind, path, code=10, status=502))  # type: ignore[arg-type]
    assert (await club.send(Reply("Кот словами", image_url="кот"))).outcome is Outcome.SENT
    shown = club.vk.phone(42).bot_said()[0]
    assert (shown.text, shown.image) == ("Кот словами", b"")


async def test_a_picture_without_words_waits_for_its_upload(club: World) -> None:
    club.pictures["кот"] = PNG
    club.vk.faults.append(Fault("reject", "getMessagesUploadServer", code=10))
    assert (await club.send(Reply(image_url="кот"))).outcome is Outcome.RETRY
    assert (await club.send(Reply(image_url="кот"))).outcome is Outcome.SENT


@pytest.mark.parametrize("bad", [b"", b"<html>not a picture</html>"])
async def test_what_is_not_a_picture_does_not_cost_the_words(club: World, bad: bytes) -> None:
    club.pictures["кот"] = bad
    assert (await club.send(Reply("Кот словами", image_url="кот"))).outcome is Outcome.SENT


async def test_a_painter_that_fails_does_not_cost_the_words(club: World) -> None:
    reply = Reply("График словами", chart=Chart("Неделя", (("пн", 1.0),)))
    assert (await club.send(reply)).outcome is Outcome.SENT  # the painter raises KeyError: there is no such picture
    assert club.vk.phone(42).bot_said()[0].text == "График словами"


async def test_an_empty_message_is_rejected(club: World) -> None:
    assert (await club.send("")).outcome is Outcome.REJECTED


async def test_markup_of_a_person_is_text_and_pings_nobody(club: World) -> None:
    words = '[id1|Аня] {имя} =1+1 "кавычки" & <b>\n🙂'
    await club.send(words)
    assert club.vk.sent[0]["message"] == words
    assert club.calls("messages.send")[0]["disable_mentions"] == "1"


async def test_typing_is_shown_and_never_fails(club: World) -> None:
    await club.bot.typing("vk:42")
    assert club.vk.phone(42).typing
    await club.send("готово")
    assert not club.vk.phone(42).typing
    club.vk.faults.append(Fault("html", "setActivity", status=502))
    await club.bot.typing("vk:42")
    await club.bot.acknowledge("нет такого", "42", "42")


async def test_start_names_the_community(club: World) -> None:
    assert await club.bot.start() == "Клуб «Таблица»"
    assert club.asked("groups.setLongPollSettings") == 0


async def test_start_switches_long_poll_on(club: World) -> None:
    club.vk.enabled, club.vk.events["message_new"], club.vk.events_version = False, 0, "5.80"
    await club.bot.start()
    assert (club.vk.enabled, club.vk.events["message_new"], club.vk.events_version) == (True, 1, "5.199")


@pytest.mark.parametrize("fault", [Fault("reject", "setLongPoll", code=15), Fault("reject", "setLongPoll", code=7)])
async def test_start_says_what_to_switch_on_when_it_may_not(club: World, fault: Fault) -> None:
    club.vk.enabled = False
    club.vk.faults.append(fault)
    assert "Long Poll API" in (await club.start_error()).hint


async def test_start_says_which_right_a_token_lacks(club: World) -> None:
    club.vk.may_manage = False
    assert "управление сообществом" in (await club.start_error()).hint


async def test_start_refuses_the_token_of_another_community() -> None:
    async with world(group_id=5, emulator_group=77) as club:
        error = await club.start_error()
        assert "VK_GROUP_ID=5" in str(error)
        assert "77" in str(error)


async def test_start_refuses_a_wrong_token_at_once() -> None:
    async with world(token="wrong-secret") as club:
        error = await club.start_error()
        assert "VK_TOKEN" in error.hint
        assert "wrong-secret" not in str(error)
        assert club.asked("groups.getById") == 1


async def test_start_bears_a_passing_fault_and_names_a_lasting_one(club: World) -> None:
    club.vk.faults.append(Fault("html", "getById", times=2, status=502))
    assert await club.bot.start() == "Клуб «Таблица»"
    club.vk.faults.append(Fault("garbage", "getById", times=-1))
    error = await club.start_error()
    assert isinstance(error, OutageError)
    assert "VK_API_URL" in error.hint


async def test_the_button_pressed_is_the_button_sent(club: World) -> None:
    await club.listening()
    await club.show(Keyboard(((Button("Погода", data="j.0123456789abcdef.fedcba9876543210"),),)))
    await club.vk.phone(42).press("Погода")
    event = (await club.inbox.until(1))[-1]
    assert (event.kind, event.press) == ("press", "j.0123456789abcdef.fedcba9876543210")
    assert json.loads(club.calls("messages.send")[0]["keyboard"])["inline"] is True
    assert (await club.bot.send(Outgoing("e/9", event.chat, Reply("Солнечно")))).outcome is Outcome.SENT
