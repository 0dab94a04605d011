"""Days as people type them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import inputs
from core.inputs import Accepted, Refused
from core.wording import MONTHS

TODAY = date(2026, 11, 22)


def day(of: date) -> str:
    return f"{of.day} {MONTHS[of.month - 1]}"


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("12.05.2026", "2026-05-12"),
        ("1.2.2026", "2026-02-01"),
        ("12/05/2026", "2026-05-12"),
        ("12-05-2026", "2026-05-12"),
        ("12 05 2026", "2026-05-12"),
        ("2026-05-12", "2026-05-12"),
        ("12.05.27", "2027-05-12"),
        ("12.05.85", "1985-05-12"),
        ("12 мая 2026", "2026-05-12"),
        ("12 мая 2026 года", "2026-05-12"),
        ("12 мая 2026 г.", "2026-05-12"),
        ("1 декабря", "2026-12-01"),
        ("12 сентебря", "2026-09-12"),
        ("5 янв.", "2027-01-05"),
        ("30.10", "2026-10-30"),
        ("5.01", "2027-01-05"),
        ("29.02", "2028-02-29"),
        ("сегодня", "2026-11-22"),
        ("Вчера", "2026-11-21"),
        ("позавчера", "2026-11-20"),
        ("завтра!", "2026-11-23"),
        ("на послезавтра", "2026-11-24"),
        ("٢٢.١١.٢٠٢٦", "2026-11-22"),
    ],
)
def test_dates(typed: str, iso: str) -> None:
    answer = inputs.date(typed, TODAY)
    assert isinstance(answer, Accepted)
    assert answer.value == iso
    assert answer.shown == f"{date.fromisoformat(iso):%d.%m.%Y}"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "когда-нибудь",
        "май",
        "31.11",
        "29.02.2027",
        "32.01.2026",
        "00.00",
        "12.13",
        "0 мая",
        "12 мартобря",
        "12.05.0001",
        "12.05.9999",
        "2026-99-99",
        "12",
        "\0",
        "12.05.2026 или 13.05.2026",
    ],
)
def test_not_dates(typed: str) -> None:
    answer = inputs.date(typed, TODAY)
    assert isinstance(answer, Refused)
    assert "22.11.2026" in answer.why


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_a_written_date_is_read_back(written: date) -> None:
    for typed in (f"{written:%d.%m.%Y}", written.isoformat(), f"{day(written)} {written.year}"):
        assert inputs.date(typed, TODAY) == Accepted(written.isoformat(), f"{written:%d.%m.%Y}")


@given(st.integers(-170, 170))
def test_without_a_year_the_nearest_day_is_meant(days: int) -> None:
    meant = TODAY + timedelta(days=days)
    answer = inputs.date(day(meant), TODAY)
    assert isinstance(answer, Accepted)
    assert answer.value == meant.isoformat()


@given(st.text(), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_reading_never_crashes(typed: str, today: date) -> None:
    inputs.date(typed, today)
