"""«рейтинг»: the week's TOP, one's own place, and «активнее, чем N %»."""

from __future__ import annotations

from datetime import date, timedelta

from core.blocks.block import Block, Next, Outcome, Param, Takes
from core.blocks.board import BOARD, board_of, spec_of
from core.leaderboard import Entry, Standing
from core.scenario import Step
from core.template import Template
from core.turn import Turn, row_lookup
from core.values import Cell, Record

_DEFAULT_LINE = "{место}. {имя} — {сумма}"


class Rating(Block):
    name = "рейтинг"
    about = "ТОП недели, своё место и «активнее, чем N %»."
    example = "таблица: Тренировки; сумма: Минуты; строка: {место}. {имя} — {сумма} мин"
    params = (
        *BOARD,
        Param("сколько", "сколько мест показать, обычно 5", Takes.NUMBER),
        Param("строка", "как показать место: {место}. {имя} — {сумма} мин"),
        Param("период", "неделя или прошлая неделя", Takes.CHOICE, choices=("неделя", "прошлая неделя")),
    )
    variable = "место"
    fields = (
        "место",
        "процент",
        "всего",
        "прошлая",
        "лучшая",
        "тренировок",
        "участников",
        "список",
        "сколько",
    )

    def run(self, step: Step, turn: Turn) -> Outcome:
        spec, today = spec_of(step, turn), _day(step, turn)
        world = turn.world
        with board_of(spec, turn) as board:
            standing = board.standing(turn.person_id, today, world.week_start, world.minimum_group)
            top = board.top(turn.count(step, "сколько", 5), today, world.week_start)
        own = _own(standing) if turn.person_id else {}
        listing = "\n".join(_line(entry, step, turn) for entry in top)
        place = standing.place if turn.person_id and standing.place else ""
        fields: dict[str, Cell] = {**own, "участников": standing.of, "список": listing, "сколько": len(top)}
        turn.remember(self.target(step), Record(place, fields))
        return Next()


def _day(step: Step, turn: Turn) -> date:
    last_week = turn.param(step, "период", "неделя") == "прошлая неделя"
    return turn.today - timedelta(days=7) if last_week else turn.today


def _own(standing: Standing) -> dict[str, Cell]:
    return {
        "место": standing.place or "",
        "процент": "" if standing.percentile is None else standing.percentile,
        "всего": standing.total,
        "прошлая": standing.previous_total,
        "лучшая": standing.best_total,
        "тренировок": standing.workouts,
    }


def _line(entry: Entry, step: Step, turn: Turn) -> str:
    written = step.params.get("строка")
    line = written.template if written and written.template else Template.parse(_DEFAULT_LINE)
    record = Record(entry.name, {"место": entry.place, "имя": entry.name, "сумма": entry.total})
    return line.render(row_lookup(turn, record))
