"""Translates a Russian formula into Python source made only of our own placeholders, ready for ``ast.parse``.

No word of the owner reaches the parser: names, texts and numbers become ``x0``, ``x1``…, so nothing he types can mean
something in Python.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal

from core.errors import FormulaError
from core.suggest import did_you_mean
from core.values import fold

FUNCTIONS = ("ЕСЛИ", "ОКРУГЛ", "МИН", "МАКС", "ДЛСТР", "СЕГОДНЯ", "СЕЙЧАС", "ПУСТО", "И", "ИЛИ")
_FUNCTIONS = {fold(name): name for name in FUNCTIONS}
_CONSTANTS = {"да": True, "истина": True, "нет": False, "ложь": False}
_WORD_OPERATORS = {"и": "and", "или": "or", "не": "not"}
_OPERATORS = {
    "<>": "!=",
    "≠": "!=",
    "==": "==",
    "=": "==",
    "≤": "<=",
    "=<": "<=",
    "≥": ">=",
    "=>": ">=",
    "−": "-",
    "–": "-",
    "×": "*",
    "·": "*",
    ";": ",",
}

_PART = r"(?:[^\W\d]\w*|\[[^\[\]\n]+\])"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    | (?P<number>\d{{1,3}}(?:[ \u00a0]\d{{3}})+(?!\d)(?:[.,]\d+)? | \d+(?:[.,]\d+)?)
    | (?P<text>"(?:[^"]|"")*" | «[^«»]*» | “[^“”]*” | '[^']*')
    | (?P<name>{_PART}(?:\.(?:{_PART}|\d+))*)
    | (?P<sign><>|!=|==|=<|=>|<=|>=|[≠≤≥<>=+\-−–*×·/();,])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name to look up, folded: «погода.осадки с»."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """One of `FUNCTIONS`."""

    name: str


#: What a placeholder stands for.
Meaning = Variable | Function | Decimal | str | bool


@dataclass(slots=True)
class Source:
    """Python source of a formula, what its placeholders mean, and the way back to the owner's text."""

    formula: str
    python: str = ""
    meanings: dict[str, Meaning] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)
    _origins: list[int] = field(default_factory=list)

    def add(self, python: str, origin: int) -> None:
        self._starts.append(len(self.python))
        self._origins.append(origin)
        self.python += python + " "

    def add_meaning(self, meaning: Meaning, origin: int) -> None:
        placeholder = f"x{len(self.meanings)}"
        self.meanings[placeholder] = meaning
        self.add(placeholder, origin)

    def error(self, problem: str, python_offset: int) -> FormulaError:
        """The problem with a finger at the owner's own character."""
        token = bisect_right(self._starts, python_offset) - 1
        ended = python_offset >= len(self.python)
        return pointed(self.formula, problem, len(self.formula) if ended or token < 0 else self._origins[token])


def pointed(formula: str, problem: str, at: int) -> FormulaError:
    """An error that shows where: «возраст > 👉> 5»."""
    return FormulaError(f"{problem} Смотрите сюда: «{formula[:at]}👉{formula[at:]}».")


def translate(formula: str) -> Source:
    """Read the formula into `Source`; raises `FormulaError` at the first character that belongs to nothing."""
    source = Source(formula)
    at, after_value = 0, False
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None:
            raise pointed(formula, _stray(formula[at]), at)
        kind, word, start, at = match.lastgroup, match[0], at, match.end()
        if kind == "space":
            continue
        is_operator = kind == "sign" or (kind == "name" and fold(word) in _WORD_OPERATORS and word[0] != "[")
        called = formula[at:].lstrip().startswith("(")
        if is_operator and not (kind == "name" and called and not after_value and fold(word) != "не"):
            source.add(_OPERATORS.get(word, _WORD_OPERATORS.get(fold(word), word)), start)
            after_value = word == ")"
            continue
        if after_value:
            raise pointed(formula, _JUXTAPOSED, start)
        _add_value(source, kind or "", word, called, start)
        after_value = not called or kind != "name"
    return source


_JUXTAPOSED = (
    "Между двумя значениями не хватает знака. Имя из нескольких слов возьмите в квадратные скобки: [Любимая книга]."
)


def _add_value(source: Source, kind: str, token: str, called: bool, start: int) -> None:
    if kind == "number":
        source.add_meaning(Decimal(re.sub(r"\s", "", token).replace(",", ".")), start)
    elif kind == "text":
        inside = token[1:-1]
        source.add_meaning(inside.replace('""', '"') if token[0] == '"' else inside, start)
    elif called:
        source.add_meaning(_function(source.formula, token, start), start)
    elif token.upper() in ("СЕГОДНЯ", "СЕЙЧАС"):
        source.add_meaning(Function(token.upper()), start)
        source.add("( )", start)  # Excel wants the brackets, people forget them
    elif fold(token) in _CONSTANTS:
        source.add_meaning(_CONSTANTS[fold(token)], start)
    else:
        source.add_meaning(Variable(_variable(token)), start)


def _function(formula: str, token: str, start: int) -> Function:
    name = _FUNCTIONS.get(fold(token))
    if name is None:
        raise pointed(formula, f"Не знаю функции «{token}».{did_you_mean(token, FUNCTIONS)}", start)
    return Function(name)


def _variable(token: str) -> str:
    return ".".join(fold(part.strip("[]")) for part in re.findall(r"\[[^\[\]]+\]|[^.\[\]]+", token))


def _stray(character: str) -> str:
    if character == "%":
        return "Знак «%» в условиях не нужен: вместо «50%» пишите 50."
    if character in "\"'«“":
        return "Не вижу, где кончается текст в кавычках."
    if character == "[":
        return "Не вижу, где кончается имя: нужна закрывающая скобка «]»."
    return f"Не понимаю знак «{character}»." if character.isprintable() else "Здесь стоит невидимый знак, удалите его."
