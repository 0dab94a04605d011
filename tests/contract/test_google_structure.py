"""Rows and columns on the move, and everything that lies over the cells."""

from __future__ import annotations

from typing import Any

from tests.contract.google_desk import Desk, anchor, appended, area, desk, error_of, rows, text_row


def _sort(top: int, bottom: int, *, column: int = 0, width: int = 1, descending: bool = False) -> dict[str, Any]:
    order = "DESCENDING" if descending else "ASCENDING"
    return {
        "sortRange": {
            "range": area(top, bottom, 0, width),
            "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}],
        }
    }


async def _column(d: Desk) -> list[Any]:
    return [row[0] if row else "" for row in await d.raw("A1:A20")]


async def test_numbers_sort_before_text_and_blanks_are_always_last() -> None:
    async with desk() as d:
        await d.put("A1", [["б"], [3], [""], ["А"], [-1], [True]])
        await d.batch(_sort(0, 6))
        assert await _column(d) == [-1, 3, "А", "б", True]
        await d.batch(_sort(0, 6, descending=True))
        assert await _column(d) == [True, "б", "А", 3, -1]


async def test_sorting_is_stable_and_leaves_cells_outside_the_range_alone() -> None:
    async with desk() as d:
        await d.put("A1", [["б", 1, "x"], ["а", 1, "y"], ["в", 0, "z"]])
        await d.batch(_sort(0, 3, column=1, width=2))
        assert await d.raw("A1:C3") == [["в", 0, "x"], ["б", 1, "y"], ["а", 1, "z"]]


