"""The judge itself: it must refuse what Google would refuse, or its silence would mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.google_desk import appended, text_row
from tests.contract.google_spec import check_answer, check_error, check_mask, check_request, method_of

BATCH = "spreadsheets.batchUpdate"


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/v4/spreadsheets/x", "spreadsheets.get"),
        ("POST", "/v4/spreadsheets/x:batchUpdate", BATCH),
        ("GET", "/v4/spreadsheets/x/values/%D0%9B!A1:B2", "spreadsheets.values.get"),
        ("POST", "/v4/spreadsheets/x/values/A1:append", "spreadsheets.values.append"),
        ("POST", "/v4/spreadsheets/x/values:batchUpdateByDataFilter", "spreadsheets.values.batchUpdateByDataFilter"),
        ("GET", "/v4/spreadsheets/x/developerMetadata/5", "spreadsheets.developerMetadata.get"),
    ],
)
def test_a_path_names_its_method(method: str, path: str, name: str) -> None:
    assert method_of(method, path) == name


@pytest.mark.parametrize(
    "body",
    [
        {"requests": [{"appendCell": {}}]},
        {"requests": [{"appendCells": {"sheetId": "0", "fields": "*"}}]},
        {"requests": [{"appendCells": {"sheetId": 2**31, "fields": "*"}}]},
        {"requests": [{"appendCells": {"sheetId": True, "fields": "*"}}]},
        {"requests": [appended({"values": [{"userEnteredValue": {"text": "x"}}]})]},
        {"requests": [appended({"values": text_row("x")})]},
        {"requests": [{"appendCells": {"fields": "userEnteredValues"}}]},
        {"requests": [{"appendCells": {"fields": ""}}]},
        {"requests": [{"deleteDimension": {"range": {"dimension": "LINES"}}}]},
        {"requests": {}},
        [],
    ],
)
def test_a_wrong_request_is_noticed(body: Any) -> None:
    with pytest.raises(AssertionError):
        check_request(BATCH, {}, body)


def test_wrong_parameters_and_answers_are_noticed() -> None:
    for query in ({"valueRenderOption": "PRETTY"}, {"render": "FORMULA"}, {"fields": "valueRange"}):
        with pytest.raises(AssertionError):
            check_request("spreadsheets.values.get", query, None)
    with pytest.raises(AssertionError):
        check_request("spreadsheets.get", {"includeGridData": "True"}, None)
    with pytest.raises(AssertionError):
        check_answer("spreadsheets.values.get", {"valuess": []})
    with pytest.raises(AssertionError):
        check_error(400, {"error": {"code": 400, "message": "x", "status": "Y", "errors": []}})
    with pytest.raises(AssertionError):
        method_of("DELETE", "/v4/spreadsheets/x")


def test_right_requests_and_masks_pass() -> None:
    check_request(
        BATCH,
        {"fields": "replies,updatedSpreadsheet.sheets(properties/title)"},
        {"requests": [appended(text_row("x"))]},
    )
    check_mask("sheets(properties(sheetId,title),data.rowData.values(userEnteredValue,note))", "Spreadsheet")
    check_mask("userEnteredFormat.textFormat.bold,note", "CellData")
    with pytest.raises(AssertionError):
        check_mask("sheets(properties(sheetId),title)", "Spreadsheet")
