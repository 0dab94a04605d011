"""Finds one field inside an API's answer by a path people write by hand, and says what is there when it is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias

from core.errors import TabletalkError
from core.values import Cell, fold

MAX_PATH = 500
_MAX_CANDIDATES = 2000
_SHOWN_KEYS = 12
_SUGGESTED = 3

#: One step of a path: a key, a list index, or every element of a list.
Every: TypeAlias = Literal["*"]


@dataclass(frozen=True, slots=True)
class Key:
    """A step into an object."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """A step into a list; "*" takes every element."""

    at: int | Every


Step: TypeAlias = Key | Index

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<sep>->|=>|→|\.)
    | \[\s*(?P<index>-?\d{1,9}|\*)\s*\]
    | \[\s*(?P<bracket>"[^"]*"|'[^']*')\s*\]
    | (?P<quoted>"[^"]*"|'[^']*'|«[^»]*»)
    | (?P<bare>(?:(?!->|=>)[^.\[\]→"«»])+)
    )""",
    re.VERBOSE,
)


class PathError(TabletalkError):
    """The path cannot be read, or leads nowhere in this answer; ``suggestions`` are paths that would work."""

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        self.suggestions = tuple(suggestions)
        hint = f"Похоже, вам нужно: {suggestions[0]}" if suggestions else ""
        super().__init__(message, hint)


def parse(path: str) -> tuple[Step, ...]:
    """The steps of a path: ``quote -> body``, ``forecast.forecastday[0].hour[-1]``, ``[*].name``, ``"a.b" -> c``."""
    text = path.strip()
    if not text or len(text) > MAX_PATH:
        raise PathError("Путь к полю пуст." if not text else f"Путь к полю длиннее {MAX_PATH} знаков.")
    steps: list[Step] = []
    position, after_separator = 0, True
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise PathError(f"Не могу прочитать путь «{text}» с места «{text[position : position + 20]}».")
        is_separator = token["sep"] is not None
        if is_separator and after_separator:
            raise PathError(f"В пути «{text}» пропущено имя поля.")
        if not is_separator:
            steps.append(_step(token))
        position, after_separator = token.end(), is_separator
    if after_separator:
        raise PathError(f"Путь «{text}» обрывается: после стрелки или точки нужно имя поля.")
    if steps[0] == Key("$"):  # JSONPath's root, as copied from many manuals
        steps = steps[1:]
    return tuple(steps)


def _step(token: re.Match[str]) -> Step:
    if (index := token["index"]) is not None:
        return Index("*" if index == "*" else int(index))
    quoted = token["bracket"] or token["quoted"]
    return Key(quoted[1:-1] if quoted else token["bare"].strip())


def take(data: Any, path: str) -> Any:
    """The value at ``path``; ``[*]`` gives the list of what every element holds. Raises `PathError`."""
    steps = parse(path)
    try:
        return _walk(data, steps)
    except _LostError as lost:
        raise PathError(lost.message, suggest(data, path)) from None


def to_cell(value: Any) -> Cell:
    """What a variable shows of a found value: scalars as they are, lists joined by commas, objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ", ".join("" if item is None else str(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


class _LostError(Exception):
    """A step leads nowhere; the message says what is there instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _walk(node: Any, steps: Sequence[Step]) -> Any:
    for number, step in enumerate(steps):
        if step == Index("*"):
            return _walk_every(node, steps[number + 1 :])
        node = _into(node, step)
    return node


def _walk_every(node: Any, rest: Sequence[Step]) -> list[Any]:
    """Elements that lack the field are skipped: real lists are often uneven. Only all of them lacking is an error."""
    if not isinstance(node, list):
        raise _LostError(f"[*] берёт каждый элемент списка, а здесь {_kind(node)}.")
    found, lost = [], None
    for element in node:
        try:
            found.append(_walk(element, rest))
        except _LostError as error:
            lost = lost or error
    if lost is not None and not found:
        raise lost
    return found


def _into(node: Any, step: Step) -> Any:
    if isinstance(step, Key) and isinstance(node, dict):
        if step.name in node:
            return node[step.name]
        raise _LostError(f"Поля «{step.name}» здесь нет. Есть: {_keys(node)}.")
    if isinstance(node, list):
        return _element(node, step)
    wanted = f"поля «{step.name}»" if isinstance(step, Key) else f"элемента [{step.at}]"
    raise _LostError(f"Здесь {_kind(node)}, внутри нет {wanted}.")


