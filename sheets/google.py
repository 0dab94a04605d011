"""The shared table in Google Sheets: the only place that knows gspread, credentials and Google's errors."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import gspread
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from gspread.exceptions import APIError, NoValidUrlKeyFound
from gspread.urls import SPREADSHEET_URL
from gspread.utils import extract_id_from_url
from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter

from core.errors import SettingError
from core.values import Cell
from sheets import google_requests as build
from sheets.budget import Budget, Kind
from sheets.surface import (
    Capabilities,
    Fence,
    Grid,
    NewRows,
    RefusedError,
    RowPatch,
    SheetTab,
    TabExtension,
    TabPlan,
    UncertainError,
)

Json: TypeAlias = dict[str, Any]

#: Opening by key needs no access to the owner's Drive.
SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
_GOOGLE = "https://sheets.googleapis.com/"
_TYPED = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
_TAB_FIELDS = "sheets.properties(sheetId,title,sheetType,gridProperties(rowCount,columnCount))"
#: Answers that say the request was not applied; any other failure of a write leaves the question open.
_NOT_APPLIED = {
    400: ("Google не понял запрос.", ""),
    401: ("Google не узнал ключ.", "Проверьте GOOGLE_CREDENTIALS: нужен действующий ключ сервисного аккаунта."),
    403: ("Google не пускает бота в таблицу.", "Откройте доступ «Редактор» для {email}."),
    404: ("Таблица не найдена.", "Проверьте GOOGLE_SHEET_ID и откройте доступ «Редактор» для {email}."),
    429: ("Google просит делать запросы реже.", "Ничего не нужно: бот подождёт и продолжит."),
}
_QUOTED = re.compile(r'"[^"]*"?')
_SILENT = ("Google не отвечает.", "Ничего не нужно: бот помнит всё и повторит.")


class _Redirect(HTTPAdapter):
    """Sends Google's requests to another address: a proxy or an emulator."""

    def __init__(self, base: str) -> None:
        self._base = urlsplit(base)
        super().__init__()

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        asked = urlsplit(str(request.url))
        path = self._base.path.rstrip("/") + asked.path
        request.url = urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))
        return super().send(request, *args, **{**kwargs, "proxies": {}})


def read_credentials(text: str) -> Json:
    """The service account's key from GOOGLE_CREDENTIALS: JSON itself or a path to it. Its content is never shown."""
    example = 'Укажите путь к файлу ключа, например GOOGLE_CREDENTIALS=service-account.json, или сам JSON: {"type": …}.'
    try:
        key = json.loads(text if text.lstrip().startswith("{") else Path(text).expanduser().read_text("utf-8"))
    except OSError:
        raise SettingError("GOOGLE_CREDENTIALS: не могу прочитать файл ключа.", example) from None
    except ValueError:
        raise SettingError("GOOGLE_CREDENTIALS: это не JSON.", example) from None
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise SettingError("GOOGLE_CREDENTIALS: это не ключ сервисного аккаунта.", example)
    return key


def sheet_key(text: str) -> str:
    """The spreadsheet's id from GOOGLE_SHEET_ID, which people also fill with the address from the browser."""
    try:
        return str(extract_id_from_url(text))
    except NoValidUrlKeyFound:
        return text.strip()


def open_google(sheet_id: str, credentials: str = "", api_url: str = "", budget: Budget | None = None) -> GoogleSheet:
    """Prepare the surface from settings; nothing is sent yet. Without a key it speaks to an emulator only."""
    email = ""
    session = Session()
    if credentials:
        key = read_credentials(credentials)
        try:
            account = Credentials.from_service_account_info(key, scopes=SCOPES)  # type: ignore[no-untyped-call]
        except (ValueError, GoogleAuthError):
            raise SettingError("GOOGLE_CREDENTIALS: ключ повреждён.", "Скачайте новый ключ аккаунта.") from None
        email = account.service_account_email
        session = AuthorizedSession(account)  # type: ignore[no-untyped-call]
    elif not api_url:
        raise SettingError("GOOGLE_CREDENTIALS не задан.", "Например: GOOGLE_CREDENTIALS=service-account.json")
    if api_url:
        session.mount(_GOOGLE, _Redirect(api_url))
    client = gspread.Client(auth=None, session=session)  # type: ignore[arg-type]  # the session carries it
    client.set_timeout((5, 65))
    return GoogleSheet(client, sheet_key(sheet_id), email, budget or Budget())


