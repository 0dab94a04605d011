"""«запомнить»: puts a value into a variable."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome, Param
from core.scenario import Step
from core.turn import Turn


class Remember(Block):
    name = "запомнить"
    about = "Кладёт значение в переменную; столбец «Пользователей» запоминается навсегда."
    example = "значение: да"
    needs_variable = True
    params = (Param("значение", "текст с {именами} или формула, начиная с «=»; пусто — забыть"),)

    def run(self, step: Step, turn: Turn) -> Outcome:
        turn.remember(step.variable, turn.param(step, "значение"))
        return Next()
