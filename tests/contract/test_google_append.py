"""The two ways to add rows: values.append with its surprising tables, and appendCells, which the bot uses."""

from __future__ import annotations

from typing import Any

from tests.contract.google_desk import Desk, appended, desk, text_row


async def _append(d: Desk, text: str, *values: str, **query: Any) -> dict[str, Any]:
    answer = await d.ask("POST", f"/values/{text}:append", {"values": [list(values)]}, valueInputOption="RAW", **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _two_blocks(d: Desk) -> None:
    """Rows 1-3, a gap, rows 6-7."""
    await d.put("A1", [["1"], ["2"], ["3"], [], [], ["6"], ["7"]])


async def test_append_lands_after_the_block_the_range_falls_in() -> None:
    async with desk() as d:
        await _two_blocks(d)
        answer = await _append(d, "A1", "new")
        assert answer["tableRange"] == "'Лист1'!A1:A3"
        assert answer["updates"]["updatedRange"] == "'Лист1'!A4"


async def test_append_without_a_range_takes_the_last_block() -> None:
    async with desk() as d:
        await _two_blocks(d)
        answer = await _append(d, "Лист1", "new")
        assert answer["tableRange"] == "'Лист1'!A6:A7"
        assert await d.get("A8") == [["new"]]


async def test_overwrite_eats_the_gap_and_insert_rows_pushes_what_is_below() -> None:
    async with desk() as d:
        await _two_blocks(d)
        await _append(d, "A1", "eaten")
        await _append(d, "A1", "eaten too")
        assert await d.get("A5:A6") == [["eaten too"], ["6"]]
        await _append(d, "A1", "pushed", insertDataOption="INSERT_ROWS")
        assert await d.get("A7:A9") == [["7"], ["pushed"]]
    async with desk() as d:
        await _two_blocks(d)
        await _append(d, "A1", "between", insertDataOption="INSERT_ROWS")
        assert await d.get("A1:A9") == [["1"], ["2"], ["3"], ["between"], [], [], ["6"], ["7"]]


async def test_append_shifts_to_the_column_the_block_begins_in() -> None:
    async with desk() as d:
        await d.put("C1", [["x"], ["y"]])
        answer = await _append(d, "Лист1", "new")
        assert answer["updates"]["updatedRange"] == "'Лист1'!C3"


async def test_append_into_emptiness_begins_where_it_was_told() -> None:
    async with desk() as d:
        answer = await _append(d, "B5", "new")
        assert "tableRange" not in answer
        assert await d.get("B5") == [["new"]]


async def test_append_grows_a_full_grid() -> None:
    async with desk() as d:
        await d.put("A1000", [["last"]])
        answer = await _append(d, "Лист1", "new", includeValuesInResponse="true")
        assert answer["updates"]["updatedData"] == {
            "range": "'Лист1'!A1001",
            "majorDimension": "ROWS",
            "values": [["new"]],
        }


async def test_append_cells_lands_after_the_last_row_with_data_whatever_the_blocks() -> None:
    async with desk() as d:
        await _two_blocks(d)
        await d.put("F9", [["заметка владельца"]])
        await d.batch(appended(text_row("new")))
        assert await d.get("A10") == [["new"]]


async def test_append_cells_grows_a_full_grid() -> None:
    async with desk() as d:
        await d.put("A1000", [["last"]])
        await d.batch(appended(text_row("new"), text_row("newer")))
        assert await d.get("A1000:A1002") == [["last"], ["new"], ["newer"]]
        sheet = await d.sheet("sheets.properties.gridProperties.rowCount")
        assert sheet["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1002
