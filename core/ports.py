"""The seams of the house: what the core's callers promise to each other, one small protocol per neighbour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.leaderboard import BoardSpec, Leaderboard
from core.messages import Capabilities, Event, Outgoing, Platform, Reply, Sent
from core.values import Cell, Row

#: Called by a messenger's listening loop with a batch of events and the platform's new position (Telegram offset,
#: VK ts). It must return only after both are stored: only then does the messenger acknowledge them.
Receive = Callable[[Sequence[Event], str], Awaitable[None]]

#: Draws a chart or fetches a picture: Reply -> (image bytes, content key for re-use), or None when there is none.
Picture = Callable[[Reply], Awaitable[tuple[bytes, str] | None]]


class Messenger(Protocol):
    """One platform. Library types never leave its file; library errors come back as `Sent`."""

    platform: Platform
    capabilities: Capabilities

    async def start(self) -> str:
        """Check the token and open sessions; return the bot's public name. Raises `MessengerError` with a hint."""

    async def listen(self, position: str, receive: Receive) -> None:
        """Long-poll for ever from ``position`` ("" = oldest the platform kept), surviving every outage.

        Returns only when cancelled; raises `MessengerError` when the token is dead.
        """

    async def send(self, outgoing: Outgoing) -> Sent:
        """Deliver one message already fitted to `capabilities`. Never raises for a platform's refusal."""

    async def typing(self, chat: str) -> None:
        """Show «печатает…». Best effort, never raises."""

    async def acknowledge(self, press_id: str, chat: str, user_id: str) -> None:
        """Stop the spinner of a pressed button. Best effort, never raises."""

    async def close(self) -> None:
        """Release sockets."""


@dataclass(frozen=True, slots=True)
class LocalRow:
    """A row as the bot holds it, for the sheet's merge. ``base`` is what both sides last agreed on, None = not sent."""

    id: str
    cells: Mapping[str, Cell]
    base: Mapping[str, Cell] | None
    position: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class MergedRow:
    """The outcome of a merge for one row: what to keep locally and what both sides now agree on."""

    id: str
    cells: Mapping[str, Cell]
    base: Mapping[str, Cell] | None
    position: int
    deleted: bool = False


class SheetStore(Protocol):
    """What the sync cycle needs of the bot's memory. Every call is quick, synchronous, and one transaction."""

    def tables(self) -> list[str]:
        """Titles of all tables, in the order of the tabs."""

    def columns(self, table: str) -> list[str]:
        """Header texts of a table, in the sheet's order."""

    def local_rows(self, table: str) -> list[LocalRow]:
        """Every row, deleted ones included, in sheet order."""

    def unsent_rows(self, table: str) -> list[LocalRow]:
        """Rows whose cells differ from their base (new, changed or deleted), oldest change first."""

    def apply_merge(self, table: str, columns: Sequence[str], rows: Sequence[MergedRow]) -> None:
        """Store a merge result: rows named here are replaced, others stay."""

    def replace_table(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> bool:
        """Replace an owner's tab whole; False (and no new revision) when nothing changed."""

    def memo(self, key: str) -> Any:
        """A remembered JSON value, None when there is none."""

    def set_memo(self, key: str, value: Any) -> None:
        """Remember a JSON value across restarts (flights, positions)."""


class Tables(Protocol):
    """Read access to the shared tables for the dialogue: a consistent view, cheap enough to call in every step."""

    def names(self) -> list[str]:
        """Titles of all tables."""

    def columns(self, table: str) -> list[str]:
        """Header texts; [] for an unknown table."""

    def rows(self, table: str) -> Iterable[Row]:
        """Live rows in sheet order."""

    def row(self, table: str, row_id: str) -> Row | None:
        """One live row by id."""

    def board(self, spec: BoardSpec) -> Leaderboard:
        """The leaderboard over a table, kept up to date with its rows."""
