"""Ready bots as CSV tabs, one folder per bot: what `init` puts into a new sheet and a fresh store starts from."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeAlias

from core.errors import TabletalkError
from core.schema import TABS
from core.suggest import did_you_mean

#: A tab's header and its rows, every cell as the owner would type it.
Table: TypeAlias = tuple[list[str], list[list[str]]]


def names() -> list[str]:
    """Every recipe there is, in alphabetical order."""
    return sorted(folder.name for folder in files(__name__).iterdir() if _tabs(folder))


def load(name: str) -> dict[str, Table]:
    """A recipe's tabs in the order of a new sheet; a tab the recipe leaves out comes empty, with its own columns."""
    known = names()
    if name not in known:
        # Refused before it is joined to a path: the name comes from a command line.
        hint = did_you_mean(name, known).strip() or f"Есть такие: {', '.join(known)}."
        raise TabletalkError(f"Рецепта «{name}» нет.", hint)
    own = {title: _read(source) for title, source in _tabs(files(__name__) / name).items()}
    contract: dict[str, Table] = {title: ([column.name for column in tab.columns], []) for title, tab in TABS.items()}
    return {**contract, **own}


def _tabs(folder: Traversable) -> dict[str, Traversable]:
    """Title of each tab -> its file, by alphabet so that tabs beyond the contract keep a stable order."""
    if not folder.is_dir():
        return {}
    sources = sorted(folder.iterdir(), key=lambda source: source.name)
    return {source.name.removesuffix(".csv"): source for source in sources if source.name.endswith(".csv")}


def _read(source: Traversable) -> Table:
    header, *rows = csv.reader(io.StringIO(source.read_text(encoding="utf-8"), newline=""), strict=True)
    return header, rows
