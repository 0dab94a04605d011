"""What a found row leaves in its variable: its columns, the list and the count."""

from __future__ import annotations

from collections.abc import Callable

from core.blocks.block import Param
from core.scenario import Step
from core.template import show
from core.turn import Turn, row_lookup, row_record
from core.values import Record, Row, Value

LINE = Param("строка", "как показать одну строку в списке: {Блюдо} — {Цена} ₽")


def remember_rows(found: list[Row], step: Step, turn: Turn, table: str, variable: str) -> None:
    """Leave the first row's columns, the list and the count in the variable; nothing found leaves it empty."""
    if not found:
        turn.remember(variable, Record("", {"список": "", "сколько": 0}))
        return
    columns = turn.world.tables.columns(table)
    line = step.params.get("строка")
    records = [row_record(row, columns) for row in found[: turn.count(step, "не больше", 50)]]
    first = records[0]

    def show_line(record: Record) -> str:
        lookup: Callable[[str], Value] = row_lookup(turn, record)
        return line.template.render(lookup) if line and line.template else show(record.value)

    listing = "\n".join(show_line(record) for record in records)
    turn.remember(variable, Record(first.value, {**first.fields, "список": listing, "сколько": len(found)}))
