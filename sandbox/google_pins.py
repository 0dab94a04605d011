"""Requests about developer metadata: create, update, delete, look up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.google_book import Book, Content
from sandbox.google_errors import ApiError, InvalidError
from sandbox.google_grid import Json, Tab
from sandbox.google_masks import write_mask
from sandbox.google_metadata import Metadata, check_storage, matches, place
from sandbox.google_ranges import Rect, open_rect


def create_metadata(book: Book, body: Json) -> Json:
    """The caller may choose the id; a taken one is refused and takes the whole batch with it."""
    message = body.get("developerMetadata", {})
    key, visibility = message.get("metadataKey", ""), message.get("visibility", "")
    if not key:
        raise InvalidError("Developer metadata must have a key.")
    if visibility not in ("DOCUMENT", "PROJECT"):
        raise InvalidError("Developer metadata must have a visibility.")
    number = message.get("metadataId") or book.now.fresh_id()
    if number <= 0:
        raise InvalidError("Developer metadata ids must be positive.")
    kind, sheet_id, index = place(message.get("location", {}))
    entry = Metadata(number, key, message.get("metadataValue", ""), visibility, kind, sheet_id, index)
    book.now.pin(entry)
    return {"createDeveloperMetadata": {"developerMetadata": entry.to_json()}}


def update_metadata(book: Book, body: Json) -> Json:
    known = ("metadataKey", "metadataValue", "location", "visibility")
    mask, message = write_mask(body.get("fields", ""), known), body.get("developerMetadata", {})
    changed: list[Json] = []
    for entry in _found_to_change(book, body.get("dataFilters", [])):
        fresh = entry
        if "metadataKey" in mask:
            fresh = fresh._replace(key=message.get("metadataKey", ""))
        if "metadataValue" in mask:
            fresh = fresh._replace(value=message.get("metadataValue", ""))
        if "visibility" in mask:
            fresh = fresh._replace(visibility=message.get("visibility", "DOCUMENT"))
        if "location" in mask:
            kind, sheet_id, index = place(message.get("location", {}))
            fresh = fresh._replace(kind=kind, sheet_id=sheet_id, line=index)
        check_storage([other for other in book.now.metadata.values() if other.id != entry.id], fresh)
        book.now.metadata[entry.id] = fresh
        changed.append(fresh.to_json())
    return {"updateDeveloperMetadata": {"developerMetadata": changed}}


def delete_metadata(book: Book, body: Json) -> Json:
    gone = _found_to_change(book, [body.get("dataFilter", {})])
    for entry in gone:
        del book.now.metadata[entry.id]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": [entry.to_json() for entry in gone]}}


def _found_to_change(book: Book, filters: list[Json]) -> list[Metadata]:
    found = select(book.now, filters)
    if not found and book.strict_lookups:
        raise InvalidError("No developer metadata matches the data filter.")
    return found


def select(content: Content, filters: list[Json]) -> list[Metadata]:
    """Metadata that any of the filters finds; a grid range finds what is pinned inside it."""
    ids = [one.get("developerMetadataLookup", {}).get("metadataId") for one in filters]
    if None in ids:
        candidates = list(content.metadata.values())
    else:  # hundreds of anchors looked up one by one must not cost their square
        candidates = [content.metadata[number] for number in dict.fromkeys(ids) if number in content.metadata]
    return [entry for entry in candidates if any(_found(content, one, entry) for one in filters)]


def _found(content: Content, one: Json, entry: Metadata) -> bool:
    if "developerMetadataLookup" in one:
        return matches(one["developerMetadataLookup"], entry)
    tab, rect = filtered_range(content, one)
    if entry.sheet_id != tab.sheet_id or entry.line is None:
        return False
    low, high = (rect.top, rect.bottom) if entry.kind == "ROW" else (rect.left, rect.right)
    return low <= entry.line < high


def filtered_range(content: Content, one: Json) -> tuple[Tab, Rect]:
    """The rectangle of an ``a1Range`` or ``gridRange`` filter."""
    if "a1Range" in one:
        tab, area = content.locate(one["a1Range"])
    elif "gridRange" in one:
        tab, area = content.tab(one["gridRange"].get("sheetId")), open_rect(one["gridRange"])
    else:
        raise InvalidError("A data filter must be set.")
    return tab, area.within(len(tab.rows), len(tab.columns))


def rectangles(content: Content, one: Json) -> list[tuple[Tab, Rect]]:
    """Every range a data filter matches: whole rows, columns or tabs where metadata is pinned to them."""
    if "developerMetadataLookup" not in one:
        return [filtered_range(content, one)]
    found: list[tuple[Tab, Rect]] = []
    for entry in select(content, [one]):
        if entry.sheet_id is None:
            continue
        tab = content.tab(entry.sheet_id)
        area = tab.bounds
        if entry.kind == "ROW" and entry.line is not None:
            area = area._replace(top=entry.line, bottom=entry.line + 1)
        elif entry.kind == "COLUMN" and entry.line is not None:
            area = area._replace(left=entry.line, right=entry.line + 1)
        found.append((tab, area))
    return found


def get_metadata(content: Content, number: str) -> Json:
    entry = content.metadata.get(int(number)) if number.isdigit() else None
    if entry is None:
        raise ApiError(404, f"No developer metadata with id {number} exists.")
    return entry.to_json()


def search_metadata(content: Content, body: Json) -> Json:
    filters: list[Json] = body.get("dataFilters", [])
    matched: list[dict[str, Any]] = []
    for entry in select(content, filters):
        why = [one for one in filters if _found(content, one, entry)]
        matched.append({"developerMetadata": entry.to_json(), "dataFilters": why})
    return {"matchedDeveloperMetadata": matched} if matched else {}


KINDS: dict[str, Callable[[Book, Json], Json]] = {
    "createDeveloperMetadata": create_metadata,
    "updateDeveloperMetadata": update_metadata,
    "deleteDeveloperMetadata": delete_metadata,
}
