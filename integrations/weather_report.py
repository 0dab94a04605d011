"""Turns weatherapi.com's forecast into a Russian `WeatherReport`, by epochs and never by local strings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from core.effects import Place, WeatherReport
from core.values import Cell
from integrations.places import shown

HOUR = 3600
WINDOW_HOURS = 24
_LINE_EVERY = 3
_LIKELY = 50  #: per cent: from here on we say that precipitation is coming
_MMHG_PER_MB = Decimal("0.750062")
_KPH_PER_MS = Decimal("3.6")

#: From the most pleasant to the worst to be outside in.
GROUPS = (
    "ясно",
    "облачно",
    "туман",
    "морось",
    "снег",
    "дождь",
    "дождь со снегом",
    "сильный дождь",
    "сильный снег и метель",
    "ледяной дождь и гололёд",
    "гроза",
)
_DRY = frozenset(GROUPS[:3])
_UNKNOWN_GROUP = "облачно"  #: a code younger than our table
_DIRECTIONS = str.maketrans("NESW", "СВЮЗ")


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the 48 condition codes."""

    group: str
    day: str
    night: str


@cache
def conditions() -> Mapping[int, Condition]:
    """By code: texts differ between the vendor's own lists and repeat in Russian, codes do neither."""
    rows = json.loads((files("integrations") / "weather_conditions.json").read_text("utf-8"))
    return {row["code"]: Condition(row["group"], row["ru_day"], row["ru_night"]) for row in rows}


def group_of(code: int) -> str:
    """The weather group of a condition code."""
    known = conditions().get(code)
    return known.group if known else _UNKNOWN_GROUP


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the forecast."""

    epoch: int
    temperature: int
    group: str
    chance: int

    @property
    def wet(self) -> bool:
        return self.chance >= _LIKELY or self.group not in _DRY


def build_report(data: Any, place: Place, now: float) -> WeatherReport:
    """The report as of ``now``. Raises LookupError, TypeError or ValueError when the answer has another shape."""
    current, location = data["current"], data["location"]
    hours = next_hours(data["forecast"]["forecastday"], now)
    zone = _zone(location.get("tz_id"), place.timezone)
    temperature = rounded(current["temp_c"])
    fields: dict[str, Cell] = {
        "город": shown(place, str(location["name"])),
        "погода": group_of(current["condition"]["code"]),
        "описание": _words(current),
        "сейчас": degrees(temperature),
        "температура": temperature,
        "ощущается": rounded(current["feelslike_c"]),
        "ветер": meters_per_second(current["wind_kph"]),
        "порывы": meters_per_second(current["gust_kph"]),
        "направление": str(current["wind_dir"]).translate(_DIRECTIONS),
        "влажность": rounded(current["humidity"]),
        "давление": rounded(_number(current["pressure_mb"]) * _MMHG_PER_MB),
        "мин": min(hour.temperature for hour in hours),
        "макс": max(hour.temperature for hour in hours),
        "осадки": max(hour.chance for hour in hours),
        "осадки с": next((_clock(hour, zone) for hour in hours if hour.wet), ""),
        "худшая": max((hour.group for hour in hours), key=GROUPS.index),
        "прогноз": "\n".join(
            f"{_clock(hour, zone)}  {degrees(hour.temperature)}, {hour.group}" for hour in hours[::_LINE_EVERY]
        ),
    }
    return WeatherReport(fields)


def next_hours(days: Sequence[Any], now: float) -> list[Hour]:
    """The 24 hours from the running one on, whatever the local clock does that night."""
    hours = {hour["time_epoch"]: hour for day in days for hour in day["hour"]}
    ahead = [_hour(hours[epoch]) for epoch in sorted(hours) if epoch + HOUR > now][:WINDOW_HOURS]
    if not ahead:
        raise ValueError("no hours ahead")
    return ahead


def _hour(hour: Any) -> Hour:
    chance = max(rounded(hour.get("chance_of_rain") or 0), rounded(hour.get("chance_of_snow") or 0))
    return Hour(int(hour["time_epoch"]), rounded(hour["temp_c"]), group_of(hour["condition"]["code"]), chance)


def _words(current: Any) -> str:
    """The service's own words in Russian; our table's when it answered in another language."""
    condition = current["condition"]
    text, known = str(condition.get("text") or ""), conditions().get(condition["code"])
    if not re.search("[а-яё]", text, re.IGNORECASE) and known:
        text = known.day if current.get("is_day", 1) else known.night
    return text.strip()[:1].lower() + text.strip()[1:]


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return Decimal(str(value))


def rounded(value: Any) -> int:
    """To the nearest whole, halves away from zero, and no «−0»."""
    number = value if isinstance(value, Decimal) else _number(value)
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def meters_per_second(kph: Any) -> int:
    return rounded(_number(kph) / _KPH_PER_MS)


def degrees(temperature: int) -> str:
    """«−3 °C» with a real minus sign."""
    return f"{temperature} °C".replace("-", "−")


def _zone(*names: Any) -> tzinfo:
    for name in names:
        try:
            return ZoneInfo(name)
        except (TypeError, ValueError, OSError, LookupError):
            continue
    return UTC


def _clock(hour: Hour, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(hour.epoch, zone):%H:%M}"
