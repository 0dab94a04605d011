"""The rolling 24 hours: midnights, half-hour zones and nights when the clock changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.effects import Place
from integrations import weather_report as reports
from sandbox.cities import CITIES, City
from sandbox.weather_answers import Sky, current, day, hour, hours_of, location, usual_sky


def city(latin: str) -> City:
    return next(place for place in CITIES if place.latin == latin)


def forecast(place: City, now: float, *, days: int = 3, russian: bool = True, sky: Sky | None = None) -> dict[str, Any]:
    """The vendor's answer for that moment, through real JSON."""

    def sky_at(epoch: float) -> Sky:
        return sky or usual_sky(place, datetime.fromtimestamp(epoch, ZoneInfo(place.tz)))

    listed = []
    for offset in range(days):
        date, epochs = hours_of(place, now, offset)
        listed.append(day(place, date, [hour(place, sky_at(e), e, russian=russian) for e in epochs], russian=russian))
    answer = {
        "location": location(place, now, russian=russian),
        "current": current(place, sky_at(now), now, russian=russian),
        "forecast": {"forecastday": listed},
    }
    loaded: dict[str, Any] = json.loads(json.dumps(answer))
    return loaded


MOMENTS = [
    ("Moscow", "2026-11-22 00:00"), ("Moscow", "2026-11-22 23:59"), ("Moscow", "2026-12-31 23:59"),
    ("Kathmandu", "2026-11-22 23:59"), ("Kathmandu", "2026-11-22 00:05"), ("St. John's", "2026-11-22 12:34"),
    ("Berlin", "2026-03-29 00:30"), ("Berlin", "2026-03-28 23:59"), ("Berlin", "2026-10-25 00:30"),
    ("Berlin", "2026-10-24 23:59"), ("New York", "2026-03-08 01:59"), ("New York", "2026-11-01 01:30"),
    ("Petropavlovsk-Kamchatskiy", "2026-02-28 23:59"), ("London", "2028-02-28 23:00"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "local"), MOMENTS)
def test_exactly_24_hours_from_the_running_one_on(name: str, local: str) -> None:
    place = city(name)
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(place.tz)).timestamp()
    hours = reports.next_hours(forecast(place, now)["forecast"]["forecastday"], now)
    epochs = [entry.epoch for entry in hours]
    assert len(epochs) == 24
    assert epochs[0] <= now < epochs[0] + 3600
    assert epochs == list(range(epochs[0], epochs[0] + 24 * 3600, 3600))


@pytest.mark.parametrize(("name", "local"), MOMENTS)
def test_the_lines_show_the_places_own_clock(name: str, local: str) -> None:
    place = city(name)
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(place.tz))
    report = reports.build_report(forecast(place, now.timestamp()), Place(name), now.timestamp())
    lines = str(report.fields["прогноз"]).splitlines()
    started = now.astimezone(UTC).replace(minute=0, second=0)
    if place.latin in ("Kathmandu", "St. John's"):  # their hours start at a quarter or a half of ours
        started = datetime.fromtimestamp(now.timestamp() - now.minute * 60, UTC)
    expected = [(started + timedelta(hours=3 * n)).astimezone(ZoneInfo(place.tz)).strftime("%H:%M") for n in range(8)]
    assert [line[:5] for line in lines] == expected


def test_one_day_of_forecast_is_too_little_and_that_is_why_we_ask_for_three() -> None:
    moscow = city("Moscow")
    now = datetime(2026, 11, 22, 23, 59, tzinfo=ZoneInfo(moscow.tz)).timestamp()
    assert [
        len(reports.next_hours(forecast(moscow, now, days=n)["forecast"]["forecastday"], now)) for n in (1, 2, 3)
    ] == [
        1,
        24,
        24,
    ]


def test_hours_that_are_all_over_are_no_forecast() -> None:
    moscow = city("Moscow")
    with pytest.raises(ValueError, match="no hours"):
        reports.next_hours(forecast(moscow, 1_700_000_000)["forecast"]["forecastday"], 1_800_000_000)


