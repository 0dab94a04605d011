"""Conditions and formulas of the owner («Если», «Параметры»): Russian words, exact numbers, nothing that can hang.

A formula is translated (`core.formula_tokens`), parsed by Python's own parser and walked over a whitelist of nodes.
There is no power, no attribute, no index, no loop; numbers, depth, length and results are bounded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from core.errors import FormulaError
from core.formula_tokens import Function, Source, Variable, translate
from core.formula_values import Plain, equal, is_true, less, moment, number, plain
from core.values import Value

MAX_LENGTH = 500
MAX_DEPTH = 30
MAX_NODES = 600
MAX_RESULT = 4000
MAX_NUMBER = Decimal(10) ** 24

_CONTEXT = Context(prec=34, rounding=ROUND_HALF_UP)
_ALLOWED = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp, ast.Add),
    *(ast.Sub, ast.Mult, ast.Div, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Call),
    *(ast.Name, ast.Load),
)
#: How many arguments each function takes: from, to.
_ARITY = {
    "ЕСЛИ": (2, 3),
    "ОКРУГЛ": (1, 2),
    "МИН": (1, 20),
    "МАКС": (1, 20),
    "ДЛСТР": (1, 1),
    "СЕГОДНЯ": (0, 0),
    "СЕЙЧАС": (0, 0),
    "ПУСТО": (1, 1),
    "И": (1, 20),
    "ИЛИ": (1, 20),
}
_COMPARE: dict[type[ast.cmpop], Callable[[Plain, Plain], bool]] = {
    ast.Eq: equal,
    ast.NotEq: lambda left, right: not equal(left, right),
    ast.Lt: less,
    ast.Gt: lambda left, right: less(right, left),
    ast.LtE: lambda left, right: less(left, right) or _same(left, right),
    ast.GtE: lambda left, right: less(right, left) or _same(left, right),
}

#: Finds the value of a name given folded: «погода.температура».
Lookup = Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula, ready to be reckoned any number of times."""

    text: str
    names: frozenset[str]
    _source: Source
    _tree: ast.expr

    def value(self, lookup: Lookup, today: date) -> Value:
        """The result; ``today`` may be a datetime: then СЕЙЧАС() knows the time.

        Raises `FormulaError` (never quoting a person's text) when it cannot be reckoned.
        """
        result = _Walk(self._source, lookup, today).value(self._tree)
        if isinstance(result, str) and len(result) > MAX_RESULT:
            raise FormulaError(f"Результат формулы «{self.text}» слишком длинный.")
        return result

    def holds(self, lookup: Lookup, today: date) -> bool:
        """Whether the condition is true."""
        return is_true(_Walk(self._source, lookup, today).value(self._tree))


def compile_formula(text: str) -> Formula:
    """Check and prepare a formula; raises `FormulaError` in Russian that points at the place."""
    if not text.strip():
        raise FormulaError("Формула пуста.")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"Формула длиннее {MAX_LENGTH} знаков. Разбейте её на несколько шагов.")
    source = translate(text)
    try:
        tree = ast.parse(source.python.strip(), mode="eval").body
    except SyntaxError as error:
        # Python names offset 0 when something is missing at the end.
        raise source.error(_problem(error), error.offset - 1 if error.offset else len(source.python)) from None
    except (RecursionError, MemoryError):
        raise FormulaError("Формула слишком сложная: уберите часть скобок.") from None
    _check(source, tree)
    names = frozenset(meaning.name for meaning in source.meanings.values() if isinstance(meaning, Variable))
    return Formula(text, names, source, tree)


def _problem(error: SyntaxError) -> str:
    if "never closed" in str(error):
        return "Скобка открыта, но не закрыта."
    if "unmatched" in str(error):
        return "Лишняя закрывающая скобка."
    return "Не понимаю формулу."