def _element(node: list[Any], step: Step) -> Any:
    if isinstance(step, Key):
        if not step.name.isdecimal():
            raise _LostError(
                f"Здесь список ({len(node)} шт.), поля «{step.name}» у него нет: укажите номер, например [0]."
            )
        step = Index(int(step.name))  # "hour.12" as some manuals write it
    if isinstance(step.at, int) and -len(node) <= step.at < len(node):
        return node[step.at]
    range_text = f"номера от 0 до {len(node) - 1}" if node else "он пуст"
    raise _LostError(f"В списке нет элемента [{step.at}]: {range_text}.")


def _keys(node: dict[str, Any]) -> str:
    if not node:
        return "ничего, объект пуст"
    shown = ", ".join(list(node)[:_SHOWN_KEYS])
    return shown + (f" и ещё {len(node) - _SHOWN_KEYS}" if len(node) > _SHOWN_KEYS else "")


def _kind(node: Any) -> str:
    if isinstance(node, dict):
        return f"объект с полями: {_keys(node)}"
    names = {bool: "да или нет", str: "текст", int: "число", float: "число", type(None): "пусто", list: "список"}
    return names.get(type(node), "значение")


def suggest(data: Any, path: str) -> list[str]:
    """Up to three existing paths closest to what was asked, best first, written in the asker's own style."""
    asked = parse(path)
    wanted = [step.name for step in asked if isinstance(step, Key)]
    if not wanted:
        return []
    indexes = [step.at for step in asked if isinstance(step, Index)]
    scored = sorted(
        ((_likeness(wanted, keys), -number, steps) for number, (steps, keys) in enumerate(_paths(data, indexes))),
        key=lambda item: item[:2],
        reverse=True,
    )
    separator = " -> " if any(arrow in path for arrow in ("->", "=>", "→")) else "."
    return [_spell(steps, separator) for score, _, steps in scored[:_SUGGESTED] if score > 0.5]


def _paths(data: Any, indexes: Sequence[int | Every]) -> Iterator[tuple[tuple[Step, ...], list[str]]]:
    """Every path of the tree, breadth first. A list is entered once, at the index the asker gave for that depth."""
    level: list[tuple[Any, tuple[Step, ...]]] = [(data, ())]
    budget = _MAX_CANDIDATES
    while level and budget > 0:
        deeper: list[tuple[Any, tuple[Step, ...]]] = []
        for node, steps in level:
            for child, step in _children(node, steps, indexes):
                path = (*steps, step)
                yield path, [part.name for part in path if isinstance(part, Key)]
                deeper.append((child, path))
                budget -= 1
                if budget <= 0:
                    return
        level = deeper


def _children(node: Any, steps: tuple[Step, ...], indexes: Sequence[int | Every]) -> Iterator[tuple[Any, Step]]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield child, Key(key)
    elif isinstance(node, list) and node:
        depth = sum(isinstance(step, Index) for step in steps)
        at = indexes[depth] if depth < len(indexes) else 0
        if isinstance(at, int) and not -len(node) <= at < len(node):
            at = 0
        yield (node[0] if at == "*" else node[at]), Index(at)


def _likeness(wanted: Sequence[str], keys: Sequence[str]) -> float:
    """The last word says what people are after; the way to it only breaks ties between its many homes."""
    asked, there = _words(wanted), _words(keys)
    if not asked or not there:
        return 0.0
    way = SequenceMatcher(None, asked, there).ratio()
    spelling = _similar(" ".join(asked), " ".join(there))
    return 2 * _similar(asked[-1], there[-1]) + way + spelling - 0.05 * abs(len(asked) - len(there))


def _words(keys: Sequence[str]) -> list[str]:
    """A key may hold dots itself, which people then write without quotes."""
    return [word for key in keys for word in fold(key).split(".")]


def _similar(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right).ratio()


def _spell(steps: Sequence[Step], separator: str) -> str:
    text = ""
    for step in steps:
        if isinstance(step, Index):
            text += f"[{step.at}]"
        else:
            name = step.name if re.fullmatch(r"[\w -]+", step.name) and ">" not in step.name else f'"{step.name}"'
            text += (separator if text else "") + name
    return text
