"""Does the whole scenario hold together: every step, table, column and variable it names must exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.blocks import BLOCKS
from core.blocks.block import Extra, Takes
from core.buttons import Aim, ButtonSpec
from core.expression import Expression
from core.reader import Reading, read_scenario
from core.scenario import Problem, Scenario, Step
from core.schema import PEOPLE, SCENARIO, Writer
from core.suggest import did_you_mean
from core.values import Row, fold

#: Variables nobody sets by hand.
_ALWAYS = ("ошибка",)
#: Columns of «Пользователи» that say who is who: an answer must not overwrite them.
_BOTS_OWN = {fold(column.name) for column in PEOPLE.columns if column.writer is Writer.BOT}
#: Names that «строка» of «рейтинг» offers.
_RATING_LINE = ("место", "имя", "сумма")


def check(rows: Iterable[Row], tables: Mapping[str, Sequence[str]]) -> tuple[Scenario, list[Problem]]:
    """Compile and cross-check. ``tables`` maps every tab to its headers."""
    reading = read_scenario(rows)
    if not reading.scenario.steps and not reading.problems:
        reading.problems.append(Problem(SCENARIO.title, 0, "", "В сценарии нет ни одного шага."))
    return reading.scenario, reading.problems + _Checker(reading, tables).problems()


def _told_once(problems: Iterable[Problem]) -> list[Problem]:
    """The same sentence about several rows is one problem, told at the first of them."""
    same: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        same.setdefault((problem.column, problem.message), []).append(problem)
    told = []
    for first, *others in same.values():
        rows = sorted({other.row for other in others} - {first.row})
        also = f" То же в строках: {', '.join(map(str, rows))}." if rows else ""
        told.append(replace(first, message=first.message + also))
    return told


class _Checker:
    def __init__(self, reading: Reading, tables: Mapping[str, Sequence[str]]) -> None:
        self._scenario = reading.scenario
        self._lost = reading.lost
        self._tables = {fold(title): columns for title, columns in tables.items()}
        self._titles = list(tables)
        #: Sections that already have a problem: their steps may be missing for that reason.
        self._broken = {fold(problem.step) for problem in reading.problems}
        self._known = self._variables()
        self._found: list[Problem] = []

    def problems(self) -> list[Problem]:
        for step in self._scenario.steps:
            self._jumps(step)
            self._buttons(step)
            self._table(step)
            self._names(step)
        return _told_once(self._found)

    def _variables(self) -> dict[str, set[str] | None]:
        """Folded name -> its fields; None when any field may exist (an API's answer, a row of any table)."""
        known: dict[str, set[str] | None] = {fold(name): set() for name in _ALWAYS}
        for column in self._columns(PEOPLE.title) or [column.name for column in PEOPLE.columns]:
            known[fold(column)] = set()
        for step in self._scenario.steps:
            block = BLOCKS[step.block]
            name = fold(block.target(step))
            if name:
                known[name] = self._merge(known.get(name, set()), self._fields(step))
            if block.extra is Extra.VARIABLES:
                known.update({fold(key): set() for key in step.extra})
        return known

    @staticmethod
    def _merge(before: set[str] | None, more: set[str] | None) -> set[str] | None:
        return None if before is None or more is None else before | more

    def _fields(self, step: Step) -> set[str] | None:
        if step.block == "запомнить":
            return None  # it may keep a whole record
        fields = {fold(field) for field in BLOCKS[step.block].fields}
        title = step.params.get("таблица")
        if title is not None and fields and step.block in ("найти", "подобрать", "добавить"):
            fields |= {fold(column) for column in self._columns(title.raw)} | {"_id"}
        return fields

    def _columns(self, title: str) -> Sequence[str]:
        return self._tables.get(fold(title), ())

    def _jumps(self, step: Step) -> None:
        if step.block == "переход" and not step.next:
            self._wrong(step, "Дальше", "Блоку «переход» нужен шаг в «Дальше»: куда идти.")
        if step.next:
            self._step_exists(step, "Дальше", step.next)
        if step.on_error and step.block != "вопрос":
            self._step_exists(step, "Ошибка", step.on_error)

    def _step_exists(self, step: Step, column: str, name: str) -> None:
        if self._scenario.index(name) is None and fold(name) not in self._broken:
            hint = did_you_mean(name, self._scenario.names)
            self._wrong(step, column, f"Шаг «{name}» не найден.{hint}")

    def _buttons(self, step: Step) -> None:
        buttons = [spec for row in step.buttons for spec in row]
        for spec in buttons:
            self._known_names(step, "Кнопки", spec.label.names, set())
            if spec.aim is Aim.JUMP:
                self._step_exists(step, "Кнопки", spec.target)
            elif spec.aim is Aim.COLUMN:
                table, _, column = spec.target.partition(".")
                if self._table_exists(step, "Кнопки", table):
                    self._column_exists(step, "Кнопки", table, column)
        answers = [spec for spec in buttons if spec.aim not in (Aim.JUMP, Aim.LINK)]
        if step.block == "меню" and len(answers) == len(buttons):
            self._wrong(step, "Кнопки", "Меню без кнопок-переходов. Например: Погода > погода")
        elif step.block != "вопрос" and answers:
            self._dead_button(step, answers[0])
        elif step.params.get("вид", Expression("")).raw == "выбор" and not answers:
            self._wrong(step, "Кнопки", "Выбирать не из чего. Перечислите ответы, например: да; нет")

    def _dead_button(self, step: Step, spec: ButtonSpec) -> None:
        label = spec.label.text or f"={spec.target}"
        what = f"Кнопка «{label}» никуда не ведёт: ответы принимает только вопрос."
        self._wrong(step, "Кнопки", f"{what} Допишите шаг, например: {spec.label.text or 'Погода'} > меню")

    def _table(self, step: Step) -> None:
        block = BLOCKS[step.block]
        table = step.params.get("таблица")
        if table is None or not self._table_exists(step, "Параметры", table.raw):
            return
        for param in block.params:
            column = step.params.get(param.name)
            if param.takes is Takes.COLUMN and column is not None and column.raw:
                self._column_exists(step, "Параметры", table.raw, column.raw.lstrip("-−").strip())
        if block.extra is Extra.COLUMNS:
            for name in step.extra:
                self._column_exists(step, "Параметры", table.raw, name, [param.name for param in block.params])

    def _table_exists(self, step: Step, where: str, title: str) -> bool:
        if fold(title) in self._tables:
            return True
        self._wrong(step, where, f"Таблица «{title}» не найдена.{did_you_mean(title, self._titles)}")
        return False

    def _column_exists(self, step: Step, where: str, table: str, column: str, also: Sequence[str] = ()) -> None:
        """``also``: parameters of the block, which the owner may have meant instead of a column."""
        columns = self._columns(table)
        if fold(column) not in {fold(known) for known in columns}:
            near = [*(known for known in columns if not known.startswith("_")), *also]
            self._wrong(step, where, f"В таблице «{table}» нет столбца «{column}».{did_you_mean(column, near)}")

    def _names(self, step: Step) -> None:
        if fold(step.variable) in _BOTS_OWN:
            self._wrong(step, "Переменная", f"«{step.variable}» бот заполняет сам. Выберите другое имя.")
        self._known_names(step, "Текст", step.text.names, set())
        if step.condition is not None:
            self._known_names(step, "Если", step.condition.names, set())
        if BLOCKS[step.block].extra is Extra.VARIABLES:
            extra: dict[str, Expression] = {}  # paths into the answer, not names
        else:
            extra = dict(step.extra)
        for name, expression in {**step.params, **extra}.items():
            self._known_names(step, "Параметры", expression.names, self._row_names(step, name))

    def _row_names(self, step: Step, param: str) -> set[str]:
        """Names that exist only inside this parameter: the columns of the row it looks at."""
        if param not in ("строка", "где"):
            return set()
        table = step.params.get("таблица")
        own = {fold(column) for column in self._columns(table.raw)} if table is not None else set()
        return own | (set(_RATING_LINE) if step.block == "рейтинг" else set())

    def _known_names(self, step: Step, column: str, names: Iterable[str], local: set[str]) -> None:
        for name in names:
            folded = fold(name)
            head, dot, tail = folded.partition(".")
            if folded in local or head in local or head in self._lost:
                continue
            if head not in self._known and "" in self._lost:
                continue
            if head not in self._known:
                hint = did_you_mean(name, [*self._known, *local])
                self._wrong(step, column, f"Переменная «{name}» нигде не заполняется.{hint}")
                continue
            fields = self._known[head]
            if dot and fields is not None and tail not in fields:
                self._wrong(step, column, f"У «{head}» нет поля «{tail}».{did_you_mean(tail, sorted(fields))}")

    def _wrong(self, step: Step, column: str, message: str) -> None:
        self._found.append(Problem(SCENARIO.title, step.row, column, message, step=step.section))
