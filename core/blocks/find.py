"""«найти»: rows of a table by a condition."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome, Param, Takes
from core.blocks.found import LINE, remember_rows
from core.scenario import Step
from core.template import show
from core.turn import Turn, row_lookup, row_record
from core.values import Row, Value, fold, is_empty, stable_id


class Find(Block):
    name = "найти"
    about = "Находит строки таблицы по условию."
    example = "таблица: Упражнения; взять: все; строка: {Название}"
    needs_variable = True
    params = (
        Param("таблица", "где искать", Takes.TABLE, required=True),
        Param("где", "условие над столбцами: Цена < 500 и Есть = да", Takes.FORMULA),
        Param(
            "взять",
            "какие строки: первая, последняя, случайная, все",
            Takes.CHOICE,
            choices=("первая", "последняя", "случайная", "все"),
        ),
        Param("порядок", "по какому столбцу упорядочить; минус впереди — по убыванию", Takes.COLUMN),
        Param("не больше", "сколько строк взять в список", Takes.NUMBER),
        LINE,
    )
    fields = ("список", "сколько")

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = turn.table(step)
        columns = turn.world.tables.columns(table)
        condition = step.params.get("где")
        found = []
        for row in turn.rows(table):
            lookup = row_lookup(turn, row_record(row, columns))
            if condition is None or condition.formula is None or condition.formula.holds(lookup, turn.today):
                found.append(row)
        _sort(found, show(turn.param(step, "порядок")))
        which = show(turn.param(step, "взять", "первая"))
        if which == "случайная" and found:
            found = [found[int(stable_id(turn.event.key)[1:], 36) % len(found)]]
        elif which == "последняя":
            found = found[-1:]
        remember_rows(found, step, turn, table, self.target(step))
        return Next()


def _sort(rows: list[Row], order: str) -> None:
    column = order.lstrip("-−").strip()
    if column:
        rows.sort(key=lambda row: _sort_key(row.get(column)), reverse=order[:1] in ("-", "−"))


def _sort_key(cell: Value) -> tuple[int, float, str]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return (0, float(cell), "")
    return (1, 0.0, fold(show(cell))) if not is_empty(cell) else (2, 0.0, "")
