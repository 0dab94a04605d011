"""«сообщение»: says a text and goes on."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome
from core.keyboards import keyboard
from core.messages import Reply
from core.scenario import Step
from core.turn import Turn


class Say(Block):
    name = "сообщение"
    about = "Говорит текст и идёт дальше."
    example = ""
    needs_text = True

    def run(self, step: Step, turn: Turn) -> Outcome:
        turn.say(Reply(step.text.render(turn.lookup), keyboard(step, turn)))
        return Next()
