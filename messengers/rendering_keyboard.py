"""Fits a keyboard into what a platform can show: labels shortened, rows wrapped, too many buttons paged or moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from core.messages import Button, Capabilities, Does, Keyboard
from core.values import fold
from messengers.rendering_text import shorten, tidy

_ASKS = (Does.PHONE, Does.LOCATION)
Rows = list[list[Button]]


@dataclass(frozen=True, slots=True)
class _Frame:
    """One kind of keyboard of one platform: its limits and what may stand in it."""

    inline: bool
    buttons: int
    rows: int
    row: int
    urls: bool
    asks: bool
    location_alone: bool

    @classmethod
    def of(cls, caps: Capabilities, inline: bool) -> _Frame:
        return cls(
            inline,
            caps.inline_buttons if inline else caps.reply_buttons,
            caps.inline_rows if inline else caps.reply_rows,
            caps.inline_row if inline else caps.reply_row,
            urls=inline or bool(caps.extra.get("url_in_reply")),
            asks=not inline or bool(caps.extra.get("asks_inline")),
            location_alone=bool(caps.extra.get("location_alone")),
        )

    def takes(self, button: Button) -> bool:
        if button.does is Does.URL:
            return self.urls
        return self.asks if button.does in _ASKS else True


def arrange(keyboard: Keyboard, caps: Capabilities) -> list[Keyboard]:
    """Keyboards to show one after another, each within the limits; together they hold every button that can work.

    One keyboard of the wanted kind is best, one of the other kind is next; several are shown inline, because a second
    keyboard at the bottom would hide the first, with what cannot be inline (Telegram's phone and place) at the bottom.
    """
    rows = _tidy_rows(keyboard, caps)
    under, bottom = _Frame.of(caps, inline=True), _Frame.of(caps, inline=False)
    if not rows:
        hides = not keyboard.rows and not keyboard.inline
        return [keyboard] if hides else []
    for frame in (under, bottom) if keyboard.inline else (bottom, under):
        if (whole := _whole(rows, frame)) is not None:
            return [whole]
    inline = [[button for button in row if under.takes(button)] for row in rows]
    rest = [[button for button in row if not under.takes(button)] for row in rows]
    return [*_paged(inline, under), *_paged(rest, bottom)]


def _tidy_rows(keyboard: Keyboard, caps: Capabilities) -> Rows:
    rows = [[_tidy(b, caps) for b in row if caps.phone or b.does is not Does.PHONE] for row in keyboard.rows]
    return [row for row in rows if row]


def _tidy(button: Button, caps: Capabilities) -> Button:
    label = " ".join(tidy(button.label).split()) or "…"
    return replace(button, label=shorten(label, caps.label_max))


def _whole(rows: Rows, frame: _Frame) -> Keyboard | None:
    """Everything on one keyboard of this kind, None when it does not fit or would be ambiguous."""
    everything = [button for row in rows for button in row]
    if len(everything) > frame.buttons or not all(map(frame.takes, everything)):
        return None
    if not frame.inline and len({fold(button.label) for button in everything}) < len(everything):
        return None  # a button at the bottom sends its label back: two alike could not be told apart
    wrapped = [part for row in rows for part in _wrap(row, frame.row, frame)]
    width = 1
    while len(wrapped) > frame.rows and width < frame.row:
        width += 1
        wrapped = _wrap(everything, width, frame)
    return _keyboard(wrapped, frame) if len(wrapped) <= frame.rows else None


def _paged(rows: Rows, frame: _Frame) -> Iterator[Keyboard]:
    """As many keyboards as it takes, rows kept together."""
    page: Rows = []
    for part in (part for row in rows for part in _wrap(row, frame.row, frame)):
        if len(page) == frame.rows or sum(map(len, page)) + len(part) > frame.buttons:
            yield _keyboard(page, frame)
            page = []
        page.append(part)
    if page:
        yield _keyboard(page, frame)


def _wrap(buttons: Sequence[Button], width: int, frame: _Frame) -> Rows:
    """Rows of at most ``width``, as even as possible: seven by five is 4 + 3; a lone button stands alone."""
    rows: Rows = []
    run: list[Button] = []
    for button in [*buttons, None]:
        lone = button is not None and button.does is Does.LOCATION and frame.location_alone
        if button is not None and not lone:
            run.append(button)
            continue
        if run:
            even = ceil(len(run) / ceil(len(run) / width))
            rows += [run[at : at + even] for at in range(0, len(run), even)]
            run = []
        if button is not None:
            rows.append([button])
    return rows


def _keyboard(rows: Rows, frame: _Frame) -> Keyboard:
    return Keyboard(tuple(map(tuple, rows)), frame.inline)
