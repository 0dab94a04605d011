"""From rows of «Сценарий» to compiled steps, collecting every problem with its row and column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.blocks import BLOCKS
from core.blocks.block import Block, Extra, Takes
from core.buttons import ButtonRows, read_buttons
from core.errors import TabletalkError
from core.expression import Expression
from core.formula import Formula, compile_formula
from core.scenario import Problem, Scenario, Step
from core.schema import SCENARIO
from core.suggest import did_you_mean
from core.template import Template, show
from core.values import Row, fold

_OPEN, _CLOSE = "([{«", ")]}»"


def read_scenario(rows: Iterable[Row]) -> tuple[Scenario, list[Problem]]:
    """Compile the dialogue. Steps with a problem are left out; the caller decides whether to take the rest live.

    A row's number is its place in the sheet: rows read from a sheet carry it as "@<number>", others count from 2.
    """
    reader = _Reader()
    for position, row in enumerate(rows, start=2):
        number = int(row.id[1:]) if row.id.startswith("@") and row.id[1:].isdigit() else position
        reader.read(row, number)
    return Scenario(tuple(reader.steps)), reader.problems


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
        if block is None:
            return
        step = self._step(block, cells, name)
        if not self._broken:
            self.steps.append(step)

    def _step(self, block: Block, cells: Mapping[str, str], name: str) -> Step:
        params, extra = self._params(block, cells["Параметры"])
        if block.needs_text and not cells["Текст"]:
            self._wrong("Текст", f"Блоку «{block.name}» нужен текст: что сказать человеку.")
        if block.needs_variable and not cells["Переменная"]:
            self._wrong("Переменная", f"Блоку «{block.name}» нужна переменная: куда положить ответ.")
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
            next=cells["Дальше"],
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
        for key, value in split_params(cell):
            param = declared.get(fold(key))
            if not key:
                self._wrong("Параметры", f"«{value}»: жду «ключ: значение».")
            elif param is not None:
                expression = self._expression(value, formula=param.takes is Takes.FORMULA)
                params[param.name] = expression
                if param.takes is Takes.CHOICE and "{" not in value and fold(value) not in map(fold, param.choices):
                    hint = did_you_mean(value, list(param.choices))
                    self._wrong(
                        "Параметры", f"{param.name}: «{value}» не подходит. Бывает: {', '.join(param.choices)}.{hint}"
                    )
            elif block.extra is not Extra.NONE:
                extra[key] = self._expression(value)
            else:
                known = [param.name for param in block.params]
                hint = did_you_mean(key, known) or (f" Бывают: {', '.join(known)}." if known else "")
                self._wrong("Параметры", f"У блока «{block.name}» нет параметра «{key}».{hint}")
        for param in block.params:
            if param.required and param.name not in params:
                self._wrong("Параметры", f"Блоку «{block.name}» нужен параметр «{param.name}»: {param.about}.")
        return params, extra

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
