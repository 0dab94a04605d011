"""The weather client through real HTTP against the emulator: places, reports, every error, outages, leaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from core.effects import WEATHER_FIELDS, Failure, Place, Places, Reason, WeatherReport
from core.errors import SettingError
from integrations.cache import MemoryCache
from integrations.http import Http, Limits
from integrations.weather import Weather
from sandbox.emulator import Fault
from sandbox.weather import ERRORS, WeatherEmulator
from tests.contract.weather_spec import conforms

KEY = "s3cr3t-kEy-42"
NOON = datetime(2026, 11, 22, 9, 20, tzinfo=UTC).timestamp()  # 12:20 in Moscow
MOSCOW = Place("Москва", ref="id:2145091")


@dataclass
class Scene:
    """The emulator, a client, and the clock both live by."""

    emulator: WeatherEmulator
    weather: Weather
    now: list[float]

    async def report(self, place: Place = MOSCOW) -> Any:
        return await asyncio.to_thread(self.weather.report, place)

    async def find(self, query: str) -> Any:
        return await asyncio.to_thread(self.weather.find_places, query)

    @property
    def asked(self) -> list[str]:
        return [exchange.query.get("q", "") for exchange in self.emulator.journal]


def client(url: str, key: str, now: list[float]) -> Weather:
    http = Http(limits=Limits(connect=2, read=0.4, total=2, attempts=2, backoff=0.001, pause=0))
    return Weather(http, key, MemoryCache(clock=lambda: now[0]), url=url, clock=lambda: now[0])


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    now = [NOON]
    emulator = WeatherEmulator(KEY, clock=lambda: now[0])
    await emulator.start()
    yield Scene(emulator, client(emulator.url, KEY, now), now)
    await emulator.stop()


def fields(answer: Any) -> dict[str, Any]:
    assert isinstance(answer, WeatherReport), answer
    return dict(answer.fields)


# --- the report -----------------------------------------------------------------------------------------------------


async def test_the_report_speaks_russian_and_has_every_field(scene: Scene) -> None:
    scene.emulator.set_weather("Москва", code=1213, temp_c=-2.5, wind_kph=36, chance=70)
    report = fields(await scene.report())
    assert set(report) == set(WEATHER_FIELDS)
    assert report.pop("прогноз").splitlines()[:2] == ["12:00  −3 °C, снег", "15:00  −3 °C, снег"]
    assert report.pop("направление") in {"С", "ССВ", "СВ", "ВСВ", "В", "ВЮВ", "ЮВ", "ЮЮВ",
                                         "Ю", "ЮЮЗ", "ЮЗ", "ЗЮЗ", "З", "ЗСЗ", "СЗ", "ССЗ"}  # fmt: skip
    assert report == {
        "город": "Москва", "погода": "снег", "описание": "небольшой снег", "сейчас": "−3 °C", "температура": -3,
        "ощущается": -6, "ветер": 10, "порывы": 15, "влажность": 60 + 1213 % 35, "давление": 760, "мин": -3, "макс": -3,
        "осадки": 70, "осадки с": "12:00", "худшая": "снег",
    }  # fmt: skip


async def test_our_requests_are_what_the_vendor_describes(scene: Scene) -> None:
    await scene.report()
    await scene.find("Ростов-на-Дону")
    assert [exchange.status for exchange in scene.emulator.journal] == [200, 200]
    for exchange in scene.emulator.journal:
        conforms(exchange)
    assert scene.emulator.journal[0].query == {
        "key": KEY, "q": "id:2145091", "days": "3", "lang": "ru", "aqi": "no", "alerts": "no"
    }  # fmt: skip


async def test_dry_weather_names_no_hour_of_rain(scene: Scene) -> None:
    scene.emulator.set_weather("Москва", code=1000, temp_c=0.4, chance=0)
    report = fields(await scene.report())
    assert (report["осадки"], report["осадки с"], report["худшая"]) == (0, "", "ясно")
    assert report["сейчас"] == "0 °C"


async def test_a_place_without_a_reference_is_asked_by_name(scene: Scene) -> None:
    assert fields(await scene.report(Place("питер")))["город"] == "Санкт-Петербург"
    assert fields(await scene.report(Place("", ref="55.75,37.62")))["город"] == "Москва"
    assert fields(await scene.report(Place("Столица", ref="id:2145091")))["город"] == "Столица"
    assert scene.asked == ["Санкт-Петербург", "55.75,37.62", "id:2145091"]


async def test_a_dead_reference_falls_back_to_the_name_once(scene: Scene) -> None:
    assert fields(await scene.report(Place("Пермь", ref="id:99")))["город"] == "Пермь"
    assert scene.asked == ["id:99", "Пермь"]


async def test_an_unknown_place_is_tried_in_latin_once(scene: Scene) -> None:
    assert await scene.report(Place("Урюпинск")) == Failure(
        Reason.UNKNOWN_PLACE, "Служба погоды не знает такого места."
    )
    assert scene.asked == ["Урюпинск", "Uryupinsk"]


async def test_polish_letters_are_understood(scene: Scene) -> None:
    assert fields(await scene.report(Place("Wrocław")))["город"] == "Вроцлав"
    assert scene.asked == ["Wrocław", "Wroclaw"]


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("Ростов", ["Ростов, Ярославская область", "Ростов-на-Дону, Ростовская область"]),
        ("Киров", ["Киров, Кировская область", "Киров, Калужская область"]),
        ("ростов на дону", ["Ростов-на-Дону, Ростовская область"]),
        ("мск", ["Москва, Москва"]),
        ("Питер!", ["Санкт-Петербург, Санкт-Петербург"]),
        ("г. Екб", ["Екатеринбург, Свердловская область"]),
        ("НН", ["Нижний Новгород, Нижегородская область"]),
        ("  MOSCOW  ", ["Moscow, Moscow City", "Moscow, Idaho"]),
        ("Wrocław", ["Wroclaw, Dolnoslaskie"]),
        ("Урюпинск", []),
    ],
)
async def test_places_are_found_as_people_call_them(scene: Scene, typed: str, labels: list[str]) -> None:
    found = await scene.find(typed)
    assert [place.label for place in found.found] == labels
    assert all(place.ref.startswith("id:") for place in found.found)


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "auto:ip", "AUTO：IP", "iata:DXB", "metar:UUEE", "id:2801268", "100.0.0.1", "2001:db8::1", "90210",
     "12345", "1.1.1.1", "55.75,37.62", "bulk", "Bulk.", "...", "😀", "-", "\x00", "١٢٣"],
)  # fmt: skip
async def test_what_is_no_name_never_reaches_the_service(scene: Scene, typed: str) -> None:
    assert await scene.find(typed) == Places(())
    answer = await scene.report(Place(typed))
    assert isinstance(answer, Failure)
    assert answer.reason is Reason.UNKNOWN_PLACE
    assert scene.asked == []


@pytest.mark.parametrize("ref", ["auto:ip", "100.0.0.1", "iata:DXB", "id:1;drop", "id:", "1,2,3", "bulk", "id:1&key=x"])
async def test_an_odd_reference_is_ignored(scene: Scene, ref: str) -> None:
    fields(await scene.report(Place("Москва", ref=ref)))
    assert scene.asked == ["Москва"]


async def test_a_name_cannot_smuggle_anything_into_the_request(scene: Scene) -> None:
    await scene.report(Place("Москва&key=x#?q=auto/..%2e " + "я" * 500))
    exchange = scene.emulator.journal[0]
    assert exchange.path == "/v1/forecast.json"
    assert exchange.query["key"] == KEY
    assert exchange.query["q"].startswith("Москва key x q auto .. e яя")
    assert len(exchange.query["q"]) <= 80


# --- errors and outages ---------------------------------------------------------------------------------------------

REASONS = {
    1002: Reason.MISCONFIGURED, 1003: Reason.MISCONFIGURED, 1005: Reason.MISCONFIGURED, 1006: Reason.UNKNOWN_PLACE,
    2006: Reason.MISCONFIGURED, 2007: Reason.UNAVAILABLE, 2008: Reason.MISCONFIGURED, 2009: Reason.MISCONFIGURED,
    9999: Reason.UNAVAILABLE,
}  # fmt: skip


@pytest.mark.parametrize("code", ERRORS)
async def test_every_error_code_has_its_reason_and_a_russian_sentence(scene: Scene, code: int) -> None:
    scene.emulator.faults.append(Fault("reject", code=code, times=-1))
    answer = await scene.report()
    assert isinstance(answer, Failure)
    assert answer.reason is REASONS[code]
    assert answer.detail.endswith(".")
    assert KEY not in answer.detail
    found = await scene.find("Москва")
    assert found == (Places(()) if code == 1006 else answer)


async def test_a_passing_internal_error_is_asked_again(scene: Scene) -> None:
    scene.emulator.faults.append(Fault("reject", code=9999, times=1))
    fields(await scene.report())


async def test_no_key_or_a_wrong_key_is_the_operators_business(scene: Scene) -> None:
    for key, calls in (("", 0), ("wrong", 1)):
        weather = client(scene.emulator.url, key, scene.now)
        answer = await asyncio.to_thread(weather.report, MOSCOW)
        assert isinstance(answer, Failure)
        assert answer.reason is Reason.MISCONFIGURED
        assert "WEATHERAPI_KEY" in answer.detail
        assert len(scene.emulator.journal) == calls


TROUBLES = [
    Fault("reject", status=500, times=-1), Fault("reject", status=503, times=-1), Fault("reject", status=429, times=-1),
    Fault("html", status=502, times=-1), Fault("html", status=200, times=-1), Fault("html", status=403, times=-1),
    Fault("empty", times=-1), Fault("garbage", times=-1), Fault("hang", times=-1), Fault("drop", times=-1),
]  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda fault: f"{fault.kind}-{fault.status}")
async def test_trouble_without_memory_is_a_failure_and_with_memory_is_not_noticed(scene: Scene, trouble: Fault) -> None:
    good = fields(await scene.report())
    scene.emulator.faults.append(Fault(trouble.kind, times=-1, status=trouble.status, seconds=5))
    scene.now[0] += 15 * 60
    stale = fields(await scene.report())
    assert stale["температура"] == good["температура"]
    other = await scene.report(Place("Казань"))
    assert isinstance(other, Failure)
    assert other.reason is Reason.UNAVAILABLE
    assert other.detail
    scene.emulator.faults.clear()
    assert fields(await scene.report(Place("Казань")))["город"] == "Казань"


async def test_memory_is_fresh_for_ten_minutes_and_useless_after_three_hours(scene: Scene) -> None:
    for minutes, calls in ((0, 1), (9, 1), (11, 2)):
        scene.now[0] = NOON + minutes * 60
        fields(await scene.report())
        assert len(scene.emulator.journal) == calls
    scene.emulator.disabled = True
    scene.now[0] += 2.9 * 3600
    assert fields(await scene.report())["прогноз"].startswith("15:00")  # the window moved though the body is old
    scene.now[0] += 0.2 * 3600
    answer = await scene.report()
    assert isinstance(answer, Failure)
    assert answer.reason is Reason.MISCONFIGURED


async def test_an_answer_of_another_shape_is_not_remembered(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    good = fields(await scene.report())
    scene.now[0] += 15 * 60
    now = scene.emulator._now
    for broken in (
        {},
        {"location": None},
        {"location": {"name": "М"}, "current": []},
        {"current": {"temp_c": "тепло"}},
    ):
        monkeypatch.setattr(scene.emulator, "_now", lambda city, russian, broken=broken: broken)
        assert fields(await scene.report())["температура"] == good["температура"]
        answer = await scene.report(Place("Казань"))
        assert answer == Failure(Reason.UNAVAILABLE, "Служба погоды ответила непонятно.")
    monkeypatch.setattr(scene.emulator, "_now", now)
    fields(await scene.report(Place("Казань")))


async def test_twenty_people_at_once_cost_one_request(scene: Scene) -> None:
    scene.emulator.faults.append(Fault("delay", seconds=0.1, times=-1))
    answers = await asyncio.gather(*(scene.report() for _ in range(20)))
    assert all(isinstance(answer, WeatherReport) for answer in answers)
    assert len(scene.emulator.journal) == 1


async def test_the_key_is_in_no_failure_and_no_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    told = ""
    for trouble in TROUBLES:
        scene.emulator.faults[:] = [Fault(trouble.kind, times=-1, status=trouble.status, seconds=5)]
        told += repr(await scene.report()) + repr(await scene.find("Омск"))
    assert KEY not in told + caplog.text
    assert KEY not in repr(scene.weather) + repr(vars(scene.weather)["_http"])


@pytest.mark.parametrize("url", ["http://api.weatherapi.com/v1", "http://10.0.0.1/v1"])
def test_the_key_never_travels_unencrypted(url: str) -> None:
    with pytest.raises(SettingError, match="WEATHERAPI_URL"):
        client(url, KEY, [NOON])


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
async def test_the_base_address_may_be_written_with_or_without_its_version(scene: Scene, suffix: str) -> None:
    fields(await asyncio.to_thread(client(scene.emulator.url + suffix, KEY, scene.now).report, MOSCOW))
