"""Whom a broadcast may reach: subscribers who fit, in a messenger that is connected, and well-written chats."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.audience import read_audience
from core.errors import FormulaError, TabletalkError
from core.messages import Platform
from core.schema import PEOPLE
from core.values import Cell, Row

COLUMNS = [column.name for column in PEOPLE.columns]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))
BOTH: tuple[Platform, ...] = ("telegram", "vk")


def broadcast(**cells: Cell) -> Row:
    return Row("b1", cells)


def person(**cells: Cell) -> Row:
    return Row("p1", {"Подписка": True, "Telegram": "42", "VK": "", **cells})


def address(who: Row, to: str = "", connected: tuple[Platform, ...] = BOTH) -> tuple[Platform, str] | None:
    return read_audience(broadcast(Кому=to), COLUMNS).address(who, connected, NOW)


def test_an_empty_condition_means_every_subscriber() -> None:
    assert address(person()) == ("telegram", "42")


@pytest.mark.parametrize("subscription", [False, "", "нет", "да", "может быть", 1, None])
@pytest.mark.parametrize("to", ["", "Подписка = нет", "не Подписка"])
def test_only_a_clear_yes_subscribes_whatever_the_condition_says(subscription: Cell, to: str) -> None:
    assert address(person(Подписка=subscription), to) is None


@pytest.mark.parametrize(
    ("to", "fits"),
    [
        ("Город = «Казань»", True),
        ('=город = "казань"', True),
        ("Город = «Москва»", False),
        ("Вес > 80 и Город = «Казань»", True),
        ("Вес > 100 или не Город", False),
        ("[Первый визит] < СЕГОДНЯ()", True),
        ("[Первый визит] > СЕГОДНЯ() - 7", False),
        ("Рост > 180", False),
    ],
)
def test_the_condition_is_about_the_persons_own_row(to: str, fits: bool) -> None:
    who = person(Город="Казань", Вес=85.5, **{"Первый визит": "2026-11-01T09:00"})
    assert (address(who, to) is not None) == fits


def test_a_condition_that_cannot_be_reckoned_says_so_without_the_persons_words() -> None:
    with pytest.raises(FormulaError) as problem:
        address(person(Вес="секретный вес"), "Вес + 1 > 80")
    assert "секретный" not in str(problem.value)


@pytest.mark.parametrize(
    ("cells", "connected", "expected"),
    [
        ({"VK": "7"}, BOTH, ("telegram", "42")),
        ({"VK": "7"}, ("vk",), ("vk", "7")),
        ({"VK": "7", "Telegram": ""}, BOTH, ("vk", "7")),
        ({"VK": "7", "Telegram": "@anna"}, BOTH, ("vk", "7")),
        ({"VK": " 7 ", "Telegram": None}, BOTH, ("vk", "7")),
        ({}, ("vk",), None),
        ({"Telegram": "-100500"}, BOTH, None),
        ({"Telegram": "٤٢"}, BOTH, None),
    ],
)
def test_one_letter_per_person_in_a_connected_messenger(
    cells: dict[str, Cell], connected: tuple[Platform, ...], expected: tuple[Platform, str] | None
) -> None:
    assert address(person(**cells), "", connected) == expected


def test_a_column_that_does_not_exist_is_named_with_a_suggestion() -> None:
    with pytest.raises(TabletalkError) as problem:
        read_audience(broadcast(Кому="Горд = «Казань»"), COLUMNS)
    assert "нет столбца «горд»" in str(problem.value)
    assert "Похоже, вы имели в виду «Город»" in str(problem.value)


def test_a_word_without_quotes_is_told_to_wear_them() -> None:
    with pytest.raises(TabletalkError) as problem:
        read_audience(broadcast(Кому="Город = Казань"), COLUMNS)
    assert "нет столбца «казань»" in str(problem.value)
    assert "кавычк" in str(problem.value)


@pytest.mark.parametrize("to", ["Город =", "(Город", "__import__('os')", "Город = «Казань»;", "1 +* 2"])
def test_a_condition_that_makes_no_sense_is_refused_in_russian(to: str) -> None:
    with pytest.raises(TabletalkError, match=r"[а-я]"):
        read_audience(broadcast(Кому=to), COLUMNS)


@pytest.mark.parametrize("between", [",", ";", " ", ", ", "\n", " ;\n"])
def test_chats_are_read_however_they_are_separated_and_each_once(between: str) -> None:
    text = between.join(["telegram:-100500", "VK:2000000001", "vk:2000000001"])
    assert read_audience(broadcast(Чаты=text), COLUMNS).chats == (("telegram", "-100500"), ("vk", "2000000001"))


@pytest.mark.parametrize("text", ["-100500", "tg:5", "vk:", "telegram:@club", "vk:2000000001.", "telegram:1e5"])
def test_a_chat_that_cannot_be_understood_is_quoted_with_an_example(text: str) -> None:
    with pytest.raises(TabletalkError) as problem:
        read_audience(broadcast(Чаты=f"vk:2000000001, {text}"), COLUMNS)
    assert f"«{text}»" in str(problem.value)
    assert "telegram:-1001234567890" in str(problem.value)
