"""The Google Sheets emulator: the real protocol over loopback, with quotas, tokens and faults of a bad day."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.emulator import Emulator, Fault
from sandbox.google_book import Book, Content
from sandbox.google_calls import Call, Operation, operation
from sandbox.google_control import control_routes
from sandbox.google_errors import ApiError, InvalidError, quota_exceeded
from sandbox.google_grid import BLANK, Json
from sandbox.google_masks import parse_mask, trimmed
from sandbox.google_owner import Owner
from sandbox.google_quota import Quota

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class _Late:
    """A write that was answered 503 and happens all the same, ``after`` more requests."""

    after: int
    operation: Operation
    call: Call


class GoogleEmulator(Emulator):
    """Sheets v4, the two Drive reads gspread knows, and the token endpoint of service accounts.

    Besides the common faults: `stale_reads` and `empty_reads` answer that many next reads with the revision before
    the last change, or with an empty grid; `delay_writes` lets writes land late; `between` runs before each request,
    so that the owner can do something between any two of them.
    """

    name = "google"

    def __init__(self, locale: str = "ru_RU", time_zone: str = "Europe/Moscow", open_access: bool = True) -> None:
        super().__init__()
        self.locale = locale
        self.time_zone = time_zone
        self.open_access = open_access  #: False: a bearer token issued by /token is required
        self.books: dict[str, Book] = {}
        self.forbidden: set[str] = set()  #: spreadsheets shared with somebody else: 403
        self.tokens: set[str] = set()
        self.revoked = False  #: True: the service account gets no more tokens
        self.quota = Quota()
        self.between: Callable[[], None] | None = None
        self.stale_reads = 0
        self.empty_reads = 0
        self._owners: dict[str, Owner] = {}
        self._late: list[_Late] = []
        self._delays: list[tuple[int, str]] = []

    def create(self, title: str) -> str:
        """A new spreadsheet with one tab, as the owner makes it in the browser; its id."""
        number = secrets.token_urlsafe(33)
        self.books[number] = Book(number, title, self.locale, self.time_zone)
        return number

    def owner(self, spreadsheet_id: str) -> Owner:
        """The owner's hands on this spreadsheet; always the same ones, so that undo works."""
        return self._owners.setdefault(spreadsheet_id, Owner(self.books[spreadsheet_id]))

    @property
    def reads(self) -> int:
        return self.quota.reads

    @property
    def writes(self) -> int:
        return self.quota.writes

    def delay_writes(self, times: int = 1, after: int = 1, match: str = "") -> None:
        """The next ``times`` writes are answered 503 and land just before the ``after``-th request that follows."""
        self._delays += [(after, match)] * times

    def land_late(self) -> None:
        """Let every delayed write happen now."""
        waiting, self._late = self._late, []
        for late in waiting:
            self._land(late)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/token", self._polite(self._token)),
            web.get("/drive/v3/files", self._polite(self._files)),
            web.get("/drive/v3/files/{id}", self._polite(self._file)),
            web.post("/v4/spreadsheets", self._polite(self._create)),
            web.route("*", "/v4/spreadsheets/{path:.+}", self._polite(self._sheets)),
            *control_routes(self),
        ]

    async def rejection(self, request: web.Request, fault: Fault) -> web.Response:
        if fault.status == 429:
            error = quota_exceeded("Read" if request.method == "GET" else "Write", self.quota.limit or 60)
        else:
            error = ApiError(fault.status)
        return web.json_response(error.body(), status=error.code)

    async def _answer(self, request: web.Request, handler: _Handler, fault: Fault | None) -> web.StreamResponse:
        if request.path.startswith("/v4/"):
            for late in self._late:
                late.after -= 1
            due = [late for late in self._late if late.after <= 0]
            self._late = [late for late in self._late if late.after > 0]
            for late in due:
                self._land(late)
            if self.between is not None:
                self.between()
        return await super()._answer(request, handler, fault)

    @staticmethod
    def _land(late: _Late) -> None:
        try:
            late.operation.answer(late.call)
        except ApiError:
            return  # it was refused when it arrived at last: nobody waits for the answer any more

    def _polite(self, handler: Callable[[web.Request], Awaitable[Json]]) -> _Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return web.json_response(await handler(request))
            except ApiError as error:
                return web.json_response(error.body(), status=error.code)

        return answer

    async def _sheets(self, request: web.Request) -> Json:
        what, number, argument = operation(request.method, request.match_info["path"])
        self._authorise(request)
        self.quota.take("write" if what.writes else "read")
        book = self._book(number)
        query = {name: request.query.getall(name) for name in request.query}
        call = Call(book, book.now if what.writes else self._sight(book), argument, query, await _json(request))
        if what.writes and self._delayed(request.path, what, call):
            raise ApiError(503)
        return what.answer(call)

    def _delayed(self, path: str, what: Operation, call: Call) -> bool:
        for place, (after, match) in enumerate(self._delays):
            if match in path:
                del self._delays[place]
                self._late.append(_Late(after, what, call))
                return True
        return False

    def _sight(self, book: Book) -> Content:
        """What a read sees: usually the present."""
        if self.stale_reads > 0:
            self.stale_reads -= 1
            return book.before
        if self.empty_reads > 0:
            self.empty_reads -= 1
            hollow = book.now.copy()
            for tab in hollow.tabs:
                tab.rows = [BLANK] * len(tab.rows)
            return hollow
        return book.now

    def _authorise(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not self.open_access and (scheme != "Bearer" or token not in self.tokens):
            raise ApiError(401)

    def _book(self, number: str) -> Book:
        if number not in self.books:
            raise ApiError(404)
        if number in self.forbidden:
            raise ApiError(403)
        return self.books[number]

    async def _create(self, request: web.Request) -> Json:
        raise ApiError(403)  # a service account has no storage: the owner makes the spreadsheet

    async def _files(self, request: web.Request) -> Json:
        self._authorise(request)
        files = [_file(book) for number, book in self.books.items() if number not in self.forbidden]
        return {"kind": "drive#fileList", "incompleteSearch": False, "files": files}

    async def _file(self, request: web.Request) -> Json:
        self._authorise(request)
        answer: Json = trimmed(_file(self._book(request.match_info["id"])), parse_mask(request.query.get("fields", "")))
        return answer

    async def _token(self, request: web.Request) -> Json:
        """OAuth for service accounts: a signed claim in, a bearer token for an hour out."""
        form = await request.post()
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            raise OAuthError("unsupported_grant_type", "Invalid grant_type")
        claim = _claim(str(form.get("assertion", "")))
        if self.revoked or not claim.get("iss") or not claim.get("scope"):
            raise OAuthError("invalid_grant", "Invalid grant: account not found")
        token = "ya29." + secrets.token_urlsafe(40)
        self.tokens.add(token)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}


