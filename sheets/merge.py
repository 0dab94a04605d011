"""Three-way merge of one tab: what the sheet says, what the bot holds, and what both last agreed on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from core.ports import LocalRow, MergedRow
from core.schema import Writer
from core.values import Cell
from sheets.cells import Unreadable, as_text, same, settled
from sheets.columns import Layout, Problem, SheetRow, readable

#: How many rows may vanish at once before it looks like an accident and not like work.
BRAKE_ROWS = 20
BRAKE_SHARE = 0.1


class Write(StrEnum):
    """Why the bot touches a row of the sheet."""

    CHANGE = "change"
    ADOPT = "adopt"  #: the owner's new row gets its id
    ERASE = "erase"  #: the bot was told to forget this row


@dataclass(frozen=True, slots=True)
class RowWrite:
    """One row the sheet must be told about; ``values`` by column name, as the bot holds them."""

    kind: Write
    row: SheetRow
    id: str
    values: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class Merge:
    """What a merge decided."""

    keep: list[MergedRow] = field(default_factory=list)  #: to store now
    writes: list[RowWrite] = field(default_factory=list)
    suspects: set[str] = field(default_factory=set)  #: ids that look odd: believed only if the next pull agrees
    problems: list[Problem] = field(default_factory=list)
    changed: bool = False  #: the bot's own view of the table is different now
    missing: int = 0  #: > 0: the brake is on, so many rows are missing


@dataclass(frozen=True, slots=True)
class CellMerge:
    """The outcome for one cell; ``lost`` is the value that gave way."""

    local: Cell
    base: Cell
    write: bool = False
    lost: Cell = ""


def merge_cell(writer: Writer, sheet: Cell | Unreadable, local: Cell, base: Cell, sent: Cell = None) -> CellMerge:
    """One cell: whoever changed it since the base wins; if both did, the owner does, except in the bot's columns.

    ``sent`` is a value of ours whose arrival was not confirmed: meeting it is our own echo, not the owner's edit.
    """
    if isinstance(sheet, Unreadable):
        return CellMerge(local, base, write=writer is Writer.BOT and not same(local, base))
    if same(sheet, base) or (sent is not None and same(sheet, sent)):
        return CellMerge(local, sheet, write=not same(local, sheet))
    if same(sheet, local):
        return CellMerge(local, sheet)
    if writer is Writer.BOT:
        return CellMerge(local, sheet, write=True, lost=sheet)
    return CellMerge(sheet, sheet, lost="" if same(local, base) else local)


def merge_tab(
    layout: Layout,
    rows: Sequence[SheetRow],
    local: Sequence[LocalRow],
    sent: Mapping[str, Mapping[str, Cell]],
    suspects: AbstractSet[str],
    new_id: Callable[[], str],
    *,
    brake: bool = True,
) -> Merge:
    """Merge a whole tab. ``suspects`` are those of the previous pull; ``brake`` off accepts any number of losses."""
    merge = Merge()
    known = {row.id: row for row in local}
    keepers = _keepers(rows, known)
    orphans = _orphans(layout, [row for row in local if row.id not in keepers and not row.deleted])
    for row in rows:
        if not row.id or keepers[row.id] is not row:
            if not row.blank:
                twin = orphans.pop(_content(row.cells, layout), "") if not row.id else ""
                merge.writes.append(RowWrite(Write.ADOPT, row, twin or new_id()))
        elif row.id not in known:
            _take(merge, row)
        elif not row.blank:
            _meet(merge, layout, row, known[row.id], sent.get(row.id, {}), suspects)
    present = {id_ for id_, row in keepers.items() if not row.blank} | {write.id for write in merge.writes}
    _miss(merge, layout, [row for row in local if row.id not in present], suspects, brake, len(local))
    return merge


def _content(cells: Mapping[str, Cell | Unreadable], layout: Layout) -> tuple[str, ...]:
    return tuple(repr(cells.get(name, "")) for name in layout.places)


def _orphans(layout: Layout, absent: Sequence[LocalRow]) -> dict[tuple[str, ...], str]:
    """Rows the sheet has no id for, by content: a row whose id was wiped, or a recipe's row known from the start."""
    as_read = [
        (row.id, {name: settled(row.cells.get(name, ""), layout.column(name)) for name in layout.places})
        for row in absent
    ]
    return {_content(cells, layout): id_ for id_, cells in as_read}


