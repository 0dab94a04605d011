"""The ready bots hold together: every jump leads somewhere, every weather and every person gets its own answer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

import pytest

import recipes
from core.checker import check
from core.decision import check_cell, first
from core.errors import TabletalkError
from core.schema import ACTIVITY, GOALS, TABS
from core.values import Row

RECIPES = ("fitness", "quote")
GROUPS = (
    "ясно",
    "облачно",
    "туман",
    "морось",
    "дождь",
    "сильный дождь",
    "ледяной дождь и гололёд",
    "дождь со снегом",
    "снег",
    "сильный снег и метель",
    "гроза",
)
MENU = [
    ["Погода", "Цитата дня"],
    ["Записать тренировку", "Мои результаты"],
    ["ТОП-5", "Программа тренировок"],
    ["Настройки"],
]
TEXT_MAX, LABEL_MAX = 4096, 40  # VK's and Telegram's message, VK's button
#: Columns whose text a person or the owner reads, as opposed to the ones that hold the scenario's own language.
PROSE = ("Текст", "Рекомендация", "Программа", "Описание", "Автор", "Что это", "Название", "Ошибка")

Cells = Mapping[str, str]


def rows(recipe: str, tab: str) -> list[Cells]:
    header, body = recipes.load(recipe)[tab]
    return [dict(zip(header, row, strict=True)) for row in body]


def table(tab: str, recipe: str = "fitness") -> list[Row]:
    return [Row(f"r{number}", cells) for number, cells in enumerate(rows(recipe, tab))]


def test_recipes_that_exist() -> None:
    assert recipes.names() == sorted(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_tabs_follow_the_contract(name: str) -> None:
    tabs = recipes.load(name)
    assert list(tabs)[: len(TABS)] == list(TABS)
    for title, (header, body) in tabs.items():
        assert header == [column.name for column in TABS[title].columns], title
        assert all(len(row) == len(header) and any(row) for row in body), title


def test_a_tab_the_recipe_leaves_out_comes_empty() -> None:
    assert recipes.load("quote")["Тренировки"] == ([column.name for column in TABS["Тренировки"].columns], [])


@pytest.mark.parametrize("wrong", ["fitnes", "Fitness", "", "..", "../recipes/fitness", "fitness/", "__pycache__"])
def test_unknown_recipe_is_refused(wrong: str) -> None:
    with pytest.raises(TabletalkError) as refused:
        recipes.load(wrong)
    assert "fitness" in refused.value.hint


# --- the dialogue


@pytest.mark.parametrize("name", RECIPES)
def test_the_scenario_goes_live_without_a_complaint(name: str) -> None:
    headers = {title: header for title, (header, _) in recipes.load(name).items()}
    scenario, problems = check(table("Сценарий", name), headers)
    assert problems == []
    assert len(scenario) == len(rows(name, "Сценарий"))


def buttons(step: Cells) -> list[list[tuple[str, str]]]:
    """(label, target) by rows; the target of an answer is empty."""
    lines = [line.split(";") for line in step["Кнопки"].splitlines()]
    parts = [[part.strip().rpartition(">") for part in line] for line in lines]
    return [
        [(label.strip() or target.strip(), target.strip() if arrow else "") for label, arrow, target in line]
        for line in parts
    ]


def jumps(step: Cells) -> Iterator[str]:
    yield step["Дальше"]
    if step["Блок"] != "вопрос":  # there «Ошибка» is a sentence
        yield step["Ошибка"]
    yield from (target for line in buttons(step) for _, target in line if not target.startswith("https://"))


@pytest.mark.parametrize("name", RECIPES)
def test_every_jump_leads_to_a_step(name: str) -> None:
    steps = rows(name, "Сценарий")
    names = [step["Шаг"] for step in steps if step["Шаг"]]
    assert len(names) == len(set(names))
    assert {target for step in steps for target in jumps(step) if target} <= set(names)


@pytest.mark.parametrize("name", RECIPES)
def test_every_named_step_is_reached(name: str) -> None:
    """A name nobody jumps to is either the beginning, a broadcast, or one the bot looks for by itself."""
    steps = rows(name, "Сценарий")
    reached = {target for step in steps for target in jumps(step)} | {"меню", "помощь", "не понял"}
    reached |= {steps[0]["Шаг"]} | {broadcast["Шаг"] for broadcast in rows(name, "Рассылки")}
    assert {step["Шаг"] for step in steps if step["Шаг"]} <= reached


def test_the_menu_is_the_promised_one() -> None:
    menu = next(step for step in rows("fitness", "Сценарий") if step["Шаг"] == "меню")
    assert [[label for label, _ in line] for line in buttons(menu)] == MENU


def test_broadcast_speaks_a_step_that_ends_by_itself() -> None:
    """After its last row the dialogue must not run into somebody else's step."""
    steps = rows("fitness", "Сценарий")
    for broadcast in rows("fitness", "Рассылки"):
        begins = next(i for i, step in enumerate(steps) if step["Шаг"] == broadcast["Шаг"])
        assert not any(step["Шаг"] for step in steps[begins + 1 :])
        assert "период: прошлая неделя" in steps[begins]["Параметры"]


