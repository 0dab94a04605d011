"""What weatherapi.com would say about a city: made-up but steady weather in the vendor's exact shapes."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.cities import City

HOUR = 3600
_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
#: What falls from the sky, mildest first: a city's day takes one of these.
_WARM = (1000, 1003, 1006, 1009, 1183, 1189, 1240, 1000, 1003, 1087)
_COLD = (1000, 1003, 1006, 1009, 1213, 1219, 1210, 1000, 1003, 1114)
_MAY_FALL = {1006: 15, 1009: 25, 1030: 10}  #: per cent; other dry codes have none

_CONDITIONS: dict[int, dict[str, Any]] = {
    row["code"]: row for row in json.loads((files("integrations") / "weather_conditions.json").read_text("utf-8"))
}
_SNOWY = frozenset({"снег", "сильный снег и метель", "дождь со снегом"})
_DRY = frozenset({"ясно", "облачно", "туман"})


@dataclass(frozen=True, slots=True)
class Sky:
    """The weather of one hour."""

    code: int
    temp_c: float
    wind_kph: float
    chance: int

    def __post_init__(self) -> None:
        if self.code not in _CONDITIONS:
            raise ValueError(f"weatherapi.com has no condition code {self.code}")

    @property
    def snowy(self) -> bool:
        return _CONDITIONS[self.code]["group"] in _SNOWY

    @property
    def wet(self) -> bool:
        return _CONDITIONS[self.code]["group"] not in _DRY


def usual_sky(city: City, at: datetime) -> Sky:
    """The same for one city and hour however often it is asked; seasons and nights are colder in the north."""
    season = math.cos((at.timetuple().tm_yday - 200) / 365 * 2 * math.pi)
    if city.lat < 0:
        season = -season
    chaos = _chaos(city, f"{at:%Y-%m-%d}")
    daily = 22 - abs(city.lat) * 0.35 + season * abs(city.lat) * 0.28 + chaos % 9 - 4
    temp = round(daily + 4 * math.cos((at.hour - 15) / 24 * 2 * math.pi), 1)
    part_of_day = _chaos(city, f"{at:%Y-%m-%d} {at.hour // 6}")
    code = (_COLD if temp < 0 else _WARM)[part_of_day % len(_WARM)]
    wet = _CONDITIONS[code]["group"] not in _DRY
    chance = 60 + part_of_day % 40 if wet else _MAY_FALL.get(code, 0)
    return Sky(code, temp, round(4 + part_of_day % 25 + chaos % 10 / 10, 1), chance)


def _chaos(city: City, moment: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{city.id} {moment}".encode(), digest_size=4).digest(), "big")


def location(city: City, now: float, *, russian: bool) -> dict[str, Any]:
    local = datetime.fromtimestamp(now, ZoneInfo(city.tz))
    return {
        "name": city.name if russian else city.latin,
        "region": city.latin_region,
        "country": city.country if russian else city.latin_country,
        "lat": city.lat,
        "lon": city.lon,
        "tz_id": city.tz,
        "localtime_epoch": int(now),
        "localtime": f"{local:%Y-%m-%d} {local.hour}:{local:%M}",  # the real one does not pad the hour either
    }


def condition(code: int, is_day: int, *, russian: bool) -> dict[str, Any]:
    row = _CONDITIONS[code]
    when = "day" if is_day else "night"
    icon = f"//cdn.weatherapi.com/weather/64x64/{when}/{row['icon']}.png"
    return {"text": row[f"ru_{when}" if russian else f"en_{when}"], "icon": icon, "code": code}


def current(city: City, sky: Sky, now: float, *, russian: bool) -> dict[str, Any]:
    updated = int(now) // 900 * 900
    local = datetime.fromtimestamp(updated, ZoneInfo(city.tz))
    return {
        "last_updated_epoch": updated,
        "last_updated": f"{local:%Y-%m-%d %H:%M}",
        **_measured(sky, local, russian=russian),
    }


def hour(city: City, sky: Sky, epoch: int, *, russian: bool) -> dict[str, Any]:
    local = datetime.fromtimestamp(epoch, ZoneInfo(city.tz))
    rain, snow = (0, sky.chance) if sky.snowy else (sky.chance, 0)
    return {
        "time_epoch": epoch,
        "time": f"{local:%Y-%m-%d %H:%M}",
        **_measured(sky, local, russian=russian),
        "snow_cm": 0.4 if sky.snowy else 0.0,
        "will_it_rain": int(rain >= 50),
        "chance_of_rain": rain,
        "will_it_snow": int(snow >= 50),
        "chance_of_snow": snow,
    }


def _measured(sky: Sky, local: datetime, *, russian: bool) -> dict[str, Any]:
    is_day = int(7 <= local.hour < 20)
    degree = (sky.code * 7 + local.hour * 3) % 360
    feels = round(sky.temp_c - sky.wind_kph / 10, 1)
    gust = round(sky.wind_kph * 1.5, 1)
    rain_mm = 0.6 if sky.wet else 0.0
    return {
        **_both("temp", sky.temp_c),
        "is_day": is_day,
        "condition": condition(sky.code, is_day, russian=russian),
        "wind_mph": round(sky.wind_kph / 1.609, 1),
        "wind_kph": sky.wind_kph,
        "wind_degree": degree,
        "wind_dir": _POINTS[round(degree / 22.5) % 16],
        "pressure_mb": 1013.0,
        "pressure_in": 29.91,
        "precip_mm": rain_mm,
        "precip_in": round(rain_mm / 25.4, 2),
        "humidity": 60 + sky.code % 35,
        "cloud": 0 if sky.code == 1000 else 75,
        **_both("feelslike", feels),
        **_both("windchill", feels),
        **_both("heatindex", sky.temp_c),
        **_both("dewpoint", round(sky.temp_c - 5, 1)),
        "vis_km": 10.0,
        "vis_miles": 6.0,
        "uv": 1.0 if is_day else 0.0,
        "gust_mph": round(gust / 1.609, 1),
        "gust_kph": gust,
    }


def _both(name: str, celsius: float) -> dict[str, float]:
    return {f"{name}_c": celsius, f"{name}_f": round(celsius * 9 / 5 + 32, 1)}


def day(city: City, date_text: str, hours: list[dict[str, Any]], *, russian: bool) -> dict[str, Any]:
    """A forecast day around its hours; the day's condition is its most frequent one."""
    codes = [entry["condition"]["code"] for entry in hours]
    temps, winds = [entry["temp_c"] for entry in hours], [entry["wind_kph"] for entry in hours]
    rain, snow = (max(entry[f"chance_of_{what}"] for entry in hours) for what in ("rain", "snow"))
    summary = {
        **_both("maxtemp", max(temps)),
        **_both("mintemp", min(temps)),
        **_both("avgtemp", round(sum(temps) / len(temps), 1)),
        "maxwind_mph": round(max(winds) / 1.609, 1),
        "maxwind_kph": max(winds),
        "totalprecip_mm": round(sum(entry["precip_mm"] for entry in hours), 2),
        "totalprecip_in": round(sum(entry["precip_in"] for entry in hours), 2),
        "totalsnow_cm": round(sum(entry["snow_cm"] for entry in hours), 2),
        "avgvis_km": 10.0,
        "avgvis_miles": 6.0,
        "avghumidity": sum(entry["humidity"] for entry in hours) // len(hours),
        "daily_will_it_rain": int(rain >= 50),
        "daily_chance_of_rain": rain,
        "daily_will_it_snow": int(snow >= 50),
        "daily_chance_of_snow": snow,
        "condition": condition(max(codes, key=codes.count), 1, russian=russian),
        "uv": 1.0,
    }
    astro = {
        "sunrise": "08:20 AM",
        "sunset": "04:10 PM",
        "moonrise": "No moonrise",
        "moonset": "02:14 PM",
        "moon_phase": "Waxing Crescent",
        "moon_illumination": 35,
        "is_moon_up": 0,
        "is_sun_up": 0,
    }
    date_epoch = int(datetime.fromisoformat(f"{date_text}T00:00+00:00").timestamp())
    return {"date": date_text, "date_epoch": date_epoch, "day": summary, "astro": astro, "hour": hours}


def hours_of(city: City, now: float, offset: int) -> tuple[str, list[int]]:
    """The local date ``offset`` days ahead and the epochs of its hours: 23 or 25 when the clock changes."""
    zone = ZoneInfo(city.tz)
    date = datetime.fromtimestamp(now, zone).date() + timedelta(days=offset)
    start, end = (int(datetime.combine(date + timedelta(days=step), time(), zone).timestamp()) for step in (0, 1))
    return date.isoformat(), list(range(start, end, HOUR))
