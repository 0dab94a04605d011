"""The real gspread at work: what the library does by itself must work as at Google."""

from __future__ import annotations

import gspread
import pytest

from tests.contract.google_desk import desk


async def test_gspread_opens_reads_and_writes() -> None:
    def work(book: gspread.Spreadsheet) -> list[list[str]]:
        assert (book.title, book.locale, book.timezone) == ("Клуб", "ru_RU", "Europe/Moscow")
        sheet = book.sheet1
        sheet.update([["Имя", "Вес"], ["Аня", "55,5"]], "A1", value_input_option="USER_ENTERED")
        sheet.append_rows([["Боря", 80]], table_range="A1")
        sheet.update_cell(3, 1, "Борис")
        assert sheet.find("Борис").row == 3
        assert sheet.acell("B2", value_render_option="UNFORMATTED_VALUE").value == 55.5
        return sheet.get_all_values()

    async with desk() as d:
        assert await d.with_gspread(work) == [["Имя", "Вес"], ["Аня", "55,5"], ["Борис", "80"]]


async def test_gspread_shapes_tabs() -> None:
    def work(book: gspread.Spreadsheet) -> list[str]:
        sheet = book.add_worksheet("Люди", rows=20, cols=5)
        sheet.insert_rows([["Имя"], ["б"], ["а"]], row=1)
        sheet.freeze(rows=1)
        sheet.format("A1", {"textFormat": {"bold": True}})
        sheet.sort((1, "asc"), range="A2:A3")
        sheet.delete_rows(3)
        sheet.resize(rows=30)
        assert (sheet.row_count, sheet.frozen_row_count) == (30, 1)
        copy = sheet.duplicate(new_sheet_name="Копия")
        book.del_worksheet(book.worksheet("Лист1"))
        assert copy.col_values(1) == ["Имя", "а"]
        return [one.title for one in book.worksheets()]

    async with desk() as d:
        assert sorted(await d.with_gspread(work)) == ["Копия", "Люди"]


async def test_gspread_reads_notes_filters_and_named_ranges() -> None:
    def work(book: gspread.Spreadsheet) -> None:
        sheet = book.sheet1
        sheet.update([["Имя"], ["а"], ["б"]], "A1")
        sheet.update_note("A2", "осторожно")
        sheet.set_basic_filter("A1:A3")
        sheet.clear_basic_filter()
        sheet.define_named_range("A2:A3", "имена")
        sheet.add_protected_range("A1:A1", warning_only=True)
        sheet.hide_rows(1, 2)
        sheet.merge_cells("B1:C1")
        sheet.batch_clear(["A3"])
        assert sheet.get_note("A2") == "осторожно"
        assert book.values_get("имена")["values"] == [["а"]]
        assert [one["name"] for one in book.list_named_ranges()] == ["имена"]
        assert book.list_protected_ranges(sheet.id)[0]["warningOnly"] is True

    async with desk() as d:
        await d.with_gspread(work)


async def test_drive_lists_the_file_and_creating_one_is_forbidden() -> None:
    async with desk() as d:

        def work(book: gspread.Spreadsheet) -> None:
            client = gspread.Client(auth=None, session=d.session)
            assert [one["id"] for one in client.list_spreadsheet_files()] == [d.id]
            assert client.open("Клуб").id == d.id
            assert book.get_lastUpdateTime()
            with pytest.raises(gspread.SpreadsheetNotFound):
                client.open_by_key("nobody")
            refused = d.session.post("https://sheets.googleapis.com/v4/spreadsheets", json={}, timeout=10)
            assert refused.status_code == 403

        await d.with_gspread(work)


async def test_gspread_reports_a_refusal_as_an_api_error() -> None:
    def work(book: gspread.Spreadsheet) -> str:
        with pytest.raises(gspread.exceptions.APIError) as caught:
            book.values_get("Нет такого листа!A1")
        return str(caught.value)

    async with desk() as d:
        assert "Unable to parse range: Нет такого листа!A1" in await d.with_gspread(work)
