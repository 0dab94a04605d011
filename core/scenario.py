"""The dialogue as data: steps in order, found by name, by key or by the hash an old button carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.buttons import ButtonRows, digest
from core.expression import Expression
from core.formula import Formula
from core.template import Template
from core.values import fold


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a tab, in words its owner can act on."""

    tab: str
    row: int  #: row number as the sheet shows it, 0 = the whole tab
    column: str
    message: str
    level: Literal["error", "warning"] = "error"
    step: str = ""

    def __str__(self) -> str:
        place = f"«{self.tab}»"
        if self.row:
            place += f", строка {self.row}"
        if self.step:
            place += f", шаг «{self.step}»"
        if self.column:
            place += f", столбец «{self.column}»"
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of «Сценарий», compiled."""

    key: str  #: stable across edits of other rows; sessions and buttons refer to it
    name: str  #: the owner's «Шаг», "" for a row nothing jumps to
    section: str  #: the nearest name at or above this row
    row: int
    block: str
    text: Template
    buttons: ButtonRows = ()
    variable: str = ""
    params: Mapping[str, Expression] = field(default_factory=dict)  #: declared parameters by their declared name
    extra: Mapping[str, Expression] = field(default_factory=dict)  #: the owner's own keys: columns or variables
    condition: Formula | None = None
    next: str = ""
    on_error: str = ""

    @property
    def where(self) -> str:
        """How the owner is told about this row."""
        return f"Сценарий, строка {self.row}" + (f", шаг «{self.section}»" if self.section else "")


class Scenario:
    """Immutable once built. Names ignore case; the first of two equal names wins (the checker complains)."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.steps = steps
        self._by_name: dict[str, int] = {}
        self._by_digest: dict[str, int] = {}
        for index, step in enumerate(steps):
            if step.name:
                self._by_name.setdefault(fold(step.name), index)
            self._by_digest.setdefault(digest(step.key), index)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def names(self) -> list[str]:
        return [step.name for step in self.steps if step.name]

    def index(self, name: str) -> int | None:
        """Position of a named step."""
        return self._by_name.get(fold(name))

    def by_digest(self, wanted: str) -> int | None:
        """Position of the step an old button points at."""
        return self._by_digest.get(wanted)

    def by_key(self, key: str) -> int | None:
        """Position of the step a session waits at."""
        return self._by_digest.get(digest(key))

    def home(self) -> int | None:
        """Where «меню» leads: the step of that name, else the first menu, else the beginning."""
        named = self.index("меню")
        if named is not None:
            return named
        menus = (index for index, step in enumerate(self.steps) if step.block == "меню")
        return next(menus, 0 if self.steps else None)
