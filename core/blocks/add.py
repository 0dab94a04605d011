"""«добавить»: a new row in a shared table."""

from __future__ import annotations

from core.blocks.block import Block, Extra, Next, Outcome
from core.blocks.cells import TABLE, cells_of
from core.scenario import Step
from core.turn import Turn, row_record


class Add(Block):
    name = "добавить"
    about = "Дописывает строку в таблицу; остальные ключи — её столбцы."
    example = "таблица: Тренировки; Дата: =СЕЙЧАС(); Участник: {имя}; Минуты: {минуты}"
    params = (TABLE,)
    extra = Extra.COLUMNS
    variable = "запись"
    fields = ("_id",)

    def run(self, step: Step, turn: Turn) -> Outcome:
        table = turn.table(step)
        row = turn.add(table, cells_of(step, turn, table))
        turn.remember(self.target(step), row_record(row, turn.world.tables.columns(table)))
        return Next()
