"""«меню», «переход» and «запомнить»: where the dialogue goes and what it keeps in mind."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome, Param, Wait
from core.keyboards import keyboard
from core.messages import Reply
from core.scenario import Step
from core.turn import Turn


class Menu(Block):
    name = "меню"
    about = "Показывает кнопки-переходы и ждёт выбора."
    example = ""
    needs_text = True

    def run(self, step: Step, turn: Turn) -> Outcome:
        turn.say(Reply(step.text.render(turn.lookup), keyboard(step, turn, bottom=True)))
        return Wait()


class Go(Block):
    name = "переход"
    about = "Идёт на шаг из «Дальше»."
    example = ""

    def run(self, step: Step, turn: Turn) -> Outcome:
        return Next()


class Remember(Block):
    name = "запомнить"
    about = "Кладёт значение в переменную; столбец «Пользователей» запоминается навсегда."
    example = "значение: да"
    needs_variable = True
    params = (Param("значение", "текст с {именами} или формула, начиная с «=»; пусто — забыть"),)

    def run(self, step: Step, turn: Turn) -> Outcome:
        turn.remember(step.variable, turn.param(step, "значение"))
        return Next()
