"""Cuts long text where a reader would pause, counting as platforms count: in UTF-16 units."""

from __future__ import annotations

import unicodedata

_ZWJ = "\u200d"
#: Where to cut, best first; a later kind of pause is taken only when no earlier one leaves a decent part.
_PAUSES = ("\n\n", "\n", (". ", "! ", "? ", "… "), " ")
#: A part shorter than this share of the limit is not decent.
_DECENT = 0.5


def units(text: str) -> int:
    """Length in UTF-16 units: most characters are one, emoji two."""
    return len(text) + sum(character > "\uffff" for character in text)


def tidy(text: str) -> str:
    """Text without what platforms refuse: NUL, control characters, halves of emoji; "" when nothing is visible."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    return kept if any(_is_visible(character) for character in kept) else ""


def split(text: str, limit: int) -> list[str]:
    """Parts of at most ``limit`` units, in order; only spaces and line ends at the cuts are lost."""
    parts = []
    while units(text) > limit:
        cut = _pause(text, _fitting(text, limit))
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [part for part in (*parts, text) if any(map(_is_visible, part))]


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` units, the cut marked with «…»."""
    if units(text) <= limit:
        return text
    return text[: _whole(text, _fitting(text, limit - 1))].rstrip() + "…"


def _fitting(text: str, limit: int) -> int:
    """How many characters from the beginning fit."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return index
    return len(text)


def _pause(text: str, fits: int) -> int:
    for pause in _PAUSES:
        marks = (pause,) if isinstance(pause, str) else pause
        # The pause itself may hang over the edge: it is stripped anyway.
        cut = max(text.rfind(mark, 0, fits + len(mark)) + len(mark.rstrip()) for mark in marks)
        if fits * _DECENT <= cut <= fits and text[:cut].strip():
            return cut
    return _whole(text, fits)


def _whole(text: str, cut: int) -> int:
    """The nearest place at or before ``cut`` that is not inside one drawn character (👨‍👩‍👧, 🇷🇺, й as two marks)."""
    for place in range(cut, 0, -1):
        if not _glued(text, place):
            return place
    return cut  # one endless pile of marks: nothing to spare


def _glued(text: str, place: int) -> bool:
    """Whether the characters around this place are drawn as one."""
    if place >= len(text):
        return False
    before, after = text[place - 1], text[place]
    if before == _ZWJ or after == _ZWJ or _joins_back(after):
        return True
    if not (_is_flag_half(before) and _is_flag_half(after)):
        return False
    halves = 0
    while halves < place and _is_flag_half(text[place - 1 - halves]):
        halves += 1
    return halves % 2 == 1


def _joins_back(character: str) -> bool:
    """Accents, variation selectors, keycaps, skin tones and the tags of regional flags."""
    is_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    is_tag = "\U000e0020" <= character <= "\U000e007f"
    return is_tone or is_tag or unicodedata.category(character) in ("Mn", "Me", "Mc")


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ"
