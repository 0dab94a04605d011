"""The line at the top of the page: what was accepted, answered and lost, how far the sheet lags, Google's budget."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

from nicegui import ui

from sandbox.page_stage import Stage

#: Google lets a project do this many reads and this many writes a minute.
_BUDGET = 60
#: Later than this the sheet is behind; the bot looks into it every few seconds.
_BEHIND = 15.0

Mood = Literal["", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name. ``share`` of a bar from 0 to 1, None draws no bar."""

    title: str
    value: str
    mood: Mood = ""
    about: str = ""
    share: float | None = None


def figures(status: dict[str, Any], reads: int, writes: int, now: float) -> list[Figure]:
    """Everything the line shows, from the bot's own report and from Google's own counters."""
    counts: dict[str, int] = status.get("counts") or {}
    accepted, answered = counts.get("accepted", 0), counts.get("answered", 0)
    lost = max(0, accepted - answered - counts.get("waiting", 0))
    sheet: dict[str, Any] = status.get("sheet") or {}
    queue = counts.get("waiting", 0) + counts.get("unsent", 0) + sheet.get("queue", 0)
    parts = f"ждут ответа: {counts.get('waiting', 0)}, отправки: {counts.get('unsent', 0)}"
    return [
        Figure("Принято", str(accepted), about="Сообщений людей, записанных ботом на диск."),
        Figure("Отвечено", str(answered), "good" if accepted else "", "Из них получили ответ."),
        Figure("Потеряно", str(lost), "bad" if lost else "", "Остались без ответа. Здесь всегда должен быть ноль."),
        Figure("В очереди", str(queue), "warn" if queue else "", f"{parts}, таблицы: {sheet.get('queue', 0)}."),
        _lag(sheet, now),
        Figure("Google: чтение", f"{reads} / {_BUDGET}", _spent(reads), "Запросов за минуту.", reads / _BUDGET),
        Figure("Google: запись", f"{writes} / {_BUDGET}", _spent(writes), "Запросов за минуту.", writes / _BUDGET),
    ]


def _lag(sheet: dict[str, Any], now: float) -> Figure:
    last = sheet.get("last_success")
    about = sheet.get("last_error") or "Сколько секунд назад бот и таблица были в ногу."
    if last is None:
        return Figure("Таблица", "—", about=about)
    lag = max(0.0, now - last)
    return Figure("Таблица", f"{lag:.0f} с назад", "good" if lag < _BEHIND else "warn", about)


def _spent(requests: int) -> Mood:
    return "bad" if requests > _BUDGET * 0.9 else "warn" if requests > _BUDGET * 0.6 else ""


class StatusLine:
    """The figures and the bot's own switch, in the page's header."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._runs: bool | None = None
        self._tiles = [_Tile() for _ in figures({}, 0, 0, 0.0)]
        with ui.element("div").classes("bot-switch"):
            self._state = ui.label().classes("bot-state")
            self._state.props["title"] = f"Журнал бота: {stage.world.data / 'bot.log'}"
            with ui.element("button").classes("danger").props("data-kill") as self._kill:
                ui.icon("power_settings_new")
                ui.label("Убить бота")
            self._kill.on("click", stage.kill_bot).tooltip("kill -9, как при отключении света")
            with ui.element("button").classes("calm").props("data-start") as self._start:
                ui.icon("play_arrow")
                ui.label("Запустить")
            self._start.on("click", stage.start_bot)
        self.refresh()

    def refresh(self) -> None:
        quota = self._stage.world.google.quota
        status = self._stage.memory.look().figures
        now = figures(status, quota.spent("read"), quota.spent("write"), time.time())
        for tile, figure in zip(self._tiles, now, strict=True):
            tile.show(figure)
        runs = self._stage.world.bot_runs
        if runs != self._runs:
            self._runs = runs
            self._state.set_text("бот работает" if runs else "бот не работает")
            self._state.classes(add="on" if runs else "off", remove="off" if runs else "on")
            self._kill.set_visibility(runs)
            self._start.set_visibility(not runs)


class _Tile:
    """One figure on the page."""

    def __init__(self) -> None:
        with ui.element("div").classes("tile") as self._box:
            self._title = ui.label().classes("tile-title")
            self._value = ui.label().classes("tile-value")
            with ui.element("div").classes("tile-bar") as self._bar:
                self._fill = ui.element("i")
        self._shown = Figure("", "")

    def show(self, figure: Figure) -> None:
        if figure == self._shown:
            return
        self._title.set_text(figure.title)
        self._value.set_text(figure.value)
        self._box.classes(remove=self._shown.mood).classes(add=figure.mood)
        self._box.props["title"] = figure.about
        self._bar.set_visibility(figure.share is not None)
        self._fill.style(f"width: {min(figure.share or 0.0, 1.0):.0%}")
        self._shown = figure