class OAuthError(ApiError):
    """The token endpoint speaks another dialect than the API."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(400, description)
        self._error = error

    def body(self) -> Json:
        return {"error": self._error, "error_description": self.message}


def _claim(assertion: str) -> Json:
    """The payload of a JWT. The signature is not checked: the emulator holds nobody's public key."""
    try:
        payload = assertion.split(".")[1]
        claim = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, binascii.Error):
        claim = None
    if not isinstance(claim, dict):
        raise OAuthError("invalid_grant", "Invalid JWT")
    return claim


def _file(book: Book) -> Json:
    return {
        "kind": "drive#file",
        "id": book.id,
        "name": book.now.title,
        "mimeType": "application/vnd.google-apps.spreadsheet",
        "createdTime": "2026-01-01T00:00:00.000Z",
        "modifiedTime": "2026-01-01T00:00:00.000Z",  # Drive notices changes late; nothing may rely on it
    }


def _without_nulls(pairs: list[tuple[str, Any]]) -> Json:
    """A field that is null is a field that is not there; nulls in lists of values mean something and stay."""
    return {name: value for name, value in pairs if value is not None}


async def _json(request: web.Request) -> Json:
    text = await request.text()
    try:
        body = json.loads(text, object_pairs_hook=_without_nulls) if text.strip() else {}
    except ValueError as error:
        raise InvalidError(f"Invalid JSON payload received. {error}") from error
    if not isinstance(body, dict):
        raise InvalidError("Invalid JSON payload received. Root element must be a message.")
    return body
