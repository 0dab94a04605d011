"""spreadsheets.batchUpdate as a whole: atomicity, refusals, the state in the answer; and whole tabs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.google_desk import appended, area, desk, error_of, fence, rows, text_row


async def test_one_invalid_request_undoes_all_others_across_tabs() -> None:
    async with desk() as d:
        added = {"addSheet": {"properties": {"sheetId": 5, "title": "Вторая"}}}
        broken = {"deleteSheet": {"sheetId": 99}}
        before = d.owner.revision
        refused = await d.try_batch(added, appended(text_row("x"), sheet=5), appended(text_row("y")), broken)
        assert error_of(refused) == {
            "code": 400,
            "message": "Invalid requests[3].deleteSheet: No grid with id: 99",
            "status": "INVALID_ARGUMENT",
        }
        assert d.owner.tabs() == ["Лист1"]
        assert await d.get("A1") is None
        assert d.owner.revision == before


async def test_requests_run_in_order_and_each_has_a_reply() -> None:
    async with desk() as d:
        answer = await d.batch(
            appended(text_row("b")), {"insertDimension": {"range": rows(0, 1)}}, appended(text_row("c"))
        )
        assert answer["replies"] == [{}, {}, {}]
        assert await d.get("A1:A9") == [[], ["b"], ["c"]]


async def test_the_answer_holds_the_state_after_the_batch_where_it_was_asked_for() -> None:
    async with desk() as d:
        options = {"responseRanges": ["A1:A2"], "includeSpreadsheetInResponse": True, "responseIncludeGridData": True}
        answer = await d.batch(appended(text_row("r1", "x"), text_row("r2", "y")), **options)
        data = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]
        assert [row["values"][0]["formattedValue"] for row in data["rowData"]] == ["r1", "r2"]
        assert [len(row["values"]) for row in data["rowData"]] == [1, 1]
        options["responseIncludeGridData"] = False
        assert "data" not in (await d.batch(fence(1), **options))["updatedSpreadsheet"]["sheets"][0]
        narrow = await d.ask("POST", ":batchUpdate", {"requests": [fence(2)], **options}, fields="replies")
        assert set(narrow.json()) == {"replies"}


@pytest.mark.parametrize(
    "request_",
    [
        {"paintItBlack": {}},
        {"findReplace": {"find": "a", "replacement": "b", "allSheets": True}},
        {},
        {"appendCells": {"sheetId": 0, "rows": [], "fields": ""}},
        {"appendCells": {"sheetId": 0, "rows": [], "fields": "nonsense"}},
        {"appendCells": {"sheetId": 0, "rows": [{"values": "x"}], "fields": "*"}},
        {"appendCells": {"sheetId": 0, "rows": {"values": []}, "fields": "*"}},
        {"appendCells": {"sheetId": 0, "tableId": "t", "rows": [], "fields": "*"}},
        {"updateCells": {"rows": [], "fields": "*"}},
        {"updateCells": {"range": area(0, 1, 0, 1), "rows": [text_row("a", "b")], "fields": "*"}},
        {"repeatCell": {"range": area(0, 1, 0, 27), "cell": {}, "fields": "note"}},
        {"repeatCell": {"range": area(3, 2, 0, 1), "cell": {}, "fields": "note"}},
        {"insertDimension": {"range": rows(0, 1), "inheritFromBefore": True}},
        {"insertDimension": {"range": rows(1001, 1002)}},
        {"deleteDimension": {"range": rows(0, 1000)}},
        {"deleteDimension": {"range": rows(0, 26, "COLUMNS")}},
        {"deleteDimension": {"range": rows(5, 5)}},
        {"deleteDimension": {"range": rows(0, 1, "DIAGONALS")}},
        {"moveDimension": {"source": rows(2, 5), "destinationIndex": 3}},
        {"moveDimension": {"source": rows(2, 5), "destinationIndex": 1001}},
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 0}},
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 10_000_000}},
        {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 18_253}},
        {"sortRange": {"range": area(0, 5, 0, 2), "sortSpecs": [{"dimensionIndex": 2}]}},
        {"addSheet": {"properties": {"title": "лист1"}}},
        {"addSheet": {"properties": {"sheetId": 0, "title": "Другой"}}},
        {"addSheet": {"properties": {"title": "Лёд", "gridProperties": {"rowCount": 1, "frozenRowCount": 1}}}},
        {"addSheet": {"properties": {"title": "Мир", "gridProperties": {"rowCount": 400_000, "columnCount": 26}}}},
        {"addSheet": {"properties": {"title": "Ноль", "gridProperties": {"rowCount": 0}}}},
        {"addSheet": {"properties": {"title": "Гора", "gridProperties": {"rowCount": 10**12}}}},
        {"insertDimension": {"range": rows(0, 10**12)}},
        {"deleteSheet": {"sheetId": 0}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "title": ""}, "fields": "title"}},
        {"updateSpreadsheetProperties": {"properties": {"locale": "xx_XX"}, "fields": "locale"}},
        {"setDataValidation": {"range": area(0, 1, 0, 1), "rule": {"strict": True}}},
        {
            "addProtectedRange": {
                "protectedRange": {"range": area(0, 1, 0, 1), "warningOnly": True, "editors": {"users": ["a"]}}
            }
        },
        {"addNamedRange": {"namedRange": {"name": "два слова", "range": area(0, 1, 0, 1)}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [area(0, 1, 0, 1)]}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [], "booleanRule": {}}}},
        {
            "setBasicFilter": {
                "filter": {"range": area(0, 2, 0, 1), "criteria": {"0": {"condition": {"type": "BLANK"}}}}
            }
        },
    ],
)
async def test_a_bad_request_is_400_with_a_reason_and_changes_nothing(request_: dict[str, Any]) -> None:
    async with desk(judged=False) as d:
        before = d.owner.revision
        refused = await d.try_batch(appended(text_row("x")), request_)
        error = error_of(refused)
        assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
        assert "requests[1]" in error["message"]
        assert (await d.get("A1"), d.owner.revision) == (None, before)


async def test_an_empty_batch_and_a_body_that_is_not_json_are_refused() -> None:
    async with desk(judged=False) as d:
        assert error_of(await d.try_batch())["message"] == "Must specify at least one request."
        answer = await d.ask("POST", ":batchUpdate", None)
        assert answer.status_code == 400
        assert (await d.ask("POST", ":paint", {})).status_code == 400
        assert (await d.ask("DELETE", "", None)).status_code == 400


async def test_an_unknown_spreadsheet_is_404_and_somebody_elses_403() -> None:
    async with desk() as d:
        d.google.forbidden.add(d.id)
        assert error_of(await d.ask("GET", "/values/A1"))["status"] == "PERMISSION_DENIED"
        d.id = "nobody"
        assert error_of(await d.ask("GET", "/values/A1")) == {
            "code": 404,
            "message": "Requested entity was not found.",
            "status": "NOT_FOUND",
        }


async def test_tabs_are_added_renamed_reordered_resized_frozen_and_deleted() -> None:
    async with desk() as d:
        grid = {"rowCount": 50, "columnCount": 3, "frozenRowCount": 1}
        look = {"sheetId": 5, "title": "Люди", "index": 0, "gridProperties": grid, "hidden": True}
        reply = (await d.batch({"addSheet": {"properties": look}}))["replies"][0]["addSheet"]["properties"]
        assert reply == {**look, "sheetType": "GRID"}
        assert d.owner.tabs() == ["Люди", "Лист1"]
        change = {"sheetId": 5, "title": "Пользователи", "index": 2, "gridProperties": {"columnCount": 4}}
        fields = "title,index,hidden,gridProperties.columnCount"
        await d.batch({"updateSheetProperties": {"properties": change, "fields": fields}})
        kept = (await d.sheet("sheets.properties"))["sheets"][1]["properties"]
        assert kept["gridProperties"] == {**grid, "columnCount": 4}
        assert (kept["title"], kept["index"], kept.get("hidden")) == ("Пользователи", 1, None)
        await d.batch({"deleteSheet": {"sheetId": 0}})
        assert d.owner.tabs() == ["Пользователи"]


async def test_a_new_tab_without_a_title_gets_the_next_free_one() -> None:
    async with desk() as d:
        await d.batch({"addSheet": {}}, {"addSheet": {}})
        assert d.owner.tabs() == ["Лист1", "Лист2", "Лист3"]


async def test_the_spreadsheets_own_properties_change() -> None:
    async with desk() as d:
        await d.put("A1", [[1.5]])
        properties = {"title": "Кафе", "locale": "en_US", "timeZone": "Asia/Omsk"}
        step = {"properties": properties, "fields": "title,locale,timeZone"}
        await d.batch({"updateSpreadsheetProperties": step})
        assert (await d.sheet("properties(title,locale,timeZone)"))["properties"] == properties
        assert await d.get("A1") == [["1.5"]]
