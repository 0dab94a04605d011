"""Values on their way into a known column: «да» becomes a flag, «30» a number; unknown columns keep what they get."""

from __future__ import annotations

from core.inputs import Accepted, flag, number
from core.schema import TABS, Type
from core.session import plain
from core.values import Cell, Value, fold


def as_cell(table: str, column: str, value: Value) -> Cell:
    """The cell for this column; a value that does not fit stays as it is, for the owner to see."""
    cell = plain(value)
    if not isinstance(cell, str) or not cell.strip():
        return cell
    tab = TABS.get(table)
    known = next((c for c in tab.columns if fold(c.name) == fold(column)), None) if tab else None
    if known is None or known.type not in (Type.NUMBER, Type.MONEY, Type.FLAG):
        return cell
    answer = flag(cell) if known.type is Type.FLAG else number(cell)
    return answer.value if isinstance(answer, Accepted) else cell
