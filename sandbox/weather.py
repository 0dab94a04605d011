"""weatherapi.com on loopback: the real paths, answers, error codes and traps, with weather you can change by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox import weather_answers as answers
from sandbox.cities import City, by_id, nearest, search
from sandbox.emulator import Emulator, Fault
from sandbox.weather_answers import Sky

PLAN_DAYS = 3  #: the free plan's forecast

#: Code -> HTTP status and text, as the vendor documents them.
ERRORS: dict[int, tuple[int, str]] = {
    1002: (401, "API key not provided."),
    1003: (400, "Parameter 'q' not provided."),
    1005: (400, "API request url is invalid."),
    1006: (400, "No matching location found."),
    2006: (401, "API key provided is invalid"),
    2007: (403, "API key has exceeded calls per month quota."),
    2008: (403, "API key has been disabled."),
    2009: (403, "API key does not have access to the resource."),
    9999: (400, "Internal application error."),
}

_COORDINATES = re.compile(r"(-?\d+(?:\.\d+)?),\s*(-?\d+(?:\.\d+)?)")
_BY_NETWORK = re.compile(r"auto:ip|(?:iata|metar):\w+|\d+(?:\.\d+){3}", re.IGNORECASE)


class WeatherEmulator(Emulator):
    """``quota`` is how many calls are left this month, None = plenty; ``disabled`` switches the key off."""

    name = "weather"

    def __init__(self, key: str = "weather-test", clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.key = key
        self.clock = clock
        self.quota: int | None = None
        self.disabled = False
        self._set_by_hand: dict[int, Sky] = {}

    def set_weather(self, city: str, code: int, temp_c: float, wind_kph: float = 10.0, chance: int = 0) -> None:
        """Make it so in every place of that name, now and for all hours ahead. KeyError for an unknown place."""
        found = [place for place in search(city) if place.called(city.casefold())]
        if not found:
            raise KeyError(city)
        for place in found:
            self._set_by_hand[place.id] = Sky(code, temp_c, wind_kph, chance)

    def clear_weather(self) -> None:
        """Back to the usual weather everywhere."""
        self._set_by_hand.clear()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/current.json", self._current),
            web.get("/v1/forecast.json", self._forecast),
            web.get("/v1/search.json", self._search),
        ]

    async def rejection(self, request: web.Request, fault: Fault) -> web.Response:
        """A vendor's code with its own status; without a code, the proxy in front of the service refuses."""
        if fault.code:
            return _error(fault.code)
        headers = {"Retry-After": f"{fault.seconds:.0f}"} if fault.seconds else {}
        return web.Response(status=fault.status, text="", headers=headers)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        return _error(1005)

    async def _current(self, request: web.Request) -> web.Response:
        refusal, city = self._admit(request)
        if city is None:
            return refusal
        return web.json_response(self._now(city, _wants_russian(request)))

    async def _forecast(self, request: web.Request) -> web.Response:
        refusal, city = self._admit(request)
        if city is None:
            return refusal
        wanted = request.query.get("days", "")
        if not wanted.isdecimal() or not 1 <= int(wanted) <= 14:
            return _error(1005)
        russian = _wants_russian(request)
        days = [self._day(city, offset, russian=russian) for offset in range(min(int(wanted), PLAN_DAYS))]
        return web.json_response({**self._now(city, russian), "forecast": {"forecastday": days}})

    async def _search(self, request: web.Request) -> web.Response:
        code = self._refuse_key(request) or (0 if request.query.get("q") else 1003)
        if code:
            return _error(code)
        query = request.query["q"]
        russian = re.search("[а-яё]", query, re.IGNORECASE) is not None
        return web.json_response([_listed(city, russian) for city in search(query)[:10]])

    def _admit(self, request: web.Request) -> tuple[web.Response, City | None]:
        """The city asked about, or the vendor's refusal."""
        query = request.query.get("q", "")
        code = self._refuse_key(request) or (0 if query else 1003)
        city = None if code else _find(query)
        return _error(code or 1006), city

    def _refuse_key(self, request: web.Request) -> int:
        key = request.query.get("key", "")
        if not key or key != self.key:
            return 2006 if key else 1002
        if self.disabled:
            return 2008
        if self.quota is not None:
            if self.quota <= 0:
                return 2007
            self.quota -= 1
        return 0

    def _sky(self, city: City, epoch: float) -> Sky:
        by_hand = self._set_by_hand.get(city.id)
        return by_hand or answers.usual_sky(city, datetime.fromtimestamp(epoch, ZoneInfo(city.tz)))

    def _now(self, city: City, russian: bool) -> dict[str, Any]:
        now = self.clock()
        return {
            "location": answers.location(city, now, russian=russian),
            "current": answers.current(city, self._sky(city, now), now, russian=russian),
        }

    def _day(self, city: City, offset: int, *, russian: bool) -> dict[str, Any]:
        date, epochs = answers.hours_of(city, self.clock(), offset)
        hours = [answers.hour(city, self._sky(city, epoch), epoch, russian=russian) for epoch in epochs]
        return answers.day(city, date, hours, russian=russian)


def _error(code: int) -> web.Response:
    status, message = ERRORS[code]
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


def _wants_russian(request: web.Request) -> bool:
    return request.query.get("lang") == "ru"


def _find(query: str) -> City | None:
    """How the real service reads ``q``: a reference, coordinates, somebody's network address, or a name."""
    if query.startswith("id:"):
        number = query[3:]
        return by_id(int(number)) if number.isdecimal() else None
    if point := _COORDINATES.fullmatch(query):
        return nearest(float(point[1]), float(point[2]))
    if _BY_NETWORK.fullmatch(query):
        return nearest(39.04, -77.49)  # where the servers stand
    return next(iter(search(query)), None)


def _listed(city: City, russian: bool) -> dict[str, Any]:
    names = (city.name, city.region, city.country)
    name, region, country = names if russian else (city.latin, city.latin_region, city.latin_country)
    slug = "-".join(re.findall(r"[a-z]+", f"{city.latin} {city.latin_region} {city.latin_country}".lower()))
    return {
        "id": city.id,
        "name": name,
        "region": region,
        "country": country,
        "lat": city.lat,
        "lon": city.lon,
        "url": slug,
    }
