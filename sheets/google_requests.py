"""Builds the requests of Google's spreadsheets.batchUpdate: typed values, fences, anchors, structure. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from core.schema import ID_COLUMN, Column, Type
from core.values import Cell
from sheets.surface import Fence, NewRows, RowPatch, TabExtension, TabPlan

Request: TypeAlias = dict[str, Any]

#: Row anchors of updates in flight: they follow their row through every sort, insert and delete.
ANCHOR_KEY = "tabletalk-aim"
#: The value of a fence put up only to learn whether its append had happened.
VOID = "void"

_FORMATS: dict[Type, dict[str, str]] = {
    Type.DATE: {"type": "DATE", "pattern": "dd.mm.yyyy"},
    Type.DATETIME: {"type": "DATE_TIME", "pattern": "dd.mm.yyyy hh:mm"},
    Type.NUMBER: {},
    Type.MONEY: {"type": "NUMBER", "pattern": "#,##0.00"},
}
_TEXT_FORMAT = {"type": "TEXT", "pattern": "@"}  # keeps «007» and «1-2» as the owner types them
_FLAG_CHOICES = ("да", "нет")


def quoted(title: str) -> str:
    """A tab's title as a range: quotes keep «Sheet1» or «A1» from being read as something else."""
    return "'" + title.replace("'", "''") + "'"


def typed(value: Cell) -> Request:
    """One cell as Google stores it, never parsed: a text beginning with "=" stays a text."""
    if value is None or value == "":
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, (int, float)):
        return {"userEnteredValue": {"numberValue": value}}
    return {"userEnteredValue": {"stringValue": value}}


def number_format(column: Column | None) -> dict[str, str]:
    """How a column shows its values; {} leaves it to Google."""
    return _FORMATS.get(column.type, _TEXT_FORMAT) if column is not None else {}


def rows_data(columns: Sequence[Column | None], rows: Sequence[Sequence[Cell]]) -> list[Request]:
    """Rows with their formats, for new places that inherit none."""
    formats = [number_format(column) for column in columns]
    return [{"values": [_formatted(value, formats[place]) for place, value in enumerate(row)]} for row in rows]


def _formatted(value: Cell, shown: dict[str, str]) -> Request:
    return {**typed(value), "userEnteredFormat": {"numberFormat": shown}} if shown else typed(value)


_NEW_FIELDS = "userEnteredValue,userEnteredFormat.numberFormat"


def fence(mark: Fence, value: str) -> Request:
    """Claim the fence: Google refuses a second claim of the same id, and the whole batch with it."""
    return _metadata(mark.group, value, {"spreadsheet": True}, mark.id)


def sweep(key: str) -> list[Request]:
    """Delete all marks of one key. One is made first, because deleting nothing may count as an error."""
    lookup = {"developerMetadataLookup": {"metadataKey": key}}
    return [_metadata(key, "-", {"spreadsheet": True}), {"deleteDeveloperMetadata": {"dataFilter": lookup}}]


def append(batch: NewRows) -> Request:
    """New rows below the last row that holds anything."""
    rows = rows_data(batch.columns, batch.rows)
    return {"appendCells": {"sheetId": batch.tab.key, "rows": rows, "fields": _NEW_FIELDS}}


def anchor(patch: RowPatch, id_: int) -> Request:
    """Pin a mark to a row."""
    rows = {"sheetId": patch.tab.key, "dimension": "ROWS", "startIndex": patch.number - 1, "endIndex": patch.number}
    return _metadata(ANCHOR_KEY, "-", {"dimensionRange": rows}, id_)


def _metadata(key: str, value: str, location: Request, id_: int | None = None) -> Request:
    mark: Request = {
        "metadataKey": key,
        "metadataValue": value,
        "location": location,
        "visibility": "DOCUMENT",
    }
    if id_ is not None:
        mark["metadataId"] = id_
    return {"createDeveloperMetadata": {"developerMetadata": mark}}


