"""Advice for mistyped words, and words that agree with numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.suggest import closest, did_you_mean
from core.wording import plural

STEPS = ["старт", "меню", "погода", "цитата", "тренировка", "Любимая книга", "ёлка"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("погда", "погода"),
        ("ПОГОДА", "погода"),
        ("пагода", "погода"),
        ("тренеровка", "тренировка"),
        ("любимая  кнга", "Любимая книга"),
        ("Елка", "ёлка"),
        ("доставка", ""),
        ("", ""),
        ("   ", ""),
        ("х", ""),
    ],
)
def test_closest(typed: str, meant: str) -> None:
    assert closest(typed, STEPS) == meant


def test_did_you_mean() -> None:
    assert did_you_mean("погда", STEPS) == " Похоже, вы имели в виду «погода»."
    assert did_you_mean("доставка", STEPS) == ""
    assert did_you_mean("погода", []) == ""


@given(st.text(max_size=20), st.permutations(STEPS))
def test_advice_does_not_depend_on_the_order(typed: str, steps: list[str]) -> None:
    assert closest(typed, steps) == closest(typed, STEPS)


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "минут"),
        (1, "минута"),
        (2, "минуты"),
        (4, "минуты"),
        (5, "минут"),
        (11, "минут"),
        (12, "минут"),
        (14, "минут"),
        (21, "минута"),
        (22, "минуты"),
        (101, "минута"),
        (111, "минут"),
        (1.5, "минуты"),
        (Decimal("2.0"), "минуты"),
        (-1, "минута"),
        (-11, "минут"),
    ],
)
def test_plural(number: int, word: str) -> None:
    assert plural(number, "минута", "минуты", "минут") == word
