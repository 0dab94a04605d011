"""«подобрать»: a decision table — the row whose conditions all fit the person and the weather."""

from __future__ import annotations

from core.blocks.block import Block, Extra, Next, Outcome, Param, Takes
from core.blocks.found import LINE, remember_rows
from core.decision import all_matching
from core.scenario import Step
from core.turn import Turn
from core.values import Record, Value, fold, is_empty


class Choose(Block):
    name = "подобрать"
    about = "Таблица решений: берёт строку, все условия которой подходят к человеку и погоде."
    example = "таблица: Рекомендации"
    needs_variable = True
    params = (
        Param("таблица", "таблица решений", Takes.TABLE, required=True),
        Param("сколько", "первая подходящая строка или все", Takes.CHOICE, choices=("первая", "все")),
        Param("не больше", "сколько строк взять в список", Takes.NUMBER),
        LINE,
    )
    extra = Extra.COLUMNS
    fields = ("список", "сколько")

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = turn.table(step)
        inputs = self._inputs(step, turn, table)
        found = list(all_matching(turn.rows(table), inputs))
        if turn.param(step, "сколько", "первая") == "первая":
            found = found[:1]
        remember_rows(found, step, turn, table, self.target(step))
        return Next()

    def _inputs(self, step: Step, turn: Turn, table: str) -> dict[str, Value]:
        """Columns given in «Параметры», else the variable of that name, else a field of that name in a record."""
        given = {fold(name): expression for name, expression in step.extra.items()}
        inputs: dict[str, Value] = {}
        for column in turn.world.tables.columns(table):
            if column.startswith("_"):
                continue
            if fold(column) in given:
                inputs[column] = turn.value(given[fold(column)])
            elif turn.person_column(column) or fold(column) in turn.session.variables:
                inputs[column] = turn.lookup(column)  # known but perhaps empty: then only an empty cell fits
            elif not is_empty(value := _field(turn, column, step)):
                inputs[column] = value
        return inputs


def _field(turn: Turn, column: str, step: Step) -> Value:
    """A field of that name in a record of this conversation, the latest first."""
    own = fold(step.variable)
    for name, record in reversed(turn.session.variables.items()):
        if name != own and isinstance(record, Record) and not _is_row(record) and not is_empty(record.get(column)):
            return record.get(column)
    return ""


def _is_row(record: Record) -> bool:
    """A row found in some table holds conditions and answers, not facts about the person."""
    return "_id" in record.fields
