"""«уведомить»: tells the staff chat what a person did."""

from __future__ import annotations

import re

from core.blocks.block import Block, Next, Outcome, Param
from core.messages import Reply
from core.scenario import Step
from core.template import show
from core.turn import Turn

_CHAT = re.compile(r"(telegram|vk):-?\d+")
_FIX = "Впишите «Чат сотрудников» в «Настройки», например: telegram:-1001234567890"


class Notify(Block):
    name = "уведомить"
    about = "Пишет в чат сотрудников (настройка «Чат сотрудников»)."
    example = ""
    needs_text = True
    params = (
        Param(
            "чат",
            "куда писать вместо чата сотрудников: telegram:-100… или vk:2000000001",
            like=_CHAT.pattern,
            such_as="telegram:-1001234567890",
        ),
    )

    def run(self, step: Step, turn: Turn) -> Outcome:
        chat = show(turn.param(step, "чат", turn.world.staff_chat))
        if _CHAT.fullmatch(chat):
            turn.say(Reply(step.text.render(turn.lookup)), chat)
        else:
            what = f"не понимаю чат «{chat[:60]}»" if chat else "не указан чат сотрудников"
            turn.note_for(step, f"Уведомление не ушло: {what}.", _FIX)
        return Next()
