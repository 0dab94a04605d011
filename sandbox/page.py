"""The sandbox page: two phones, the spreadsheet, the scenario and the switches, in one window on this machine."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from nicegui import app, ui
from starlette.responses import Response

from core.errors import SettingError, TabletalkError
from core.schema import SCENARIO
from sandbox.page_phone import PhoneView
from sandbox.page_scenario import ScenarioView, Walk
from sandbox.page_sheet import SheetView
from sandbox.page_stage import Stage
from sandbox.page_status import StatusLine
from sandbox.page_trouble import TroubleView
from sandbox.world import SandboxWorld

_TITLE = "tabletalk — песочница"
_LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#0f766e"/>
<path d="M7 8h18a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H14l-5 4v-4H7a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2z" fill="#fff"/>
<path d="M9 12.5h14M9 16h14M9 19.5h9M14 11v9" stroke="#0f766e" stroke-width="1.6" stroke-linecap="round"/></svg>"""
_STYLES = ("page.css", "page_phone.css", "page_sheet.css", "page_scenario.css")
#: Seconds between looks at the revision counters.
_OFTEN, _SELDOM = 0.2, 0.5


def show(world: SandboxWorld, port: int) -> None:
    """Serve the page on 127.0.0.1 until Ctrl-C or SIGTERM. Raises `TabletalkError` when it cannot start."""
    _require_free(port)
    stage = Stage(world)
    failures: list[Exception] = []

    async def open_stage() -> None:
        try:
            await stage.open()
        except (OSError, RuntimeError) as error:
            failures.append(error)
            app.shutdown()
            return
        print(f"Откройте http://127.0.0.1:{port}", flush=True)

    # The server repeats a caught signal once it has closed everything; by then it must not kill us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    app.on_startup(open_stage)
    app.on_shutdown(stage.close)
    _serve_pictures(stage)
    ui.run(
        lambda: _root(stage),
        host="127.0.0.1",
        port=port,
        title=_TITLE,
        favicon=_LOGO,
        language="ru",
        reload=False,
        show=False,
        show_welcome_message=False,
        tailwind=False,
        timeout_graceful_shutdown=2,
    )
    if failures:
        raise TabletalkError(f"Песочница не запустилась: {failures[0]}")


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SettingError(f"Порт {port} занят.", f"Укажите другой, например: --port {port + 1}") from None


def _serve_pictures(stage: Stage) -> None:
    @app.get("/picture/{name}")
    def picture(name: str) -> Response:
        found = stage.gallery.picture(name)
        return Response(status_code=404) if found is None else Response(found, media_type="image/png")


def _root(stage: Stage) -> None:
    for style in _STYLES:
        ui.add_css(Path(__file__).with_name(style))
    with ui.element("main").classes("page") as main, ui.element("div").classes("splash"):
        ui.spinner("dots", size="48px")
        ui.label("Готовлю телефоны, таблицу и бота…")

    def begin() -> None:
        if stage.ready:
            waiting.deactivate()
            main.clear()
            with main:
                _Window(stage)

    waiting = ui.timer(0.1, begin)


class _Window:
    """One browser's view of the stage. Every part asks its own counter whether anything changed."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        with ui.element("header").classes("top"):
            _brand()
            self._status = StatusLine(stage)
        with ui.element("div").classes("left"):
            with ui.element("div").classes("phones"):
                self._phones = [PhoneView(seat, stage.gallery, "Фитнес-клуб") for seat in stage.seats.values()]
            self._troubles = TroubleView(stage.switches, stage.world.weather)
        book = stage.world.google.books[stage.world.sheet_id]
        with ui.element("div").classes("right"):
            self._sheet = SheetView(stage.world.owner, book)
            self._scenario = ScenarioView(stage.world.owner, lambda row: self._sheet.show_row(SCENARIO.title, row))
        self._walk = Walk()
        ui.timer(_OFTEN, self._often)
        ui.timer(_SELDOM, self._seldom)

    def _often(self) -> None:
        for phone in self._phones:
            phone.refresh()
        self._sheet.refresh()

    def _seldom(self) -> None:
        self._status.refresh()
        self._troubles.refresh()
        self._scenario.refresh()
        glimpse = self._stage.memory.look()
        seat = self._stage.talking(glimpse)
        if seat is not None:
            route = self._walk.route(self._scenario.scenario, seat.lane, glimpse.at, seat.said, seat.said_at)
            self._scenario.light(f"{seat.name} · {seat.messenger}", route)


def _brand() -> None:
    with ui.element("div").classes("brand"):
        ui.html(_LOGO, sanitize=False)
        with ui.element("div"):
            ui.label("tabletalk").classes("brand-name")
            ui.label("бот, которым управляет таблица").classes("brand-line")
