"""«Когда» as owners write it: understood or refused in words, and every slot once, clock changes or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.phrases import EXAMPLES, ScheduleError, parse, parse_late
from jobs.quiet import parse_quiet
from jobs.schedule import due, next_slot
from jobs.ticker import cron

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 11, 25, 12, 0, tzinfo=MOSCOW)


def slots(text: str, days: int = 14, after: datetime = WEDNESDAY, tz: tzinfo = MOSCOW) -> list[str]:
    found = due(parse(text, cron), after, after + timedelta(days=days), tz)
    return [f"{slot:%d.%m %H:%M}" for slot in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("каждый понедельник 10:00", ["30.11 10:00", "07.12 10:00"]),
        ("Каждую  среду в 12:00", ["02.12 12:00", "09.12 12:00"]),
        ("каждый пн и чт 19:00", ["26.11 19:00", "30.11 19:00", "03.12 19:00", "07.12 19:00"]),
        ("по выходным 9.30", ["28.11 09:30", "29.11 09:30", "05.12 09:30", "06.12 09:30"]),
        ("по субботам и воскресеньям, 9:30", ["28.11 09:30", "29.11 09:30", "05.12 09:30", "06.12 09:30"]),
        ("1 числа 12:00", ["01.12 12:00"]),
        ("1 и 5 числа каждого месяца в 8:00", ["01.12 08:00", "05.12 08:00"]),
        ("28.11.2026 12:00", ["28.11 12:00"]),
        ("25.11.2026 12:00", []),
        ("28.11.2026 9:00 и 18:00", ["28.11 09:00", "28.11 18:00"]),
        ("пт-вс в 9", ["27.11 09:00", "28.11 09:00", "29.11 09:00", "04.12 09:00", "05.12 09:00", "06.12 09:00"]),
        ("сб – пн 9 часов", ["28.11 09:00", "29.11 09:00", "30.11 09:00", "05.12 09:00", "06.12 09:00", "07.12 09:00"]),
        ("0 10 * * 1", ["30.11 10:00", "07.12 10:00"]),
        ("0 10 * * 0,6-7", ["28.11 10:00", "29.11 10:00", "05.12 10:00", "06.12 10:00"]),
        ("0 10 * * 2/3", ["27.11 10:00", "01.12 10:00", "04.12 10:00", "08.12 10:00"]),
        ("0 10 * * wed", ["02.12 10:00", "09.12 10:00"]),
    ],
)
def test_the_owners_words_become_slots(text: str, expected: list[str]) -> None:
    assert slots(text) == expected


def test_every_day_and_workdays() -> None:
    assert slots("каждый день 9:30", days=3) == ["26.11 09:30", "27.11 09:30", "28.11 09:30"]
    assert slots("по будням 8:00", days=5) == ["26.11 08:00", "27.11 08:00", "30.11 08:00"]
    assert slots("ежедневно 12:00 12:01", days=1) == ["25.11 12:01", "26.11 12:00"]


def test_the_thirty_first_is_the_last_day_of_a_short_month() -> None:
    assert slots("31 числа 10:00", days=100) == ["30.11 10:00", "31.12 10:00", "31.01 10:00", "28.02 10:00"]


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_of_the_error_message_are_understood(text: str) -> None:
    assert next_slot(parse(text), datetime(2026, 1, 1, tzinfo=MOSCOW), MOSCOW) is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Не указано, когда"),
        ("  ", "Не указано, когда"),
        ("каждый панедельник 10:00", "имели в виду «понедельник»"),
        ("завтра 10:00", "Не понимаю слово «завтра»"),
        ("каждый понедельник", "Не указано время"),
        ("10:00", "Не указан день"),
        ("каждый день 25:00", "Нет такого времени: 25:00"),
        ("каждый день 10:60", "Нет такого времени"),
        ("каждый день 10", "пишут так: 10:00"),
        ("каждый день 2026", "Непонятно число 2026"),
        ("31.02.2026 10:00", "Нет такой даты"),
        ("31.13.2026 10:00", "Нет такой даты"),
        ("01.01.9999 10:00", "Нет такой даты"),
        ("32 числа 10:00", "Нет такого числа"),
        ("0 числа 10:00", "Нет такого числа"),
        ("каждый пн 1 числа 10:00", "что-то одно"),
        ("1.01.2027 2.01.2027 10:00", "что-то одно"),
        ("1-5 числа 10:00", "Тире ставят"),
        ("- пн 10:00", "Тире ставят"),
        ("61 * * * *", "Не понимаю строку cron"),
        ("0 10 * * 5-9/0", "Не понимаю строку cron"),
        ("0 0 31 2 *", "никогда не наступит"),
        ("=ДАТА(2026)", "Не понимаю слово"),
    ],
)
def test_what_is_not_understood_is_named_with_examples(text: str, words: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse(text, cron)
    assert words in str(refused.value)
    assert refused.value.hint


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("каждый понедельник 0123456789:.-*/, числа", max_size=40)))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        schedule = parse(text, cron)
    except ScheduleError:
        return
    found = due(schedule, WEDNESDAY, WEDNESDAY + timedelta(days=40), MOSCOW)
    assert all(WEDNESDAY < slot <= WEDNESDAY + timedelta(days=40) for slot in found)


def test_a_slot_in_the_spring_gap_comes_an_hour_later_and_in_autumn_once() -> None:
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=BERLIN), datetime(2026, 10, 24, 12, tzinfo=BERLIN)
    for text in ("каждый день 2:30", "30 2 * * *"):
        assert slots(text, 2, spring, BERLIN) == ["29.03 03:30", "30.03 02:30"]
        assert slots(text, 2, autumn, BERLIN) == ["25.10 02:30", "26.10 02:30"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        ["каждый день 2:30", "каждый день 2:00 3:00", "30 * * * *", "вс 1:59 2:59 3:00", "25.10.2026 2:30"]
    ),
    st.sampled_from([datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)]),
    st.lists(st.integers(1, 90), max_size=30),
)
def test_ticks_at_any_moments_find_every_slot_exactly_once(text: str, start: datetime, pauses: list[int]) -> None:
    schedule, seen, at = parse(text, cron), [], start
    for minutes in pauses:
        now = at + timedelta(minutes=minutes)
        seen += due(schedule, at, now, BERLIN)
        at = now
    assert seen == due(schedule, start, at, BERLIN)
    assert len({slot.astimezone(UTC) for slot in seen}) == len(seen)
    assert len({f"{slot:%Y-%m-%dT%H:%M}" for slot in seen}) == len(seen)


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("", timedelta(hours=12)),
        ("6 часов", timedelta(hours=6)),
        ("1 час", timedelta(hours=1)),
        ("30 минут", timedelta(minutes=30)),
        ("30мин.", timedelta(minutes=30)),
        ("2 дня", timedelta(days=2)),
        ("1 сутки", timedelta(days=1)),
        ("1 неделя", timedelta(weeks=1)),
    ],
)
def test_lateness_is_read_as_written(text: str, late: timedelta) -> None:
    assert parse_late(text) == late


@pytest.mark.parametrize("text", ["6", "часов", "-6 часов", "6 попугаев", "9999 недель", "6 часов и ещё"])
def test_a_strange_lateness_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse_late(text)
    assert "Например" in refused.value.hint


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        ("22:00-8:00", "25.11 23:30", "26.11 08:00"),
        ("22:00-8:00", "25.11 07:59", "25.11 08:00"),
        ("22:00 – 8:00", "25.11 08:00", None),
        ("22:00-8:00", "25.11 12:00", None),
        ("13-14.30", "25.11 13:00", "25.11 14:30"),
        ("13-14.30", "25.11 14:30", None),
        ("22-24", "25.11 23:30", "26.11 00:00"),
        ("8:00-8:00", "25.11 08:00", None),
    ],
)
def test_quiet_hours_end_in_the_morning(hours: str, at: str, until: str | None) -> None:
    quiet = parse_quiet(hours)
    assert quiet is not None
    end = quiet.until(datetime.strptime(f"{at} 2026", "%d.%m %H:%M %Y").replace(tzinfo=MOSCOW).astimezone(UTC), MOSCOW)
    assert (end and f"{end:%d.%m %H:%M}") == until


def test_no_quiet_hours_and_strange_ones() -> None:
    assert parse_quiet(" ") is None
    for text in ("ночью", "22:00", "25-8", "22:61-8", "22:00-8:00-9:00", "24:30-8"):
        with pytest.raises(ScheduleError):
            parse_quiet(text)
