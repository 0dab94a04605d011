"""A desk to work at the Google emulator with real clients; the discovery document looks over every exchange."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import gspread
import requests
from requests.adapters import HTTPAdapter

from sandbox.google import GoogleEmulator
from sandbox.google_owner import Owner
from tests.contract.google_spec import check_exchange

Json = dict[str, Any]
T = TypeVar("T")
SHEETS = "https://sheets.googleapis.com"


class ToLocal(HTTPAdapter):
    """Sends what is addressed to Google to the emulator instead."""

    def __init__(self, base: str) -> None:
        self._base = urlsplit(base)
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = urlsplit(str(request.url))
        request.url = urlunsplit((self._base.scheme, self._base.netloc, url.path, url.query, ""))
        return super().send(request, *args, **kwargs)


def redirected(session: requests.Session, base: str) -> requests.Session:
    for host in (SHEETS + "/", "https://www.googleapis.com/"):
        session.mount(host, ToLocal(base))
    return session


@dataclass(slots=True)
class Desk:
    """One spreadsheet, its owner, and a session that behaves like a client of Google."""

    google: GoogleEmulator
    id: str
    owner: Owner
    session: requests.Session

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        """A raw request; ``path`` follows the spreadsheet's id."""
        url = f"{SHEETS}/v4/spreadsheets/{self.id}{path}"
        return await asyncio.to_thread(self.session.request, method, url, json=body, params=query, timeout=20)

    async def get(self, text: str, **query: Any) -> Any:
        """Values of a range, None when the answer has no such key."""
        answer = await self.ask("GET", f"/values/{quote(text)}", **query)
        assert answer.status_code == 200, answer.text
        return answer.json().get("values")

    async def raw(self, text: str) -> Any:
        """Values as the bot reads them."""
        return await self.get(text, valueRenderOption="UNFORMATTED_VALUE")

    async def put(self, text: str, values: list[list[Any]], option: str = "RAW") -> Json:
        answer = await self.ask("PUT", f"/values/{quote(text)}", {"values": values}, valueInputOption=option)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def batch(self, *steps: Json, **options: Any) -> Json:
        """A batchUpdate that succeeds."""
        answer = await self.try_batch(*steps, **options)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def try_batch(self, *steps: Json, **options: Any) -> requests.Response:
        return await self.ask("POST", ":batchUpdate", {"requests": list(steps), **options})

    async def sheet(self, fields: str = "*", **query: Any) -> Json:
        answer = await self.ask("GET", "", fields=fields, **query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def rows_of(self, key: str) -> dict[int, int]:
        """Where the rows marked with this metadata key are now: id -> row index."""
        look_up = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": key}}]}
        answer = await self.ask("POST", "/developerMetadata:search", look_up)
        found = [one["developerMetadata"] for one in answer.json().get("matchedDeveloperMetadata", [])]
        return {one["metadataId"]: one["location"]["dimensionRange"]["startIndex"] for one in found}

    async def with_gspread(self, work: Callable[[gspread.Spreadsheet], T]) -> T:
        """Run ``work`` on the spreadsheet opened by the real library."""

        def run() -> T:
            client = gspread.Client(auth=None, session=self.session)
            client.set_timeout(20)
            return work(client.open_by_key(self.id))

        return await asyncio.to_thread(run)


def _judge(response: requests.Response, *_: Any, **__: Any) -> None:
    """Every exchange of the Sheets API is checked against the discovery document, also in tests about other things."""
    sent = response.request
    url = urlsplit(str(sent.url))
    if not url.path.startswith("/v4/") or "json" not in response.headers.get("Content-Type", ""):
        return
    body = sent.body.decode() if isinstance(sent.body, bytes) else sent.body or ""
    query: Mapping[str, Any] = {k: v[0] if len(v) == 1 else v for k, v in parse_qs(url.query).items()}
    check_exchange(
        str(sent.method), url.path, query, "" if body == "null" else body, response.status_code, response.text
    )


@asynccontextmanager
async def desk(judged: bool = True, **settings: Any) -> AsyncIterator[Desk]:
    """A running emulator with one spreadsheet «Клуб». ``judged`` False: for requests that are wrong on purpose."""
    google = GoogleEmulator(**settings)
    await google.start()
    session = redirected(requests.Session(), google.url)
    if judged:
        session.hooks["response"] = [_judge]
    number = google.create("Клуб")
    try:
        yield Desk(google, number, google.owner(number), session)
    finally:
        session.close()
        await google.stop()


def text_row(*texts: str) -> Json:
    """A RowData of typed strings."""
    return {"values": [{"userEnteredValue": {"stringValue": text}} for text in texts]}


def appended(*rows: Json, sheet: int = 0) -> Json:
    return {"appendCells": {"sheetId": sheet, "rows": list(rows), "fields": "userEnteredValue"}}


def fence(number: int, value: str = "") -> Json:
    """Claim a metadata id: the second claim of the same number is refused with its whole batch."""
    location = {"spreadsheet": True}
    entry = {"metadataId": number, "metadataKey": "f", "metadataValue": value or "1", "visibility": "DOCUMENT"}
    return {"createDeveloperMetadata": {"developerMetadata": {**entry, "location": location}}}


def anchor(number: int, row: int, key: str = "a", sheet: int = 0) -> Json:
    """Pin metadata to a row."""
    span = {"sheetId": sheet, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
    entry = {"metadataId": number, "metadataKey": key, "visibility": "DOCUMENT", "location": {"dimensionRange": span}}
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def rows(start: int, end: int, dimension: str = "ROWS") -> Json:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def area(top: int, bottom: int, left: int, right: int) -> Json:
    keys = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    return {"sheetId": 0, **dict(zip(keys, (top, bottom, left, right), strict=True))}


def error_of(response: requests.Response) -> Json:
    """The error of a refusal."""
    assert response.status_code >= 400, response.text
    return dict(json.loads(response.text)["error"])
