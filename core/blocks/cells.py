"""The cells a writing block fills: the owner's keys under the table's own spelling of its headers."""

from __future__ import annotations

from core.blocks.block import Param, Takes
from core.coercion import as_cell
from core.scenario import Step
from core.turn import Turn
from core.values import Cell, fold

TABLE = Param("таблица", "куда писать", Takes.TABLE, required=True)


def cells_of(step: Step, turn: Turn, table: str) -> dict[str, Cell]:
    """The owner's keys under the table's own spelling of its headers."""
    spelled = {fold(column): column for column in turn.world.tables.columns(table)}
    values = {spelled.get(fold(name), name): turn.value(expression) for name, expression in step.extra.items()}
    return {column: as_cell(table, column, value) for column, value in values.items()}
