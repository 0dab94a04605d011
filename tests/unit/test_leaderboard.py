"""The leaderboard answers exactly what a naive count over all rows would answer."""

from __future__ import annotations

import itertools
from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.leaderboard import BoardSpec, Entry, Leaderboard, Score, Standing
from core.values import Row

TODAY = date(2026, 11, 25)  # a Wednesday
MONDAY = date(2026, 11, 23)

people = st.sampled_from(["аня", "боря", "вера", "глеб", "даша", "егор"])
days = st.one_of(
    st.integers(-40, 9).map(lambda shift: TODAY + timedelta(shift)),
    st.sampled_from([MONDAY, MONDAY - timedelta(1), MONDAY + timedelta(6), MONDAY + timedelta(7), date(2062, 1, 1)]),
    st.sampled_from([TODAY - timedelta(27), TODAY - timedelta(28)]),
)
amounts = st.sampled_from([0, 15, 30, 30, 45, 0.1, 0.2, 0.3, -10])
scores = st.builds(
    lambda n, who, day, amount: Score(f"r{n}", who, day, amount, who), st.integers(0, 12), people, days, amounts
)
steps = st.one_of(
    scores,
    st.tuples(st.just("remove"), st.integers(0, 12).map(lambda n: f"r{n}")),
    st.tuples(st.sampled_from(["hide", "show"]), people),
    st.tuples(st.just("ask"), st.integers(-8, 8)),
)


class Naive:
    """The same rules, read from the definition by going through every row."""

    def __init__(self) -> None:
        self.rows: dict[str, Score] = {}
        self.hidden: set[str] = set()

    def totals(self, since: date, end: date) -> dict[str, float]:
        totals: dict[str, float] = defaultdict(float)
        for row in self.rows.values():
            if since <= row.day < end:
                totals[row.who] += row.amount
        return {who: round(total, 3) for who, total in totals.items()}

    def standing(self, who: str, today: date, week_start: int, min_group: int) -> Standing:
        start = first_day(today, week_start)
        week, end = timedelta(7), start + timedelta(7)
        totals = self.totals(start, end)
        visible = {person: total for person, total in totals.items() if person not in self.hidden}
        mine = totals.get(who, 0)
        group = set(self.totals(today - timedelta(27), end))
        others = group - {who}
        smaller = sum(totals.get(other, 0) < mine for other in others)
        firsts = {first_day(row.day, week_start) for row in self.rows.values() if row.who == who and row.day < end}
        weeks = [(self.totals(first, first + week)[who], first) for first in firsts]
        best = max(weeks, key=lambda item: (item[0], -item[1].toordinal()), default=(0, None))
        return Standing(
            total=mine,
            place=1 + sum(total > mine for total in visible.values()) if who in totals else None,
            of=len(visible.keys() | ({who} & totals.keys())),
            percentile=smaller * 100 // len(others) if len(group) >= min_group and others else None,
            best_total=best[0],
            best_week=best[1],
            previous_total=self.totals(start - week, start).get(who, 0),
            workouts=sum(row.who == who and start <= row.day < end for row in self.rows.values()),
        )

    def top(self, n: int, today: date, week_start: int) -> list[Entry]:
        start = first_day(today, week_start)
        shown = [
            (-total, who) for who, total in self.totals(start, start + timedelta(7)).items() if who not in self.hidden
        ]
        return [
            Entry(1 + sum(other < minus for other, _ in shown), who, who, -minus) for minus, who in sorted(shown)[:n]
        ]


def first_day(day: date, week_start: int) -> date:
    while day.weekday() != week_start:
        day -= timedelta(1)
    return day


def same(board: Leaderboard, naive: Naive, today: date, week_start: int, min_group: int) -> None:
    for who in ["аня", "боря", "вера", "глеб", "даша", "егор", "чужой"]:
        assert board.standing(who, today, week_start, min_group) == naive.standing(who, today, week_start, min_group)
    assert board.top(4, today, week_start) == naive.top(4, today, week_start)


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=30), st.sampled_from([0, 0, 6]), st.integers(1, 5), st.lists(scores, max_size=4))
def test_every_answer_equals_a_count_over_all_rows(
    script: list[Score | tuple[str, object]], week_start: int, min_group: int, pending: list[Score]
) -> None:
    board, naive = Leaderboard(), Naive()
    for step in script:
        match step:
            case Score():
                board.put(step.row_id, step.who, step.day, step.amount, step.name)
                naive.rows[step.row_id] = step
            case ("remove", str(row_id)):
                board.remove(row_id)
                naive.rows.pop(row_id, None)
            case ("hide", str(who)):
                board.hide(who)
                naive.hidden.add(who)
            case ("show", str(who)):
                board.show(who)
                naive.hidden.discard(who)
            case ("ask", int(shift)):
                same(board, naive, TODAY + timedelta(shift), week_start, min_group)
    same(board, naive, TODAY, week_start, min_group)

    stored = dict(naive.rows)
    with board.assuming(pending):
        naive.rows.update({score.row_id: score for score in pending})
        same(board, naive, TODAY, week_start, min_group)
    naive.rows = stored
    same(board, naive, TODAY, week_start, min_group)


