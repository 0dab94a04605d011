"""What the page draws, before any browser: the graph of a scenario, the way lit in it, the figures of the header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import recipes
from core.reader import read_scenario
from core.scenario import Scenario
from core.schema import SCENARIO
from core.values import Row
from sandbox.page_layout import columns
from sandbox.page_memory import Memory
from sandbox.page_scenario import Walk, draw, visited
from sandbox.page_status import Figure, figures


def fitness() -> Scenario:
    header, lines = recipes.load("fitness")[SCENARIO.title]
    return read_scenario([Row("", dict(zip(header, line, strict=True))) for line in lines])[0]


def test_columns_follow_the_distance_from_the_greeting() -> None:
    ways = {"старт": ["меню"], "меню": ["погода", "топ"], "погода": ["меню", "нет погоды"], "рассылка": ["топ"]}
    names = ["старт", "меню", "погода", "нет погоды", "топ", "рассылка"]
    assert columns(names, ways) == [["старт"], ["меню", "рассылка"], ["погода", "топ"], ["нет погоды"]]


def test_columns_of_a_circle_and_of_nothing() -> None:
    assert columns(["а", "б"], {"а": ["б"], "б": ["а", "б"]}) == [["а"], ["б"]]
    assert columns([], {}) == []
    assert columns(["один"], {"один": ["пропавший"]}) == [["один"]]


def test_the_graph_has_every_named_step_once_and_no_way_back_to_the_menu() -> None:
    scenario = fitness()
    graph = draw(scenario)
    assert sorted(node.name for node in graph.nodes) == sorted(scenario.names)
    assert {(node.column, node.place) for node in graph.nodes} == {
        (column, place) for column, height in enumerate(graph.heights) for place in range(height)
    }
    assert [edge.source for edge in graph.edges if edge.target == "меню"] == ["старт"]
    kinds = {(edge.source, edge.target): edge.kind for edge in graph.edges}
    assert kinds["меню", "погода"] == "button"
    assert kinds["погода", "нет погоды"] == "error"
    assert kinds["записать тренировку", "сохранить тренировку"] in ("next", "button")


def test_an_empty_scenario_is_an_empty_graph() -> None:
    graph = draw(Scenario(()))
    assert (graph.nodes, graph.edges, graph.heights) == ([], [], [])


def test_a_pressed_label_or_a_typed_name_shows_the_way() -> None:
    scenario = fitness()
    assert visited(scenario, "Мои результаты") == "мои результаты"
    assert visited(scenario, "ПОГОДА") == "погода"
    assert visited(scenario, "двадцать минут") == ""


def test_a_walk_remembers_where_the_last_word_found_the_person() -> None:
    scenario, walk = fitness(), Walk()
    assert walk.route(scenario, "vk:1", "меню", "Анна", 1.0) == ["меню"]
    assert walk.route(scenario, "vk:1", "меню", "Погода", 2.0) == ["меню", "погода", "меню"]
    assert walk.route(scenario, "vk:1", "меню", "Погода", 2.0) == ["меню", "погода", "меню"]
    assert walk.route(scenario, "telegram:2", "меню", "ТОП-5", 3.0) == ["топ-5", "меню"]


def by_title(status: dict[str, Any], now: float = 0.0) -> dict[str, Figure]:
    return {figure.title: figure for figure in figures(status, 55, 3, now)}


def test_lost_is_what_was_accepted_and_neither_answered_nor_waits() -> None:
    counts = {"accepted": 10, "answered": 7, "waiting": 1, "unsent": 2, "set_aside": 2}
    shown = by_title({"counts": counts, "sheet": {"queue": 4, "last_success": 100.0}}, now=130.4)
    assert (shown["Потеряно"].value, shown["Потеряно"].mood) == ("2", "bad")
    assert (shown["В очереди"].value, shown["В очереди"].mood) == ("7", "warn")
    assert (shown["Таблица"].value, shown["Таблица"].mood) == ("30 с назад", "warn")
    assert shown["Google: чтение"].mood == "bad"
    assert shown["Google: запись"].mood == ""


def test_a_bot_that_has_not_reported_yet_shows_zeros() -> None:
    shown = by_title({})
    assert (shown["Принято"].value, shown["Потеряно"].value, shown["Таблица"].value) == ("0", "0", "—")


def test_memory_that_is_missing_or_no_database_is_not_an_error(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    memory = Memory(path)
    assert memory.look().figures == {}
    path.write_bytes(b"not a database at all" * 100)
    assert memory.look().lane == ""
    memory.close()
