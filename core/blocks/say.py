"""«сообщение», «картинка» and «уведомить»: the blocks that only speak."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome, Param
from core.keyboards import keyboard
from core.messages import Reply
from core.scenario import Step
from core.template import show
from core.turn import Turn


class Say(Block):
    name = "сообщение"
    about = "Говорит текст и идёт дальше."
    example = ""
    needs_text = True

    def run(self, step: Step, turn: Turn) -> Outcome:
        turn.say(Reply(step.text.render(turn.lookup), keyboard(step, turn)))
        return Next()


class ShowPicture(Block):
    name = "картинка"
    about = "Показывает картинку по ссылке, с подписью из «Текста»."
    example = "адрес: https://example.com/plan.png"
    params = (Param("адрес", "ссылка на картинку, https://…", required=True),)

    def run(self, step: Step, turn: Turn) -> Outcome:
        address = step.params["адрес"]
        url = address.template.url_render(turn.lookup) if address.template else show(turn.value(address))
        turn.say(Reply(step.text.render(turn.lookup), keyboard(step, turn), image_url=url))
        return Next()


class Notify(Block):
    name = "уведомить"
    about = "Пишет в чат сотрудников (настройка «Чат сотрудников»)."
    example = ""
    needs_text = True
    params = (Param("чат", "куда писать вместо чата сотрудников: telegram:-100… или vk:2000000001"),)

    def run(self, step: Step, turn: Turn) -> Outcome:
        chat = show(turn.param(step, "чат", turn.world.staff_chat))
        if chat:
            turn.say(Reply(step.text.render(turn.lookup)), chat)
        return Next()
