"""The scenario on the page: its steps as a graph, with the step lit where the last active person stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from nicegui import events
from nicegui.element import Element

from core.buttons import Aim
from core.checker import check
from core.scenario import Problem, Scenario, Step
from core.schema import SCENARIO, TABS
from core.values import Row, fold
from sandbox.google_owner import Owner
from sandbox.page_layout import columns

Kind = Literal["next", "button", "error"]


@dataclass(frozen=True, slots=True)
class Node:
    """One named step with the rows below it."""

    name: str
    row: int
    blocks: list[str]
    says: str
    column: int
    place: int  #: from the top of its column
    returns: bool  #: leads back to the menu, which is not drawn: every step would


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    kind: Kind
    label: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    nodes: list[Node]
    edges: list[Edge]
    heights: list[int]  #: how many nodes each column holds


def read(owner: Owner) -> tuple[Scenario, list[Problem]]:
    """The scenario as it stands in the spreadsheet now, checked the way the bot checks it."""
    tables = {title: [column.name for column in tab.columns] for title, tab in TABS.items()}
    tables |= {title: owner.headers(title) for title in owner.tabs()}
    if SCENARIO.title not in owner.tabs():
        return Scenario(()), []
    header, *lines = owner.read(SCENARIO.title) or [[]]
    rows = [Row(f"@{number}", dict(zip(header, line, strict=True))) for number, line in enumerate(lines, start=2)]
    return check(rows, tables)


def draw(scenario: Scenario) -> Graph:
    """Steps and the ways between them, laid out."""
    sections: dict[str, list[Step]] = {}
    for step in scenario.steps:
        sections.setdefault(step.section, []).append(step)
    edges = list(dict.fromkeys(_edges(scenario, list(sections))))
    index = scenario.home()
    home = "" if index is None else scenario.steps[index].section
    ways: dict[str, list[str]] = {}
    for edge in edges:
        ways.setdefault(edge.source, []).append(edge.target)
    table = columns(list(sections), ways)
    led, first = {edge.target for edge in edges}, next(iter(sections), "")
    spots = {name: (column, place) for column, names in enumerate(table) for place, name in enumerate(names)}
    back = {edge for edge in edges if edge.target == home and spots[edge.source][0] >= spots[home][0]}
    # Steps nobody leads to (commands, broadcasts) go to the menu as well.
    back |= {edge for edge in edges if edge.target == home and edge.source in set(sections) - led - {first}}
    returning = {edge.source for edge in back}
    nodes = [
        Node(
            name=name,
            row=steps[0].row,
            blocks=list(dict.fromkeys(step.block for step in steps)),
            says=next((step.text.text for step in steps if step.text.text), ""),
            column=spots[name][0],
            place=spots[name][1],
            returns=name in returning,
        )
        for name, steps in sections.items()
    ]
    return Graph(nodes, [edge for edge in edges if edge not in back], [len(names) for names in table])


def _edges(scenario: Scenario, sections: list[str]) -> Iterator[Edge]:
    for position, step in enumerate(scenario.steps):
        for row in step.buttons:
            for button in row:
                if button.aim is Aim.JUMP:
                    yield from _edge(scenario, step, button.target, "button", button.label.text)
        if step.next:
            yield from _edge(scenario, step, step.next, "next")
        if step.on_error and step.block != "вопрос":
            yield from _edge(scenario, step, step.on_error, "error", "если не вышло")
        following = scenario.steps[position + 1] if position + 1 < len(scenario) else None
        goes_on = step.block != "меню" and (not step.next or step.condition is not None)
        if following is not None and following.section != step.section and goes_on:
            yield Edge(step.section, following.section, "next")


def _edge(scenario: Scenario, step: Step, target: str, kind: Kind, label: str = "") -> Iterator[Edge]:
    index = scenario.index(target)
    if index is not None and scenario.steps[index].section != step.section:
        yield Edge(step.section, scenario.steps[index].section, kind, label)


def standing(scenario: Scenario, key: str) -> str:
    """The section in which a session waits at ``key``; "" when it waits nowhere."""
    index = scenario.by_key(key) if key else scenario.home()
    return "" if index is None else scenario.steps[index].section


def visited(scenario: Scenario, said: str) -> str:
    """The section that a pressed button or a typed name leads to, "" when it is an ordinary answer."""
    targets = {
        fold(button.label.text): button.target
        for step in scenario.steps
        for row in step.buttons
        for button in row
        if button.aim is Aim.JUMP
    }
    index = scenario.index(targets.get(fold(said), said))
    return "" if index is None else scenario.steps[index].section


class ScenarioView(Element, component="page_scenario.js"):
    """The graph in one browser. ``pick`` is told the row of a step that was clicked."""

    def __init__(self, owner: Owner, pick: Callable[[int], None]) -> None:
        super().__init__()
        self._owner = owner
        self._revision = -1
        self.scenario = Scenario(())
        self.on("pick", lambda event: pick(_row(event)))
        self.light("", [])
        self.refresh()

    def refresh(self) -> None:
        """Draw anew when the spreadsheet changed. A scenario with mistakes is not drawn: the bot keeps the old one."""
        if self._revision == self._owner.revision:
            return
        self._revision = self._owner.revision
        scenario, problems = read(self._owner)
        errors = [str(problem) for problem in problems if problem.level == "error"]
        if not errors or not len(self.scenario):
            self.scenario = scenario
        self._tell(problems=errors, **asdict(draw(self.scenario)))

    def light(self, who: str, route: list[str]) -> None:
        """Show the way of ``who`` through the last word: where they were, what they passed, where they stand."""
        self._tell(who=who, route=route)

    def _tell(self, **props: Any) -> None:
        changed = {name: value for name, value in props.items() if self._props.get(name) != value}
        if changed:
            self._props.update(changed)


class Walk:
    """Turns one conversation's standpoints into a route to light: from, through, to."""

    def __init__(self) -> None:
        self._moment: tuple[str, float] = ("", 0.0)
        self._from = ""
        self._at = ""

    def route(self, scenario: Scenario, lane: str, at: str, said: str, said_at: float) -> list[str]:
        """``at`` is the key of the step the conversation waits at now; equal neighbours are one stop."""
        if self._moment != (lane, said_at):
            self._from = self._at if lane == self._moment[0] else ""
            self._moment = (lane, said_at)
        self._at = standing(scenario, at)
        stops = [stop for stop in (self._from, visited(scenario, said), self._at) if stop]
        return [stop for place, stop in enumerate(stops) if place == 0 or stop != stops[place - 1]]


def _row(event: events.GenericEventArguments) -> int:
    return int(event.args)