def _check(source: Source, tree: ast.expr) -> None:
    """Refuse whatever is not on the whitelist, too deep or too big, before anything is reckoned."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        offset = getattr(node, "col_offset", 0)
        if depth > MAX_DEPTH or seen > MAX_NODES:
            raise FormulaError("Формула слишком сложная. Разбейте её на несколько шагов.")
        if not isinstance(node, _ALLOWED):
            raise source.error("Так в формулах писать нельзя.", offset)
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call):
            _check_call(source, node)
            children = [*node.args, *node.keywords]
        elif isinstance(node, ast.Name) and isinstance(source.meanings[node.id], Function):
            raise source.error("Здесь нужно значение, а стоит функция.", offset)
        waiting += [(child, depth + 1) for child in children]


def _check_call(source: Source, node: ast.Call) -> None:
    function = source.meanings.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if not isinstance(function, Function):
        raise source.error("Перед скобкой нужна функция или знак.", node.col_offset)
    least, most = _ARITY[function.name]
    if not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"от {least} до {most}"
        problem = f"Функции {function.name} нужно значений: {wanted}, а дано {len(node.args)}."
        raise source.error(f"{problem} Разделяйте их точкой с запятой.", node.col_offset)


def _same(left: Plain, right: Plain) -> bool:
    """Equality inside <= and >=: nothing and flags have no order, so they are not «at least» either."""
    ordered = all(not isinstance(side, bool) and side != "" for side in (left, right))
    return ordered and equal(left, right)


class _Walk:
    """One reckoning of one formula. The tree is already checked, so every branch here is reachable and bounded."""

    def __init__(self, source: Source, lookup: Lookup, today: date) -> None:
        self._source = source
        self._lookup = lookup
        self._today = today

    def value(self, node: ast.expr) -> Plain:
        match node:
            case ast.Name(id=placeholder):
                meaning = self._source.meanings[placeholder]
                if isinstance(meaning, Variable):
                    return plain(self._lookup(meaning.name))
                return plain(meaning) if not isinstance(meaning, Function) else ""
            case ast.BoolOp(op=ast.And(), values=parts):
                return all(is_true(self.value(part)) for part in parts)
            case ast.BoolOp(values=parts):
                return any(is_true(self.value(part)) for part in parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not is_true(self.value(operand))
            case ast.UnaryOp(op=sign, operand=operand):
                return -self._number(operand) if isinstance(sign, ast.USub) else self._number(operand)
            case ast.Compare(left=left, ops=ops, comparators=rest):
                return self._compare(self.value(left), ops, rest)
            case ast.BinOp(left=left, op=op, right=right):
                return self._reckon(left, op, right)
            case ast.Call(func=ast.Name(id=placeholder), args=args):
                return self._call(self._source.meanings[placeholder], args)
        raise self._source.error("Так в формулах писать нельзя.", node.col_offset)

    def _compare(self, left: Plain, ops: Sequence[ast.cmpop], rest: Sequence[ast.expr]) -> bool:
        for op, node in zip(ops, rest, strict=True):
            right = self.value(node)
            if not _COMPARE[type(op)](left, right):
                return False
            left = right
        return True

    def _reckon(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Plain:
        first, second = self.value(left), self.value(right)
        if (day := moment(first)) is not None and isinstance(op, ast.Add | ast.Sub):
            return self._days(day, op, right, second)
        a, b = self._as_number(first, left), self._as_number(second, right)
        with localcontext(_CONTEXT):
            if isinstance(op, ast.Div):
                if not b:
                    raise self._source.error("Делить на ноль нельзя.", right.col_offset)
                result = a / b
            else:
                result = a + b if isinstance(op, ast.Add) else a - b if isinstance(op, ast.Sub) else a * b
        if abs(result) > MAX_NUMBER:
            raise self._source.error("Получается слишком большое число.", left.col_offset)
        return result

    def _days(self, day: date, op: ast.operator, right: ast.expr, second: Plain) -> Plain:
        """A date minus a date is days; a date plus or minus days is a date."""
        other = moment(second)
        if other is not None and isinstance(op, ast.Sub):
            return Decimal((date(day.year, day.month, day.day) - date(other.year, other.month, other.day)).days)
        shift = int(self._as_number(second, right))
        try:
            moved = day + timedelta(days=shift if isinstance(op, ast.Add) else -shift)
        except OverflowError:
            raise self._source.error("Получается слишком далёкая дата.", right.col_offset) from None
        return moved.isoformat()[:16]

    def _call(self, function: object, args: Sequence[ast.expr]) -> Plain:
        name = function.name if isinstance(function, Function) else ""
        match name:
            case "ЕСЛИ":
                if is_true(self.value(args[0])):
                    return self.value(args[1])
                return self.value(args[2]) if len(args) > 2 else ""
            case "И":
                return all(is_true(self.value(arg)) for arg in args)
            case "ИЛИ":
                return any(is_true(self.value(arg)) for arg in args)
            case "ПУСТО":
                value = self.value(args[0])
                return isinstance(value, str) and not value.strip()
            case "ДЛСТР":
                value = self.value(args[0])
                return Decimal(len(value if isinstance(value, str) else str(value)))
            case "ОКРУГЛ":
                return self._round(args)
            case "СЕГОДНЯ":
                return self._today.isoformat()[:10]
            case "СЕЙЧАС":
                return self._today.isoformat()[:16]
        given = [(value, arg) for arg in args if (value := self.value(arg)) != ""]
        numbers = [self._as_number(value, arg) for value, arg in given]
        return (min(numbers) if name == "МИН" else max(numbers)) if numbers else ""

    def _round(self, args: Sequence[ast.expr]) -> Decimal:
        places = int(self._number(args[1])) if len(args) > 1 else 0
        if abs(places) > 12:
            raise self._source.error("Округлять можно не больше чем до 12 знаков.", args[1].col_offset)
        rounded = self._number(args[0]).quantize(Decimal(1).scaleb(-places), context=Context(40, ROUND_HALF_UP))
        return rounded + 0  # 1E+2 becomes 100

    def _number(self, node: ast.expr) -> Decimal:
        return self._as_number(self.value(node), node)

    def _as_number(self, value: Plain, node: ast.expr) -> Decimal:
        """The number, 0 for an empty cell as in any spreadsheet; a text that is no number is the owner's mistake."""
        if isinstance(value, str) and not value.strip():
            return Decimal(0)
        found = number(value)
        if found is None:
            raise self._source.error("Здесь нужно число, а стоит текст.", node.col_offset)
        return found
