"""`init`: an empty spreadsheet becomes a bot's, an owner's spreadsheet loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

import recipes
from core.schema import TABS
from sandbox.emulator import Fault
from sandbox.google import GoogleEmulator
from sandbox.google_owner import Owner
from sheets.google import open_google
from sheets.init import Content, InitReport, init
from sheets.surface import UncertainError
from tests.contract.sheets_world import check_journal

WORKOUTS, PEOPLE = "Тренировки", "Пользователи"


@pytest.fixture
async def google() -> AsyncIterator[GoogleEmulator]:
    emulator = GoogleEmulator()
    await emulator.start()
    yield emulator
    check_journal(emulator)
    await emulator.stop()


async def run(google: GoogleEmulator, recipe: dict[str, Content]) -> InitReport:
    surface = open_google(next(iter(google.books)), api_url=google.url)
    try:
        return await asyncio.to_thread(init, surface, recipe)
    finally:
        surface.close()


def fresh(google: GoogleEmulator) -> Owner:
    return google.owner(google.create("Клуб"))


@pytest.mark.parametrize("name", recipes.names())
async def test_every_recipe_fills_an_empty_sheet_and_twice_changes_nothing(google: GoogleEmulator, name: str) -> None:
    owner, recipe = fresh(google), recipes.load(name)
    report = await run(google, recipe)
    assert report.created == list(recipe)
    assert set(owner.tabs()) == set(recipe)
    assert len(owner.read("Сценарий")) == len(recipe["Сценарий"][1]) + 1
    before = (owner.revision, owner.read("Сценарий"))
    again = await run(google, recipe)
    assert (again.created, again.extended, again.problems) == ([], {}, [])
    assert (owner.revision, owner.read("Сценарий")) == before


async def test_a_new_tab_is_ready_to_type_in(google: GoogleEmulator) -> None:
    owner = fresh(google)
    await run(google, recipes.load("fitness"))
    assert owner.headers(WORKOUTS)[0] == "_id"
    assert owner.choices(PEOPLE, 2, "Активность") == list(TABS[PEOPLE].columns[6].choices)
    assert owner.choices(PEOPLE, 500, "Подписка") == ["да", "нет"]
    owner.append_row(WORKOUTS, {"Дата": "1.2.2026", "Заметка": "007"})
    assert owner.read(WORKOUTS)[1][owner.headers(WORKOUTS).index("Дата")] == "01.02.2026 00:00"
    assert owner.read(WORKOUTS)[1][owner.headers(WORKOUTS).index("Заметка")] == "007"
    tab = next(tab for tab in next(iter(google.books.values())).now.tabs if tab.title == WORKOUTS)
    assert tab.frozen_rows == 1
    assert tab.columns[0].hidden


async def test_what_the_owner_has_stays_and_what_is_missing_is_added_at_the_right(google: GoogleEmulator) -> None:
    owner = fresh(google)
    owner.add_tab("тренировки", ["Моё", "Минуты", "Участник"])
    owner.append_row("тренировки", {"Моё": "важно", "Минуты": "30", "Участник": "Аня"})
    report = await run(google, {WORKOUTS: (["Дата", "Участник", "Минуты"], [["1", "2", "3"]])})
    assert report.extended == {WORKOUTS: ["_id", "Дата", "_кто"]}
    assert owner.headers("тренировки") == ["Моё", "Минуты", "Участник", "_id", "Дата", "_кто"]
    assert owner.read("тренировки")[1][:3] == ["важно", "30", "Аня"]
    assert len(owner.read("тренировки")) == 2


async def test_the_default_tab_is_used_only_while_it_is_empty(google: GoogleEmulator) -> None:
    owner = fresh(google)
    owner.set("Лист1", 1, 1, "мои записи")
    await run(google, {WORKOUTS: (["Дата"], [])})
    assert owner.tabs().count("Лист1") == 1
    assert owner.read("Лист1") == [["мои записи"]]


async def test_a_lost_answer_is_healed_by_running_again(google: GoogleEmulator) -> None:
    owner, recipe = fresh(google), recipes.load("quote")
    google.faults.append(Fault("drop", ":batchUpdate"))
    with pytest.raises(UncertainError):
        await run(google, recipe)
    await run(google, recipe)
    assert set(owner.tabs()) == set(recipe)
    assert len(owner.read("Сценарий")) == len(recipe["Сценарий"][1]) + 1
