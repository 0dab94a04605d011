"""Which tabs are decision tables, and what is wrong with the conditions in them."""

from __future__ import annotations

from collections.abc import Iterable

from core.decision import check_cell
from core.scenario import Problem
from core.schema import ADVICE, PROGRAMS
from core.template import show
from core.values import Row, sheet_number

#: Tab -> the columns that hold conditions.
DECISION_TABLES: dict[str, tuple[str, ...]] = {
    ADVICE.title: ("Погода", "Температура", "Ветер", "Осадки"),
    PROGRAMS.title: ("Цель", "Вес", "Рост", "Активность"),
}


def check_conditions(title: str, rows: Iterable[Row]) -> list[Problem]:
    """Every condition of the tab that cannot be read: such a row fits nobody until it is mended."""
    found = []
    for position, row in enumerate(rows, start=2):
        number = sheet_number(row, position)
        for column in DECISION_TABLES.get(title, ()):
            problem = check_cell(show(row.get(column)))
            if problem:
                found.append(Problem(title, number, column, problem))
    return found