def test_quote_recipe_is_the_smallest_example() -> None:
    steps = rows("quote", "Сценарий")
    assert len(steps) <= 8
    assert any("https://favqs.com/api/qotd" in step["Параметры"] and step["Ошибка"] for step in steps)


@pytest.mark.parametrize("name", RECIPES)
def test_texts_and_labels_fit_every_messenger(name: str) -> None:
    steps = rows(name, "Сценарий")
    assert all(len(step["Текст"]) <= TEXT_MAX for step in steps)
    labels = [label for step in steps for line in buttons(step) for label, _ in line]
    assert labels
    assert max(map(len, labels)) <= LABEL_MAX


# --- decision tables


def choose(choices: list[Row], **situation: str | float) -> str:
    """The row's text; every row of a decision table ends with the text it gives."""
    row = first(choices, situation)
    assert row is not None, situation
    return text_of(row)


def text_of(row: Row) -> str:
    return str(list(row.cells.values())[-1])


@pytest.mark.parametrize("tab", ["Рекомендации", "Программы"])
def test_decision_tables_are_readable_and_end_with_any(tab: str) -> None:
    *_, last = decisions = table(tab)
    conditions = [str(cell) for row in decisions for cell in list(row.cells.values())[:-1]]
    assert any(conditions)
    assert list(filter(None, map(check_cell, conditions))) == []
    assert list(filter(None, last.cells.values())) == [text_of(last)]


def test_every_weather_has_advice_and_every_advice_its_weather() -> None:
    """«смог» stands for a group the weather service may invent tomorrow."""
    advice = table("Рекомендации")
    grid = itertools.product((*GROUPS, "смог"), range(-45, 42, 2), (2, 9.5, 12, 16, 20), (0, 80))
    given = {
        choose(advice, Погода=group, Температура=degrees + 0.5, Ветер=wind, Осадки=chance)
        for group, degrees, wind, chance in grid
    }
    assert given == set(map(text_of, advice)), "some rows are hidden by the ones above them"


@pytest.mark.parametrize("temperature", [-30, -10, 0, 10, 20, 33])
@pytest.mark.parametrize("wind", [2, 12, 20])
def test_ordinary_weather_is_answered_for_its_own_group(temperature: float, wind: float) -> None:
    """Frost, heat and storm may speak for all groups at once."""
    advice = table("Рекомендации")
    named = {text_of(row): str(row.get("Погода")).split(", ") for row in advice}
    for group in GROUPS:
        answer = choose(advice, Погода=group, Температура=temperature, Ветер=wind, Осадки=0)
        assert group in named[answer] or temperature <= -25 or temperature >= 30 or wind >= 15


def test_advice_is_generous_and_never_repeats() -> None:
    advice = table("Рекомендации")
    assert len(set(map(text_of, advice))) == len(advice) >= 36
    mild = {choose(advice, Погода=group, Температура=10, Ветер=4, Осадки=0) for group in GROUPS}
    assert len(mild) == len(GROUPS)


def test_every_goal_and_body_gets_its_programme() -> None:
    programmes = table("Программы")
    assert len(programmes) >= 20
    goals = {text_of(row): row.get("Цель") for row in programmes}
    given = set()
    for goal, activity, weight, height in itertools.product(GOALS, ACTIVITY, (40, 52.5, 70, 98, 130), (150, 172, 195)):
        programme = choose(programmes, Цель=goal, Активность=activity, Вес=weight, Рост=height)
        assert goals[programme] == goal
        given.add(programme)
    assert given == {*goals} - {text_of(programmes[-1])}, "some rows are hidden by the ones above them"


# --- the words


def test_there_is_enough_to_choose_from() -> None:
    quotes = rows("fitness", "Цитаты")
    assert len({quote["Текст"] for quote in quotes}) == len(quotes) >= 30
    assert all(quote["Автор"] for name in RECIPES for quote in rows(name, "Цитаты"))
    exercises = [exercise["Название"] for exercise in rows("fitness", "Упражнения")]
    assert len(set(exercises)) == len(exercises) >= 12
    assert all(setting["Что это"] for setting in rows("fitness", "Настройки"))


JUNK = {
    "double space": r"  ",
    "space at an edge": r"^\s|\s$",
    "straight quote": r"[\"'“”]",
    "three dots": r"\.\.\.",
    "hyphen for a dash": r"\s-\s",
    "space before a mark": r"\s[,.;:!?](?!\d)",
    "no space after a comma": r",(?=[^\s\d«])",
    "gendered form": r"\w\(а\)",
    "letters of two alphabets in a word": r"[a-zA-Z][а-яёА-ЯЁ]|[а-яёА-ЯЁ][a-zA-Z]",
}


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("kind", JUNK)
def test_no_typographic_junk(name: str, kind: str) -> None:
    tabs = recipes.load(name)
    prose = [text for tab in tabs for row in rows(name, tab) for column, text in row.items() if column in PROSE]
    assert prose
    assert [text for text in prose if re.search(JUNK[kind], text)] == []
    assert all(text.count("«") == text.count("»") for text in prose)
