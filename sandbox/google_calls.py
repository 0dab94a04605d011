"""Which call of the Sheets API a request is, and what it does to a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.google_batch import batch_update
from sandbox.google_book import Book, Content
from sandbox.google_errors import ApiError, InvalidError
from sandbox.google_grid import Json
from sandbox.google_masks import Mask, parse_mask, trimmed
from sandbox.google_pins import get_metadata, search_metadata
from sandbox.google_ranges_api import Reading, append, clear, read, read_filtered, totals, write, write_filtered
from sandbox.google_render import spreadsheet


@dataclass(frozen=True, slots=True)
class Call:
    """One parsed request. ``content`` is what reads see: the present, or the past when a stale read is on."""

    book: Book
    content: Content
    argument: str
    query: Mapping[str, Sequence[str]]
    body: Json

    def option(self, name: str, default: str = "") -> str:
        return (self.query.get(name) or [default])[-1]

    @property
    def mask(self) -> Mask:
        return parse_mask(self.option("fields"))

    def reading(self, source: Mapping[str, str] | None = None, prefix: str = "") -> Reading:
        """How values are wanted: from the query, or from a body where the names may have a prefix."""

        def chosen(name: str, default: str) -> str:
            key = prefix + name[0].upper() + name[1:] if prefix else name
            return self.option(key, default) if source is None else source.get(key, default)

        return Reading(
            chosen("valueRenderOption", "FORMATTED_VALUE"),
            chosen("dateTimeRenderOption", "SERIAL_NUMBER"),
            "ROWS" if prefix else chosen("majorDimension", "ROWS"),
        )


def _get(call: Call) -> Json:
    grid = call.option("includeGridData") == "true"
    return spreadsheet(call.book, call.content, call.query.get("ranges", []), grid, call.mask)


def _batch_update(call: Call) -> Json:
    return batch_update(call.book, call.body, call.mask)


def _values_get(call: Call) -> Json:
    return read(call.book, call.content, call.argument, call.reading())


def _values_batch_get(call: Call) -> Json:
    reading = call.reading()
    ranges = [read(call.book, call.content, text, reading) for text in call.query.get("ranges", [])]
    return {"spreadsheetId": call.book.id, **({"valueRanges": ranges} if ranges else {})}


def _values_batch_get_filtered(call: Call) -> Json:
    found = read_filtered(call.book, call.content, call.body.get("dataFilters", []), call.reading(call.body))
    return {"spreadsheetId": call.book.id, **({"valueRanges": found} if found else {})}


def _values_update(call: Call) -> Json:
    with call.book.change():
        written = write(call.book, call.argument, call.body, call.option("valueInputOption"))
    answer = {"spreadsheetId": call.book.id, **written.to_json()}
    if call.option("includeValuesInResponse") == "true":
        reading = call.reading(prefix="response")
        answer["updatedData"] = read(call.book, call.book.now, str(answer["updatedRange"]), reading)
    return answer


def _values_batch_update(call: Call) -> Json:
    option = call.body.get("valueInputOption", "")
    with call.book.change():
        written = [write(call.book, data.get("range", ""), data, option) for data in call.body.get("data", [])]
    responses = [{"spreadsheetId": call.book.id, **one.to_json()} for one in written]
    if call.body.get("includeValuesInResponse"):
        reading = call.reading(call.body, "response")
        for one in responses:
            one["updatedData"] = read(call.book, call.book.now, str(one["updatedRange"]), reading)
    return {"spreadsheetId": call.book.id, **totals(written), "responses": responses}


def _values_batch_update_filtered(call: Call) -> Json:
    """With ``includeValuesInResponse`` the answer shows the whole matched row, which proves where the values went."""
    option, reading = call.body.get("valueInputOption", ""), call.reading(call.body, "response")
    responses: list[Json] = []
    with call.book.change():
        done = [(data, write_filtered(call.book, data, option)) for data in call.body.get("data", [])]
    for data, written in done:
        for one in written:
            response = {"dataFilter": data["dataFilter"], **one.to_json()}
            if call.body.get("includeValuesInResponse"):
                response["updatedData"] = read(call.book, call.book.now, one.matched, reading)
            responses.append(response)
    every = [one for _, written in done for one in written]
    return {"spreadsheetId": call.book.id, **totals(every), **({"responses": responses} if responses else {})}


def _values_append(call: Call) -> Json:
    insert = call.option("insertDataOption", "OVERWRITE")
    if insert not in ("OVERWRITE", "INSERT_ROWS"):
        raise InvalidError(f"Invalid value at 'insert_data_option': \"{insert}\"")
    with call.book.change():
        answer = append(call.book, call.argument, call.body, call.option("valueInputOption"), insert)
    if call.option("includeValuesInResponse") == "true":
        updates, reading = answer["updates"], call.reading(prefix="response")
        updates["updatedData"] = read(call.book, call.book.now, updates["updatedRange"], reading)
    return {"spreadsheetId": call.book.id, **answer}


def _values_clear(call: Call) -> Json:
    with call.book.change():
        return {"spreadsheetId": call.book.id, "clearedRange": clear(call.book, call.argument)}


def _values_batch_clear(call: Call) -> Json:
    with call.book.change():
        cleared = [clear(call.book, text) for text in call.body.get("ranges", [])]
    return {"spreadsheetId": call.book.id, "clearedRanges": cleared}


def _metadata_get(call: Call) -> Json:
    return get_metadata(call.content, call.argument)


def _metadata_search(call: Call) -> Json:
    return search_metadata(call.content, call.body)


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of the API: its shape after the spreadsheet's id, and whether it counts as a write."""

    method: str
    shape: re.Pattern[str]
    run: Callable[[Call], Json]
    writes: bool = False

    def answer(self, call: Call) -> Json:
        try:
            result: Json = trimmed(self.run(call), call.mask)
        except (TypeError, AttributeError, KeyError) as problem:
            # A list where an object belongs and the like: the real service refuses it when it parses the message.
            raise InvalidError(f"Invalid JSON payload received. {type(problem).__name__}") from problem
        return result


_OPERATIONS = [
    Operation(method, re.compile(shape + r"\Z", re.DOTALL), run, writes)
    for method, shape, run, writes in (
        ("GET", r"", _get, False),
        ("POST", r":batchUpdate", _batch_update, True),
        ("GET", r"/values:batchGet", _values_batch_get, False),
        ("POST", r"/values:batchUpdate", _values_batch_update, True),
        ("POST", r"/values:batchClear", _values_batch_clear, True),
        ("POST", r"/values:batchGetByDataFilter", _values_batch_get_filtered, False),
        ("POST", r"/values:batchUpdateByDataFilter", _values_batch_update_filtered, True),
        ("POST", r"/values/(.+):append", _values_append, True),
        ("POST", r"/values/(.+):clear", _values_clear, True),
        ("GET", r"/values/(.+)", _values_get, False),
        ("PUT", r"/values/(.+)", _values_update, True),
        ("GET", r"/developerMetadata/(\d+)", _metadata_get, False),
        ("POST", r"/developerMetadata:search", _metadata_search, False),
    )
]


def operation(method: str, path: str) -> tuple[Operation, str, str]:
    """The operation, the spreadsheet's id and the argument of a path after ``/v4/spreadsheets/``."""
    match = re.match(r"[^/:]+", path)
    rest = path[match.end() :] if match else path
    for one in _OPERATIONS:
        found = one.shape.match(rest)
        if match and found and one.method == method:
            return one, match[0], found[1] if found.groups() else ""
    raise ApiError(400, f"The Google emulator does not know {method} {path}")
