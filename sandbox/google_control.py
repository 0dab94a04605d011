"""Drives the Google emulator from another process: the owner's hands, figures and faults over paths starting ``/_``."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from sandbox.emulator import Fault
from sandbox.google_errors import ApiError
from sandbox.google_owner import Owner

_Body = dict[str, Any]
_Handler = Callable[[_Body], Any]

#: What the owner may be asked to do; the other keys of the request are the arguments.
ACTIONS = (
    "add_tab",
    "append_row",
    "choices",
    "clear_filter",
    "copy_row",
    "delete_column",
    "delete_row",
    "delete_tab",
    "filter",
    "find",
    "headers",
    "hide_row",
    "insert_column",
    "insert_row",
    "move_column",
    "move_row",
    "note",
    "read",
    "rename_header",
    "rename_tab",
    "set",
    "sort",
    "tabs",
    "undo",
)


class Controllable(Protocol):
    """What the remote control needs of the emulator."""

    faults: list[Fault]

    def create(self, title: str) -> str: ...

    def owner(self, spreadsheet_id: str) -> Owner: ...

    @property
    def reads(self) -> int: ...

    @property
    def writes(self) -> int: ...


def control_routes(emulator: Controllable) -> list[web.RouteDef]:
    """The remote control. A mistake in a request is answered 400 with its reason."""

    def create(body: _Body) -> str:
        return emulator.create(str(body["title"]))

    def owner(body: _Body) -> Any:
        """``{"sheet": id, "do": "set", "tab": …}`` calls that method of the owner."""
        hands, action = emulator.owner(str(body.pop("sheet"))), str(body.pop("do"))
        if action not in ACTIONS:
            raise ValueError(f"do: {action!r} is not one of {', '.join(ACTIONS)}")
        return getattr(hands, action)(**body)

    def stats(body: _Body) -> _Body:
        return {"reads": emulator.reads, "writes": emulator.writes}

    def fault(body: _Body) -> None:
        if body.get("kind") == "none":
            emulator.faults.clear()
        else:
            emulator.faults.append(Fault(**body))

    return [
        web.post("/_sheet", _polite(create)),
        web.post("/_owner", _polite(owner)),
        web.get("/_stats", _polite(stats)),
        web.post("/_fault", _polite(fault)),
    ]


def _polite(handler: _Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.text() or "{}")
            return web.json_response({"ok": True, "result": handler(body)})
        except (ApiError, AttributeError, KeyError, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": f"{type(error).__name__}: {error}"}, status=400)

    return answer
