"""Nothing over a platform's limits, nothing lost: texts and keyboards of any size."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.messages import Button, Capabilities, Chart, Does, Keyboard, Reply
from messengers.rendering import CHOOSE, TELEGRAM_CAPABILITIES, VK_CAPABILITIES, fit
from messengers.rendering_text import shorten, split, units

BOTH = pytest.mark.parametrize("caps", [TELEGRAM_CAPABILITIES, VK_CAPABILITIES], ids=["telegram", "vk"])
FAMILY, FLAG, WAVE, SHORT_I = "👨‍👩‍👧‍👦", "🇷🇺", "👋🏽", "и\u0306"


def say(label: str, data: str = "") -> Button:
    return Button(label, data=data or label)


def column(count: int) -> tuple[tuple[Button, ...], ...]:
    return tuple((say(f"Кнопка {number}"),) for number in range(count))


def shape(keyboard: Keyboard | None) -> list[int]:
    assert keyboard is not None
    return [len(row) for row in keyboard.rows]


# --- text


@BOTH
def test_an_ordinary_reply_is_untouched(caps: Capabilities) -> None:
    reply = Reply("Привет!\n\nКак дела? 👋🏽", Keyboard(((say("Хорошо"), say("Плохо")), (say("Меню"),))))
    assert fit(reply, caps) == [reply]


@BOTH
def test_nothing_to_say(caps: Capabilities) -> None:
    for text in ("", "  \n", "\0\x07", "\u200b", "\ud83d"):
        assert fit(Reply(text), caps) == []
    assert fit(Reply(keyboard=Keyboard(())), caps) == []


def test_what_platforms_refuse_is_stripped() -> None:
    assert fit(Reply("\r\n а\0б\r\nв\x1b \ud83d"), VK_CAPABILITIES) == [Reply("аб\nв")]


def test_text_is_cut_where_a_reader_pauses() -> None:
    assert split("Первый абзац тут.\n\nВторой абзац.", 25) == ["Первый абзац тут.", "Второй абзац."]
    assert split("Первая строка\nвторая строка", 20) == ["Первая строка", "вторая строка"]
    assert split("Раз, два, три! Четыре, пять?", 20) == ["Раз, два, три!", "Четыре, пять?"]
    assert split("слово слово слово", 12) == ["слово слово", "слово"]
    assert split("а" * 25, 10) == ["а" * 10, "а" * 10, "а" * 5]
    assert split("Да. " + "а" * 30, 20)[0] == "Да. " + "а" * 16  # an early pause would leave a stub


@pytest.mark.parametrize("whole", [FAMILY, FLAG, WAVE, SHORT_I, "5️⃣", "🏴\U000e0067\U000e0062\U000e007f", "𝔸"])
@pytest.mark.parametrize("before", range(12))
def test_what_is_drawn_as_one_is_never_cut(whole: str, before: int) -> None:
    parts = split("а" * before + whole * 4, 12)
    assert "".join(parts) == "а" * before + whole * 4
    assert all(part.replace(whole, "").strip("а") == "" for part in parts)
    assert all(units(part) <= 12 for part in parts)


def test_an_endless_pile_of_accents_still_ends() -> None:
    for pile in ("а" + "\u0301" * 99, "а\u0301" * 50):
        parts = split(pile, 10)
        assert "".join(parts) == pile
        assert all(units(part) <= 10 for part in parts)


def test_shorten() -> None:
    assert shorten("Погода", 6) == "Погода"
    assert shorten("Погода завтра", 7) == "Погода…"
    assert shorten("Привет" + FAMILY, 9) == "Привет…"
    assert shorten(FAMILY, 1) == "…"


pieces = st.one_of(st.characters(), st.sampled_from(["\n", " ", ". ", FAMILY, FLAG, WAVE, "\0", "\ud83d"]))
text = st.lists(pieces, max_size=200).map("".join)


@given(text, st.integers(30, 100))
@settings(max_examples=200)
def test_every_part_fits_and_only_blanks_are_lost(typed: str, limit: int) -> None:
    caps = Capabilities(limit, 10, 6, 5, 40, 10, 5, 40, phone=True)
    parts = [reply.text for reply in fit(Reply(typed), caps)]
    assert all(0 < units(part) <= limit for part in parts)
    assert _seen("".join(parts)) == _seen(typed)


def _seen(shown: str) -> str:
    """What of a text can be seen at all: letters, signs, emoji."""
    return "".join(c for c in shown if unicodedata.category(c)[0] not in "CZM")


# --- pictures


@BOTH
def test_a_picture_comes_once_with_its_caption(caps: Capabilities) -> None:
    chart = Chart("Мои недели", (("1", 2.0),))
    keyboard = Keyboard(column(2))
    assert fit(Reply("Подпись", keyboard, chart), caps) == [Reply("Подпись", keyboard, chart)]
    assert fit(Reply(image_url="https://a.ru/b.png"), caps) == [Reply(image_url="https://a.ru/b.png")]
    assert fit(Reply("", keyboard, chart), caps) == [Reply(CHOOSE, keyboard, chart)]


def test_a_long_caption_follows_its_picture_in_telegram() -> None:
    words, keyboard = "слово " * 300, Keyboard(column(1))
    picture, words_alone = fit(Reply(words, keyboard, image_url="https://a.ru/b.png"), TELEGRAM_CAPABILITIES)
    assert picture == Reply(image_url="https://a.ru/b.png")
    assert words_alone == Reply(words.strip(), keyboard)
    assert len(fit(Reply(words, keyboard, image_url="https://a.ru/b.png"), VK_CAPABILITIES)) == 1


@BOTH
def test_keyboard_and_picture_once_in_a_long_text(caps: Capabilities) -> None:
    replies = fit(Reply("слово " * 2000, Keyboard(column(3)), image_url="https://a.ru/b.png"), caps)
    assert [bool(reply.image_url) for reply in replies] == [True] + [False] * (len(replies) - 1)
    assert [reply.keyboard is not None for reply in replies] == [False] * (len(replies) - 1) + [True]


# --- keyboards


def test_vk_wraps_a_tall_inline_keyboard() -> None:
    (reply,) = fit(Reply("?", Keyboard(column(10))), VK_CAPABILITIES)
    assert reply.keyboard is not None
    assert reply.keyboard.inline
    assert shape(reply.keyboard) == [2] * 5


def test_wide_rows_are_wrapped_evenly() -> None:
    row = tuple(say(str(number)) for number in range(7))
    (reply,) = fit(Reply("?", Keyboard((row,))), VK_CAPABILITIES)
    assert shape(reply.keyboard) == [4, 3]


def test_vk_moves_a_big_keyboard_to_the_bottom() -> None:
    (reply,) = fit(Reply("?", Keyboard(column(40))), VK_CAPABILITIES)
    assert reply.keyboard is not None
    assert not reply.keyboard.inline
    assert shape(reply.keyboard) == [4] * 10
    assert reply.keyboard.buttons == Keyboard(column(40)).buttons


def test_vk_pages_a_huge_keyboard() -> None:
    replies = fit(Reply("?", Keyboard(column(45), inline=False)), VK_CAPABILITIES)
    assert [reply.text for reply in replies] == ["?"] + ["И ещё:"] * 7
    assert [button for reply in replies if reply.keyboard for button in reply.keyboard.buttons] == list(
        Keyboard(column(45)).buttons
    )


def test_buttons_that_look_alike_stay_inline_where_their_tokens_tell_them_apart() -> None:
    alike = tuple((say("Выбрать", str(number)),) for number in range(12))
    replies = fit(Reply("?", Keyboard(alike)), VK_CAPABILITIES)
    assert [shape(reply.keyboard) for reply in replies] == [[1] * 6, [1] * 6]
    assert all(reply.keyboard and reply.keyboard.inline for reply in replies)


def test_a_long_label_is_shortened_and_its_token_kept() -> None:
    long = say("Очень длинная подпись, которая не помещается на кнопку\nи ещё строка", "token")
    (reply,) = fit(Reply("?", Keyboard(((long,),))), VK_CAPABILITIES)
    assert reply.keyboard is not None
    (button,) = reply.keyboard.buttons
    assert (button.label, button.data) == ("Очень длинная подпись, которая не помещ…", "token")


@BOTH
def test_a_label_of_nothing_still_shows(caps: Capabilities) -> None:
    (reply,) = fit(Reply("?", Keyboard(((say("\0 \n", "token"),),))), caps)
    assert reply.keyboard is not None
    assert reply.keyboard.buttons == [Button("…", data="token")]


PHONE, PLACE, SITE = (
    Button("Номер", Does.PHONE),
    Button("Где я", Does.LOCATION),
    Button("Сайт", Does.URL, url="https://a"),
)


def test_a_phone_button_goes_only_where_it_works() -> None:
    reply = Reply("Телефон?", Keyboard(((PHONE,), (say("Пропустить"),)), inline=False))
    assert fit(reply, TELEGRAM_CAPABILITIES) == [reply]
    assert fit(reply, VK_CAPABILITIES) == [Reply("Телефон?", Keyboard(((say("Пропустить"),),), inline=False))]
    assert fit(Reply("Телефон?", Keyboard(((PHONE,),))), VK_CAPABILITIES) == [Reply("Телефон?")]


def test_telegram_takes_requests_only_at_the_bottom_and_links_only_inline() -> None:
    place = Keyboard(((PLACE, say("Пропустить")),))
    assert fit(Reply("?", place), TELEGRAM_CAPABILITIES) == [Reply("?", Keyboard(place.rows, inline=False))]
    site = Keyboard(((SITE, say("Меню")),), inline=False)
    assert fit(Reply("?", site), TELEGRAM_CAPABILITIES) == [Reply("?", Keyboard(site.rows))]
    mixed = Keyboard(((PLACE, SITE), (say("Меню"),)))
    inline, bottom = fit(Reply("?", mixed), TELEGRAM_CAPABILITIES)
    assert inline == Reply("?", Keyboard(((SITE,), (say("Меню"),))))
    assert bottom == Reply("И ещё:", Keyboard(((PLACE,),), inline=False))


def test_in_vk_a_place_stands_alone() -> None:
    (reply,) = fit(Reply("?", Keyboard(((say("А"), PLACE, say("Б"), SITE),))), VK_CAPABILITIES)
    assert reply.keyboard == Keyboard(((say("А"),), (PLACE,), (say("Б"), SITE)))


@BOTH
def test_an_empty_bottom_keyboard_hides_the_old_one(caps: Capabilities) -> None:
    reply = Reply("Готово", Keyboard((), inline=False))
    assert fit(reply, caps) == [reply]


buttons = st.builds(
    Button, st.text(max_size=60), st.sampled_from(Does), st.text("ab.", max_size=5), st.just("https://a")
)
keyboards = st.builds(
    Keyboard, st.lists(st.lists(buttons, max_size=12).map(tuple), max_size=30).map(tuple), st.booleans()
)


@BOTH
@given(keyboards, st.sampled_from(["", "текст", "слово " * 900]))
@settings(max_examples=150, deadline=None)
def test_any_keyboard_fits_and_every_button_arrives(caps: Capabilities, keyboard: Keyboard, words: str) -> None:
    replies = fit(Reply(words, keyboard), caps)
    shown = [reply.keyboard for reply in replies if reply.keyboard is not None and reply.keyboard.rows]
    for board in shown:
        check_limits(board, caps)
    arrived = Counter((b.does, b.data, b.url) for board in shown for b in board.buttons)
    sent = Counter((b.does, b.data, b.url) for b in keyboard.buttons if caps.phone or b.does is not Does.PHONE)
    assert arrived == sent
    assert all(reply.text for reply in replies)
    assert sum(not board.inline for board in shown) <= 1 or caps.extra["asks_inline"] == 0


def check_limits(board: Keyboard, caps: Capabilities) -> None:
    most = (caps.inline_buttons, caps.inline_rows, caps.inline_row)
    if not board.inline:
        most = (caps.reply_buttons, caps.reply_rows, caps.reply_row)
    assert len(board.buttons) <= most[0]
    assert len(board.rows) <= most[1]
    for row in board.rows:
        assert 1 <= len(row) <= most[2]
        kinds = {button.does for button in row}
        assert not (Does.LOCATION in kinds and caps.extra["location_alone"] and len(row) > 1)
        assert not (Does.URL in kinds and not board.inline and not caps.extra["url_in_reply"])
        assert not (kinds & {Does.PHONE, Does.LOCATION} and board.inline and not caps.extra["asks_inline"])
    assert all(0 < units(button.label) <= caps.label_max for button in board.buttons)
