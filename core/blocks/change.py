"""«изменить»: corrects or removes rows of a shared table, by default only the person's own."""

from __future__ import annotations

from core.blocks.block import Block, Extra, Failed, Next, Outcome, Param, Takes
from core.blocks.cells import TABLE, cells_of
from core.scenario import Step
from core.schema import PEOPLE, WHO_COLUMN
from core.template import show
from core.turn import Turn, row_lookup, row_record
from core.values import Record, Row


class Change(Block):
    name = "изменить"
    about = "Меняет строки таблицы: одну по «строка» или все, где верно «где». Чужих строк человек не тронет."
    example = "таблица: Тренировки; строка: {запись._id}; Заметка: {заметка}"
    params = (
        TABLE,
        Param("строка", "какую строку: {запись._id}"),
        Param("где", "условие над столбцами", Takes.FORMULA),
        Param("удалить", "да — убрать найденные строки", Takes.CHOICE, choices=("да", "нет")),
        Param("чьи", "свои (по умолчанию) или все", Takes.CHOICE, choices=("свои", "все")),
    )
    extra = Extra.COLUMNS
    variable = ""
    fields = ("сколько",)

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = turn.table(step)
        rows = self._rows(step, turn, table)
        remove = turn.param(step, "удалить", "нет") == "да"
        for row in rows:
            if remove:
                turn.remove(table, row.id)
            else:
                turn.put(table, row.id, cells_of(step, turn, table))
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
            if (everybody or _own(row, table, turn))
            and (
                condition is None
                or condition.formula is None
                or condition.formula.holds(row_lookup(turn, row_record(row, columns)), turn.today)
            )
        ]


def _own(row: Row, table: str, turn: Turn) -> bool:
    owner = row.id if table == PEOPLE.title else row.get(WHO_COLUMN)
    return owner == turn.person_id
