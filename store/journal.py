"""«Журнал»: what the bot wants the owner to know, short enough to be read and never the same line over and over."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.changes import Change, Put, Remove
from core.schema import JOURNAL
from core.values import Row, stable_id

MOST_ROWS = 500
_SAME_AGAIN = timedelta(hours=1)
_WHEN, _WHERE, _WHAT, _FIX = (column.name for column in JOURNAL.columns)


def entry(rows: list[Row], where: str, what: str, fix: str, now: datetime) -> list[Change]:
    """The changes that write one line: none when it was said within the hour; the oldest lines give way.

    ``now`` is the owner's local time.
    """
    recent = f"{now - _SAME_AGAIN:%Y-%m-%dT%H:%M}"
    said = (row for row in rows if row.get(_WHERE) == where and row.get(_WHAT) == what)
    if any(str(row.get(_WHEN)) >= recent for row in said):
        return []
    row_id = stable_id(JOURNAL.title, now.isoformat(), where, what)
    cells = {_WHEN: f"{now:%Y-%m-%dT%H:%M}", _WHERE: where, _WHAT: what, _FIX: fix}
    oldest = sorted(rows, key=lambda row: str(row.get(_WHEN)))[: max(0, len(rows) + 1 - MOST_ROWS)]
    return [Put(JOURNAL.title, row_id, cells, new=True), *(Remove(JOURNAL.title, row.id) for row in oldest)]
