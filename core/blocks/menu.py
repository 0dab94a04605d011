"""«меню»: shows the ways on and waits for a choice."""

from __future__ import annotations

from core.blocks.block import Block, Outcome, Wait
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
