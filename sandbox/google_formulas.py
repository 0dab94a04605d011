"""Formulas: a small calculator, enough for what owners type into a table of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from sandbox.google_display import Failure
from sandbox.google_grid import Scalar
from sandbox.google_locale import Locale
from sandbox.google_references import REFERENCE, STRING

_TOKEN = re.compile(
    rf"\s*(?:(?P<text>{STRING})|(?P<ref>{REFERENCE})|(?P<number>\d+(?:[.,]\d+)?)|(?P<name>[^\W\d][\w.]*)"
    r"|(?P<gone>#REF!)|(?P<op><>|<=|>=|[-+*/&=<>();,]))"
)

#: Reads the cells of a reference, row by row: the calculator's window on the grid.
Fetch: TypeAlias = Callable[[str], list[Scalar]]


class _Token(NamedTuple):
    kind: str
    text: str


class Formula:
    """One evaluation by recursive descent: comparison, concatenation, sum, product, unary, atom."""

    def __init__(self, text: str, fetch: Fetch, locale: Locale, today: float) -> None:
        self._tokens = list(_tokens(text, locale))
        self._at = 0
        self._fetch = fetch
        self._locale = locale
        self._today = today

    def value(self) -> Scalar:
        try:
            result = _one(self._comparison())
        except _BrokenError as broken:
            return broken.failure
        except RecursionError:
            return Failure("#ERROR!")
        return result if self._at == len(self._tokens) else Failure("#ERROR!")

    def _peek(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _take(self) -> _Token:
        if self._at >= len(self._tokens):
            raise _BrokenError("#ERROR!")
        self._at += 1
        return self._tokens[self._at - 1]

    def _comparison(self) -> Operand:
        left = self._chain(("&",), lambda: self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._unary)))
        if self._peek() not in ("=", "<>", "<", "<=", ">", ">="):
            return left
        sign = self._take().text
        right = self._chain(("&",), lambda: self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._unary)))
        a, b = _order(_one(left)), _order(_one(right))
        return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Operand]) -> Operand:
        left = part()
        while self._peek() in signs:
            left = _apply(self._take().text, _one(left), _one(part()))
        return left

    def _unary(self) -> Operand:
        if self._peek() in ("-", "+"):
            sign = self._take().text
            number = _figure(_one(self._unary()))
            return -number if sign == "-" else number
        return self._atom()

    def _atom(self) -> Operand:
        token = self._take()
        if token.kind == "text":
            return token.text[1:-1].replace('""', '"')
        if token.kind == "number":
            return float(token.text.replace(",", "."))
        if token.kind == "ref":
            return self._fetch(token.text)
        if token.kind == "gone":
            raise _BrokenError("#REF!")
        if token.kind == "name":
            return self._call(token.text.upper())
        if token.text == "(":
            inside = self._comparison()
            self._expect(")")
            return inside
        raise _BrokenError("#ERROR!")

    def _call(self, name: str) -> Operand:
        if self._peek() != "(":
            truth = {self._locale.true: True, self._locale.false: False, "TRUE": True, "FALSE": False}
            if name in truth:
                return truth[name]
            raise _BrokenError("#NAME?")
        self._take()
        given: list[Operand] = []
        while self._peek() != ")":
            if given:
                self._expect(self._locale.separator)
            given.append(self._comparison())
        self._take()
        if name.startswith("IMPORT") or name in ("GOOGLEFINANCE", "IMAGE", "GOOGLETRANSLATE"):
            raise _BrokenError("#N/A")  # the emulator never fetches anything
        if name in ("TODAY", "СЕГОДНЯ"):
            return self._today
        if name not in _FUNCTIONS:
            raise _BrokenError("#NAME?")
        return _FUNCTIONS[name](given)

    def _expect(self, text: str) -> None:
        if self._take().text != text:
            raise _BrokenError("#ERROR!")


Operand: TypeAlias = "Scalar | list[Scalar]"


class _BrokenError(Exception):
    def __init__(self, shown: str) -> None:
        self.failure = Failure(shown)


def _tokens(text: str, locale: Locale) -> Iterator[_Token]:
    position = 1  # after "="
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            yield _Token("op", text[position:])
            return
        position = match.end()
        yield _Token(match.lastgroup, match[match.lastgroup])


def _one(operand: Operand) -> Scalar:
    value = (operand[0] if operand else None) if isinstance(operand, list) else operand
    if isinstance(value, Failure):
        raise _BrokenError(value)
    return value


def _figure(value: Scalar) -> float:
    if value is None:
        return 0
    if isinstance(value, str):
        raise _BrokenError("#VALUE!")
    return value


def _apply(sign: str, left: Scalar, right: Scalar) -> Scalar:
    if sign == "&":
        return "".join(
            "" if part is None else f"{part:.10G}" if isinstance(part, float) else str(part) for part in (left, right)
        )
    a, b = _figure(left), _figure(right)
    if sign == "/" and b == 0:
        raise _BrokenError("#DIV/0!")
    return a + b if sign == "+" else a - b if sign == "-" else a * b if sign == "*" else a / b


def _order(value: Scalar) -> tuple[int, float | str]:
    if isinstance(value, str):
        return 1, value.casefold()
    return (2 if isinstance(value, bool) else 0), float(value or 0)


def _all(given: list[Operand]) -> list[Scalar]:
    values = [value for operand in given for value in (operand if isinstance(operand, list) else [operand])]
    failed = next((value for value in values if isinstance(value, Failure)), None)
    if failed is not None:
        raise _BrokenError(failed)
    return [value for value in values if value is not None]


def _figures(given: list[Operand]) -> list[float]:
    return [value for value in _all(given) if isinstance(value, (int, float)) and not isinstance(value, bool)]


def _average(given: list[Operand]) -> Scalar:
    figures = _figures(given)
    if not figures:
        raise _BrokenError("#DIV/0!")
    return sum(figures) / len(figures)


def _choose(given: list[Operand]) -> Operand:
    if len(given) not in (2, 3):
        raise _BrokenError("#N/A")
    return given[1] if _figure(_one(given[0])) else (given[2] if len(given) == 3 else False)


_BY_ENGLISH: dict[str, Callable[[list[Operand]], Operand]] = {
    "SUM": lambda given: sum(_figures(given)),
    "COUNT": lambda given: len(_figures(given)),
    "COUNTA": lambda given: len(
        [
            value
            for operand in given
            for value in (operand if isinstance(operand, list) else [operand])
            if value is not None
        ]
    ),
    "AVERAGE": _average,
    "MIN": lambda given: min(_figures(given), default=0),
    "MAX": lambda given: max(_figures(given), default=0),
    "IF": _choose,
}
_RUSSIAN = {
    "СУММ": "SUM",
    "СЧЁТ": "COUNT",
    "СЧЁТЗ": "COUNTA",
    "СРЗНАЧ": "AVERAGE",
    "МИН": "MIN",
    "МАКС": "MAX",
    "ЕСЛИ": "IF",
}
_FUNCTIONS = _BY_ENGLISH | {russian: _BY_ENGLISH[english] for russian, english in _RUSSIAN.items()}
