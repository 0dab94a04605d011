"""Decision tables: every cell is a test, an empty cell lets anything through, the first row that passes wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.formula_values import Plain, equal, number, plain
from core.numerals import digits
from core.values import Cell, Row, Value, fold

_NUMBER = r"[+\-−–]?\d[\d \u00a0]*(?:[.,]\d+)?"
_RANGE = re.compile(rf"(?P<low>{_NUMBER})?\s*(?:\.{{2,3}}|…)\s*(?P<high>{_NUMBER})?")
_DASHED = re.compile(r"(?P<low>\d+(?:[.,]\d+)?)\s*[-−–—]\s*(?P<high>\d+(?:[.,]\d+)?)")
_FROM_TO = re.compile(rf"(?:от\s+(?P<low>{_NUMBER}))?\s*(?:до\s+(?P<high>{_NUMBER}))?")
_BOUND = re.compile(r"(?P<sign><=|>=|=<|=>|≤|≥|<>|!=|≠|<|>|=)\s*(?P<rest>.*)", re.DOTALL)
_COMMA = re.compile(r";|\n|,(?!\d)|(?<!\d),")  # the comma of «1,5» separates nothing
_SIGNS = {"=<": "<=", "≤": "<=", "=>": ">=", "≥": ">=", "!=": "<>", "≠": "<>"}
_HINT = "Можно так: «дождь, морось», «-5..10», «>= 20», «не снег» или оставить пусто."


@dataclass(frozen=True, slots=True)
class _Test:
    """One alternative of a cell: an exact value, or the numbers between two edges."""

    exact: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    open_low: bool = False
    open_high: bool = False
    problem: str = ""

    @property
    def is_range(self) -> bool:
        return self.low is not None or self.high is not None

    def passes(self, value: Plain) -> bool:
        if self.exact and equal(self.exact, value):
            return True
        found = number(value)
        if not self.is_range or found is None:
            return False
        above = self.low is None or found > self.low or (found == self.low and not self.open_low)
        below = self.high is None or found < self.high or (found == self.high and not self.open_high)
        return above and below


@dataclass(frozen=True, slots=True)
class _Cell:
    """A whole cell: one of the tests must pass, or none when it begins with «не»."""

    tests: tuple[_Test, ...]
    negated: bool = False


def check_cell(text: str) -> str:
    """What is wrong with a cell of a decision table, in Russian; "" when nothing is."""
    return next((f"{test.problem} {_HINT}" for test in _read(text).tests if test.problem), "")


def matches(cell: Cell, value: Value) -> bool:
    """Whether a value passes the test of a cell. A mistaken test passes nothing."""
    known = plain(value)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return True
    if not isinstance(cell, str):
        return equal(plain(cell), known)
    test = _read(cell)
    if known == "":
        return False  # a condition about something unknown cannot be said to hold
    return any(each.passes(known) for each in test.tests) is not test.negated


def first(rows: Iterable[Row], inputs: Mapping[str, Value]) -> Row | None:
    """The first row whose every condition holds; None when no row fits."""
    return next(all_matching(rows, inputs), None)


def all_matching(rows: Iterable[Row], inputs: Mapping[str, Value]) -> Iterator[Row]:
    """Every row that fits, top to bottom. ``inputs``: column -> the value to try its cells on."""
    return (row for row in rows if all(matches(row.get(column), value) for column, value in inputs.items()))


@lru_cache(maxsize=2048)
def _read(text: str) -> _Cell:
    text = text.strip()
    negated = fold(text).startswith(("не ", "кроме "))
    if negated:
        text = text.split(maxsplit=1)[1]
    if text.startswith(("<>", "!=", "≠")):
        negated, text = not negated, text.lstrip("<>!=≠").strip()
    return _Cell(tuple(_test(part.strip()) for part in _COMMA.split(text) if part.strip()), negated)


def _test(part: str) -> _Test:
    if bound := _BOUND.fullmatch(part):
        return _bound(part, _SIGNS.get(bound["sign"], bound["sign"]), bound["rest"].strip())
    if ".." in part or "…" in part:
        return _range(part, _RANGE.fullmatch(part))
    between = _DASHED.fullmatch(part) or _FROM_TO.fullmatch(fold(part))
    if between is None or between["low"] is between["high"] is None:
        return _Test(part)
    return _range(part, between)


def _bound(part: str, sign: str, rest: str) -> _Test:
    if sign == "=" and rest:
        return _Test(rest)
    edge = digits(rest)
    if edge is None or sign == "<>":
        return _Test(problem=f"«{part}»: после знака сравнения нужно число.")
    if sign.startswith(">"):
        return _Test(low=edge, open_low=sign == ">")
    return _Test(high=edge, open_high=sign == "<")


def _range(part: str, match: re.Match[str] | None) -> _Test:
    """A range. An ellipsis without any number at it is ordinary text («может быть…»)."""
    if match is None or match["low"] is match["high"] is None:
        mistaken = any(character.isdigit() for character in part) or not part.strip(".… ")
        return _Test(part, problem=f"«{part}»: не понимаю диапазон." if mistaken else "")
    low, high = (digits(edge) if edge else None for edge in (match["low"], match["high"]))
    if (match["low"] and low is None) or (match["high"] and high is None):
        return _Test(part, problem=f"«{part}»: не понимаю число.")
    if low is not None and high is not None and low > high:
        return _Test(part, problem=f"«{part}»: сначала меньшее число, потом большее: {match['high']}..{match['low']}.")
    return _Test(part, low, high)
