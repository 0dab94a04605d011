"""Bad days on demand: switches that break the services around the bot, and the weather set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nicegui import ui

from sandbox.emulator import Emulator, Fault
from sandbox.weather import WeatherEmulator
from sandbox.world import SandboxWorld

#: What the visitor may choose -> weatherapi.com's condition code.
SKIES = {
    "ясно": 1000,
    "облачно": 1006,
    "туман": 1135,
    "морось": 1153,
    "дождь": 1189,
    "сильный дождь": 1195,
    "гроза": 1276,
    "снег": 1213,
    "метель": 1117,
    "дождь со снегом": 1207,
    "гололёд": 1201,
}
CITIES = ("Казань", "Москва", "Санкт-Петербург", "Сочи", "Екатеринбург", "Мурманск", "Владивосток")
_DRY = ("ясно", "облачно", "туман")
_SET = "{city}: {sky}, {degrees:+.0f} °C. Спросите бота о погоде."


@dataclass(slots=True)
class Switch:
    """One trouble that lasts until it is switched off."""

    title: str
    icon: str
    about: str
    emulator: Emulator
    fault: Fault
    _active: list[Fault] = field(default_factory=list)

    @property
    def on(self) -> bool:
        return bool(self._active)

    def flip(self) -> None:
        if self._active:
            mine = self._active.pop()
            self.emulator.faults[:] = [fault for fault in self.emulator.faults if fault is not mine]
        else:
            self._active.append(replace(self.fault))
            self.emulator.faults.append(self._active[0])


def switches(world: SandboxWorld) -> list[Switch]:
    """The troubles of the sandbox, in the order they are shown."""

    def fault(emulator: Emulator, title: str, icon: str, about: str, what: Fault) -> Switch:
        return Switch(title, icon, about, emulator, replace(what, times=-1))

    google, sheet = world.google, "/v4/"
    return [
        fault(google, "Google лежит", "cloud_off", "503 на всё. Бот отвечает из своей памяти.",
              Fault("reject", sheet, status=503)),
        fault(google, "Google медлит", "hourglass_empty", "Каждый запрос ждёт 4 секунды.",
              Fault("delay", sheet, seconds=4)),
        fault(google, "Квота Google", "speed", "429: запросы за минуту кончились.", Fault("reject", sheet, status=429)),
        fault(google, "Ответ теряется", "call_missed", "Google записал, но ответ не дошёл. Дублей быть не должно.",
              Fault("drop", ":batchUpdate")),
        fault(world.weather, "Погода молчит", "thunderstorm", "Сервис погоды отвечает 503.",
              Fault("reject", status=503)),
        fault(world.telegram, "Telegram: 429", "timer", "«Слишком часто»: ответы подождут и уйдут позже.",
              Fault("reject", "/send", code=429, seconds=2)),
        fault(world.vk, "VK: ошибка 6", "timer", "«Слишком много запросов в секунду»: ответы уйдут позже.",
              Fault("reject", "messages.send", code=6)),
    ]  # fmt: skip


class TroubleView:
    """The switches and the weather in one browser."""

    def __init__(self, troubles: list[Switch], weather: WeatherEmulator) -> None:
        self._troubles = troubles
        self._weather = weather
        with ui.element("section").classes("troubles card"):
            with ui.element("header").classes("card-head"):
                ui.label("Плохой день").classes("card-title")
                ui.label("включите — и посмотрите, что бот не подведёт").classes("hint")
            with ui.element("div").classes("switches"):
                self._chips = [self._chip(trouble) for trouble in troubles]
            self._sky()
        self.refresh()

    def refresh(self) -> None:
        for chip, trouble in zip(self._chips, self._troubles, strict=True):
            if trouble.on != ("on" in chip.classes):
                chip.classes(add="on" if trouble.on else "", remove="" if trouble.on else "on")
                chip.props["aria-pressed"] = "true" if trouble.on else "false"

    def _chip(self, trouble: Switch) -> ui.element:
        def flip() -> None:
            trouble.flip()
            self.refresh()

        with ui.element("button").classes("chip").props('type="button"') as chip:
            ui.icon(trouble.icon)
            ui.label(trouble.title)
            ui.tooltip(trouble.about)
        return chip.on("click", flip)

    def _sky(self) -> None:
        with ui.element("div").classes("sky"):
            ui.icon("wb_sunny")
            city = ui.select(list(CITIES), value=CITIES[0]).props('dense outlined aria-label="Город"')
            sky = ui.select(list(SKIES), value="снег").props('dense outlined aria-label="Погода"')
            degrees = ui.number(value=-6, min=-60, max=55, suffix="°C").props('dense outlined aria-label="Градусы"')
            with ui.element("button").classes("calm").props('type="button"') as button:
                ui.label("Сделать погоду")

            def change() -> None:
                self._change(str(city.value), str(sky.value), float(degrees.value or 0))

            button.on("click", change)

    def _change(self, city: str, sky: str, degrees: float) -> None:
        self._weather.set_weather(city, SKIES[sky], degrees, wind_kph=14.0, chance=0 if sky in _DRY else 80)
        ui.notify(_SET.format(city=city, sky=sky, degrees=degrees), position="bottom-left")
