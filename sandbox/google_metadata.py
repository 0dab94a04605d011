"""Developer metadata: notes a program pins to a spreadsheet, a tab, a row or a column, and how they are found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sandbox.google_errors import InvalidError

Json = dict[str, Any]
MAX_STORAGE = 30_000  #: characters of keys and values, for the spreadsheet and for each tab


class Metadata(NamedTuple):
    """``kind`` is SPREADSHEET, SHEET, ROW or COLUMN; ``line`` is the row or column it is pinned to."""

    id: int
    key: str
    value: str = ""
    visibility: str = "DOCUMENT"
    kind: str = "SPREADSHEET"
    sheet_id: int | None = None
    line: int | None = None

    @property
    def size(self) -> int:
        return len(self.key) + len(self.value)

    def location(self) -> Json:
        if self.kind == "SPREADSHEET":
            return {"locationType": self.kind, "spreadsheet": True}
        if self.kind == "SHEET" or self.line is None:
            return {"locationType": self.kind, "sheetId": self.sheet_id}
        dimension = {"sheetId": self.sheet_id, "dimension": self.kind + "S"}
        return {
            "locationType": self.kind,
            "dimensionRange": {**dimension, "startIndex": self.line, "endIndex": self.line + 1},
        }

    def to_json(self) -> Json:
        answer: Json = {"metadataId": self.id, "metadataKey": self.key}
        if self.value:
            answer["metadataValue"] = self.value
        return {**answer, "location": self.location(), "visibility": self.visibility}


def place(location: Json) -> tuple[str, int | None, int | None]:
    """kind, sheet id and index of a DeveloperMetadataLocation; only one row or column may be named."""
    if location.get("spreadsheet"):
        return "SPREADSHEET", None, None
    if "dimensionRange" in location:
        span = location["dimensionRange"]
        start, end = span.get("startIndex", 0), span.get("endIndex")
        if span.get("dimension") not in ("ROWS", "COLUMNS"):
            raise InvalidError("Invalid dimension")
        if end is None or end - start != 1:
            raise InvalidError("The dimension range of developer metadata must represent a single row or column.")
        return span["dimension"][:-1], span.get("sheetId", 0), start
    if "sheetId" in location:
        return "SHEET", location["sheetId"], None
    raise InvalidError("Developer metadata must have a location.")


def matches(lookup: Json, entry: Metadata) -> bool:
    """All given fields of a DeveloperMetadataLookup must agree."""
    wanted = {
        "metadataId": entry.id,
        "metadataKey": entry.key,
        "metadataValue": entry.value,
        "visibility": entry.visibility,
        "locationType": entry.kind,
    }
    if any(field in lookup and lookup[field] != value for field, value in wanted.items()):
        return False
    if "metadataLocation" not in lookup:
        return True
    kind, sheet_id, index = place(lookup["metadataLocation"])
    if lookup.get("locationMatchingStrategy") == "EXACT_LOCATION":
        return (kind, sheet_id, index) == (entry.kind, entry.sheet_id, entry.line)
    return _intersect(kind, sheet_id, index, entry)


def _intersect(kind: str, sheet_id: int | None, line: int | None, entry: Metadata) -> bool:
    """A row meets every column of its tab, but no other row."""
    if "SPREADSHEET" in (kind, entry.kind):
        return True
    return sheet_id == entry.sheet_id and (kind != entry.kind or line == entry.line)


def check_storage(entries: Iterable[Metadata], fresh: Metadata) -> None:
    """Google keeps 30,000 characters per spreadsheet and per tab."""
    used = sum(entry.size for entry in entries if entry.sheet_id == fresh.sheet_id)
    if used + fresh.size > MAX_STORAGE:
        raise InvalidError("Adding the requested developer metadata would exceed the allowed storage limit.")
