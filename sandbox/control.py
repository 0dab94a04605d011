"""Drives an emulator from another process: phones, floods and faults, over loopback paths starting with ``/_``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

from aiohttp import web

from sandbox.emulator import Fault
from sandbox.phone import Phone

#: Finds or makes the phone of a person by platform id and name.
Phones = Callable[[int, str], Phone]
_Body = dict[str, Any]
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Controllable(Protocol):
    """What a messenger's emulator offers to its remote control."""

    faults: list[Fault]

    @property
    def sent(self) -> Collection[object]:
        """Messages of the bot accepted so far."""

    @property
    def received(self) -> int:
        """Updates the bot has acknowledged so far."""

    def flood(self, count: int, users: int) -> None:
        """Queue ``count`` messages from ``users`` people at once."""


def control_routes(emulator: Controllable, phones: Phones) -> list[web.RouteDef]:
    """The remote control of one emulator. A mistake in a request is answered 400 with its reason."""

    async def act(request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        await _do(phones(int(body["user"]), str(body.get("name") or "")), body)
        return _ok()

    async def show(request: web.Request) -> web.StreamResponse:
        return web.json_response(_screen(phones(int(request.query["user"]), "")))

    async def flood(request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        emulator.flood(int(body["count"]), int(body["users"]))
        return _ok()

    async def stats(request: web.Request) -> web.StreamResponse:
        return web.json_response({"sent": len(emulator.sent), "received": emulator.received})

    async def fault(request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        if body.get("kind") == "none":
            emulator.faults.clear()
        else:
            emulator.faults.append(Fault(**body))
        return _ok()

    return [
        web.post("/_phone", _polite(act)),
        web.get("/_phone", _polite(show)),
        web.post("/_flood", _polite(flood)),
        web.get("/_stats", stats),
        web.post("/_fault", _polite(fault)),
    ]


async def _do(phone: Phone, body: _Body) -> None:
    match body.get("do"):
        case "start":
            await phone.start(str(body.get("ref", "")))
        case "say":
            await phone.say(str(body["text"]))
        case "press":
            await phone.press(str(body["label"]))
        case "location":
            await phone.share_location(float(body["latitude"]), float(body["longitude"]))
        case "contact":
            await phone.share_contact(str(body["phone"]))
        case "send":
            await phone.send(str(body["what"]))
        case "block":
            phone.block()
        case other:
            raise ValueError(f"do: {other!r} is not start, say, press, location, contact, send or block")


def _screen(phone: Phone) -> dict[str, Any]:
    """What the person sees. Pictures go as their size: the bytes are of no use in JSON."""
    chat = [{**dataclasses.asdict(shown), "image": len(shown.image)} for shown in phone.chat]
    keyboard = [[dataclasses.asdict(button) for button in row] for row in phone.keyboard]
    return {"chat": chat, "keyboard": keyboard, "typing": phone.typing}


async def _json(request: web.Request) -> _Body:
    body = json.loads(await request.text())
    if not isinstance(body, dict):
        raise TypeError("a JSON object is expected")
    return body


def _polite(handler: _Handler) -> _Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": f"{type(error).__name__}: {error}"}, status=400)

    return answer


def _ok() -> web.Response:
    return web.json_response({"ok": True})
