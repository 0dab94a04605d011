"""Every block that works with the shared tables, doing its work and failing at it, in a conversation."""

from __future__ import annotations

from typing import Any

import pytest

from core.people import person_id
from core.schema import PEOPLE, WORKOUTS
from core.values import Row
from tests.unit.talk import Talk, row

ME = person_id("telegram:1")
DISHES = (
    ["Блюдо", "Цена", "Есть"],
    [
        row("@2", Блюдо="Борщ", Цена=350, Есть="да"),
        row("@3", Блюдо="Уха", Цена=420, Есть="нет"),
        row("@4", Блюдо="Плов", Цена=390, Есть="да"),
        row("@5", Блюдо="Чай", Цена=90, Есть="да"),
    ],
)


def run(line: str, say: str, **more: Any) -> Talk:
    """A row that does something and a message that shows what came of it."""
    talk = Talk(f"старт | {line}\n | сообщение | {say} | | | | | |", **more)
    talk.start()
    return talk


# --- найти


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ("", "Борщ, 4: Борщ Уха Плов Чай"),
        ("; где: Цена < 400 и Есть = да", "Борщ, 3: Борщ Плов Чай"),
        ("; порядок: Цена", "Чай, 4: Чай Борщ Плов Уха"),
        ("; порядок: -Цена; не больше: 2", "Уха, 4: Уха Плов"),
        ("; порядок: Цена; взять: последняя", "Уха, 1: Уха"),
        ("; взять: Последняя", "Чай, 1: Чай"),
        ("; где: Цена > 1000", "ничего, 0: "),
    ],
)
def test_rows_are_found_ordered_and_limited(params: str, shown: str) -> None:
    talk = run(
        f"найти | | | н | таблица: меню дня{params} | |",
        "{н.Блюдо¦ничего}, {н.сколько}: {н.список}",
        tables={"Меню дня": DISHES},
    )
    assert talk.hear[0].replace("\n", " ") == shown


def test_the_line_of_a_list_is_the_owners() -> None:
    line = "найти | | | н | таблица: Меню дня; взять: все; строка: {Блюдо} — {Цена} ₽; где: Есть = да | |"
    assert run(line, "{н.список}", tables={"Меню дня": DISHES}).hear == ["Борщ — 350 ₽\nПлов — 390 ₽\nЧай — 90 ₽"]


def test_a_random_row_is_one_of_the_table() -> None:
    talk = run("найти | | | н | таблица: Меню дня; взять: случайная | |", "{н.Блюдо}", tables={"Меню дня": DISHES})
    seen = {talk.hear[0]} | {talk.start()[0] for _ in range(20)}
    assert seen <= {"Борщ", "Уха", "Плов", "Чай"}
    assert len(seen) > 1


# --- подобрать


@pytest.mark.parametrize(
    ("weather", "degrees", "advice"),
    [
        ("дождь", "5", "Зонт"),
        ("морось", "5", "Зонт"),
        ("ясно", "-20", "Дома"),
        ("ясно", "-10", "Шапка"),
        ("ясно", "0", "Шапка"),
        ("ясно", "25", "Вода"),
        ("ясно", "10", "Гуляйте"),
        ("", "10", "Гуляйте"),
    ],
)
def test_a_decision_table_gives_its_first_fitting_row(weather: str, degrees: str, advice: str) -> None:
    rows = [
        row("@2", Погода="дождь, морось", Температура="", Рекомендация="Зонт"),
        row("@3", Погода="", Температура="< -10", Рекомендация="Дома"),
        row("@4", Погода="", Температура="-10..0", Рекомендация="Шапка"),
        row("@5", Погода="", Температура=">= 20", Рекомендация="Вода"),
        row("@6", Погода="", Температура="", Рекомендация="Гуляйте"),
    ]
    tables = {"Рекомендации": (["Погода", "Температура", "Рекомендация"], rows)}
    line = f"подобрать | | | совет | таблица: Рекомендации; Погода: {weather}; Температура: {degrees} | |"
    assert run(line, "{совет.Рекомендация}", tables=tables).hear == [advice]


def test_all_fitting_rows_or_none() -> None:
    rows = [row("@2", Цель="сила", Программа="А"), row("@3", Цель="", Программа="Б")]
    tables = {"Программы": (["Цель", "Программа"], rows)}
    line = "подобрать | | | п | таблица: Программы; Цель: {}; сколько: Все; строка: {{Программа}} | |"
    assert run(line.format("сила"), "{п.список} {п.сколько}", tables=tables).hear == ["А\nБ 2"]
    assert run(line.format("бег"), "{п.список} {п.сколько}", tables=tables).hear == ["Б 1"]
    only = {"Программы": (["Цель", "Программа"], rows[:1])}
    assert run(line.format("бег"), "{п.Программа¦нет}", tables=only).hear == ["нет"]


# --- добавить, изменить


def workouts(*rows: Row) -> dict[str, Any]:
    return {WORKOUTS.title: ([column.name for column in WORKOUTS.columns], list(rows))}


