"""A broadcast slot is sent once or honestly skipped; a wrong row is named and disturbs no other."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.values import Cell, Row
from jobs.broadcasts import State, plan

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)


def row(row_id: str = "b1", **cells: Cell) -> Row:
    return Row(row_id, {"Когда": "каждый понедельник 10:00", "Опоздание": "6 часов", "Включена": True, **cells})


def states(row: Row, now: datetime, last_seen: datetime | None) -> list[tuple[str, State]]:
    return [(due.key, due.state) for due in plan([row], now, MOSCOW, last_seen).due]


def test_a_slot_is_due_at_the_first_look_after_it_and_never_again() -> None:
    tick = timedelta(seconds=15)
    assert states(row(), MONDAY - tick, MONDAY - 2 * tick) == []
    assert states(row(), MONDAY, MONDAY - tick) == [("2026-11-23T10:00", State.SEND)]
    assert states(row(), MONDAY + tick, MONDAY) == []


def test_a_late_slot_is_sent_within_the_allowed_lateness_and_skipped_beyond() -> None:
    before = MONDAY - timedelta(days=1)
    assert states(row(), MONDAY + timedelta(hours=6), before) == [("2026-11-23T10:00", State.SEND)]
    assert states(row(), MONDAY + timedelta(hours=6, seconds=1), before) == [("2026-11-23T10:00", State.SKIP)]


def test_of_many_missed_slots_only_the_newest_is_sent() -> None:
    daily = row(Когда="каждый день 10:00", Опоздание="3 дня")
    assert states(daily, MONDAY + timedelta(hours=1), MONDAY - timedelta(days=2, hours=1)) == [
        ("2026-11-21T10:00", State.SKIP),
        ("2026-11-22T10:00", State.SKIP),
        ("2026-11-23T10:00", State.SEND),
    ]


def test_the_first_look_and_a_clock_set_back_send_nothing_old() -> None:
    assert states(row(), MONDAY + timedelta(hours=1), None) == []
    assert states(row(), MONDAY + timedelta(hours=1), datetime(2062, 1, 1, tzinfo=MOSCOW)) == []


def test_a_year_of_silence_is_looked_back_at_only_a_little() -> None:
    often = row(Когда="*/30 * * * *", Опоздание="")
    found = states(often, MONDAY, MONDAY - timedelta(days=365))
    assert len(found) == 8 * 48
    assert [state for _, state in found].count(State.SEND) == 1


def test_only_rows_that_are_switched_on_are_due() -> None:
    for flag in (False, "", "нет", None):
        assert states(row(Включена=flag), MONDAY, MONDAY - timedelta(hours=1)) == []
    assert states(row(Включена="Да"), MONDAY, MONDAY - timedelta(hours=1)) == [("2026-11-23T10:00", State.SEND)]


def test_a_wrong_row_is_named_and_the_others_run() -> None:
    bad, late = row("bad", Когда="каждый панедельник 10:00"), row("late", Опоздание="скоро")
    result = plan([bad, late, row("good")], MONDAY, MOSCOW, MONDAY - timedelta(hours=1))
    assert [due.row.id for due in result.due] == ["good"]
    assert "понедельник" in str(result.problems["bad"])
    assert "скоро" in str(result.problems["late"])
    assert result.upcoming == {"good": MONDAY + timedelta(days=7)}


def test_a_broadcast_that_is_over_has_no_next_slot() -> None:
    result = plan([row(Когда="23.11.2026 10:00")], MONDAY, MOSCOW, MONDAY - timedelta(hours=1))
    assert [due.state for due in result.due] == [State.SEND]
    assert result.upcoming == {"b1": None}
