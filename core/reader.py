"""From rows of «Сценарий» to compiled steps, collecting every problem with its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from core.blocks import BLOCKS
from core.blocks.block import Block, Extra, Param, Takes
from core.buttons import ButtonRows, read_buttons
from core.errors import TabletalkError
from core.expression import Expression
from core.formula import Formula, compile_formula
from core.numerals import digits
from core.paths import parse
from core.scenario import Problem, Scenario, Step
from core.schema import SCENARIO
from core.suggest import closest, did_you_mean
from core.template import Template, show
from core.values import Row, fold, sheet_number

_OPEN, _CLOSE = "([{«", ")]}»"


class Reading(NamedTuple):
    """What could be compiled, what could not, and which variables the rows left out would have filled.

    "" among ``lost`` means: some row fills a variable nobody can name until that row is mended.
    """

    scenario: Scenario
    problems: list[Problem]
    lost: set[str]


def read_scenario(rows: Iterable[Row]) -> Reading:
    """Compile the dialogue. Steps with a problem are left out; the caller decides whether to take the rest live.

    A row's number is its place in the sheet: rows read from a sheet carry it as "@<number>", others count from 2.
    """
    reader = _Reader()
    for position, row in enumerate(rows, start=2):
        number = sheet_number(row, position)
        reader.read(row, number)
    return Reading(Scenario(tuple(reader.steps)), reader.problems, reader.lost)


def split_params(cell: str) -> list[tuple[str, str]]:
    """`ключ: значение; ключ: значение` or one per line; `;` inside quotes and brackets does not split.

    A part without a colon comes back with an empty key.
    """
    parts, depth, quoted, part = [], 0, False, ""
    for char in cell:
        quoted ^= char == '"'
        depth += (char in _OPEN) - (char in _CLOSE)
        if char in ";\n" and depth <= 0 and not quoted:
            parts.append(part)
            part, depth = "", 0
        else:
            part += char
    parts.append(part)
    pairs = []
    for text in (part.strip() for part in parts):
        key, colon, value = text.partition(":")
        if text:
            pairs.append((key.strip(), value.strip()) if colon else ("", text))
    return pairs


class _Reader:
    """Keeps the section, the problems and the keys given so far."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.problems: list[Problem] = []
        self.lost: set[str] = set()
        self._section = ""
        self._keys: dict[str, int] = {}
        self._row = 0
        self._broken = False

    def read(self, row: Row, number: int) -> None:
        cells = {column.name: show(row.get(column.name)).strip() for column in SCENARIO.columns}
        if not any(cells.values()):
            return
        self._row, self._broken = number, False
        name = cells["Шаг"]
        self._section = name or self._section
        self._check_name(name)
        block = self._block(cells["Блок"])
        step = None if block is None else self._step(block, cells, name)
        if step is not None and not self._broken:
            self.steps.append(step)
        else:
            self._lose(block or BLOCKS.get(closest(cells["Блок"], BLOCKS)), cells)

    def _lose(self, block: Block | None, cells: Mapping[str, str]) -> None:
        """Remember what a broken row would have filled, so that one mistake is not reported again at every use."""
        name = cells["Переменная"] or (block.variable if block else "")
        if name or block is None or block.needs_variable:
            self.lost.add(fold(name))
        if block is None or block.extra is Extra.VARIABLES:
            self.lost |= {fold(key) for key, _ in split_params(cells["Параметры"]) if key}

    def _step(self, block: Block, cells: Mapping[str, str], name: str) -> Step:
        params, extra = self._params(block, cells["Параметры"])
        if block.needs_text and not cells["Текст"]:
            self._wrong("Текст", f"Блоку «{block.name}» нужен текст: что сказать человеку.")
        if block.needs_variable and not cells["Переменная"]:
            self._wrong("Переменная", f"Блоку «{block.name}» нужна переменная: куда положить ответ.")
        if any(sign in cells["Переменная"] for sign in "{}.|"):
            self._wrong("Переменная", f"«{cells['Переменная']}»: здесь только имя, без скобок и точек. Например: город")
        return Step(
            key=self._key(block, name, cells["Переменная"]),
            name=name,
            section=self._section,
            row=self._row,
            block=block.name,
            text=self._template(cells["Текст"]),
            buttons=self._buttons(cells["Кнопки"]),
            variable=cells["Переменная"],
            params=params,
            extra=extra,
            condition=self._condition(cells["Если"]),
            next=cells["Дальше"].removeprefix(">").strip(),
            on_error=cells["Ошибка"].removeprefix(">").strip(),
        )

    def _key(self, block: Block, name: str, variable: str) -> str:
        """Named rows are their name; others are told apart by what they fill, so that inserts do not move them."""
        key = fold(name) if name else f"{fold(self._section)}#{block.name}:{fold(variable)}"
        self._keys[key] = self._keys.get(key, 0) + 1
        return key if self._keys[key] == 1 else f"{key}#{self._keys[key]}"

    def _check_name(self, name: str) -> None:
        if name and any(fold(step.name) == fold(name) for step in self.steps):
            self._wrong("Шаг", f"Шаг «{name}» уже есть выше. Дайте одному из них другое имя.")

    def _block(self, word: str) -> Block | None:
        block = BLOCKS.get(fold(word))
        if block is None and not word:
            self._wrong("Блок", "Не выбран блок. Выберите его в выпадающем списке.")
        elif block is None:
            self._wrong("Блок", f"Блок «{word}» мне незнаком.{did_you_mean(word, list(BLOCKS))}")
        return block

    def _params(self, block: Block, cell: str) -> tuple[dict[str, Expression], dict[str, Expression]]:
        declared = {fold(param.name): param for param in block.params}
        params: dict[str, Expression] = {}
        extra: dict[str, Expression] = {}
        given: set[str] = set()
        for key, value in split_params(cell):
            param = declared.get(fold(key))
            if not key:
                self._wrong("Параметры", f"«{value}»: жду «ключ: значение».")
            elif fold(key) in given:
                self._wrong("Параметры", f"«{key}» указано дважды. Оставьте одно.")
            elif param is not None:
                params[param.name] = self._declared(param, value)
            elif block.extra is Extra.NONE:
                known = [param.name for param in block.params]
                hint = did_you_mean(key, known) or (f" Бывают: {', '.join(known)}." if known else "")
                self._wrong("Параметры", f"У блока «{block.name}» нет параметра «{key}».{hint}")
            else:
                extra[key] = self._path(value) if block.extra is Extra.VARIABLES else self._expression(value)
            given.add(fold(key))
        self._require(block, params, extra)
        return params, extra

    def _declared(self, param: Param, value: str) -> Expression:
        """A choice takes the spelling it is declared with: owners write «Вид: Число» and mean «число»."""
        if param.takes is Takes.CHOICE:
            choices = {fold(choice): choice for choice in param.choices}
            if fold(value) not in choices:
                allowed = f"Бывает: {', '.join(param.choices)}.{did_you_mean(value, param.choices)}"
                self._wrong("Параметры", f"{param.name}: «{value}» не подходит. {allowed}")
            value = choices.get(fold(value), value)
        elif value and "{" not in value and not value.startswith("="):
            self._check_literal(param, value)
        return self._expression(value, formula=param.takes is Takes.FORMULA)

    def _check_literal(self, param: Param, value: str) -> None:
        if param.takes is Takes.NUMBER and digits(value) is None:
            self._wrong("Параметры", f"{param.name}: «{value}» — не число. Напишите цифрами, например: 5")
        elif param.like and not re.fullmatch(param.like, value, re.IGNORECASE):
            self._wrong("Параметры", f"{param.name}: «{value}» не подходит. Например: {param.such_as}")

    def _require(self, block: Block, params: Mapping[str, Expression], extra: Mapping[str, Expression]) -> None:
        for param in block.params:
            if param.required and not (param.name in params and params[param.name].raw):
                mistyped = closest(param.name, extra)
                hint = f" Похоже, вы написали его как «{mistyped}»." if mistyped else ""
                self._wrong("Параметры", f"Блоку «{block.name}» нужен параметр «{param.name}»: {param.about}.{hint}")

    def _path(self, text: str) -> Expression:
        """Where in an API's answer the value is: a path, not a text."""
        try:
            parse(text)
        except TabletalkError as error:
            self._wrong("Параметры", str(error))
        return Expression(text)

    def _expression(self, text: str, *, formula: bool = False) -> Expression:
        try:
            return Expression.condition(text) if formula else Expression.read(text)
        except TabletalkError as error:
            self._wrong("Параметры", str(error))
            return Expression(text)

    def _template(self, text: str) -> Template:
        try:
            return Template.parse(text)
        except TabletalkError as error:
            self._wrong("Текст", str(error))
            return Template.parse("")

    def _buttons(self, cell: str) -> ButtonRows:
        try:
            return read_buttons(cell)
        except TabletalkError as error:
            self._wrong("Кнопки", str(error))
            return ()

    def _condition(self, text: str) -> Formula | None:
        if not text:
            return None
        try:
            return compile_formula(text.removeprefix("="))
        except TabletalkError as error:
            self._wrong("Если", str(error))
            return None

    def _wrong(self, column: str, message: str) -> None:
        self._broken = True
        self.problems.append(Problem(SCENARIO.title, self._row, column, message, step=self._section))
