"""«картинка»: shows a picture from an address, with a caption."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome, Param
from core.keyboards import keyboard
from core.messages import Reply
from core.scenario import Step
from core.template import show
from core.turn import Turn


class ShowPicture(Block):
    name = "картинка"
    about = "Показывает картинку по ссылке, с подписью из «Текста»."
    example = "адрес: https://example.com/plan.png"
    params = (
        Param(
            "адрес",
            "ссылка на картинку, https://…",
            required=True,
            like=r"https?://\S+",
            such_as="https://example.com/plan.png",
        ),
    )

    def run(self, step: Step, turn: Turn) -> Outcome:
        address = step.params["адрес"]
        url = address.template.url_render(turn.lookup) if address.template else show(turn.value(address))
        turn.say(Reply(step.text.render(turn.lookup), keyboard(step, turn), image_url=url))
        return Next()
