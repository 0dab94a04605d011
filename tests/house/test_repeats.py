"""No logic stands twice: eight lines in a row that are the same in two places of the product are one function."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tests.house.test_floors import PRODUCT, name, sources

_RUN = 8
#: Lines that say nothing about logic.
_THIN = ("import ", "from ", '"""', "#", "@", ")", "]", "}")


def _lines(path: Path) -> list[tuple[int, str]]:
    stripped = ((number, line.strip()) for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1))
    return [(number, line) for number, line in stripped if line and not line.startswith(_THIN)]


def test_nothing_is_written_twice() -> None:
    seen: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for path in sources(*PRODUCT, "sandbox"):
        lines = _lines(path)
        for start in range(len(lines) - _RUN + 1):
            window = lines[start : start + _RUN]
            seen[tuple(line for _, line in window)].append(f"{name(path)}:{window[0][0]}")
    repeats = [places for places in seen.values() if len(places) > 1]
    assert repeats == []
