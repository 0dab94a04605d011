"""Which tables exist and what stands in their headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.values import fold
from store.database import Database
from store.packing import pack, unpack


@dataclass(frozen=True, slots=True)
class Tab:
    """One table's identity and header."""

    id: int
    title: str
    columns: tuple[str, ...]


class Tabs:
    """All tables in the order they came to be, kept in memory: every step of every dialogue asks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tabs: dict[str, Tab] = {}
        self._load()
        database.on_rollback(self._load)

    def titles(self) -> list[str]:
        return list(self._tabs)

    def find(self, title: str) -> Tab | None:
        """A table by title; case, «ё» and spaces do not matter when nothing matches exactly."""
        exact = self._tabs.get(title)
        if exact:
            return exact
        wanted = fold(title)
        return next((tab for tab in self._tabs.values() if fold(tab.title) == wanted), None)

    def ensure(self, title: str, columns: Sequence[str]) -> Tab:
        """The table; it is made with these columns when there is none."""
        tab = self.find(title)
        if tab is None:
            header = tuple(dict.fromkeys(columns))
            with self._database.transaction() as connection:
                (id_,) = connection.execute(
                    "INSERT INTO tabs (title, columns) VALUES (?, ?) RETURNING id", (title, pack(header))
                ).fetchone()
            tab = self._tabs[title] = Tab(id_, title, header)
        return tab

    def set_columns(self, tab: Tab, columns: Sequence[str]) -> Tab:
        """The table with a new header."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE tabs SET columns = ? WHERE id = ?", (pack(list(columns)), tab.id))
        self._tabs[tab.title] = Tab(tab.id, tab.title, tuple(columns))
        return self._tabs[tab.title]

    def _load(self) -> None:
        rows = self._database.read("SELECT id, title, columns FROM tabs ORDER BY id")
        self._tabs = {title: Tab(id_, title, tuple(unpack(columns))) for id_, title, columns in rows}
