"""Turns a mistyped word into «вы имели в виду …», because owners and people write by hand."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from core.values import fold

#: Below this share of common letters a suggestion confuses more than it helps: «погда» / «погода» have 0.91,
#: «да» / «еда» 0.8, «масква» / «Маскат» 0.67.
_NEAR = 0.68
_LONGEST = 100  #: nobody names a step or a dish with more letters


def closest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, in its own spelling; "" when nothing is near."""
    wanted = fold(word)
    if not 0 < len(wanted) <= _LONGEST:
        return ""
    matcher = SequenceMatcher(None, b=wanted)  # keeps what it learnt about the wanted word
    found = (0.0, "")
    for candidate in known:
        matcher.set_seq1(fold(candidate))
        # The quick bounds spare the slow comparison for almost every word of a long list.
        if matcher.real_quick_ratio() >= _NEAR and matcher.quick_ratio() >= _NEAR:
            # The name breaks ties, so that the same mistake gets the same advice whatever the order of ``known``.
            found = max(found, (matcher.ratio(), candidate))
    return found[1] if found[0] >= _NEAR else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence to append to an error, with its leading space; "" when nothing is near."""
    found = closest(word, known)
    return f" Похоже, вы имели в виду «{found}»." if found else ""
