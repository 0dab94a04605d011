"""Places the steps of a dialogue from left to right: each column one move further from the greeting."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence


def columns(names: Sequence[str], ways: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Names by their distance from the first one, each column in the order its steps are come upon.

    What no way leads to (commands, broadcasts) stands before the first step it leads to itself.
    """
    if not names:
        return []
    distance = {names[0]: 0}
    found = deque(distance)
    order = [names[0]]
    while found:
        name = found.popleft()
        for target in ways.get(name, ()):
            if target in names and target not in distance:
                distance[target] = distance[name] + 1
                order.append(target)
                found.append(target)
    for name in names:
        if name not in distance:
            ahead = [distance[target] for target in ways.get(name, ()) if target in distance]
            distance[name] = max(0, min(ahead, default=0) - 1)
            order.append(name)
    table: list[list[str]] = [[] for _ in range(max(distance.values()) + 1)]
    for name in order:
        table[distance[name]].append(name)
    return table