async def test_sorting_leaves_hidden_and_filtered_rows_where_they_are() -> None:
    async with desk() as d:
        await d.put("A1", [["Имя"], ["г"], ["скрыта"], ["в"], ["фильтр"], ["а"]])
        hide = {"range": rows(2, 3), "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
        look = {"range": area(0, 6, 0, 1), "criteria": {"0": {"hiddenValues": ["фильтр"]}}}
        await d.batch({"updateDimensionProperties": hide}, {"setBasicFilter": {"filter": look}}, _sort(1, 6))
        assert await _column(d) == ["Имя", "а", "скрыта", "в", "фильтр", "г"]
        await d.batch({"clearBasicFilter": {"sheetId": 0}}, _sort(1, 6))
        assert await _column(d) == ["Имя", "а", "скрыта", "в", "г", "фильтр"]


async def test_a_filter_may_sort_when_it_is_set() -> None:
    async with desk() as d:
        await d.put("A1", [["Имя"], ["б"], ["а"]])
        look = {"range": area(0, 3, 0, 1), "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}
        await d.batch({"setBasicFilter": {"filter": look}})
        assert await _column(d) == ["Имя", "а", "б"]
        assert (await d.sheet("sheets.basicFilter"))["sheets"][0]["basicFilter"] == look


async def test_a_merge_keeps_the_top_left_value_and_refuses_sorts_and_partial_moves() -> None:
    async with desk() as d:
        await d.put("A1", [["a", "b"], ["c", "d"], ["e", "f"]])
        await d.batch({"mergeCells": {"range": area(0, 2, 0, 1), "mergeType": "MERGE_ALL"}})
        assert await d.get("A1:B3") == [["a", "b"], ["", "d"], ["e", "f"]]
        for step in (_sort(0, 3), {"moveDimension": {"source": rows(1, 2), "destinationIndex": 3}}):
            assert "merge" in error_of(await d.try_batch(step))["message"]
        await d.batch({"moveDimension": {"source": rows(0, 2), "destinationIndex": 3}})
        assert (await d.sheet("sheets.merges"))["sheets"][0]["merges"] == [area(1, 3, 0, 1)]
        crossing = {"mergeCells": {"range": area(0, 2, 0, 1), "mergeType": "MERGE_ALL"}}
        assert (await d.try_batch(crossing)).status_code == 400


async def test_merges_by_rows_and_by_columns() -> None:
    async with desk() as d:
        await d.batch({"mergeCells": {"range": area(0, 2, 0, 2), "mergeType": "MERGE_ROWS"}})
        await d.batch({"mergeCells": {"range": area(3, 5, 0, 2), "mergeType": "MERGE_COLUMNS"}})
        expected = [area(0, 1, 0, 2), area(1, 2, 0, 2), area(3, 5, 0, 1), area(3, 5, 1, 2)]
        assert (await d.sheet("sheets.merges"))["sheets"][0]["merges"] == expected


async def test_a_range_that_begins_at_an_insert_is_pushed_down_and_one_around_it_grows() -> None:
    async with desk() as d:
        for name, place in (("ниже", area(1, 4, 0, 1)), ("вокруг", area(0, 4, 0, 1)), ("выше", area(0, 1, 0, 1))):
            await d.batch({"addNamedRange": {"namedRange": {"name": name, "range": place}}})
        await d.put("C1", [["=СУММ(A2:A4)", "=СУММ(A1:A4)", "=СУММ(A$2:A)", "=$A$1"]], "USER_ENTERED")
        await d.batch({"insertDimension": {"range": rows(1, 3)}})
        places = {one["name"]: one["range"] for one in (await d.sheet("namedRanges"))["namedRanges"]}
        assert places == {"ниже": area(3, 6, 0, 1), "вокруг": area(0, 6, 0, 1), "выше": area(0, 1, 0, 1)}
        formulas = await d.get("C1:F1", valueRenderOption="FORMULA")
        assert formulas == [["=СУММ(A4:A6)", "=СУММ(A1:A6)", "=СУММ(A$4:A)", "=$A$1"]]


async def test_references_follow_deleted_and_moved_rows_and_renamed_tabs() -> None:
    async with desk() as d:
        await d.batch({"addSheet": {"properties": {"sheetId": 2, "title": "Итоги"}}})
        formulas = ["=A1", "=A2+A3", '="A2"&A3', "=СУММ(A1:A3)", "=Итоги!A2"]
        await d.put("B5", [formulas], "USER_ENTERED")
        await d.put("Итоги!A1", [["=Лист1!A3", "='Лист1'!A2"]], "USER_ENTERED")
        await d.batch({"deleteDimension": {"range": rows(1, 2)}})
        shown = await d.get("B4:F4", valueRenderOption="FORMULA")
        assert shown == [["=A1", "=#REF!+A2", '="A2"&A2', "=СУММ(A1:A2)", "=Итоги!A2"]]
        await d.batch({"moveDimension": {"source": rows(0, 1), "destinationIndex": 3}})
        assert await d.get("B4", valueRenderOption="FORMULA") == [["=A3"]]
        d.owner.rename_tab("Лист1", "Главный лист")
        assert await d.get("Итоги!A1:B1", valueRenderOption="FORMULA") == [["='Главный лист'!A1", "=#REF!"]]


async def test_a_grid_that_shrinks_buries_what_lay_outside() -> None:
    async with desk() as d:
        await d.put("A1", [["=A5", "=A9"], [], [], [], ["x"], [], [], [], ["y"]], "USER_ENTERED")
        await d.batch(anchor(1, 4), anchor(2, 8))
        grid = {"rowCount": 5, "columnCount": 3}
        step = {"properties": {"sheetId": 0, "gridProperties": grid}, "fields": "gridProperties(rowCount,columnCount)"}
        await d.batch({"updateSheetProperties": step})
        assert await d.get("A1:B1") == [["x", "#REF!"]]
        assert await d.rows_of("a") == {1: 4}


async def test_protection_and_conditional_formats_stay_with_their_cells() -> None:
    async with desk() as d:
        protect = {"range": area(0, 1, 0, 26), "warningOnly": True, "description": "Шапка"}
        bold = {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}}
        rule = {"ranges": [area(1, 9, 0, 1)], "booleanRule": bold}
        await d.batch({"addProtectedRange": {"protectedRange": protect}}, {"addConditionalFormatRule": {"rule": rule}})
        await d.batch({"insertDimension": {"range": rows(0, 1)}})
        sheet = (await d.sheet("sheets(protectedRanges(range,warningOnly),conditionalFormats)"))["sheets"][0]
        assert sheet["protectedRanges"] == [{"range": area(1, 2, 0, 26), "warningOnly": True}]
        assert sheet["conditionalFormats"] == [{"ranges": [area(2, 10, 0, 1)], "booleanRule": bold}]
        await d.batch({"deleteDimension": {"range": rows(1, 10)}})
        sheet = (await d.sheet("sheets(protectedRanges,conditionalFormats)"))["sheets"][0]
        assert sheet == {}


async def test_a_new_row_looks_like_its_neighbour() -> None:
    async with desk() as d:
        await d.put("A1", [["Дата"], ["12.05.2026"]], "USER_ENTERED")
        await d.batch({"insertDimension": {"range": rows(2, 3), "inheritFromBefore": True}})
        await d.batch({"insertDimension": {"range": rows(1, 2)}})
        await d.put("A2:A4", [[1], [2], [3]])
        assert await d.get("A2:A4") == [["31.12.1899"], ["01.01.1900"], ["02.01.1900"]]


async def test_columns_are_inserted_moved_deleted_and_resized() -> None:
    async with desk() as d:
        await d.put("A1", [["a", "b", "c"], ["1", "2", "3"]])
        await d.batch({"moveDimension": {"source": rows(0, 1, "COLUMNS"), "destinationIndex": 3}})
        assert await d.get("A1:C2") == [["b", "c", "a"], ["2", "3", "1"]]
        await d.batch(
            {"insertDimension": {"range": rows(1, 2, "COLUMNS")}},
            {"deleteDimension": {"range": rows(0, 1, "COLUMNS")}},
            {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 2}},
        )
        assert await d.get("A1:C2") == [["", "c", "a"], ["", "3", "1"]]
        wide = {"range": rows(0, 1, "COLUMNS"), "properties": {"pixelSize": 300, "hiddenByUser": True}, "fields": "*"}
        fit = {"autoResizeDimensions": {"dimensions": rows(1, 2, "COLUMNS")}}
        await d.batch({"updateDimensionProperties": wide}, appended(text_row("", "длинный текст")), fit)
        data = (await d.sheet("sheets.data.columnMetadata", ranges="A1:C1"))["sheets"][0]["data"][0]
        sizes = data["columnMetadata"]
        assert sizes[0] == {"pixelSize": 300, "hiddenByUser": True}
        assert sizes[1]["pixelSize"] > sizes[2]["pixelSize"] == 100
        assert len((await d.sheet("sheets.data.columnMetadata"))["sheets"][0]["data"][0]["columnMetadata"]) == 28
