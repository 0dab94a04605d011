"""What a dialogue step does to the shared tables: plain values that the store applies in the step's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from core.values import Cell


@dataclass(frozen=True, slots=True)
class Put:
    """Write cells of one row; cells that are not named keep what they hold.

    ``new`` rows are added at the bottom. Their id comes from their cause (`core.values.stable_id`), so a repeated
    cause writes the same row again. Without ``new`` a row that is gone stays gone: the owner deleted it.
    """

    table: str
    id: str
    cells: Mapping[str, Cell]
    new: bool = False


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete one row; removing a missing row changes nothing."""

    table: str
    id: str


Change: TypeAlias = Put | Remove