def test_a_row_is_added_under_the_tables_own_headers_and_belongs_to_its_author() -> None:
    talk = run("добавить | | | | таблица: тренировки; минуты: 30; Заметка: =1+1 | |", "{запись.Минуты}")
    assert talk.hear == ["30"]
    (added,) = talk.tables.rows(WORKOUTS.title)
    assert (added.get("Минуты"), added.get("Заметка"), added.get("_кто")) == (30, 2, ME)


@pytest.mark.parametrize(
    ("params", "left"),
    [
        ("где: Минуты > 0; удалить: Да", {"r2": 20}),
        ("где: Минуты > 0; Минуты: 99", {"r1": 99, "r2": 20, "r3": 99}),
        ("строка: r3; удалить: да", {"r1": 10, "r2": 20}),
        ("строка: r2; удалить: да", {"r1": 10, "r2": 20, "r3": 30}),
        ("где: Минуты > 0; удалить: да; чьи: все", {}),
    ],
)
def test_a_person_changes_only_their_own_rows(params: str, left: dict[str, int]) -> None:
    rows = [row("r1", Минуты=10, _кто=ME), row("r2", Минуты=20, _кто="other"), row("r3", Минуты=30, _кто=ME)]
    talk = run(f"изменить | | | | таблица: Тренировки; {params} | |", "Готово", tables=workouts(*rows))
    assert {found.id: found.get("Минуты") for found in talk.tables.rows(WORKOUTS.title)} == left
    touched_somebodys = "r2" in params
    assert talk.hear == (["Такой записи уже нет."] if touched_somebodys else ["Готово"])


def test_ones_own_card_may_be_changed_in_any_spelling() -> None:
    talk = run(
        "изменить | | | | таблица: пользователи; где: Город = ''; Город: Казань | |".replace("''", '""'), "Готово"
    )
    assert talk.me.get("Город") == "Казань"


# --- рейтинг, график


def people(hidden: str = "") -> dict[str, Any]:
    names = ["Борис", "Вера", "Глеб", "Дина", "Егор", "Жанна"]
    rows = [row(f"p{i}", Имя=name, **({"В рейтинге": False} if name == hidden else {})) for i, name in enumerate(names)]
    logged = [
        row(f"w{i}", Дата="2026-11-20T10:00", Участник=name, Минуты=10 * (i + 1), _кто=f"p{i}")
        for i, name in enumerate(names)
    ]
    logged.append(row("w9", Дата="2026-11-19T10:00", Участник="Борис", Минуты=50, _кто="p0"))  # ties with Жанна: 60
    return {**workouts(*logged), PEOPLE.title: ([column.name for column in PEOPLE.columns], rows)}


def test_the_workout_just_logged_counts() -> None:
    scenario = """
старт | добавить | | | | таблица: Тренировки; Дата: =СЕЙЧАС(); Участник: Аня; Минуты: 45 | | |
      | рейтинг  | | | место | таблица: Тренировки; сумма: Минуты; сколько: 3; строка: {место} {имя} {сумма} | | |
      | сообщение | {место} | | | | | |
      | сообщение | {место.процент}% {место.всего} из {место.участников} | | | | | |
      | сообщение | {место.список} | | | | | |
"""
    talk = Talk(scenario, tables=people())
    place, share, top = talk.start()
    assert place == "4"
    assert share == "50% 45 из 7"  # three of the six others have strictly less
    assert top.splitlines()[2].startswith("3 Егор 50")
    assert sorted(top.splitlines()[:2]) == ["1 Борис 60", "1 Жанна 60"]


def test_the_hidden_are_not_shown_but_still_compete() -> None:
    line = "рейтинг | | | м | таблица: Тренировки; сумма: Минуты; сколько: 9; строка: {имя} | |"
    talk = run(line, "{м.список}", tables=people(hidden="Жанна"))
    assert "Жанна" not in talk.hear[0]
    assert len(talk.hear[0].splitlines()) == 5


def test_a_small_group_gets_no_share() -> None:
    line = "рейтинг | | | м | таблица: Тренировки; сумма: Минуты | |"
    assert run(line, "{м.процент¦мало}", tables=people(), minimum_group=50).hear == ["мало"]
    assert run(line, "{м¦нет} {м.список¦никого}").hear == ["нет никого"]


def test_a_chart_shows_as_many_weeks_as_asked() -> None:
    mine = row("w", Дата="2026-11-20T10:00", Участник="Аня", Минуты=30, _кто=ME)
    line = "график | Недели | | | таблица: Тренировки; сумма: Минуты; недель: {}; единица: мин | |"
    for asked, shown in (("3", 3), ("0", 1), ("1000", 26)):
        chart = run(line.format(asked), "Всё", tables=workouts(mine)).replies[0].chart
        assert chart is not None
        assert len(chart.bars) == shown
        assert chart.bars[-1] == ("16.11", 30)
    assert run(line.format("8"), "Всё").replies[0].chart is None
