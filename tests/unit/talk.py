"""A conversation with the engine alone: no network, no disk; effects are answered from a table given by the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from core.changes import Change, Put
from core.checker import check
from core.effects import Answer, Effect, Failure, Reason
from core.engine import speak, take_turn
from core.leaderboard import BoardSpec, Leaderboard
from core.messages import Event, Kind, Reply
from core.people import person_id
from core.scenario import Scenario
from core.schema import SCENARIO, TABS
from core.session import Session
from core.turn import Turn, World
from core.values import Cell, Row

NOW = 1_795_350_000.0  # Sunday 2026-11-22 15:20 in Moscow


class MemoryTables:
    """The shared tables as dictionaries: the same protocol the store offers."""

    def __init__(self, tables: Mapping[str, tuple[Sequence[str], Sequence[Row]]]) -> None:
        self._columns = {title: list(columns) for title, (columns, _) in tables.items()}
        self._rows = {title: {row.id: row for row in rows} for title, (_, rows) in tables.items()}

    def names(self) -> list[str]:
        return list(self._columns)

    def columns(self, table: str) -> list[str]:
        return self._columns.get(table, [])

    def rows(self, table: str) -> Iterable[Row]:
        return list(self._rows.get(table, {}).values())

    def row(self, table: str, row_id: str) -> Row | None:
        return self._rows.get(table, {}).get(row_id)

    def board(self, spec: BoardSpec) -> Leaderboard:
        board = Leaderboard()
        for row in self.rows(spec.table):
            if (score := spec.read(row)) is not None:
                board.put(score.row_id, score.who, score.day, score.amount, score.name)
        for person in self.rows("Пользователи"):
            if person.get("В рейтинге") is False:
                board.hide(person.id)
        return board

    def apply(self, changes: Iterable[Change]) -> None:
        for change in changes:
            rows = self._rows.setdefault(change.table, {})
            if isinstance(change, Put):
                before = rows[change.id].cells if change.id in rows else {}
                rows[change.id] = Row(change.id, {**before, **change.cells})
            else:
                rows.pop(change.id, None)


def row(row_id: str, **cells: Cell) -> Row:
    return Row(row_id, cells)


def scenario_rows(text: str) -> list[Row]:
    """A scenario drawn with bars: `Шаг | Блок | Текст | Кнопки | Переменная | Параметры | Если | Дальше | Ошибка`.

    A slash between spaces stands for a line break inside a cell, «¦» for a bar.
    """
    titles = [column.name for column in SCENARIO.columns]
    rows = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), start=2):
        cells = [cell.strip().replace(" / ", "\n").replace("¦", "|") for cell in line.split("|")]
        rows.append(Row(f"@{number}", dict(zip(titles, cells, strict=False))))
    return rows


class Talk:
    """One person talking to a scenario; `hear` is what the bot answered last."""

    def __init__(
        self,
        scenario: str | Sequence[Row],
        tables: Mapping[str, tuple[Sequence[str], Sequence[Row]]] | None = None,
        answers: Callable[[Effect], Answer] | None = None,
        **world: Any,
    ) -> None:
        promised: dict[str, tuple[Sequence[str], Sequence[Row]]] = {
            title: ([column.name for column in tab.columns], []) for title, tab in TABS.items()
        }
        self.tables = MemoryTables({**promised, **(tables or {})})
        self.world = World(self.tables, ZoneInfo("Europe/Moscow"), **world)
        self.answers = answers or (lambda effect: Failure(Reason.UNAVAILABLE))
        self.effects: list[Effect] = []
        self.at = NOW
        self.count = 0
        self.session: dict[str, Any] | None = None
        self.turn: Turn | None = None
        self.load(scenario)

    def load(self, scenario: str | Sequence[Row]) -> None:
        """Take another scenario live, as an owner's edit would."""
        rows = scenario_rows(scenario) if isinstance(scenario, str) else scenario
        headers = {title: self.tables.columns(title) for title in self.tables.names()}
        self.scenario, self.problems = check(rows, headers)
        assert self.problems == [], [str(problem) for problem in self.problems]

    def event(self, kind: Kind = "text", **fields: Any) -> Event:
        self.count += 1
        self.at += 1
        base = Event(f"telegram:{self.count}", "telegram", "1", "1", kind, self.at, name="Аня")
        return replace(base, **fields)

    def send(self, event: Event, scenario: Scenario | None = None) -> list[str]:
        steps = take_turn(scenario or self.scenario, Session.from_json(self.session), event, self.world)
        return self._finish(steps)

    def broadcast(self, step: str, *, person: bool = True) -> list[str]:
        event = self.event("start")
        who = person_id(event.person) if person else ""
        session = Session.from_json(self.session)
        return self._finish(speak(self.scenario, session, event, self.world, step, person_id=who))

    def _finish(self, steps: Any) -> list[str]:
        try:
            effect = next(steps)
            while True:
                self.effects.append(effect)
                effect = steps.send(self.answers(effect))
        except StopIteration as finished:
            turn: Turn = finished.value
        self.turn = turn
        self.tables.apply(turn.changes)
        self.session = None if turn.forget else turn.session.to_json()
        return self.hear

    def start(self, ref: str = "") -> list[str]:
        return self.send(self.event("start", text="/start", ref=ref))

    def say(self, text: str) -> list[str]:
        return self.send(self.event(text=text))

    def press(self, label: str) -> list[str]:
        return self.send(self.event("press", press=self.token(label)))

    def token(self, label: str) -> str:
        """What the button with this label sends, among those shown last."""
        for reply in self.replies:
            for button in reply.keyboard.buttons if reply.keyboard else []:
                if button.label == label:
                    return button.data
        raise KeyError(f"{label} is not among {self.labels}")

    @property
    def replies(self) -> list[Reply]:
        return [said.reply for said in self.turn.said] if self.turn else []

    @property
    def hear(self) -> list[str]:
        return [reply.text for reply in self.replies]

    @property
    def labels(self) -> list[str]:
        return [button.label for reply in self.replies if reply.keyboard for button in reply.keyboard.buttons]

    @property
    def me(self) -> Row:
        """My row in «Пользователи»."""
        rows = list(self.tables.rows("Пользователи"))
        assert len(rows) == 1
        return rows[0]
