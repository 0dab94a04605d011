"""spreadsheets.batchUpdate: a list of requests that all happen in order, or none of them does."""

from __future__ import annotations

from sandbox import google_cells, google_dimensions, google_pins, google_tabs
from sandbox.google_book import Book
from sandbox.google_errors import InvalidError, unknown_name
from sandbox.google_grid import Json
from sandbox.google_masks import Mask, below, wants
from sandbox.google_render import spreadsheet

KINDS = google_cells.KINDS | google_dimensions.KINDS | google_pins.KINDS | google_tabs.KINDS
MAX_REQUESTS = 100_000


def batch_update(book: Book, body: Json, mask: Mask) -> Json:
    """The replies, and the spreadsheet after the batch where the client asked for it."""
    requests = body.get("requests") or []
    if not requests:
        raise InvalidError("Must specify at least one request.")
    if len(requests) > MAX_REQUESTS:
        raise InvalidError(f"Cannot exceed {MAX_REQUESTS} requests in a single batch")
    with book.change():
        replies = [_run(book, place, request) for place, request in enumerate(requests)]
        answer: Json = {"spreadsheetId": book.id, "replies": replies}
        if body.get("includeSpreadsheetInResponse") and wants(mask, "updatedSpreadsheet"):
            grid = bool(body.get("responseIncludeGridData"))
            inside = below(mask, "updatedSpreadsheet")
            answer["updatedSpreadsheet"] = spreadsheet(book, book.now, body.get("responseRanges", []), grid, inside)
    return answer


def _run(book: Book, place: int, request: Json) -> Json:
    if len(request) != 1:
        raise InvalidError(f"Invalid requests[{place}]: exactly one kind of request must be set.")
    [(kind, body)] = request.items()
    if kind not in KINDS:
        raise unknown_name(kind, f"requests[{place}]")
    try:
        return KINDS[kind](book, body)
    except InvalidError as problem:
        raise InvalidError(f"Invalid requests[{place}].{kind}: {problem.message}") from problem
    except (TypeError, AttributeError, ValueError) as problem:
        # A field of a wrong type: the real service refuses it when it parses the message.
        raise InvalidError(f"Invalid requests[{place}].{kind}: {type(problem).__name__}") from problem
