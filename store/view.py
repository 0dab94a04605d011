"""The shared tables as the dialogue reads them: small ones in memory, boards always counted, no query per step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.leaderboard import BoardSpec, Leaderboard
from core.schema import PEOPLE
from core.values import Row, fold
from store.edits import Changed
from store.rows import Rows
from store.tabs import Tabs

#: Tables up to this many rows are kept in memory; longer ones are read from the database page by page.
IN_MEMORY = 5000


class View:
    """Follows every committed change row by row, so that nothing is counted or read twice."""

    def __init__(self, tabs: Tabs, rows: Rows) -> None:
        self._tabs = tabs
        self._rows = rows
        self._kept: dict[str, dict[str, Row]] = {}
        self._big: set[str] = set()
        self._boards: dict[BoardSpec, Leaderboard] = {}

    def rows(self, table: str) -> Iterable[Row]:
        """Live rows in sheet order."""
        tab = self._tabs.find(table)
        if tab is None:
            return []
        kept = self._keep(tab.title)
        return self._rows.live(tab) if kept is None else list(kept.values())

    def row(self, table: str, row_id: str) -> Row | None:
        """One live row by id."""
        tab = self._tabs.find(table)
        if tab is None:
            return None
        kept = self._keep(tab.title)
        if kept is not None:
            return kept.get(row_id)
        found = self._rows.some(tab, [row_id])
        return found[row_id].live if row_id in found else None

    def board(self, spec: BoardSpec) -> Leaderboard:
        """The leaderboard over a table: counted once, then kept up to date."""
        board = self._boards.get(spec)
        if board is None:
            board = self._boards[spec] = Leaderboard()
            for row in self.rows(spec.table):
                _count(board, spec, row.id, row)
            for row in self.rows(PEOPLE.title):
                _introduce(board, row.id, row)
        return board

    def follow(self, news: Sequence[Changed]) -> None:
        """Take over what a transaction changed."""
        for changed in news:
            self._patch(changed)
            for spec, board in self._boards.items():
                if fold(spec.table) == fold(changed.table):
                    for row_id, row in changed.rows.items():
                        _count(board, spec, row_id, row)
                if fold(changed.table) == fold(PEOPLE.title):
                    for row_id, row in changed.rows.items():
                        _introduce(board, row_id, row)

    def _keep(self, title: str) -> dict[str, Row] | None:
        """The table in memory, None when it is too long for that."""
        kept, tab = self._kept.get(title), self._tabs.find(title)
        if kept is not None or tab is None or title in self._big:
            return kept
        kept = {}
        for row in self._rows.live(tab):
            if len(kept) == IN_MEMORY:
                self._big.add(title)
                return None
            kept[row.id] = row
        self._kept[title] = kept
        return kept

    def _patch(self, changed: Changed) -> None:
        kept = self._kept.get(changed.table)
        if changed.reordered:
            self._kept.pop(changed.table, None)
            self._big.discard(changed.table)
        elif kept is not None:
            for row_id, row in changed.rows.items():
                if row is None:
                    kept.pop(row_id, None)
                else:
                    kept[row_id] = row
            if len(kept) > IN_MEMORY:
                del self._kept[changed.table]


def _count(board: Leaderboard, spec: BoardSpec, row_id: str, row: Row | None) -> None:
    score = spec.read(row) if row else None
    if score is None:
        board.remove(row_id)
    else:
        board.put(score.row_id, score.who, score.day, score.amount, score.name)


def _introduce(board: Leaderboard, who: str, person: Row | None) -> None:
    """How a person is called in the TOP and whether they agreed to be there, from their row in «Пользователи»."""
    board.rename(who, str(person.get("Имя")).strip() if person else "")
    agreed = person.get("В рейтинге") if person else ""
    if agreed is False or fold(str(agreed)) == "нет":
        board.hide(who)
    else:
        board.show(who)