def overwrite(rows: NewRows, height: int) -> list[Request]:
    """Write the bot's columns from row 2 on and blank what stood below; the owner's own columns are not touched."""
    blank = [("",) * len(rows.columns)] * max(0, height - len(rows.rows))
    content = [*rows.rows, *blank]
    if not content:
        return []
    more = 1 + len(content) - rows.tab.rows
    requests = [_grow(rows.tab.key, "ROWS", more)] if more > 0 else []
    for place, column in enumerate(rows.columns):
        if column is not None:
            start = {"sheetId": rows.tab.key, "rowIndex": 1, "columnIndex": place}
            data = rows_data([column], [(row[place],) for row in content])
            requests.append({"updateCells": {"start": start, "rows": data, "fields": _NEW_FIELDS}})
    return requests


def create(plan: TabPlan, key: int, index: int) -> list[Request]:
    """A new tab with its frozen header, formats and first rows."""
    grid = {"rowCount": max(1000, len(plan.rows) + 100), "columnCount": max(26, len(plan.columns)), "frozenRowCount": 1}
    properties: Request = {"sheetId": key, "title": plan.title, "index": index, "gridProperties": grid}
    if plan.reuse is None:
        first: Request = {"addSheet": {"properties": properties}}
    else:
        key = properties["sheetId"] = plan.reuse.key
        kept = {"rowCount": max(grid["rowCount"], plan.reuse.rows), "frozenRowCount": 1}
        properties["gridProperties"] = {**kept, "columnCount": max(grid["columnCount"], plan.reuse.columns)}
        first = {"updateSheetProperties": {"properties": properties, "fields": "title,index,gridProperties"}}
    start = {"sheetId": key, "rowIndex": 1, "columnIndex": 0}
    content: Request = {"start": start, "rows": rows_data(plan.columns, plan.rows), "fields": _NEW_FIELDS}
    return [
        first,
        *_columns(key, 0, plan.columns),
        *([{"updateCells": content}] if plan.rows else []),
        _protect({"sheetId": key, "startRowIndex": 0, "endRowIndex": 1}, "Заголовки столбцов: бот узнаёт их по тексту"),
    ]


def extend(extension: TabExtension) -> list[Request]:
    """New columns to the right of what is there."""
    more = extension.at + len(extension.columns) - extension.tab.columns
    grown = [_grow(extension.tab.key, "COLUMNS", more)] if more > 0 else []
    return [*grown, *_columns(extension.tab.key, extension.at, extension.columns)]


def _columns(key: int, at: int, columns: Sequence[Column]) -> list[Request]:
    header = [{**typed(column.name), "userEnteredFormat": {"textFormat": {"bold": True}}} for column in columns]
    start = {"sheetId": key, "rowIndex": 0, "columnIndex": at}
    fields = "userEnteredValue,userEnteredFormat.textFormat.bold"
    requests: list[Request] = [{"updateCells": {"start": start, "rows": [{"values": header}], "fields": fields}}]
    for place, column in enumerate(columns, start=at):
        requests += _column(key, place, column)
    return requests


def _column(key: int, place: int, column: Column) -> list[Request]:
    span = {"sheetId": key, "dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
    looks = {"pixelSize": column.width, "hiddenByUser": column.hidden}
    below = {"sheetId": key, "startRowIndex": 1, "startColumnIndex": place, "endColumnIndex": place + 1}
    size = {"range": span, "properties": looks, "fields": "pixelSize,hiddenByUser"}
    requests: list[Request] = [{"updateDimensionProperties": size}]
    shown = number_format(column)
    if shown:
        cell = {"userEnteredFormat": {"numberFormat": shown}}
        requests.append({"repeatCell": {"range": below, "cell": cell, "fields": "userEnteredFormat.numberFormat"}})
    choices = _FLAG_CHOICES if column.type is Type.FLAG else column.choices
    if choices:
        requests.append({"setDataValidation": {"range": below, "rule": _dropdown(choices)}})
    if column.name == ID_COLUMN:
        requests.append(_protect(below, "Ключи строк: по ним бот узнаёт строку, куда бы вы её ни перенесли"))
    return requests


def _dropdown(choices: Sequence[str]) -> Request:
    """Not strict: a word outside the list gets a note from the bot, not a refusal from Google."""
    values = [{"userEnteredValue": choice} for choice in choices]
    return {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": False, "showCustomUi": True}


def _protect(span: Request, why: str) -> Request:
    return {"addProtectedRange": {"protectedRange": {"range": span, "description": why, "warningOnly": True}}}


def _grow(key: int, dimension: str, length: int) -> Request:
    return {"appendDimension": {"sheetId": key, "dimension": dimension, "length": length}}
