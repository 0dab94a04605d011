"""From the «Кнопки» cell to a keyboard: labels filled in, table columns unrolled, long lists paged."""

from __future__ import annotations

from collections.abc import Sequence

from core import buttons
from core.buttons import Aim, ButtonSpec
from core.messages import Button, Does, Keyboard
from core.scenario import Step
from core.template import show
from core.turn import Turn
from core.values import is_empty

#: One page of a long inline list: VK shows at most 10 buttons in 6 rows, and the last row turns the pages.
_PAGE_ROWS, _PAGE_BUTTONS = 5, 8
_INLINE_ROWS, _INLINE_BUTTONS = 6, 10
#: Labels up to this long stand two in a row.
_SHORT = 18

Rows = list[list[Button]]


def keyboard(step: Step, turn: Turn, page: int = 0, *, bottom: bool = False) -> Keyboard | None:
    """The step's buttons as the person sees them now; None when there are none.

    ``bottom`` asks for the keyboard that stays at the bottom of the phone; in groups everything is inline.
    """
    rows = _rows(step, turn)
    if not rows:
        return None
    asks_platform = any(button.does in (Does.PHONE, Does.LOCATION) for row in rows for button in row)
    inline = turn.event.group or not (bottom or asks_platform)
    return Keyboard(_page(rows, step.key, page) if inline else tuple(map(tuple, rows)), inline)


def options(step: Step, turn: Turn) -> list[str]:
    """The labels that are answers (not jumps or links), all pages of them."""
    return [label for row in step.buttons for spec in row for label in _answers(spec, turn)]


def _rows(step: Step, turn: Turn) -> Rows:
    rows: Rows = []
    for line in step.buttons:
        plain: list[Button] = []
        for spec in line:
            if spec.aim is Aim.COLUMN:
                rows += _in_columns([buttons.answer(label, step.key, label) for label in _answers(spec, turn)])
            elif (button := _button(spec, step, turn)) is not None:
                plain.append(button)
        if plain:
            rows.append(plain)
    return rows


def _button(spec: ButtonSpec, step: Step, turn: Turn) -> Button | None:
    label = spec.label.render(turn.lookup).strip()
    if not label:
        return None
    if spec.aim is Aim.LINK:
        return buttons.link(label, spec.target)
    if spec.aim is Aim.PHONE:
        return Button(label, Does.PHONE)
    if spec.aim is Aim.LOCATION:
        return Button(label, Does.LOCATION)
    if spec.aim is Aim.ANSWER:
        return buttons.answer(label, step.key, label)
    index = turn.scenario.index(spec.target)
    return None if index is None else buttons.jump(label, turn.scenario.steps[index].key)


def _answers(spec: ButtonSpec, turn: Turn) -> list[str]:
    if spec.aim is Aim.ANSWER:
        label = spec.label.render(turn.lookup).strip()
        return [label] if label else []
    if spec.aim is not Aim.COLUMN:
        return []
    table, _, column = spec.target.partition(".")
    cells = (row.get(column.strip()) for row in turn.rows(turn.spelled(table.strip())))
    return list(dict.fromkeys(show(cell).strip() for cell in cells if not is_empty(cell)))


def _in_columns(unrolled: Sequence[Button]) -> Rows:
    wide = 2 if all(len(button.label) <= _SHORT for button in unrolled) else 1
    return [list(unrolled[i : i + wide]) for i in range(0, len(unrolled), wide)]


def _page(rows: Rows, step_key: str, number: int) -> tuple[tuple[Button, ...], ...]:
    if len(rows) <= _INLINE_ROWS and sum(map(len, rows)) <= _INLINE_BUTTONS:
        return tuple(map(tuple, rows))
    pages = _paginate(rows)
    number = max(0, min(number, len(pages) - 1))
    turn_page = []
    if number > 0:
        turn_page.append(buttons.page("‹ Назад", step_key, number - 1))
    if number < len(pages) - 1:
        turn_page.append(buttons.page("Ещё ›", step_key, number + 1))
    return tuple(map(tuple, [*pages[number], turn_page]))


def _paginate(rows: Rows) -> list[Rows]:
    pages: list[Rows] = [[]]
    for row in rows:
        if len(pages[-1]) == _PAGE_ROWS or sum(map(len, pages[-1])) + len(row) > _PAGE_BUTTONS:
            pages.append([])
        pages[-1].append(row)
    return [page for page in pages if page]
