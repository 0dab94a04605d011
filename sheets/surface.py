"""The port both table surfaces share: what the sync cycle asks of a Google Sheet today and of an .xlsx file later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import SheetError
from core.schema import Column
from core.values import Cell
from sheets.budget import Budget


class RefusedError(SheetError):
    """The surface said no: certainly nothing was applied."""

    def __init__(self, message: str, hint: str = "", *, status: int = 400) -> None:
        super().__init__(message, hint)
        self.status = status

    @property
    def busy(self) -> bool:
        """Too many requests: the same one may work later."""
        return self.status == 429

    @property
    def bad_request(self) -> bool:
        """The request itself was wrong or too big, as opposed to who asked or how often."""
        return self.status in (400, 413)


class UncertainError(SheetError):
    """No usable answer came: what was sent may have been applied, may still be applied, or may be lost."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a surface can take."""

    cell_max: int  #: characters of one cell
    rows_per_write: int
    requests_per_minute: int  #: reads, and as many writes


@dataclass(frozen=True, slots=True)
class SheetTab:
    """One tab as it stands in the surface. ``key`` stays the same when the owner renames the tab."""

    key: int
    title: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything in one tab as typed values: row 0 is the header, rows are ragged, blanks are ""."""

    rows: tuple[tuple[Cell, ...], ...] = ()

    @property
    def header(self) -> tuple[Cell, ...]:
        return self.rows[0] if self.rows else ()


@dataclass(frozen=True, slots=True)
class Fence:
    """The mark that makes a batch exactly-once: a second batch under the same id is refused whole.

    ``group`` is shared by the fences of one quarter of an hour, so that ``sweep`` can forget old ones together.
    """

    id: int
    group: str
    digest: str  #: of the payload, to recognise our own mark
    sweep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows to put below the last one of a tab. ``columns[i]`` describes place i, None = a column we do not write."""

    tab: SheetTab
    columns: tuple[Column | None, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class RowPatch:
    """A change to one existing row, valid only while the row still looks as it was read.

    ``number`` is where the row stood (1 = header); ``expected`` and ``values`` are keyed by column place.
    """

    tab: SheetTab
    number: int
    header: tuple[Cell, ...]
    expected: Mapping[int, Cell]
    values: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class TabPlan:
    """A tab to create: hidden and typed columns, and the rows it starts with."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    reuse: SheetTab | None = None  #: an empty default tab that becomes this one


@dataclass(frozen=True, slots=True)
class TabExtension:
    """Columns to add to the right of an existing tab, the first at place ``at``."""

    tab: SheetTab
    at: int
    columns: tuple[Column, ...]


class Surface(Protocol):
    """A shared table. Calls block and belong to one thread; every failure is `RefusedError` or `UncertainError`."""

    capabilities: Capabilities
    budget: Budget

    def tabs(self) -> list[SheetTab]:
        """The tabs that exist now, left to right (one read)."""

    def read(self, titles: Sequence[str]) -> dict[str, Grid]:
        """The whole content of these tabs (one read)."""

    def append(self, batches: Sequence[NewRows], fence: Fence) -> None:
        """Add rows to the bottom of tabs: all of them once, or none."""

    def settle(self, fence: Fence) -> bool:
        """Did the append under this fence happen? After False it never will."""

    def update(self, patches: Sequence[RowPatch]) -> list[bool]:
        """Change rows wherever they stand now; False for a row that no longer looks as expected."""

    def disarm(self) -> None:
        """Make sure that an update whose answer was lost can no longer be applied."""

    def overwrite(self, rows: NewRows, height: int) -> None:
        """Replace everything below the header of a tab that is the bot's alone; ``height`` rows are there now."""

    def ensure(self, create: Sequence[TabPlan], extend: Sequence[TabExtension]) -> None:
        """Build missing tabs and columns: all of them, or none."""

    def close(self) -> None:
        """Release connections."""
