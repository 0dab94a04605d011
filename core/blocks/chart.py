"""«график»: one's own weeks as a picture."""

from __future__ import annotations

from core.blocks.block import Block, Next, Outcome, Param, Takes
from core.blocks.board import BOARD, board_of, spec_of
from core.messages import Chart, Reply
from core.scenario import Step
from core.template import show
from core.turn import Turn


class WeeksChart(Block):
    name = "график"
    about = "Картинка: сколько человек сделал за последние недели."
    example = "таблица: Тренировки; сумма: Минуты; недель: 8"
    params = (
        *BOARD,
        Param("недель", "сколько недель показать, обычно 8", Takes.NUMBER),
        Param("единица", "что складываем: мин, км"),
        Param("заголовок", "надпись на картинке"),
    )

    def run(self, step: Step, turn: Turn) -> Outcome:
        count = min(26, turn.count(step, "недель", 8))
        with board_of(spec_of(step, turn), turn) as board:
            weeks = board.weeks(turn.person_id, turn.today, count, turn.world.week_start)
        caption = step.text.render(turn.lookup)
        if not any(total for _, total in weeks):
            turn.say(Reply(caption))
            return Next()
        bars = tuple((f"{first:%d.%m}", total) for first, total in weeks)
        title = show(turn.param(step, "заголовок", "Мои недели"))
        chart = Chart(title, bars, show(turn.param(step, "единица")), highlight=len(bars) - 1)
        turn.say(Reply(caption, chart=chart))
        return Next()
