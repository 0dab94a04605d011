"""«найти» and «подобрать»: rows of a table by a condition, or by the person's situation."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from core.blocks.block import Block, Extra, Next, Outcome, Param, Takes
from core.decision import all_matching
from core.scenario import Step
from core.template import show
from core.turn import Turn, row_lookup, row_record
from core.values import Record, Row, Value, fold, is_empty, stable_id

_LINE = Param("строка", "как показать одну строку в списке: {Блюдо} — {Цена} ₽")


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
        _LINE,
    )
    fields = ("список", "сколько")

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = show(turn.param(step, "таблица"))
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


class Choose(Block):
    name = "подобрать"
    about = "Таблица решений: берёт строку, все условия которой подходят к человеку и погоде."
    example = "таблица: Рекомендации"
    needs_variable = True
    params = (
        Param("таблица", "таблица решений", Takes.TABLE, required=True),
        Param("сколько", "первая подходящая строка или все", Takes.CHOICE, choices=("первая", "все")),
        Param("не больше", "сколько строк взять в список", Takes.NUMBER),
        _LINE,
    )
    extra = Extra.COLUMNS
    fields = ("список", "сколько")

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = show(turn.param(step, "таблица"))
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
            value = turn.value(given[fold(column)]) if fold(column) in given else _named(turn, column, step)
            if not is_empty(value):
                inputs[column] = value
        return inputs


def _named(turn: Turn, column: str, step: Step) -> Value:
    value = turn.lookup(column)
    own = fold(step.variable)
    if not is_empty(value):
        return value
    for name, record in reversed(turn.session.variables.items()):
        if name != own and isinstance(record, Record) and not is_empty(record.get(column)):
            return record.get(column)
    return ""


def remember_rows(found: list[Row], step: Step, turn: Turn, table: str, variable: str) -> None:
    """Leave the first row's columns, the list and the count in the variable; nothing found leaves it empty."""
    if not found:
        turn.remember(variable, Record("", {"список": "", "сколько": 0}))
        return
    most = turn.param(step, "не больше", Decimal(50))
    count = len(found)
    found = found[: int(most)] if isinstance(most, int | float | Decimal) else found
    columns = turn.world.tables.columns(table)
    line = step.params.get("строка")
    records = [row_record(row, columns) for row in found]
    first = records[0] if records else Record("")

    def show_line(record: Record) -> str:
        lookup: Callable[[str], Value] = row_lookup(turn, record)
        return line.template.render(lookup) if line and line.template else show(record.value)

    listing = "\n".join(show_line(record) for record in records)
    turn.remember(variable, Record(first.value, {**first.fields, "список": listing, "сколько": count}))


def _sort(rows: list[Row], order: str) -> None:
    column = order.lstrip("-−").strip()
    if column:
        rows.sort(key=lambda row: _sort_key(row.get(column)), reverse=order[:1] in ("-", "−"))


def _sort_key(cell: Value) -> tuple[int, float, str]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return (0, float(cell), "")
    return (1, 0.0, fold(show(cell))) if not is_empty(cell) else (2, 0.0, "")
