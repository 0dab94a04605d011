"""Which tab of the sheet is which table of the bot, also after the owner renamed it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.values import fold
from sheets.columns import Problem
from sheets.surface import SheetTab


@dataclass(frozen=True, slots=True)
class Bindings:
    """``tabs`` by table title; ``keys`` are to be remembered; ``problems`` are for the owner."""

    tabs: Mapping[str, SheetTab]
    keys: Mapping[str, int]
    problems: tuple[Problem, ...] = ()


def bind(tabs: Sequence[SheetTab], known: Iterable[str], keys: Mapping[str, int]) -> Bindings:
    """Tables the bot knows follow their tab by key, for ever; any other tab is a table under its own title."""
    by_key = {tab.key: tab for tab in tabs}
    by_name = {fold(tab.title): tab for tab in reversed(tabs)}
    bound: dict[str, SheetTab] = {}
    problems: list[Problem] = []
    for title in known:
        tab = by_key.get(keys.get(title, -1)) or by_name.get(fold(title))
        if tab is not None:
            bound[title] = tab
            if fold(tab.title) != fold(title):
                what = f"Вкладка «{title}» теперь называется «{tab.title}»."
                problems.append(Problem(tab.title, what, "Бот её узнал, ничего делать не нужно."))
        elif title in keys:
            what = "Вкладка пропала. Бот работает с тем, что запомнил."
            problems.append(Problem(title, what, "Верните её: Файл — История версий."))
    taken = {tab.key for tab in bound.values()}
    new_keys = {**keys, **{title: tab.key for title, tab in bound.items()}}
    for tab in tabs:
        if tab.key not in taken and tab.title not in bound:
            bound[tab.title] = tab
    return Bindings(bound, new_keys, tuple(problems))