def test_shuffled_and_repeated_hours_are_put_in_order() -> None:
    moscow, now = city("Moscow"), 1_795_000_000.0
    days = forecast(moscow, now)["forecast"]["forecastday"]
    mixed = [{"hour": list(reversed(entry["hour"]))} for entry in (*reversed(days), days[0])]
    assert reports.next_hours(mixed, now) == reports.next_hours(days, now)


def test_unpadded_local_time_is_not_read_at_all() -> None:
    moscow = city("Moscow")
    answer = forecast(moscow, datetime(2026, 11, 22, 5, 42, tzinfo=UTC).timestamp())
    assert answer["location"]["localtime"] == "2026-11-22 8:42"
    answer["location"]["localtime"] = "as you like"
    report = reports.build_report(answer, Place("Москва"), datetime(2026, 11, 22, 5, 42, tzinfo=UTC).timestamp())
    assert str(report.fields["прогноз"]).startswith("08:00")


@pytest.mark.parametrize("tz", [None, "", "Mars/Olympus", "../etc/passwd", 7])
def test_an_unknown_zone_falls_back_to_the_places_own_then_to_utc(tz: Any) -> None:
    now = datetime(2026, 11, 22, 5, 42, tzinfo=UTC).timestamp()
    answer = forecast(city("Moscow"), now)
    answer["location"]["tz_id"] = tz
    for place, first in ((Place("М", timezone="Asia/Omsk"), "11:00"), (Place("М"), "05:00")):
        assert str(reports.build_report(answer, place, now).fields["прогноз"]).startswith(first)


def test_the_worst_hour_and_the_first_wet_hour_are_named() -> None:
    moscow, now = city("Moscow"), datetime(2026, 7, 22, 9, 0, tzinfo=UTC).timestamp()
    answer = forecast(moscow, now, sky=Sky(1000, 20, 5, 0))
    hours = [entry for listed in answer["forecast"]["forecastday"] for entry in listed["hour"]]
    ahead = [entry for entry in hours if entry["time_epoch"] >= now]
    ahead[4]["chance_of_rain"] = 55
    ahead[7]["condition"]["code"] = 1276
    ahead[9]["temp_c"], ahead[11]["temp_c"] = 31.5, 7.4
    ahead[30]["condition"]["code"] = 1117  # tomorrow's evening is beyond the window
    report = reports.build_report(answer, Place("Москва"), now).fields
    assert (report["худшая"], report["осадки с"], report["осадки"]) == ("гроза", "16:00", 55)
    assert (report["мин"], report["макс"]) == (7, 32)


def test_48_codes_in_11_groups() -> None:
    groups = {reports.group_of(code) for code in reports.conditions()}
    assert len(reports.conditions()) == 48
    assert groups == set(reports.GROUPS)
    assert len(reports.GROUPS) == 11
    assert reports.group_of(1237) == "ледяной дождь и гололёд"  # «Ледяной дождь» of the service is ice pellets
    assert reports.group_of(7777) == "облачно"


@pytest.mark.parametrize(("is_day", "words"), [(1, "солнечно"), (0, "ясно")])
def test_english_words_are_replaced_by_ours_by_code(is_day: int, words: str) -> None:
    moscow, now = city("Moscow"), 1_795_000_000.0
    answer = forecast(moscow, now, russian=False, sky=Sky(1000, 5, 5, 0))
    answer["current"]["is_day"] = is_day
    report = reports.build_report(answer, Place("Москва"), now).fields
    assert report["описание"] == words
    assert report["город"] == "Москва (Moscow)"


@pytest.mark.parametrize(
    ("value", "whole"), [(0.4, 0), (-0.4, 0), (0.5, 1), (-0.5, -1), (2.5, 3), (-2.5, -3), (-3, -3), (11.49, 11)]
)
def test_halves_are_rounded_away_from_zero(value: float, whole: int) -> None:
    assert reports.rounded(value) == whole


@pytest.mark.parametrize("value", [None, "7", True, [], {}])
def test_what_is_no_number_is_no_weather(value: Any) -> None:
    with pytest.raises(TypeError):
        reports.rounded(value)


@pytest.mark.parametrize(("temperature", "text"), [(-3, "−3 °C"), (0, "0 °C"), (25, "25 °C")])
def test_a_real_minus(temperature: int, text: str) -> None:
    assert reports.degrees(temperature) == text
