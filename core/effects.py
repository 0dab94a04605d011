"""What a dialogue step may ask of the outside world, and the answers it can get: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from core.values import Cell


class Reason(StrEnum):
    """Why an outside service gave nothing usable; blocks choose their sentence by it."""

    UNKNOWN_PLACE = "unknown place"
    UNAVAILABLE = "unavailable"  #: down, slow, broken answer, over quota: may work later
    MISCONFIGURED = "misconfigured"  #: wrong key, refused address: the owner or operator must act
    BAD_PATH = "bad path"  #: the answer came, but holds no such field


@dataclass(frozen=True, slots=True)
class Failure:
    """An effect that did not work out. ``detail`` is for the owner's Журнал: Russian, no keys, no personal text."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One place on Earth. ``ref`` is what later requests use instead of the name: "id:2801268" or "55.75,37.62"."""

    name: str
    region: str = ""
    country: str = ""
    ref: str = ""
    timezone: str = ""  #: IANA name, "" when the service did not say

    @property
    def label(self) -> str:
        """How a button names it so that two Rostovs differ: «Ростов, Ярославская область»."""
        return ", ".join(part for part in (self.name, self.region or self.country) if part)


@dataclass(frozen=True, slots=True)
class FindPlace:
    """Which places does this text name? Answer: `Places` or `Failure`."""

    query: str


@dataclass(frozen=True, slots=True)
class Places:
    """Zero (unknown), one or several places for a query, best first."""

    found: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class AskWeather:
    """The weather now and over the next 24 hours. Answer: `WeatherReport` or `Failure`."""

    place: Place


@dataclass(frozen=True, slots=True)
class WeatherReport:
    """Fields by their Russian names, exactly those of `WEATHER_FIELDS`; numbers are numbers, texts are texts."""

    fields: Mapping[str, Cell]


#: What {погода.…} may name. Temperatures are °C, wind m/s, pressure мм рт. ст., chances %.
WEATHER_FIELDS: dict[str, str] = {
    "город": "название места, как его понимает служба погоды",
    "погода": "группа погоды сейчас: одна из 11 (ясно, облачно, туман, морось, дождь, …)",
    "описание": "погода сейчас словами службы: «небольшой снег»",
    "сейчас": "температура сейчас текстом: «−3 °C»",
    "температура": "температура сейчас, число",
    "ощущается": "как ощущается, число",
    "ветер": "ветер сейчас, м/с",
    "порывы": "порывы ветра сейчас, м/с",
    "направление": "откуда ветер: С, СВ, В, …",
    "влажность": "влажность, %",
    "давление": "давление, мм рт. ст.",
    "мин": "самая низкая температура за 24 часа",
    "макс": "самая высокая температура за 24 часа",
    "осадки": "наибольшая вероятность осадков за 24 часа, %",
    "осадки с": "час, с которого вероятны осадки: «15:00», пусто если не ждём",
    "худшая": "самая неприятная группа погоды за 24 часа",
    "прогноз": "24 часа строками: «15:00  −2 °C, снег», каждые три часа",
}


@dataclass(frozen=True, slots=True)
class AskQuote:
    """The quote of the day. Answer: `Quote` or `Failure`."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote, cleaned of markup."""

    text: str
    author: str


@dataclass(frozen=True, slots=True)
class CallApi:
    """Any HTTP request of the scenario. Secrets stay as ``{секрет:NAME}`` until the moment of sending.

    Answer: `ApiAnswer` or `Failure`.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    cache_seconds: int = 0


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """``data`` is the parsed JSON (dict, list, str, number, bool, None); ``text`` the body when it is not JSON."""

    status: int
    data: Any
    text: str = ""


Effect: TypeAlias = FindPlace | AskWeather | AskQuote | CallApi
Answer: TypeAlias = Places | WeatherReport | Quote | ApiAnswer | Failure
