"""«переход»: goes to the step in «Дальше», usually under a condition."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome
from core.scenario import Step
from core.turn import Turn


class Go(Block):
    name = "переход"
    about = "Идёт на шаг из «Дальше»."
    example = ""

    def run(self, step: Step, turn: Turn) -> Outcome:
        return Next()
