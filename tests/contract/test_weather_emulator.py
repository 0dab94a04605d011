"""The weather emulator against the vendor's own description, its error table and its known traps."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from openapi_core.exceptions import OpenAPIError

from sandbox.cities import CITIES, search
from sandbox.emulator import Fault
from sandbox.weather import ERRORS, WeatherEmulator
from tests.contract.weather_spec import conforms

MORNING = datetime(2026, 11, 22, 5, 42, tzinfo=UTC).timestamp()  # 8:42 in Moscow


@pytest.fixture
async def emulator() -> AsyncIterator[WeatherEmulator]:
    emulator = WeatherEmulator(clock=lambda: MORNING)
    await emulator.start()
    yield emulator
    await emulator.stop()


async def ask(emulator: WeatherEmulator, method: str, **query: str) -> tuple[int, Any]:
    """A plain request, checked against the specification on its way."""
    query.setdefault("key", "weather-test")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{emulator.url}/v1/{method}.json", params=query) as answer,
    ):
        return answer.status, json.loads(await answer.text())


@pytest.mark.parametrize("city", [city.latin for city in CITIES])
async def test_every_city_answers_as_the_vendor_describes(emulator: WeatherEmulator, city: str) -> None:
    for method, query in (("current", {}), ("forecast", {"days": "3", "lang": "ru", "aqi": "no"}), ("search", {})):
        status, _ = await ask(emulator, method, q=city, **query)
        assert status == 200
        conforms(emulator.journal[-1])


@pytest.mark.parametrize(
    ("method", "query"), [("forecast", {"q": "Москва"}), ("forecast", {"q": "Москва", "days": "15"}), ("search", {})]
)
async def test_the_specification_would_notice_a_wrong_request(
    emulator: WeatherEmulator, method: str, query: dict[str, str]
) -> None:
    await ask(emulator, method, **query)
    with pytest.raises(OpenAPIError):
        conforms(emulator.journal[-1])


async def test_the_vendors_traps_are_there(emulator: WeatherEmulator) -> None:
    _, data = await ask(emulator, "current", q="Москва", lang="ru")
    assert data["location"]["localtime"] == "2026-11-22 8:42"
    assert data["location"]["name"] == "Москва"
    assert data["current"]["condition"]["icon"].startswith("//cdn.weatherapi.com/")
    assert re.search("[а-я]", data["current"]["condition"]["text"])
    _, data = await ask(emulator, "current", q="Москва")
    assert data["location"]["name"] == "Moscow"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Ростов", ["Ростов", "Ростов-на-Дону"]),
        ("Киров", ["Киров", "Киров"]),
        ("Moscow", ["Moscow", "Moscow"]),
        ("Киров, Калужская", ["Киров"]),
        ("пермь", ["Пермь"]),
        ("Урюпинск", []),
        ("я", []),
    ],
)
async def test_search_finds_none_one_or_several(emulator: WeatherEmulator, query: str, names: list[str]) -> None:
    status, found = await ask(emulator, "search", q=query)
    assert status == 200
    assert [place["name"] for place in found] == names
    conforms(emulator.journal[-1])


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("id:2801268", "London"),
        ("55.75,37.62", "Moscow"),
        ("-33.8, 151.2", "Vladivostok"),
        ("Москва", "Moscow"),
        ("100.0.0.1", "New York"),
        ("auto:ip", "New York"),
        ("iata:DXB", "New York"),
    ],
)
async def test_q_is_read_as_the_real_one_reads_it(emulator: WeatherEmulator, query: str, name: str) -> None:
    _, data = await ask(emulator, "current", q=query)
    assert data["location"]["name"] == name


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("current", {"key": "", "q": "Москва"}, 1002),
        ("current", {"key": "wrong", "q": "Москва"}, 2006),
        ("search", {"key": "wrong", "q": "Москва"}, 2006),
        ("current", {}, 1003),
        ("search", {}, 1003),
        ("current", {"q": "Нигде"}, 1006),
        ("current", {"q": "id:1"}, 1006),
        ("current", {"q": "id:x"}, 1006),
        ("forecast", {"q": "Москва"}, 1005),
        ("forecast", {"q": "Москва", "days": "15"}, 1005),
        ("forecast", {"q": "Москва", "days": "x"}, 1005),
        ("history", {"q": "Москва"}, 1005),
    ],
)
async def test_refusals(emulator: WeatherEmulator, method: str, query: dict[str, str], code: int) -> None:
    status, body = await ask(emulator, method, **query)
    assert (status, body["error"]["code"]) == (ERRORS[code][0], code)
    assert body["error"]["message"]


@pytest.mark.parametrize("code", ERRORS)
async def test_every_code_can_be_switched_on(emulator: WeatherEmulator, code: int) -> None:
    emulator.faults.append(Fault("reject", code=code))
    status, body = await ask(emulator, "search", q="Москва")
    assert (status, body["error"]["code"]) == (ERRORS[code][0], code)
    conforms(emulator.journal[-1])
    assert (await ask(emulator, "search", q="Москва"))[0] == 200


async def test_the_quota_runs_out_and_the_key_can_be_disabled(emulator: WeatherEmulator) -> None:
    emulator.quota = 2
    codes = [(await ask(emulator, "current", q="Москва"))[0] for _ in range(3)]
    assert codes == [200, 200, 403]
    assert (await ask(emulator, "current", q="Москва"))[1]["error"]["code"] == 2007
    emulator.disabled = True
    assert (await ask(emulator, "current", q="Москва"))[1]["error"]["code"] == 2008


async def test_the_free_plan_has_three_days(emulator: WeatherEmulator) -> None:
    _, data = await ask(emulator, "forecast", q="Москва", days="14")
    assert [day["date"] for day in data["forecast"]["forecastday"]] == ["2026-11-22", "2026-11-23", "2026-11-24"]
    assert [len(day["hour"]) for day in data["forecast"]["forecastday"]] == [24, 24, 24]


async def test_weather_is_steady_and_can_be_changed_by_hand(emulator: WeatherEmulator) -> None:
    usual = await ask(emulator, "forecast", q="Москва", days="3")
    assert await ask(emulator, "forecast", q="Москва", days="3") == usual
    emulator.set_weather("Москва", code=1225, temp_c=-12.5, wind_kph=36, chance=90)
    _, data = await ask(emulator, "forecast", q="Moscow City", days="1")
    assert data == {"error": {"code": 1006, "message": ERRORS[1006][1]}}
    _, data = await ask(emulator, "forecast", q="id:2145091", days="1")
    assert (data["current"]["temp_c"], data["current"]["condition"]["code"]) == (-12.5, 1225)
    assert {hour["chance_of_snow"] for hour in data["forecast"]["forecastday"][0]["hour"]} == {90}
    emulator.clear_weather()
    assert await ask(emulator, "forecast", q="Москва", days="3") == usual


def test_impossible_weather_is_refused() -> None:
    with pytest.raises(KeyError):
        WeatherEmulator().set_weather("Нигде", 1000, 0)
    with pytest.raises(ValueError, match="4242"):
        WeatherEmulator().set_weather("Москва", 4242, 0)


def test_the_city_table_is_sound() -> None:
    assert len({city.id for city in CITIES}) == len(CITIES)
    assert sum(city.country == "Россия" for city in CITIES) >= 25
    assert all(city in search(city.name) and city in search(city.latin) for city in CITIES)