def club(*minutes: float) -> Leaderboard:
    board = Leaderboard()
    for number, amount in enumerate(minutes):
        board.put(f"r{number}", f"p{number}", TODAY, amount, f"Имя {number}")
    return board


def test_ties_share_a_place_and_the_next_place_is_skipped() -> None:
    assert [entry.place for entry in club(60, 45, 45, 30).top(5, TODAY)] == [1, 2, 2, 4]


def test_percentile_is_rounded_down_and_silent_in_a_small_group() -> None:
    assert club(10, 20, 30, 40).standing("p3", TODAY).percentile is None
    assert club(10, 20, 30, 40, 50, 60, 60).standing("p3", TODAY).percentile == 50
    assert club(10, 20, 30, 40, 50, 60, 60).standing("p2", TODAY).percentile == 33


def test_people_who_did_nothing_this_week_count_as_less_active() -> None:
    board = club(30)
    for number in range(4):
        board.put(f"old{number}", f"old{number}", TODAY - timedelta(20), 500)
    assert board.standing("p0", TODAY).percentile == 100


def test_many_corrections_leave_exact_ties() -> None:
    board = club(0.3, 0)
    for _ in range(1000):
        board.put("a", "p1", TODAY, 0.1)
        board.put("b", "p1", TODAY, 0.2)
        board.remove("a")
        board.remove("b")
    board.put("a", "p1", TODAY, 0.1)
    board.put("b", "p1", TODAY, 0.2)
    assert [entry.place for entry in board.top(2, TODAY)] == [1, 1]


def test_weeks_run_from_the_oldest_to_this_one() -> None:
    board = club(30)
    board.put("x", "p0", MONDAY - timedelta(1), 20)
    board.put("y", "p0", MONDAY - timedelta(8), 10)
    assert board.weeks("p0", TODAY, 4) == list(
        zip([MONDAY - timedelta(7 * back) for back in (3, 2, 1, 0)], [0, 10, 20, 30], strict=True)
    )


def test_the_top_shows_the_name_of_today() -> None:
    board = club(30)
    board.rename("p0", "Анна")
    assert board.top(1, TODAY)[0].name == "Анна"
    board.rename("p0", "")
    assert board.top(1, TODAY)[0].name == "Имя 0"


def _top_then_fail(board: Leaderboard, assumed: list[Score]) -> list[Entry]:
    top: list[Entry] = []
    with suppress(RuntimeError), board.assuming(assumed):
        top = board.top(5, TODAY)
        raise RuntimeError
    return top


def test_assumed_rows_leave_no_trace_even_after_an_error() -> None:
    board = club(30, 20)
    before = [board.standing(who, TODAY) for who in ("p0", "p1", "new")], board.top(5, TODAY)
    moved = [Score("r0", "p1", TODAY, 500, "Другое имя"), Score("z", "new", TODAY, 900, "Новый")]
    leaders = [entry.name for entry in _top_then_fail(board, moved)]
    assert leaders[0] == "Новый"
    assert ([board.standing(who, TODAY) for who in ("p0", "p1", "new")], board.top(5, TODAY)) == before


SPEC = BoardSpec("Тренировки", "Участник", "Минуты", "Дата")


def row(**cells: object) -> Row:
    return Row("r1", {"Участник": "Аня", "Минуты": 30, "Дата": "2026-11-25T10:00", **cells})  # type: ignore[dict-item]


def test_a_row_is_read_by_its_columns() -> None:
    assert SPEC.read(row(_кто="p1")) == Score("r1", "p1", TODAY, 30, "Аня")
    assert SPEC.read(row()) == Score("r1", "аня", TODAY, 30, "Аня")
    assert SPEC.read(row(Минуты="1 234,5")) == Score("r1", "аня", TODAY, 1234.5, "Аня")
    assert BoardSpec("Тренировки", "Участник", "", "Дата").read(row()) == Score("r1", "аня", TODAY, 1, "Аня")


@pytest.mark.parametrize("bad", [{"Дата": "вчера"}, {"Дата": ""}, {"Дата": 5}, {"Участник": " "}])
def test_a_row_without_a_day_or_a_person_is_not_counted(bad: dict[str, object]) -> None:
    assert SPEC.read(row(**bad)) is None


@pytest.mark.parametrize("amount", ["полчаса", "nan", "inf", float("nan"), float("-inf"), "", None])
def test_an_amount_that_is_not_a_number_counts_as_nothing_done(amount: object) -> None:
    score = SPEC.read(row(Минуты=amount))
    assert score is not None
    board = Leaderboard()
    board.put(score.row_id, score.who, score.day, score.amount, score.name)
    assert (board.standing("аня", TODAY).total, board.standing("аня", TODAY).workouts) == (0, 1)


def test_a_monstrous_amount_does_not_break_the_board() -> None:
    board = Leaderboard()
    for number, amount in itertools.product(range(3), [1e300]):
        board.put(f"r{number}", "p", TODAY, amount)
    assert board.standing("p", TODAY).total == 3e12
