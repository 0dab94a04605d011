"""weatherapi.com: places by name and the weather of the next 24 hours, remembered and kept through outages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from core.effects import Failure, Place, Places, Reason, WeatherReport
from core.errors import SettingError
from core.values import fold
from integrations.cache import Cache, Memory, younger
from integrations.errors import Kind, OutsideError
from integrations.exchange import read_json
from integrations.guard import Guard
from integrations.http import Http
from integrations.places import questions, spellings
from integrations.weather_report import build_report

BASE_URL = "https://api.weatherapi.com/v1"
MOST_PLACES = 6
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_HOST = "weatherapi.com"
_NO_KEY, _NO_SUCH_PLACE, _INTERNAL_ERROR = 1002, 1006, 9999

T = TypeVar("T")

#: What the vendor's codes mean for us; the message texts differ in life, so only codes count.
_ERRORS: Mapping[int, tuple[Reason, str]] = {
    _NO_KEY: (Reason.MISCONFIGURED, "Служба погоды не получила ключ: проверьте WEATHERAPI_KEY."),
    1003: (Reason.MISCONFIGURED, "Служба погоды не поняла запрос: в нём нет места."),
    1005: (Reason.MISCONFIGURED, "Служба погоды не знает такого адреса: проверьте WEATHERAPI_URL."),
    _NO_SUCH_PLACE: (Reason.UNKNOWN_PLACE, "Служба погоды не знает такого места."),
    2006: (Reason.MISCONFIGURED, "Ключ службы погоды неверный: проверьте WEATHERAPI_KEY."),
    2007: (Reason.UNAVAILABLE, "Исчерпан месячный лимит запросов weatherapi.com: подождите или смените тариф."),
    2008: (Reason.MISCONFIGURED, "Ключ службы погоды отключён: зайдите в личный кабинет weatherapi.com."),
    2009: (Reason.MISCONFIGURED, "Тариф weatherapi.com не даёт этих данных: проверьте тариф ключа."),
    _INTERNAL_ERROR: (Reason.UNAVAILABLE, "У службы погоды внутренняя ошибка."),
}


class WeatherRefusedError(OutsideError):
    """The service answered with one of its own error codes."""

    def __init__(self, code: int) -> None:
        reason, text = _ERRORS.get(code, (Reason.UNAVAILABLE, "Служба погоды ответила неизвестной ошибкой."))
        super().__init__(Kind.SERVICE, text, reason=reason, host=_HOST)


class Weather:
    """Synchronous and thread-safe; never raises for what the service does.

    ``fresh`` is how many seconds an answer is good for: the service itself looks out every 10 to 15 minutes.
    """

    def __init__(
        self,
        http: Http,
        key: str,
        cache: Cache,
        *,
        url: str = BASE_URL,
        fresh: float = 10 * _MINUTE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        target = Guard().target(url, public_only=False)
        if target.scheme != "https" and not target.loopback:
            raise SettingError("WEATHERAPI_URL: ключ нельзя посылать без шифрования.", f"Например: {BASE_URL}")
        base = url.rstrip("/")
        self._url = base if base.endswith("/v1") else f"{base}/v1"
        self._http = http
        self._key = key
        self._memory = Memory(cache, clock)
        self._fresh = fresh
        self._clock = clock

    def find_places(self, query: str) -> Places | Failure:
        """Places of that name, best first; nothing when the text is no place name or nobody knows it."""
        found: tuple[Place, ...] = ()
        try:
            for name in spellings(query):
                found = self._search(name)
                if found:
                    break
        except OutsideError as error:
            return Places(()) if error.reason is Reason.UNKNOWN_PLACE else error.as_failure()
        return Places(found)

    def report(self, place: Place) -> WeatherReport | Failure:
        """The weather there now and over the next 24 hours."""
        failure = Failure(*_ERRORS[_NO_SUCH_PLACE])
        for question in questions(place):
            try:
                return self._forecast(question, place)
            except OutsideError as error:
                failure = error.as_failure()
            if failure.reason is not Reason.UNKNOWN_PLACE:
                break
        return failure

    def _search(self, name: str) -> tuple[Place, ...]:
        body = self._memory.read(
            f"weather places {fold(name)}",
            lambda: self._ask("search.json", {"q": name}, _distinct),
            fresh=younger(_DAY),
            stale_for=30 * _DAY,
        )
        return _understand(body, _distinct)

    def _forecast(self, question: str, place: Place) -> WeatherReport:
        """Three days: the free plan's most, and enough for 24 hours ahead at 23:59 of a 23-hour day."""
        params = {"q": question, "days": "3", "lang": "ru", "aqi": "no", "alerts": "no"}

        def read(data: Any) -> WeatherReport:
            return build_report(data, place, self._clock())

        body = self._memory.read(
            f"weather {fold(question)}",
            lambda: self._ask("forecast.json", params, read),
            fresh=younger(self._fresh),
            stale_for=3 * _HOUR,
        )
        return _understand(body, read)

    def _ask(self, method: str, params: Mapping[str, str], read: Callable[[Any], object]) -> str:
        """The body, proven readable: only such a body may be remembered and outlive an outage."""
        if not self._key:
            raise WeatherRefusedError(_NO_KEY)
        body, code = self._once(method, params)
        if code == _INTERNAL_ERROR:  # a 400, so `Http` does not repeat it, but it passes
            body, code = self._once(method, params)
        if code is not None:
            raise WeatherRefusedError(code)
        _understand(body, read)
        return body

    def _once(self, method: str, params: Mapping[str, str]) -> tuple[str, int | None]:
        """The body and the vendor's error code: None when all is well, 0 when somebody on the way answered instead."""
        answer = self._http.get(f"{self._url}/{method}", {"key": self._key, **params})
        if answer.status == 200:
            return answer.text(), None
        try:
            return "", _understand(answer.text(), lambda data: int(data["error"]["code"]))
        except OutsideError:
            return "", 0


def _understand(body: str, read: Callable[[Any], T]) -> T:
    """What ``read`` makes of the parsed body; any other shape than we know is a broken answer."""
    data = read_json(body, _HOST)
    try:
        return read(data)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError):
        broken = OutsideError(Kind.BROKEN, "Служба погоды ответила непонятно.", host=_HOST)
    raise broken


def _distinct(found: Any) -> tuple[Place, ...]:
    """One place per name and region: the service lists a city's districts and airports too."""
    places: dict[tuple[str, ...], Place] = {}
    for item in found:
        name, region, country = (str(item.get(part) or "") for part in ("name", "region", "country"))
        key = (fold(name), fold(region), fold(country))
        places.setdefault(key, Place(name, region, country, f"id:{int(item['id'])}"))
    return tuple(places.values())[:MOST_PLACES]