def _keepers(rows: Sequence[SheetRow], known: Mapping[str, LocalRow]) -> dict[str, SheetRow]:
    """Which row owns each id: among copies the one that still equals the base, else the upper one."""
    keepers: dict[str, SheetRow] = {}
    for row in rows:
        if row.id and (row.id not in keepers or _equals_base(row, known.get(row.id))):
            if row.id in keepers and _equals_base(keepers[row.id], known.get(row.id)):
                continue
            keepers[row.id] = row
    return keepers


def _equals_base(row: SheetRow, local: LocalRow | None) -> bool:
    if local is None or local.base is None:
        return False
    base = local.base
    return all(not isinstance(cell, Unreadable) and same(cell, base.get(name, "")) for name, cell in row.cells.items())


def _take(merge: Merge, row: SheetRow) -> None:
    """A row with an id the bot does not know: it was adopted by a lost write or comes from an older memory."""
    if row.blank:
        return
    cells = readable(row)
    merge.keep.append(MergedRow(row.id, cells, cells, row.number))
    merge.changed = True


def _meet(
    merge: Merge,
    layout: Layout,
    row: SheetRow,
    local: LocalRow,
    sent: Mapping[str, Cell],
    suspects: AbstractSet[str],
) -> None:
    """A row both sides have."""
    if local.deleted and local.base is not None:
        merge.writes.append(RowWrite(Write.ERASE, row, row.id))
    elif local.deleted and row.id in suspects:
        _take(merge, row)
    elif local.deleted:
        merge.suspects.add(row.id)
    else:
        _merge_row(merge, layout, row, local, sent)


def _merge_row(merge: Merge, layout: Layout, row: SheetRow, local: LocalRow, sent: Mapping[str, Cell]) -> None:
    if row.cells == local.base == local.cells and row.number == local.position:
        return  # almost every row of almost every pull
    old_base = local.base or {}
    cells, base, values = dict(local.cells), {}, {}
    for name, sheet in row.cells.items():
        column = layout.column(name)
        writer = column.writer if column else Writer.BOTH
        mine = local.cells.get(name, "")
        if isinstance(sheet, Unreadable) or not same(sheet, mine):
            mine = settled(mine, column)  # compare what the sheet can hold: it keeps no microseconds
        cell = merge_cell(writer, sheet, mine, old_base.get(name, ""), sent.get(name))
        if not same(cell.local, mine):
            merge.changed = True
        if cell.lost not in ("", None):
            merge.problems.append(_conflict(layout, row, name, cell))
        if cell.write:
            values[name] = cell.local
        cells[name], base[name] = cell.local, cell.base
    if values:
        merge.writes.append(RowWrite(Write.CHANGE, row, row.id, values))
    if local.base is None or base != local.base or cells != local.cells or row.number != local.position:
        merge.keep.append(MergedRow(row.id, cells, base, row.number))


def _conflict(layout: Layout, row: SheetRow, name: str, cell: CellMerge) -> Problem:
    where = f"{layout.title}, строка {row.number}, столбец «{name}»"
    kept, lost = (as_text(value)[:80] for value in (cell.local, cell.lost))
    if cell.write:
        return Problem(where, f"Этот столбец заполняет бот: вместо «{lost}» он вернул «{kept}».", "Не меняйте его.")
    what = f"Вы и бот изменили клетку одновременно. Осталось ваше «{kept}», бот хотел записать «{lost}»."
    return Problem(where, what, "Если прав бот, впишите его значение.")


def _miss(
    merge: Merge,
    layout: Layout,
    absent: Sequence[LocalRow],
    suspects: AbstractSet[str],
    brake: bool,
    total: int,
) -> None:
    """Rows the sheet had and has no more: believed at the second pull, and never too many at once."""
    gone = [row for row in absent if row.base is not None]
    live = sum(not row.deleted for row in gone)
    if brake and live > max(BRAKE_ROWS, total * BRAKE_SHARE):
        merge.missing = live
        merge.suspects.update(row.id for row in gone)
        return
    for row in gone:
        if row.id not in suspects:
            merge.suspects.add(row.id)
            continue
        merge.keep.append(MergedRow(row.id, row.cells, None, row.position, deleted=True))
        if not row.deleted:
            merge.changed = True
            if row.cells != row.base:
                what = "Вы удалили строку, которую бот как раз менял. Удалена."
                merge.problems.append(Problem(layout.title, what, "Если это случайно, верните её (Ctrl+Z)."))
