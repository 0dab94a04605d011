"""«рейтинг» and «график»: who did how much this week, and one's own weeks as a picture."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

from core.blocks.block import Block, Next, Outcome, Param, Takes
from core.leaderboard import BoardSpec, Entry, Leaderboard, Standing
from core.messages import Chart, Reply
from core.scenario import Step
from core.template import Template, show
from core.turn import Turn, row_lookup
from core.values import Cell, Record

_BOARD = (
    Param("таблица", "где записи", Takes.TABLE, required=True),
    Param("сумма", "какой столбец складывать; пусто — считать записи", Takes.COLUMN),
    Param("дата", "столбец с датой, обычно Дата", Takes.COLUMN),
    Param("участник", "столбец с именем, обычно Участник", Takes.COLUMN),
)
_DEFAULT_LINE = "{место}. {имя} — {сумма}"


class Rating(Block):
    name = "рейтинг"
    about = "ТОП недели, своё место и «активнее, чем N %»."
    example = "таблица: Тренировки; сумма: Минуты; строка: {место}. {имя} — {сумма} мин"
    params = (
        *_BOARD,
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
        spec, today = _spec(step, turn), _day(step, turn)
        world = turn.world
        with _board(spec, turn) as board:
            standing = board.standing(turn.person_id, today, world.week_start, world.minimum_group)
            count = turn.param(step, "сколько", 5)
            top = board.top(int(count) if isinstance(count, int | float | Decimal) else 5, today, world.week_start)
        own = _own(standing) if turn.person_id else {}
        listing = "\n".join(_line(entry, step, turn) for entry in top)
        place = standing.place if turn.person_id and standing.place else ""
        fields: dict[str, Cell] = {**own, "участников": standing.of, "список": listing, "сколько": len(top)}
        turn.remember(self.target(step), Record(place, fields))
        return Next()


class WeeksChart(Block):
    name = "график"
    about = "Картинка: сколько человек сделал за последние недели."
    example = "таблица: Тренировки; сумма: Минуты; недель: 8"
    params = (
        *_BOARD,
        Param("недель", "сколько недель показать, обычно 8", Takes.NUMBER),
        Param("единица", "что складываем: мин, км"),
        Param("заголовок", "надпись на картинке"),
    )

    def run(self, step: Step, turn: Turn) -> Outcome:
        count = turn.param(step, "недель", 8)
        weeks_count = max(1, min(26, int(count))) if isinstance(count, int | float | Decimal) else 8
        with _board(_spec(step, turn), turn) as board:
            weeks = board.weeks(turn.person_id, turn.today, weeks_count, turn.world.week_start)
        caption = step.text.render(turn.lookup)
        if not any(total for _, total in weeks):
            turn.say(Reply(caption))
            return Next()
        bars = tuple((f"{first:%d.%m}", total) for first, total in weeks)
        title = show(turn.param(step, "заголовок", "Мои недели"))
        chart = Chart(title, bars, show(turn.param(step, "единица")), highlight=len(bars) - 1)
        turn.say(Reply(caption, chart=chart))
        return Next()


def _spec(step: Step, turn: Turn) -> BoardSpec:
    return BoardSpec(
        table=show(turn.param(step, "таблица")),
        who=show(turn.param(step, "участник", "Участник")),
        amount=show(turn.param(step, "сумма")),
        date=show(turn.param(step, "дата", "Дата")),
    )


def _board(spec: BoardSpec, turn: Turn) -> AbstractContextManager[Leaderboard]:
    """The leaderboard with the rows of this very turn counted in."""
    fresh = [score for row in turn.added(spec.table) if (score := spec.read(row)) is not None]
    return turn.world.tables.board(spec).assuming(fresh)


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
