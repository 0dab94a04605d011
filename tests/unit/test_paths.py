"""The path language of the «запрос» block: what it finds, and what it says when there is nothing to find."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paths import MAX_PATH, Index, Key, PathError, parse, suggest, take, to_cell

WEATHER: dict[str, Any] = {
    "location": {"name": "Москва", "region": "Moscow City", "country": "Россия", "lat": 55.75, "lon": 37.62,
                 "tz_id": "Europe/Moscow", "localtime_epoch": 1613896955, "localtime": "2021-02-21 8:42"},
    "current": {"last_updated": "2021-02-21 08:30", "temp_c": -3.0, "temp_f": 26.6, "is_day": 1,
                "condition": {"text": "Снег", "icon": "//cdn/116.png", "code": 1213}, "wind_kph": 6.1, "wind_dir": "SW",
                "pressure_mb": 1009.0, "humidity": 82, "feelslike_c": -7.5, "gust_kph": 16.9, "uv": 1.0,
                "air_quality": {"us-epa-index": 2, "pm2_5": 8.6}},
    "forecast": {"forecastday": [
        {"date": f"2021-02-{21 + day}", "day": {"maxtemp_c": 1.0 + day, "mintemp_c": -9.0, "daily_chance_of_snow": 80,
                                                "condition": {"text": "Снег", "code": 1213}},
         "astro": {"sunrise": "08:20 AM", "moonrise": "No moonrise"},
         "hour": [{"time_epoch": 1613854800 + 3600 * hour, "temp_c": float(hour), "chance_of_rain": hour,
                   "condition": {"text": "Ясно", "code": 1000}} for hour in range(24)]}
        for day in range(3)]},
}  # fmt: skip
QUOTE = {
    "qotd_date": "2022-02-14T00:00:00.000+00:00",
    "quote": {"id": 58787, "tags": ["truth", "justice"], "author": "Blaise Pascal", "body": "Justice and truth…"},
}
SHOP = {
    "заказ": {"номер": 17, "статус": {"код": "DELIVERED", "текст": "Вручён"}, "товары": [{"имя": "Мяч", "цена": 900}]},
    "клиент.имя": "Анна", "us-epa": 1, "Любимая книга": "Мы", "пусто": None,
    "ряды": [[1, 2], [3, 4]], "неровно": [{"имя": "а"}, {"нет": 1}, {"имя": "б"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "path", "value"),
    [
        (QUOTE, "quote -> body", "Justice and truth…"),
        (QUOTE, '"quote" -> "author"', "Blaise Pascal"),
        (QUOTE, "quote.tags[-1]", "justice"),
        (QUOTE, "quote.tags[*]", ["truth", "justice"]),
        (WEATHER, "current.temp_c", -3.0),
        (WEATHER, "current->condition->code", 1213),
        (WEATHER, "current → condition => code", 1213),
        (WEATHER, "forecast.forecastday[0].hour[12].temp_c", 12.0),
        (WEATHER, "forecast -> forecastday[-1] -> hour[-1] -> temp_c", 23.0),
        (WEATHER, "forecast.forecastday.1.day.maxtemp_c", 2.0),
        (WEATHER, "forecast.forecastday[*].day.maxtemp_c", [1.0, 2.0, 3.0]),
        (WEATHER, "$.current.air_quality.us-epa-index", 2),
        (WEATHER, "current['air_quality'][\"pm2_5\"]", 8.6),
        (SHOP, "заказ -> статус -> текст", "Вручён"),
        (SHOP, "заказ.товары[0].имя", "Мяч"),
        (SHOP, '"клиент.имя"', "Анна"),
        (SHOP, "«клиент.имя»", "Анна"),
        (SHOP, "Любимая книга", "Мы"),
        (SHOP, "  us-epa  ", 1),
        (SHOP, "пусто", None),
        (SHOP, "ряды[1][0]", 3),
        (SHOP, "ряды[*][0]", [1, 3]),
        (SHOP, "неровно[*].имя", ["а", "б"]),
        ([{"a": 1}], "[0].a", 1),
        ([[1], [2]], "[*][*]", [[1], [2]]),
    ],
)
def test_a_path_finds_its_value(data: Any, path: str, value: Any) -> None:
    assert take(data, path) == value


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "пуст"),
        ("   ", "пуст"),
        ("a" * (MAX_PATH + 1), "длиннее"),
        ("->body", "пропущено имя"),
        ("quote ->", "обрывается"),
        ("quote..body", "пропущено имя"),
        ("quote -> -> body", "пропущено имя"),
        ("hour[x]", "Не могу прочитать"),
        ("hour[0", "Не могу прочитать"),
        ('"quote -> body', "Не могу прочитать"),
    ],
)
def test_an_unreadable_path_is_explained(path: str, said: str) -> None:
    with pytest.raises(PathError, match=said):
        take(QUOTE, path)


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        (QUOTE, "data -> body", "Поля «data» здесь нет. Есть: qotd_date, quote."),
        (QUOTE, "quote -> body -> text", "Здесь текст"),
        (QUOTE, "quote[0]", "Здесь объект с полями: id, tags, author, body"),
        (QUOTE, "quote.tags[2]", "номера от 0 до 1"),
        (QUOTE, "quote.tags[-3]", "номера от 0 до 1"),
        (QUOTE, "quote.tags.name", "Здесь список (2 шт.)"),
        (QUOTE, "quote[*].id", "[*] берёт каждый элемент"),
        (WEATHER, "current.temp_c.x", "Здесь число"),
        (WEATHER, "current.humidity[0]", "Здесь число"),
        ({"a": []}, "a[0]", "он пуст"),
        ({"a": {}}, "a.b", "объект пуст"),
        ({"a": True}, "a.b", "Здесь да или нет"),
        ({"a": None}, "a.b", "Здесь пусто"),
        ({str(n): n for n in range(30)}, "x", "и ещё 18"),
        ([{"a": 1}, {"a": 2}], "[*].b", "Поля «b» здесь нет"),
        ("просто текст", "a", "Здесь текст"),
    ],
)
def test_a_wrong_path_says_what_is_there(data: Any, path: str, said: str) -> None:
    with pytest.raises(PathError) as caught:
        take(data, path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("data -> temp_c", "current -> temp_c"),
        ('"data" -> "temp_c"', "current -> temp_c"),
        ('"data" -> "condition" -> "code"', "current -> condition -> code"),
        ("temp_c", "current.temp_c"),
        ("condition.text", "current.condition.text"),
        ("forecast.forecastday[0].hours[12].temp_c", "forecast.forecastday[0].hour[12].temp_c"),
        ("forecast.forecastday[2].day.maxtemp", "forecast.forecastday[2].day.maxtemp_c"),
        ("current.us-epa-index", "current.air_quality.us-epa-index"),
    ],
)
def test_the_lessons_own_mistake_and_its_likes_get_the_right_advice(path: str, right: str) -> None:
    with pytest.raises(PathError) as caught:
        take(WEATHER, path)
    assert caught.value.suggestions[0] == right
    assert f"Похоже, вам нужно: {right}" in str(caught.value)


def test_a_suggested_key_with_a_dot_is_quoted_so_that_it_works() -> None:
    assert suggest(SHOP, "клиент -> имя")[0] == '"клиент.имя"'
    assert take(SHOP, suggest(SHOP, "клиент -> имя")[0]) == "Анна"


def test_nothing_alike_is_not_suggested() -> None:
    assert suggest(QUOTE, "щщщ") == []
    assert suggest({}, "a") == []
    assert suggest([1], "[5]") == []


def _leaves(node: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [leaf for key, child in items for leaf in _leaves(child, (*way, key))]
    return found or [way]


def _spelled(way: list[str | int], separator: str) -> str:
    text = ""
    for part in way:
        text += f"[{part}]" if isinstance(part, int) else (separator if text else "") + part
    return text


def _mutated(way: tuple[str | int, ...], luck: random.Random) -> list[str | int]:
    """One mistake people make: a typo, another case, a wrong, missing or extra way to the field."""
    changed = list(way)
    keys = [at for at, part in enumerate(way) if isinstance(part, str)]
    at = luck.choice(keys)
    word = str(changed[at])
    letter = luck.randrange(len(word))
    if len(word) < 4:  # in two letters a typo leaves nothing to recognise
        changed[at] = word.upper() + "_"
        return changed
    mistakes = [
        word[:letter] + word[letter + 1 :],
        word[:letter] + "x" + word[letter:],
        word[: letter - 1] + word[letter : letter + 1] + word[letter - 1 : letter] + word[letter + 1 :]
        if letter
        else "",
        word.replace("_", ""),
        word.capitalize() + "s",
    ]
    typo = luck.choice([mistake for mistake in mistakes if mistake and mistake != word])
    if len(keys) < 2 or luck.random() < 0.5:
        changed[at] = typo
    else:
        first = keys[0]
        changed[first : first + 1] = luck.choice([["data"], [], ["result", way[first]]])
    return changed


def test_a_hundred_mistaken_paths_get_the_right_one_among_three() -> None:
    luck = random.Random(20261122)
    asked, hit = 0, 0
    while asked < 100:
        data = luck.choice([WEATHER, WEATHER, QUOTE])
        way = luck.choice(_leaves(data))
        separator = luck.choice([" -> ", "."])
        right, wrong = _spelled(list(way), separator), _spelled(_mutated(way, luck), separator)
        try:
            take(data, wrong)
        except PathError as error:
            asked += 1
            hit += right in error.suggestions
    assert hit >= 95


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.text(max_size=30))
def test_any_path_into_any_answer_finds_something_or_explains(data: Any, path: str) -> None:
    try:
        said = repr(take(data, path))
    except PathError as error:
        said = str(error)
    assert said


@given(st.lists(st.text(st.characters(blacklist_characters='"'), min_size=1, max_size=8), min_size=1, max_size=5))
def test_quoted_keys_may_hold_anything(keys: list[str]) -> None:
    steps = parse("->".join(f'"{key}"' for key in keys))
    assert steps[-1] == Key(keys[-1])


def test_deep_and_wide_answers_stay_cheap() -> None:
    wide = {f"key{n}": {f"inner{m}": m for m in range(50)} for n in range(2000)}
    deep: Any = 1
    for _ in range(400):
        deep = {"a": [deep]}
    with pytest.raises(PathError):
        take(wide, "nothing.like.this")
    with pytest.raises(PathError):
        take(deep, "a[0].a[0].b")


def test_steps_are_plain_values() -> None:
    assert parse("a[0][*].b") == (Key("a"), Index(0), Index("*"), Key("b"))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""), ("да", "да"), (7, 7), (1.5, 1.5), (True, True), ([1, "два", None], "1, два, "), ([], ""),
        ({"а": 1}, '{"а": 1}'), ([{"а": 1}], '[{"а": 1}]'),
    ],
)  # fmt: skip
def test_what_a_variable_shows(value: Any, cell: Any) -> None:
    assert to_cell(value) == cell