class GoogleSheet:
    """`Surface` over one spreadsheet. Reads are retried here; a write whose answer is lost is settled by its fence."""

    capabilities = Capabilities(cell_max=50_000, rows_per_write=500, requests_per_minute=60)
    #: Pauses between attempts of one read, and how long all attempts together may take.
    pause, deadline, attempts = 0.5, 20.0, 3

    def __init__(self, client: gspread.Client, key: str, email: str, budget: Budget) -> None:
        self._http = client.http_client
        self._url = SPREADSHEET_URL % key
        self._email = email
        self.budget = budget

    def tabs(self) -> list[SheetTab]:
        answer = self._read(lambda: self._call("read", "get", "", params={"fields": _TAB_FIELDS}))
        properties = [sheet["properties"] for sheet in answer.get("sheets", [])]
        return [
            SheetTab(tab["sheetId"], tab["title"], grid["rowCount"], grid["columnCount"])
            for tab in properties
            if (grid := tab.get("gridProperties")) and tab.get("sheetType", "GRID") == "GRID"
        ]

    def read(self, titles: Sequence[str]) -> dict[str, Grid]:
        ranges = [build.quoted(title) for title in titles]
        if not ranges:
            return {}
        answer = self._read(lambda: self._call("read", "get", "/values:batchGet", params={**_TYPED, "ranges": ranges}))
        found = answer.get("valueRanges", [])
        if len(found) != len(titles):
            raise UncertainError("Google прислал не все вкладки.", _SILENT[1])
        return {title: Grid(_rows(values)) for title, values in zip(titles, found, strict=True)}

    def append(self, batches: Sequence[NewRows], fence: Fence) -> None:
        swept = [request for group in fence.sweep for request in build.sweep(group)]
        self._change([*swept, build.fence(fence, fence.digest), *(build.append(batch) for batch in batches)])

    def settle(self, fence: Fence) -> bool:
        try:
            self._change([build.fence(fence, build.VOID)])
        except RefusedError as error:
            if not error.bad_request:
                raise
            return self._mark(fence) == fence.digest
        return False

    def update(self, patches: Sequence[RowPatch]) -> list[bool]:
        if not patches:
            return []
        aims = dict(zip(random.sample(range(1, 2**31), len(patches)), patches, strict=True))
        self._change([*build.sweep(build.ANCHOR_KEY), *(build.anchor(patch, id_) for id_, patch in aims.items())])
        sound = {id_: aims[id_] for id_, row in self._look(aims).items() if _fits(row, aims[id_])}
        landed = self._aim(sound)
        return [id_ in landed for id_ in aims]

    def disarm(self) -> None:
        self._change(build.sweep(build.ANCHOR_KEY))

    def overwrite(self, rows: NewRows, height: int) -> None:
        self._change(build.overwrite(rows, height))

    def ensure(self, create: Sequence[TabPlan], extend: Sequence[TabExtension]) -> None:
        requests = [request for extension in extend for request in build.extend(extension)]
        for index, plan in enumerate(create):
            requests += build.create(plan, random.randint(1, 2**31 - 1), index)
        self._change(requests)

    def close(self) -> None:
        self._http.session.close()

    def _mark(self, fence: Fence) -> str:
        """What stands at the fence, "" when nothing does: it was refused for another reason than being taken."""
        try:
            mark = self._read(lambda: self._call("read", "get", f"/developerMetadata/{fence.id}"))
        except RefusedError as error:
            if error.status != 404:
                raise
            return ""
        return str(mark.get("metadataValue", ""))

    def _look(self, aims: dict[int, RowPatch]) -> dict[int, tuple[Cell, ...]]:
        """Each anchored row as it is now; nothing for a row that died, or for all when a header has changed."""
        headers = {patch.tab.key: patch.header for patch in aims.values()}
        filters: list[Json] = [{"gridRange": {"sheetId": key, "startRowIndex": 0, "endRowIndex": 1}} for key in headers]
        filters += [_by_anchor(id_) for id_ in aims]
        body = {**_TYPED, "dataFilters": filters}
        answer = self._call("read", "post", "/values:batchGetByDataFilter", body=body)
        rows: dict[int, tuple[Cell, ...]] = {}
        for match in answer.get("valueRanges", []):
            row = next(iter(_rows(match.get("valueRange", {}))), ())
            for asked in match.get("dataFilters", []):
                if "gridRange" in asked:
                    key = asked["gridRange"].get("sheetId", 0)
                    if row != headers[key]:
                        return {}
                else:
                    rows[asked["developerMetadataLookup"]["metadataId"]] = row
        return rows

    def _aim(self, aims: dict[int, RowPatch]) -> set[int]:
        """Write through the anchors: wherever the rows have moved by now, the values follow them."""
        if not aims:
            return set()
        data = [{"dataFilter": _by_anchor(id_), "values": [_sparse(patch)]} for id_, patch in aims.items()]
        body = {"valueInputOption": "RAW", "data": data}
        answer = self._call("write", "post", "/values:batchUpdateByDataFilter", body=body)
        filters = [response.get("dataFilter", {}) for response in answer.get("responses", [])]
        return {filter_["developerMetadataLookup"]["metadataId"] for filter_ in filters if filter_}

    def _change(self, requests: Sequence[build.Request]) -> None:
        if requests:
            self._call("write", "post", ":batchUpdate", body={"requests": list(requests)})

    def _read(self, once: Callable[[], Json]) -> Json:
        """Repeat a read that failed for no fault of ours, with growing random pauses, until the deadline."""
        give_up = time.monotonic() + self.deadline
        for attempt in range(1, self.attempts):
            try:
                return once()
            except UncertainError:
                pause = self.pause * 2**attempt * random.uniform(0.5, 1)
                if time.monotonic() + pause > give_up:
                    raise
                time.sleep(pause)
        return once()

    def _call(self, kind: Kind, method: str, path: str, params: Json | None = None, body: Json | None = None) -> Json:
        """One request, its answer as an object, its failure as `RefusedError` or `UncertainError`."""
        self.budget.spend(kind)
        try:
            answer = self._http.request(method, self._url + path, params=params, json=body).json()
        except APIError as error:
            raise self._translated(error.response.status_code, str(error.error.get("message", ""))) from None
        except RefreshError:
            raise RefusedError(*_NOT_APPLIED[401], status=401) from None
        except (RequestException, GoogleAuthError, ValueError) as error:
            raise UncertainError(_SILENT[0], f"{_SILENT[1]} ({type(error).__name__})") from None
        if not isinstance(answer, dict):
            raise UncertainError(*_SILENT)
        return answer

    def _translated(self, status: int, message: str) -> RefusedError | UncertainError:
        if status >= 500 or status == 408:
            return UncertainError(_SILENT[0], f"{_SILENT[1]} (HTTP {status})")
        what, fix = _NOT_APPLIED.get(status, _NOT_APPLIED[400])
        reason = _QUOTED.sub("…", message)[:200]  # Google may quote a cell, and cells do not belong in logs
        hint = fix.format(email=self._email or "сервисного аккаунта") or f"Ответ Google: {reason}"
        return RefusedError(what, hint, status=status)


def _rows(values: Json) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(row) for row in values.get("values", []))


def _by_anchor(id_: int) -> Json:
    return {"developerMetadataLookup": {"metadataId": id_}}


def _fits(row: tuple[Cell, ...], patch: RowPatch) -> bool:
    return all((row[place] if place < len(row) else "") == cell for place, cell in patch.expected.items())


def _sparse(patch: RowPatch) -> list[Cell]:
    """The row with nulls for the cells to leave alone."""
    return [patch.values.get(place) for place in range(max(patch.values) + 1)]
