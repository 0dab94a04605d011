"""Answers to a choice: by name, by number, by beginning, with a typo; never a guess between two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import inputs
from core.inputs import Accepted, Refused


def chosen(typed: str, options: list[str]) -> object:
    answer = inputs.choice(typed, options)
    assert isinstance(answer, Accepted), answer
    return answer.value


def asked_again(typed: str, options: list[str]) -> str:
    answer = inputs.choice(typed, options)
    assert isinstance(answer, Refused), answer
    return answer.why


SPORTS = ["🏃 Бег", "Велосипед", "Плавание", "Йога для начинающих"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("🏃 Бег", "🏃 Бег"),
        ("бег", "🏃 Бег"),
        ("ВЕЛОСИПЕД.", "Велосипед"),
        ("2", "Велосипед"),
        ("3️⃣", "Плавание"),
        ("два", "Велосипед"),
        ("вел", "Велосипед"),
        ("Йога для нач…", "Йога для начинающих"),
        ("иога для начинающих", "Йога для начинающих"),
        ("плованье", "Плавание"),
    ],
)
def test_choice(typed: str, meant: str) -> None:
    assert chosen(typed, SPORTS) == meant


@pytest.mark.parametrize("typed", ["", "0", "5", "-1", "2,5", "шахматы", "?", "в", "я" * 5000])
def test_no_such_choice(typed: str) -> None:
    assert "«🏃 Бег», «Велосипед»" in asked_again(typed, SPORTS)


def test_a_choice_is_not_guessed_between_two() -> None:
    assert asked_again("масква", ["Москва", "Маскат"]) == "Выберите, пожалуйста: «Москва» или «Маскат»."
    assert chosen("масква", ["Москва", "Омск"]) == "Москва"
    assert "«Рост» или «Ростов»" not in asked_again("ро", ["Роза", "Ростов", "Омск"])
    assert chosen("рост", ["Рост", "Ростов"]) == "Рост"


def test_a_choice_among_numbers_is_a_number_not_a_place() -> None:
    assert chosen("15 минут", ["15", "30"]) == "15"
    assert "«15» или «30»" in asked_again("2", ["15", "30"])
    assert chosen("пять", ["5 км", "10 км"]) == "5 км"


def test_a_choice_of_nothing() -> None:
    assert "один из вариантов" in asked_again("бег", [])


def test_a_long_choice_is_cut_in_the_question() -> None:
    assert asked_again("щ", list("абвгдежз")).endswith("«г», «д»…")


@given(st.text(max_size=50), st.lists(st.text(max_size=20), max_size=8))
def test_a_choice_is_always_one_of_the_options(typed: str, options: list[str]) -> None:
    answer = inputs.choice(typed, options)
    if isinstance(answer, Accepted):
        assert answer.value in options
    else:
        assert answer.why
