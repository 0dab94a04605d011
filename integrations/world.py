"""Answers every effect of the dialogue: the one thing the app needs to know about this folder."""

from __future__ import annotations

from core.effects import Answer, AskQuote, AskWeather, CallApi, Effect, FindPlace
from integrations.api import Api
from integrations.quotes import Quotes
from integrations.weather import Weather


class World:
    """Synchronous (call it in a thread) and thread-safe."""

    def __init__(self, weather: Weather, quotes: Quotes, api: Api) -> None:
        self._weather = weather
        self._quotes = quotes
        self._api = api

    def answer(self, effect: Effect) -> Answer:
        """What the outside world says; trouble is a `Failure`, never an exception."""
        match effect:
            case FindPlace():
                return self._weather.find_places(effect.query)
            case AskWeather():
                return self._weather.report(effect.place)
            case AskQuote():
                return self._quotes.quote()
            case CallApi():
                return self._api.call(effect)
