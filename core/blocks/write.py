"""«добавить» and «изменить»: what the dialogue writes into the shared tables."""

from __future__ import annotations

from core.blocks.block import Block, Extra, Failed, Next, Outcome, Param, Takes
from core.coercion import as_cell
from core.scenario import Step
from core.schema import WHO_COLUMN
from core.template import show
from core.turn import Turn, row_lookup, row_record
from core.values import Cell, Record, Row, fold

_TABLE = Param("таблица", "куда писать", Takes.TABLE, required=True)


class Add(Block):
    name = "добавить"
    about = "Дописывает строку в таблицу; остальные ключи — её столбцы."
    example = "таблица: Тренировки; Дата: =СЕЙЧАС(); Участник: {имя}; Минуты: {минуты}"
    params = (_TABLE,)
    extra = Extra.COLUMNS
    variable = "запись"
    fields = ("_id",)

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = show(turn.param(step, "таблица"))
        row = turn.add(table, _cells(step, turn, table))
        turn.remember(self.target(step), row_record(row, turn.world.tables.columns(table)))
        return Next()


class Change(Block):
    name = "изменить"
    about = "Меняет строки таблицы: одну по «строка» или все, где верно «где». Чужих строк человек не тронет."
    example = "таблица: Тренировки; строка: {запись._id}; Заметка: {заметка}"
    params = (
        _TABLE,
        Param("строка", "какую строку: {запись._id}"),
        Param("где", "условие над столбцами", Takes.FORMULA),
        Param("удалить", "да — убрать найденные строки", Takes.CHOICE, choices=("да", "нет")),
        Param("чьи", "свои (по умолчанию) или все", Takes.CHOICE, choices=("свои", "все")),
    )
    extra = Extra.COLUMNS
    variable = ""
    fields = ("сколько",)

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = show(turn.param(step, "таблица"))
        rows = self._rows(step, turn, table)
        remove = turn.param(step, "удалить", "нет") == "да"
        for row in rows:
            if remove:
                turn.remove(table, row.id)
            else:
                turn.put(table, row.id, _cells(step, turn, table))
        turn.remember(step.variable, Record(len(rows), {"сколько": len(rows)}))
        return Next() if rows else Failed("Такой записи уже нет.")

    def _rows(self, step: Step, turn: Turn, table: str) -> list[Row]:
        everybody = turn.param(step, "чьи", "свои") == "все"
        if "строка" in step.params:
            row = turn.row(table, show(turn.param(step, "строка")))
            candidates = [row] if row else []
        else:
            candidates = list(turn.rows(table))
        columns = turn.world.tables.columns(table)
        condition = step.params.get("где")
        return [
            row
            for row in candidates
            if (everybody or row.get(WHO_COLUMN) in ("", turn.person_id))
            and (
                condition is None
                or condition.formula is None
                or condition.formula.holds(row_lookup(turn, row_record(row, columns)), turn.today)
            )
        ]


def _cells(step: Step, turn: Turn, table: str) -> dict[str, Cell]:
    """The owner's keys under the table's own spelling of its headers."""
    spelled = {fold(column): column for column in turn.world.tables.columns(table)}
    cells = {spelled.get(fold(name), name): turn.value(expression) for name, expression in step.extra.items()}
    return {column: as_cell(table, column, value) for column, value in cells.items()}
