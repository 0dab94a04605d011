"""«погода»: the weather now and over the next 24 hours, in the place the person means."""

from __future__ import annotations

from core.blocks.block import Block, Failed, Flow, Next, Param, Wait
from core.cities import chosen, offer_again, resolve
from core.effects import WEATHER_FIELDS, AskWeather, Failure, Place, Reason, WeatherReport
from core.messages import Reply
from core.scenario import Step
from core.template import show
from core.turn import Turn
from core.values import Record


class Weather(Block):
    name = "погода"
    about = "Узнаёт погоду сейчас и на 24 часа вперёд."
    example = "город: {город}"
    params = (Param("город", "где смотреть погоду; если не указан — город человека"),)
    fields = tuple(WEATHER_FIELDS)
    variable = "погода"
    listens = True

    def run(self, step: Step, turn: Turn) -> Flow:
        typed = show(turn.param(step, "город", turn.lookup("город"))).strip()
        turn.remember(self.target(step), "")
        if not typed:
            return Failed("Пока не знаю, для какого города смотреть погоду.")
        return (yield from self._look(typed, step, turn))

    def resume(self, step: Step, turn: Turn) -> Flow:
        place = chosen(step, turn)
        if place is not None:
            self._correct_city(place.name, step, turn)
            return (yield from self._report(place, step, turn))
        return (yield from self._look(turn.event.text or show(turn.param(step, "город")), step, turn, corrected=True))

    def show(self, step: Step, turn: Turn, page: int = 0) -> None:
        if not offer_again(step, turn):
            turn.say(Reply("Напишите, пожалуйста, город."))

    def _look(self, typed: str, step: Step, turn: Turn, *, corrected: bool = False) -> Flow:
        place = yield from resolve(typed, step, turn, anew=corrected)
        if place is None:
            return Wait()
        if corrected:
            self._correct_city(place.name, step, turn)
        return (yield from self._report(place, step, turn))

    def _report(self, place: Place, step: Step, turn: Turn) -> Flow:
        answer = yield AskWeather(place)
        if isinstance(answer, WeatherReport):
            turn.remember(self.target(step), Record(answer.fields.get("погода", ""), answer.fields))
            return Next()
        if isinstance(answer, Failure) and answer.reason is Reason.MISCONFIGURED:
            turn.note_for(step, f"Служба погоды не пускает бота: {answer.detail}", "Проверьте ключ WEATHERAPI_KEY.")
        return Failed("Служба погоды сейчас молчит. Загляните, пожалуйста, чуть позже.")

    def _correct_city(self, name: str, step: Step, turn: Turn) -> None:
        """A city that had to be asked back is remembered where it came from, so that it is asked once."""
        source = step.params.get("город")
        if source is None:
            turn.remember("город", name)
        elif source.template is not None and source.template.single:
            turn.remember(source.template.single, name)
