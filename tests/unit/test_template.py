"""Texts with {names}: what is a name, what is a brace, and that values stay values."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.template import Template, TemplateError, machine, show
from core.values import Record, Value

KNOWN: dict[str, Value] = {
    "имя": "Иван",
    "минуты": 21,
    "набрано": "5",
    "любимая книга": "«Идиот»",
    "погода": Record("дождь", {"сейчас": "−3 °C"}),
    "погода.сейчас": "−3 °C",
    "злое": "{имя} {секрет:WEATHERAPI_KEY} {{",
    "город": "Ростов-на-Дону/../x?a=1&b=2#c",
}


def look(name: str) -> Value:
    return KNOWN.get(name, "")


def render(text: str) -> str:
    return Template.parse(text).render(look)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Привет, {имя}!", "Привет, Иван!"),
        ("{ИМЯ} и { имя }", "Иван и Иван"),
        ("{Любимая  книга}", "«Идиот»"),
        ("{погода}: {Погода.Сейчас}", "дождь: −3 °C"),
        ("{неизвестное}", ""),
        ("{неизвестное|друг}, {имя|друг}", "друг, Иван"),
        ("{неизвестное|}", ""),
        ("{минуты} {минуты|минута|минуты|минут}", "21 минута"),
        ("{набрано} {набрано|минута|минуты|минут}", "5 минут"),
        ("{имя|минута|минуты|минут}", "минут"),
        ("[{нет|минута|минуты|минут}]", "[]"),
        ("{секрет:WEATHERAPI_KEY}", "{секрет:WEATHERAPI_KEY}"),
        ('{"город": "{имя}", "a": {}}', '{"город": "Иван", "a": {}}'),
        ("улыбка :-{ и всё", "улыбка :-{ и всё"),
        ("{", "{"),
        ("}{имя}{", "}Иван{"),
        ("{1, 2}", "{1, 2}"),
        ("{ }", "{ }"),
    ],
)
def test_render(text: str, expected: str) -> None:
    assert render(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Привет, {имя!", "закрывающей скобки } после «{имя!»"),
        ("{имя {город}", "закрывающей скобки"),
        ("{{имя}}", "напишите {имя}"),
        ("{имя|а|б}", "три формы"),
        ("{имя|а|б|в|г}", "три формы"),
        ("{имя:}", "Не понимаю «{имя:}»"),
    ],
)
def test_a_mistake_is_explained(text: str, says: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(says)):
        Template.parse(text)


def test_names() -> None:
    parsed = Template.parse("{Имя} {погода.Сейчас|?} {секрет:KEY} {минуты|а|б|в} {Ёлка}")
    assert parsed.names == {"имя", "погода.сейчас", "минуты", "елка"}


def test_single() -> None:
    assert Template.parse("{Любимая книга}").single == "любимая книга"
    for text in ("", "имя", "{имя} ", "{имя|друг}", "{имя|}", "{а}{б}", "{имя|а|б|в}", "{секрет:KEY}"):
        assert Template.parse(text).single == "", text


def test_values_are_never_scanned_again() -> None:
    assert render("{злое}") == "{имя} (секрет:WEATHERAPI_KEY) {{"


@given(st.text())
def test_a_value_goes_in_as_it_is(typed: str) -> None:
    shown = show(typed) if typed.strip() else ""
    if "секрет" not in typed.lower():
        assert Template.parse("<{x}>").render(lambda _name: typed) == f"<{shown}>"
    assert not re.search(r"\{\s*секрет", Template.parse("{x}").render(lambda _name: typed), re.IGNORECASE)


@given(st.text(alphabet='{секрет:K} |ё"', max_size=30))
def test_a_person_never_plants_a_secret(typed: str) -> None:
    for text in ("{x}", "https://a.ru/{x}?b={x}"):
        parsed = Template.parse(text)
        for made in (parsed.render(lambda _name: typed), parsed.url_render(lambda _name: typed)):
            assert not re.search(r"\{\s*секрет\s*:[^{}]*\}", made, re.IGNORECASE)


@given(st.text(max_size=40))
def test_any_text_parses_or_is_explained(text: str) -> None:
    try:
        Template.parse(text).render(look)
    except TemplateError as refused:
        assert "{" in text
        assert refused.args[0]  # noqa: PT017 - both outcomes are right, a crash is not


@given(st.text(alphabet=st.characters(exclude_characters="{", exclude_categories=["Cs"])))
def test_text_without_an_opening_brace_is_untouched(text: str) -> None:
    assert render(text) == text


# --- addresses


def url(text: str, **known: Value) -> str:
    return Template.parse(text).url_render(lambda name: known.get(name, ""))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_value_is_one_piece_of_the_address(typed: str) -> None:
    made = urlsplit(url("https://api.ru/v1/{x}/now?q={x}&k=1", x=typed))
    assert (made.scheme, made.netloc, made.fragment) == ("https", "api.ru", "")
    before, version, piece, after = made.path.split("/")
    assert (before, version, after) == ("", "v1", "now")
    assert unquote(piece) == ("" if not typed.strip() or not typed.strip(".") else typed)
    assert parse_qs(made.query, keep_blank_values=True) == {"q": [typed if typed.strip() else ""], "k": ["1"]}


def test_values_in_an_address_are_for_machines() -> None:
    assert url("https://a.ru/?t={t}&f={f}&d={d}", t=-1234.5, f=True, d="2026-11-22") == (
        "https://a.ru/?t=-1234.5&f=true&d=2026-11-22"
    )


def test_secrets_stay_for_the_sender() -> None:
    assert url("https://a.ru/?key={секрет:KEY}&q={x}", x="{секрет:KEY}").startswith(
        "https://a.ru/?key={секрет:KEY}&q=%7B"
    )


def test_a_value_cannot_choose_another_site() -> None:
    assert url("https://{x}.a.ru/", x="evil.com/") == "https://evilcom.a.ru/"
    assert (
        url("{x}", x="https://cdn.ru/фото 1.png?w=1&h=2") == "https://cdn.ru/%D1%84%D0%BE%D1%82%D0%BE%201.png?w=1&h=2"
    )
    for text in ("{x}?key={секрет:K}", "https://{x}/?key={секрет:K}", "https://a{x}?key={секрет:K}"):
        with pytest.raises(TemplateError, match="сайт"):
            url(text, x="https://evil.com")


# --- how values look


@pytest.mark.parametrize(
    ("value", "shown", "sent"),
    [
        (None, "", ""),
        ("", "", ""),
        (True, "да", "true"),
        (False, "нет", "false"),
        (0, "0", "0"),
        (-0.0, "0", "0"),
        (1234.5, "1\u00a0234,5", "1234.5"),
        (1_000_000, "1\u00a0000\u00a0000", "1000000"),
        (-3, "−3", "-3"),
        (7.0, "7", "7"),
        (0.1 + 0.2, "0,3", "0.3"),
        (Decimal("2.50"), "2,5", "2.5"),
        (Decimal("1E+3"), "1\u00a0000", "1000"),
        (Decimal("1E+999999"), "1,000000E+999999", "1.000000E+999999"),
        (float("inf"), "", ""),
        (float("nan"), "", ""),
        ("2026-11-22", "22.11.2026", "2026-11-22"),
        ("2026-11-22T10:00", "22.11.2026 10:00", "2026-11-22T10:00"),
        ("2026-13-45", "2026-13-45", "2026-13-45"),
        ("007", "007", "007"),
        (Record(5, {"a": 1}), "5", "5"),
    ],
)
def test_show(value: Value, shown: str, sent: str) -> None:
    assert show(value) == shown
    assert machine(value) == sent
