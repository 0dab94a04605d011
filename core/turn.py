"""One turn of the dialogue in the making: what blocks may read, remember, change and say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.changes import Change, Put, Remove
from core.coercion import as_cell
from core.expression import Expression
from core.formula import Formula
from core.formula_values import number, plain
from core.messages import Event, Reply
from core.ports import Tables
from core.scenario import Scenario, Step
from core.schema import PEOPLE, WHO_COLUMN
from core.session import Session
from core.template import show
from core.values import Cell, Record, Row, Value, fold, is_empty, stable_id


@dataclass(frozen=True, slots=True)
class World:
    """What surrounds the dialogue: shared tables and the owner's settings."""

    tables: Tables
    timezone: ZoneInfo
    staff_chat: str = ""  #: "telegram:-100…", where «уведомить» writes
    minimum_group: int = 5  #: fewer participants than this get no percentile
    week_start: int = 0  #: 0 = Monday


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the owner should read in «Журнал»."""

    where: str
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message to send; ``chat`` "" means: to whoever spoke."""

    reply: Reply
    chat: str = ""


@dataclass(slots=True)
class Turn:
    """Mutable only while the engine runs it; everything it gathered is committed in one transaction afterwards."""

    scenario: Scenario
    event: Event
    world: World
    session: Session
    person_id: str = ""  #: row id in «Пользователи», "" when the step speaks to a group
    said: list[Said] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    forget: bool = False  #: the person asked to be deleted: the session goes too
    _fresh: dict[tuple[str, str], dict[str, Cell] | None] = field(default_factory=dict)  #: rows changed in this turn

    # --- time and names

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.event.at, self.world.timezone)

    @property
    def today(self) -> date:
        return self.now.date()

    def person_columns(self) -> list[str]:
        return self.world.tables.columns(PEOPLE.title) or [column.name for column in PEOPLE.columns]

    def lookup(self, name: str) -> Value:
        """A variable by name: this conversation first, then the person's row. Unknown names are empty."""
        head, dot, tail = fold(name).partition(".")
        value = self._variable(head.strip())
        if not dot:
            return value
        return value.get(tail.strip()) if isinstance(value, Record) else ""

    def _variable(self, name: str) -> Value:
        column = self.person_column(name)
        if column:
            row = self.row(PEOPLE.title, self.person_id) if self.person_id else None
            return row.get(column) if row else ""
        return self.session.variables.get(name, "")

    def person_column(self, name: str) -> str:
        """The column of «Пользователи» this name means, "" when it is an ordinary variable."""
        wanted = fold(name)
        return next((column for column in self.person_columns() if fold(column) == wanted), "")

    def remember(self, name: str, value: Value) -> None:
        """Set a variable: for ever when it is a column of «Пользователи», else for this conversation."""
        if not name:
            return
        column = self.person_column(name)
        if column and self.person_id:
            self.put(PEOPLE.title, self.person_id, {column: as_cell(PEOPLE.title, column, value)})
        elif not column:
            self.session.variables[fold(name)] = value

    def value(self, expression: Expression | None, default: Value = "") -> Value:
        """A parameter's value now; ``default`` when it is absent or empty."""
        if expression is None:
            return default
        value = expression.value(self.lookup, self.now)
        return default if is_empty(value) else value

    def param(self, step: Step, name: str, default: Value = "") -> Value:
        """A declared parameter's value now."""
        return self.value(step.params.get(name), default)

    def count(self, step: Step, name: str, default: int) -> int:
        """A parameter that says how many; at least one, ``default`` when it is no number."""
        found = number(plain(self.param(step, name)))
        return default if found is None else max(1, int(found))

    def table(self, step: Step, default: str = "") -> str:
        """The table the step works with, spelled as the tab is: owners write «тренировки» as well as «Тренировки»."""
        return self.spelled(show(self.param(step, "таблица", default)))

    def spelled(self, title: str) -> str:
        wanted = fold(title)
        return next((known for known in self.world.tables.names() if fold(known) == wanted), title)

    def holds(self, condition: Formula | None) -> bool:
        return condition is None or condition.holds(self.lookup, self.now)

    # --- tables, with this turn's own changes already visible

    def rows(self, table: str) -> Iterator[Row]:
        touched = {row_id: cells for (title, row_id), cells in self._fresh.items() if title == table}
        for row in self.world.tables.rows(table):
            if row.id not in touched:
                yield row
            elif (cells := touched.pop(row.id)) is not None:
                yield Row(row.id, cells)
        for row_id, cells in touched.items():
            if cells is not None:
                yield Row(row_id, cells)

    def row(self, table: str, row_id: str) -> Row | None:
        if (table, row_id) in self._fresh:
            cells = self._fresh[table, row_id]
            return None if cells is None else Row(row_id, cells)
        return self.world.tables.row(table, row_id)

    def put(self, table: str, row_id: str, cells: Mapping[str, Cell]) -> Row:
        """Change some cells of a row, or begin a new one."""
        before = self.row(table, row_id)
        after = {**(before.cells if before else {}), **cells}
        self._fresh[table, row_id] = after
        self.changes.append(Put(table, row_id, dict(cells), new=before is None))
        return Row(row_id, after)

    def add(self, table: str, cells: Mapping[str, Cell]) -> Row:
        """A new row. Its id follows from the event, so a repeated event cannot add it twice."""
        row_id = stable_id(table, self.event.key, self.event.person, str(len(self.changes)))
        return self.put(table, row_id, {**cells, WHO_COLUMN: self.person_id})

    def remove(self, table: str, row_id: str) -> None:
        self._fresh[table, row_id] = None
        self.changes.append(Remove(table, row_id))

    def added(self, table: str) -> list[Row]:
        """Rows of this table that exist only in this turn so far."""
        new = {change.id for change in self.changes if isinstance(change, Put) and change.new and change.table == table}
        return [row for row_id in new if (row := self.row(table, row_id)) is not None]

    # --- speaking

    def say(self, reply: Reply, chat: str = "") -> None:
        self.said.append(Said(reply, chat))

    def note_for(self, step: Step, what: str, fix: str = "") -> None:
        """Tell the owner, in «Журнал», what happened at this step."""
        self.notices.append(Notice(step.where, what, fix))


def row_lookup(turn: Turn, record: Record) -> Callable[[str], Value]:
    """Names inside «строка» and «где»: the row's own columns first, then everything the dialogue knows."""
    fields = {fold(name): cell for name, cell in record.fields.items()}

    def lookup(name: str) -> Value:
        wanted = fold(name)
        return fields[wanted] if wanted in fields else turn.lookup(name)

    return lookup


def row_record(row: Row, columns: Sequence[str]) -> Record:
    """A row as a variable: it shows its first filled visible column, and every column is a field."""
    shown = next((row.get(c) for c in columns if not c.startswith("_") and not is_empty(row.get(c))), "")
    return Record(shown, {**{c: row.get(c) for c in columns}, **row.cells, "_id": row.id})
