"""The leaderboard two blocks look at: which columns make it, and this turn's own rows counted in."""

from __future__ import annotations

from contextlib import AbstractContextManager

from core.blocks.block import Param, Takes
from core.leaderboard import BoardSpec, Leaderboard
from core.scenario import Step
from core.template import show
from core.turn import Turn

BOARD = (
    Param("таблица", "где записи", Takes.TABLE, required=True),
    Param("сумма", "какой столбец складывать; пусто — считать записи", Takes.COLUMN),
    Param("дата", "столбец с датой, обычно Дата", Takes.COLUMN),
    Param("участник", "столбец с именем, обычно Участник", Takes.COLUMN),
)


def spec_of(step: Step, turn: Turn) -> BoardSpec:
    return BoardSpec(
        table=turn.table(step),
        who=show(turn.param(step, "участник", "Участник")),
        amount=show(turn.param(step, "сумма")),
        date=show(turn.param(step, "дата", "Дата")),
    )


def board_of(spec: BoardSpec, turn: Turn) -> AbstractContextManager[Leaderboard]:
    """The leaderboard with the rows of this very turn counted in."""
    fresh = [score for row in turn.added(spec.table) if (score := spec.read(row)) is not None]
    return turn.world.tables.board(spec).assuming(fresh)
