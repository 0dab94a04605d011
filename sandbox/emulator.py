"""The common ground of all emulators: a loopback HTTP server with a request journal and fault switches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

#: What a fault does to the next matching request:
#: reject — answer the vendor's own error, nothing applied; drop — apply, then cut the connection without an answer;
#: delay — wait ``seconds``, then answer normally; hang — never answer (until the client gives up);
#: html — a proxy's HTML page with ``status``; garbage — 200 with a body that is not JSON; empty — 200 with no body.
FaultKind = Literal["reject", "drop", "delay", "hang", "html", "garbage", "empty"]


_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Fault:
    """A switched-on fault. ``match`` is a part of the request path ("" = any); ``times`` -1 = until cleared."""

    kind: FaultKind
    match: str = ""
    times: int = 1
    status: int = 500
    seconds: float = 0.0
    code: int = 0  #: the vendor's own error code, where it has one


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, kept for tests and for the page."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    body: str
    status: int
    answer: str


class Emulator:
    """Base of every emulator: subclasses add routes in `routes` and keep their state in plain attributes.

    The server binds 127.0.0.1 only.
    """

    name = "emulator"

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.journal: deque[Exchange] = deque(maxlen=2000)
        self.url = ""
        self._runner: web.AppRunner | None = None

    def routes(self) -> list[web.RouteDef]:
        """The vendor's paths. Anything else is answered 400 by `_unknown`, never with silence."""
        raise NotImplementedError(self.name)

    async def rejection(self, request: web.Request, fault: Fault) -> web.Response:
        """The vendor's own error body for a `reject` fault."""
        return web.json_response({"error": fault.status}, status=fault.status)

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1:port (0 = any free); return the base address without a trailing slash."""
        app = web.Application(middlewares=[self._middleware], client_max_size=64 * 2**20)
        app.add_routes(self.routes())
        app.router.add_route("*", "/{tail:.*}", self._unknown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"
        return self.url

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def take_fault(self, path: str) -> Fault | None:
        """The fault to apply to this request, used up if it was for a number of times."""
        if path.startswith("/_"):  # our own remote control is never faulty
            return None
        for fault in self.faults:
            if fault.match in path and fault.times != 0:
                fault.times -= fault.times > 0
                return fault
        return None

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": f"{self.name} emulator does not know {request.path}"}, status=400)

    @web.middleware
    async def _middleware(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        fault = self.take_fault(request.path)
        response = await self._answer(request, handler, fault)
        if request.content_type.startswith("multipart/"):
            body = "<multipart>"
        else:
            body = (await request.text()) if request.body_exists else ""
        text = response.text if isinstance(response, web.Response) and response.content_type != "image/png" else ""
        self.journal.append(
            Exchange(
                asyncio.get_running_loop().time(),
                request.method,
                request.path,
                dict(request.query),
                body,
                response.status,
                text or "",
            )
        )
        if fault is not None and fault.kind == "drop" and request.transport is not None:
            request.transport.close()
        return response

    async def _answer(self, request: web.Request, handler: _Handler, fault: Fault | None) -> web.StreamResponse:
        if fault is None or fault.kind == "drop":
            return await handler(request)
        if fault.kind == "reject":
            return await self.rejection(request, fault)
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return await handler(request)
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds or 3600)
        bodies = {"html": "<html><body>502 Bad Gateway</body></html>", "garbage": '{"cut off', "empty": ""}
        status = fault.status if fault.kind == "html" else 200
        kind = "text/html" if fault.kind == "html" else "application/json"
        return web.Response(text=bodies.get(fault.kind, ""), status=status, content_type=kind)
