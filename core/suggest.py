"""Turns a mistyped word into «вы имели в виду …», because owners and people write by hand."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from core.values import fold

#: Below this share of common letters a suggestion confuses more than it helps: «погда» / «погода» have 0.91,
#: «да» / «еда» 0.8, «масква» / «Маскат» 0.67.
_NEAR = 0.68


def closest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, in its own spelling; "" when nothing is near."""
    wanted = fold(word)
    if not wanted:
        return ""
    scored = [(SequenceMatcher(None, wanted, fold(candidate)).ratio(), candidate) for candidate in known]
    # The name breaks ties, so that the same mistake gets the same advice whatever the order of ``known``.
    score, best = max(scored, key=lambda pair: (pair[0], pair[1]), default=(0.0, ""))
    return best if score >= _NEAR else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence to append to an error, with its leading space; "" when nothing is near."""
    found = closest(word, known)
    return f" Похоже, вы имели в виду «{found}»." if found else ""
