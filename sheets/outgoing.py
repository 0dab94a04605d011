"""How the bot's rows look on their way to the sheet: by place instead of by name, typed, and marked with a fence."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.values import Cell
from sheets.cells import settled, write_cell
from sheets.columns import Layout
from sheets.merge import RowWrite, Write
from sheets.surface import Fence, RowPatch, SheetTab

#: Values on their way, by table, row id and column.
Sent: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Cell]]]

#: Fences outlive any request still on its way (Google gives up after 180 s), then are swept by the quarter of an hour.
_QUARTER = 900


@dataclass(frozen=True, slots=True)
class Target:
    """Where a table lives in the sheet right now."""

    tab: SheetTab
    layout: Layout
    height: int  #: rows below the header

    @property
    def writable(self) -> bool:
        return self.layout.id_place is not None and bool(self.layout.places)


def agreed(layout: Layout, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The row as it will come back from the sheet; columns the sheet has not are still to be sent."""
    return {name: settled(cells.get(name, ""), layout.column(name)) for name in layout.places}


def line(layout: Layout, id_: str, cells: Mapping[str, Cell]) -> tuple[Cell, ...]:
    """A whole new row by column place."""
    places: list[Cell] = [""] * len(layout.header)
    for name, place in layout.places.items():
        places[place] = write_cell(cells.get(name, ""), layout.column(name))
    if layout.id_place is not None:
        places[layout.id_place] = id_
    return tuple(places)


def patch(target: Target, write: RowWrite) -> RowPatch:
    """A change to an existing row, with what must still stand there for the change to be right."""
    layout, raw = target.layout, write.row.raw
    key = [] if layout.id_place is None else [layout.id_place]
    values: dict[int, Cell]
    if write.kind is Write.ERASE:
        values, watched = dict.fromkeys([*key, *layout.places.values()], ""), key
    elif write.kind is Write.ADOPT:
        values, watched = dict.fromkeys(key, write.id), [*key, *layout.places.values()]
    else:
        values = {layout.places[name]: write_cell(cell, layout.column(name)) for name, cell in write.values.items()}
        watched = [*key, *values]
    expected = {place: raw[place] if place < len(raw) else "" for place in watched}
    return RowPatch(target.tab, write.row.number, layout.header, expected, values)


def new_fence(rows: Sent, groups: Sequence[str], now: float) -> tuple[Fence, list[str]]:
    """A fence for this payload, and the groups of fences that live on after it."""
    quarter = int(now) // _QUARTER
    current, previous = f"tabletalk-{quarter}", f"tabletalk-{quarter - 1}"
    old = tuple(group for group in groups if group not in (current, previous))
    digest = hashlib.blake2b(json.dumps(rows, sort_keys=True).encode(), digest_size=4).hexdigest()
    living = [previous, current] if previous in groups else [current]
    return Fence(random.randint(1, 2**31 - 1), current, digest, old), living
