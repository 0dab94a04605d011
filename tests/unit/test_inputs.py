"""What people type: numbers, phones, mail, words and choices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import inputs
from core.inputs import Accepted, Refused
from core.numerals import digits, words
from core.values import Cell


def accepted(answer: Accepted | Refused) -> Cell:
    assert isinstance(answer, Accepted), answer
    return answer.value


def refused(answer: Accepted | Refused) -> str:
    assert isinstance(answer, Refused), answer
    return answer.why


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("5", 5),
        (" 5. ", 5),
        ("1 234,50", 1234.5),
        ("1\u00a0234\u202f567", 1234567),
        ("0,1", 0.1),
        ("-5", -5),
        ("−5", -5),
        ("5%", 5),
        ("15 минут", 15),
        ("15мин.", 15),
        ("70,5 кг", 70.5),
        ("1 500 ₽", 1500),
        ("~15", 15),
        ("около 20 раз", 20),
        ("5️⃣", 5),
        ("1️⃣0️⃣", 10),
        ("🔟", 10),
        ("٣٠", 30),
        ("５０", 50),
        ("тридцать", 30),
        ("Сто двадцать пять", 125),
        ("двадцать-пять", 25),
        ("две тысячи двадцать шесть", 2026),
        ("два миллиона триста тысяч один", 2300001),
        ("тысяча", 1000),
        ("2,5 тыс.", 2500),
        ("полтора", 1.5),
        ("два с половиной", 2.5),
        ("полторы тысячи", 1500),
        ("ноль", 0),
        ("минус три", -3),
        ("пять килограммов", 5),
    ],
)
def test_numbers(typed: str, value: Cell) -> None:
    assert accepted(inputs.number(typed)) == value


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "много",
        "inf",
        "nan",
        "-inf",
        "1e5",
        "0x10",
        "1_000",
        "5 или 6",
        "12 34",
        "1.5.2",
        "--5",
        "½",
        "=1+1",
        "пять двадцать",
        "сто сто",
        "тысяча миллионов",
        "минус",
        "с половиной",
        "полтора полтора",
        "двадцать ноль",
        "9" * 30,
        "\0",
        "полчаса",
        "2 часа",
        "5 попугаев",
        "1,2,3",
    ],
)
def test_not_numbers(typed: str) -> None:
    assert "числом" in refused(inputs.number(typed))


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("полчаса", 30),
        ("пол часа", 30),
        ("час", 60),
        ("1,5 часа", 90),
        ("полтора часа", 90),
        ("2ч", 120),
        ("1 час 20 минут", 80),
        ("час и пятнадцать минут", 75),
        ("1:30", 90),
        ("45", 45),
        ("сорок пять минут", 45),
    ],
)
def test_hours_are_understood_where_minutes_are_asked(typed: str, minutes: int) -> None:
    assert accepted(inputs.number(typed, 1, 600, "Минуты")) == minutes


def test_hours_where_hours_are_asked() -> None:
    assert accepted(inputs.number("2 часа", unit="часы")) == 2


def test_bounds_are_named_with_an_example() -> None:
    assert refused(inputs.number("700", 1, 600)) == "Нужно число от 1 до 600. Например: 30"
    assert refused(inputs.number("0", Decimal(1))) == "Нужно число от 1. Например: 30"
    assert refused(inputs.number("5", None, 2)) == "Нужно число до 2. Например: 2"
    assert refused(inputs.number("5", 100, 200)) == "Нужно число от 100 до 200. Например: 100"
    assert accepted(inputs.number("600", 1, 600)) == 600
    assert accepted(inputs.number("1", 1, 600)) == 1


@given(st.decimals(-(10**12), 10**12, places=3))
def test_a_written_number_is_read_back(value: Decimal) -> None:
    assert digits(f"{value}".replace(".", ",")) == value
    grouped = f"{value:,}".replace(",", "\u00a0").replace("-", "−")
    assert digits(grouped) == value


@given(st.text())
def test_reading_numbers_never_crashes(typed: str) -> None:
    digits(typed)
    words(typed)
    inputs.number(typed, unit="минуты")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("8 912 345-67-89", "+79123456789"),
        ("+7 (916) 123-45-67", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("8‒916‒123‒45‒67", "+79161234567"),
        ("+1 212 555 0100", "+12125550100"),
        ("тел. 8 (495) 123-45-67", "+74951234567"),
    ],
)
def test_phones(typed: str, value: str) -> None:
    assert accepted(inputs.phone(typed)) == value


@pytest.mark.parametrize("typed", ["", "123", "телефон", "+7 916 123", "8 912 345-67-8", "\0", "+99999"])
def test_not_phones(typed: str) -> None:
    assert "+7 916" in refused(inputs.phone(typed))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Anna@Yandex.RU", "anna@yandex.ru"),
        (" <a.b+c@mail.example.com>. ", "a.b+c@mail.example.com"),
        ("почта@пример.рф", "почта@пример.рф"),
    ],
)
def test_mail(typed: str, value: str) -> None:
    assert accepted(inputs.email(typed)) == value


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@b",
        "@b.ru",
        "a@.ru",
        "a b@c.ru",
        "a..b@c.ru",
        ".a@c.ru",
        "a@b@c.ru",
        "a@-b.ru",
        "a@b.ru\nc@d.ru",
        "a@b.c0m",
    ],
)
def test_not_mail(typed: str) -> None:
    assert "anna@yandex.ru" in refused(inputs.email(typed))


@pytest.mark.parametrize(
    "endless", ["9" * 100_000, "пять " * 20_000, "a" * 2000 + "@b.ru", "a@" + "b." * 50_000 + "ru"], ids=len
)
def test_endless_input_is_refused_at_once(endless: str) -> None:
    for read in (inputs.number, inputs.phone, inputs.email, inputs.text, inputs.flag):
        refused(read(endless))
    refused(inputs.choice(endless, ["Бег", "Плавание"]))


def test_text_is_kept_as_typed() -> None:
    for typed in ("Привет", "=1+1", "שלום", "<b>", "{имя}", "👨‍👩‍👧", "a\nb", "'; DROP TABLE"):
        assert accepted(inputs.text(typed)) == typed


def test_text_loses_what_cannot_be_seen_or_stored() -> None:
    assert accepted(inputs.text(" a\0b\x07c\ud800\r ")) == "abc"
    for empty in ("", "   ", "\0", "\u200b\u200d", "\n\t"):
        assert "словами" in refused(inputs.text(empty))


def test_text_length() -> None:
    assert (
        refused(inputs.text("я" * 10_000)) == "Слишком длинно: 10\u00a0000 знаков. Уложитесь, пожалуйста, в 1\u00a0000."
    )
    assert accepted(inputs.text("я" * 1000)) == "я" * 1000
    assert "хотя бы 3 знака" in refused(inputs.text("ок", 3, 10))


@pytest.mark.parametrize("typed", ["да", "Да!", "ага", "+", "👍", "ок", "1"])
def test_yes(typed: str) -> None:
    assert accepted(inputs.flag(typed)) is True


@pytest.mark.parametrize("typed", ["нет", "Не.", "неа", "-", "0"])
def test_no(typed: str) -> None:
    assert accepted(inputs.flag(typed)) is False


@pytest.mark.parametrize("typed", ["", "может быть", "данет"])
def test_neither(typed: str) -> None:
    assert "«да» или «нет»" in refused(inputs.flag(typed))


def test_marks_that_flip_other_peoples_lines_are_dropped() -> None:
    assert inputs.text("Аня\u202e\u2066!") == Accepted("Аня!", "Аня!")
    assert inputs.text("\u05e9\u05dc\u05d5\u05dd\u200f") == Accepted(
        "\u05e9\u05dc\u05d5\u05dd\u200f", "\u05e9\u05dc\u05d5\u05dd\u200f"
    )
