"""The owner's hands: every action as a person does it, and one step back from each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.google_owner import Owner
from tests.contract.google_desk import Desk, anchor, area, desk

TABLE = [["Имя", "Вес"], ["Вера", "60"], ["Аня", "55,5"], ["Боря", "80"]]


async def _club(d: Desk) -> Owner:
    await d.put("A1", [["Имя", "Вес"], ["Вера", 60], ["Аня", 55.5], ["Боря", 80]])
    return d.owner


async def test_the_owner_sees_what_the_interface_shows() -> None:
    async with desk() as d:
        owner = await _club(d)
        assert owner.tabs() == ["Лист1"]
        assert owner.read("Лист1") == TABLE
        assert owner.headers("Лист1") == ["Имя", "Вес"]
        assert owner.find("Лист1", "Имя", "Боря") == 4


async def test_what_the_owner_types_is_parsed_in_russian() -> None:
    async with desk() as d:
        owner = await _club(d)
        row = owner.append_row("Лист1", {"Вес": "1 234,50", "Имя": "+7 (916) 123-45-67"})
        owner.set("Лист1", row, 3, "=B5*2")
        assert await d.raw("A5:C5") == [["+7 (916) 123-45-67", 1234.5, 2469]]


ACTIONS: dict[str, Callable[[Owner], object]] = {
    "set": lambda owner: owner.set("Лист1", 2, "Вес", "61"),
    "append": lambda owner: owner.append_row("Лист1", {"Имя": "Глеб"}),
    "copy": lambda owner: owner.copy_row("Лист1", 2, 5),
    "insert row": lambda owner: owner.insert_row("Лист1", 2),
    "delete row": lambda owner: owner.delete_row("Лист1", 3),
    "move row": lambda owner: owner.move_row("Лист1", 2, 4),
    "insert column": lambda owner: owner.insert_column("Лист1", 1),
    "delete column": lambda owner: owner.delete_column("Лист1", "Вес"),
    "move column": lambda owner: owner.move_column("Лист1", "Имя", 2),
    "move column back": lambda owner: owner.move_column("Лист1", "Вес", 1),
    "sort": lambda owner: owner.sort("Лист1", "Имя"),
    "sort down": lambda owner: owner.sort("Лист1", "Вес", descending=True),
    "rename header": lambda owner: owner.rename_header("Лист1", "Имя", "Как зовут"),
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
async def test_undo_takes_one_step_back(action: Callable[[Owner], object]) -> None:
    async with desk() as d:
        owner = await _club(d)
        revision = owner.revision
        action(owner)
        assert owner.read("Лист1") != TABLE
        assert owner.revision == revision + 1
        assert owner.undo()
        assert owner.read("Лист1") == TABLE
        assert owner.revision == revision + 2
        assert not owner.undo()


async def test_undo_keeps_what_the_bot_did_meanwhile() -> None:
    async with desk() as d:
        owner = await _club(d)
        owner.sort("Лист1", "Имя")
        await d.put("A5", [["Глеб", 90]])
        await d.put("B2", [[56]])
        owner.undo()
        assert owner.read("Лист1") == [*TABLE[:2], ["Аня", "56"], TABLE[3], ["Глеб", "90"]]


async def test_a_row_brought_back_by_undo_has_its_cells_but_not_its_metadata() -> None:
    async with desk() as d:
        owner = await _club(d)
        await d.batch(anchor(1, 2), anchor(2, 3))
        owner.delete_row("Лист1", 3)
        owner.undo()
        assert owner.read("Лист1") == TABLE
        assert await d.rows_of("a") == {2: 3}


async def test_metadata_follows_a_sort_and_its_undo() -> None:
    async with desk() as d:
        owner = await _club(d)
        await d.batch(anchor(1, 1), anchor(2, 2), anchor(3, 3))
        owner.sort("Лист1", "Имя")
        assert await d.rows_of("a") == {1: 3, 2: 1, 3: 2}
        owner.undo()
        assert await d.rows_of("a") == {1: 1, 2: 2, 3: 3}


async def test_hiding_and_filtering_take_rows_out_of_sight_only() -> None:
    async with desk() as d:
        owner = await _club(d)
        owner.hide_row("Лист1", 2)
        owner.filter("Лист1", "Имя", ["Боря"])
        assert owner.unseen("Лист1") == {2, 4}
        assert owner.read("Лист1") == TABLE
        owner.undo()
        assert owner.unseen("Лист1") == {2}
        owner.hide_row("Лист1", 2, hidden=False)
        owner.filter("Лист1", "Вес", ["80"])
        owner.clear_filter("Лист1")
        assert owner.unseen("Лист1") == set()


async def test_tabs_come_and_go_and_come_back() -> None:
    async with desk() as d:
        owner = await _club(d)
        owner.add_tab("Цитаты", ["Текст", "Автор"])
        assert owner.headers("Цитаты") == ["Текст", "Автор"]
        owner.rename_tab("Цитаты", "Мысли")
        owner.delete_tab("Лист1")
        assert owner.tabs() == ["Мысли"]
        owner.undo()
        assert owner.read("Лист1") == TABLE
        owner.undo()
        owner.undo()
        assert owner.tabs() == ["Лист1"]


async def test_a_full_tab_grows_under_the_owners_typing() -> None:
    async with desk() as d:
        await d.put("A1", [["Имя"]])
        await d.put("A1000", [["последний"]])
        assert d.owner.append_row("Лист1", {"Имя": "ещё один"}) == 1001
        assert d.owner.read("Лист1")[1000] == ["ещё один"]


async def test_a_strict_dropdown_takes_only_its_choices_from_a_person() -> None:
    async with desk() as d:
        owner = await _club(d)
        values = [{"userEnteredValue": "да"}, {"userEnteredValue": "нет"}]
        rule = {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": True}
        await d.batch({"setDataValidation": {"range": area(1, 4, 1, 2), "rule": rule}})
        assert owner.choices("Лист1", 2, "Вес") == ["да", "нет"]
        assert owner.choices("Лист1", 2, "Имя") == []
        owner.set("Лист1", 2, "Вес", "да")
        with pytest.raises(ValueError, match="да, нет"):
            owner.set("Лист1", 2, "Вес", "может быть")
        assert owner.read("Лист1")[1] == ["Вера", "да"]


async def test_notes_are_read_and_unknown_names_are_errors() -> None:
    async with desk() as d:
        owner = await _club(d)
        step = {"range": area(2, 3, 0, 1), "cell": {"note": "нет такого города"}, "fields": "note"}
        await d.batch({"repeatCell": step})
        assert owner.note("Лист1", 3, "Имя") == "нет такого города"
        assert owner.note("Лист1", 2, "Имя") == ""
        for wrong in (
            lambda: owner.read("Нет"),
            lambda: owner.set("Лист1", 2, "Рост", "1"),
            lambda: owner.find("Лист1", "Имя", "Гриша"),
        ):
            with pytest.raises(KeyError):
                wrong()


async def test_there_is_nothing_beyond_the_edges_of_the_grid() -> None:
    async with desk() as d:
        owner = await _club(d)
        for beyond in (
            lambda: owner.set("Лист1", 0, 1, "x"),
            lambda: owner.set("Лист1", 1001, 1, "x"),
            lambda: owner.set("Лист1", 1, 27, "x"),
            lambda: owner.set("Лист1", 1, 0, "x"),
            lambda: owner.copy_row("Лист1", 2, 1001),
            lambda: owner.copy_row("Лист1", 0, 2),
            lambda: owner.delete_row("Лист1", 0),
            lambda: owner.insert_row("Лист1", 0),
            lambda: owner.move_row("Лист1", 2, 1001),
            lambda: owner.rename_tab("Лист1", ""),
        ):
            with pytest.raises(ValueError):
                beyond()
        assert owner.read("Лист1") == TABLE
        assert not owner.undo()
