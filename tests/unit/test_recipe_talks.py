"""The ready bots as people meet them: whole conversations with the recipes, read sentence by sentence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import recipes
from core.coercion import as_cell
from core.effects import (
    Answer,
    ApiAnswer,
    AskQuote,
    AskWeather,
    CallApi,
    Effect,
    Failure,
    FindPlace,
    Place,
    Places,
    Quote,
    Reason,
    WeatherReport,
)
from core.schema import WHO_COLUMN
from core.values import Cell, Row
from tests.unit.talk import Talk

TODAY = date(2026, 11, 22)  # Sunday, as in `talk.NOW`
WEATHER: dict[str, Cell] = {
    "город": "Казань",
    "погода": "облачно",
    "описание": "пасмурно",
    "сейчас": "+4 °C",
    "температура": 4,
    "ощущается": -1,
    "ветер": 5,
    "мин": -2,
    "макс": 6,
    "осадки": 80,
    "осадки с": "18:00",
    "худшая": "снег",
    "прогноз": "15:00  +4 °C, пасмурно\n18:00  −1 °C, снег",
}
Tables = dict[str, tuple[list[str], list[Row]]]


class Services:
    """The outside world of a conversation: None is a service that is silent."""

    def __init__(self) -> None:
        self.weather: dict[str, Cell] | None = dict(WEATHER)
        self.quote: Quote | None = Quote("Be.", "Somebody")

    def __call__(self, effect: Effect) -> Answer:
        match effect:
            case FindPlace(query=query):
                return Places((Place(query.title(), ref="id:1"),))
            case AskWeather() if self.weather is not None:
                return WeatherReport(self.weather)
            case AskQuote() if self.quote is not None:
                return self.quote
            case CallApi() if self.quote is not None:
                return ApiAnswer(200, {"quote": {"body": self.quote.text, "author": self.quote.author}})
        return Failure(Reason.UNAVAILABLE)


def tables(recipe: str) -> Tables:
    return {title: (header, _rows(title, header, body)) for title, (header, body) in recipes.load(recipe).items()}


def _rows(title: str, header: list[str], body: list[list[str]]) -> list[Row]:
    typed = ({name: as_cell(title, name, cell) for name, cell in zip(header, row, strict=True)} for row in body)
    return [Row(f"@{number}", cells) for number, cells in enumerate(typed, start=2)]


def workouts(minutes: list[int], days_ago: int = 0) -> list[Row]:
    """One workout each of so many other people."""
    day = (TODAY - timedelta(days=days_ago)).isoformat()
    return [
        Row(
            f"w{days_ago}-{number}",
            {"Дата": f"{day}T09:00", "Участник": f"Сосед {number}", "Минуты": amount, WHO_COLUMN: f"p{number}"},
        )
        for number, amount in enumerate(minutes)
    ]


def fitness(others: list[Row] | None = None) -> Talk:
    content = tables("fitness")
    content["Тренировки"][1].extend(others or [])
    return Talk(content["Сценарий"][1], content, Services())


def at_menu(others: list[Row] | None = None) -> Talk:
    """Somebody who has introduced herself."""
    talk = fitness(others)
    talk.start()
    talk.say("Аня")
    talk.say("казань")
    return talk


def log_workout(talk: Talk, minutes: str = "30") -> list[str]:
    talk.say("Записать тренировку")
    talk.press("Бег")
    talk.say(minutes)
    return talk.press("Пропустить")


@pytest.mark.parametrize("first_words", ["/start", "Привет!", "погода?"])
def test_newcomer_is_greeted_and_asked_once(first_words: str) -> None:
    talk = fitness()
    greeting, question = talk.say(first_words)
    assert "отписаться" in greeting
    assert "удалить меня" in greeting
    assert question == "Как мне к вам обращаться?"
    assert talk.labels == ["Аня"]
    assert "Рад знакомству, Аня!" in talk.press("Аня")[0]
    assert talk.say("казань") == ["Чем помочь, Аня?"]
    assert (talk.me.get("Имя"), talk.me.get("Город")) == ("Аня", "Казань")
    assert talk.start() == ["Чем помочь, Аня?"]


def test_weather_now_and_a_thought_ahead() -> None:
    now, ahead, menu = at_menu().say("Погода")
    assert now.startswith("Казань: +4 °C, пасмурно. Ощущается как −1 °C, ветер 5 м/с.")
    assert "Ближайшие 24 часа: от −2 до 6 °C\n15:00  +4 °C, пасмурно" in now
    assert ahead.startswith("И на будущее: в ближайшие сутки — снег, осадки ждём с 18:00.\n\nПадает мягкий снег")
    assert menu == "Чем помочь, Аня?"


def test_weather_that_stays_needs_no_second_thought() -> None:
    talk = at_menu()
    talk.say("Погода")  # leaves yesterday's advice in the conversation
    talk.answers = services = Services()
    services.weather = {**WEATHER, "худшая": "облачно", "осадки с": ""}
    assert len(talk.say("Погода")) == 2
    services.weather = {**WEATHER, "худшая": "туман", "осадки с": ""}
    assert talk.say("Погода")[1].startswith("И на будущее: в ближайшие сутки — туман.\n\n")


def test_silent_weather_service_leaves_a_way_on() -> None:
    talk = at_menu()
    talk.answers = services = Services()
    services.weather = None
    assert "Служба погоды сейчас молчит" in talk.say("Погода")[0]
    assert talk.labels == ["Попробовать ещё раз", "Сменить город", "Записать тренировку", "В меню"]
    services.weather = WEATHER
    assert talk.press("Попробовать ещё раз")[0].startswith("Казань: +4 °C")


def test_quote_is_addressed_and_has_a_fallback() -> None:
    talk = at_menu()
    assert talk.say("Цитата дня")[0] == "Аня, мысль дня для вас:\n\n«Be.»\n— Somebody"
    talk.answers = services = Services()
    services.quote = None
    own = {f"«{row.get('Текст')}»\n— {row.get('Автор')}" for row in tables("fitness")["Цитаты"][1]}
    assert talk.say("Цитата дня")[0].removeprefix("Аня, мысль дня для вас:\n\n") in own


def test_workout_is_logged_with_the_share_of_others() -> None:
    talk = at_menu(workouts([10, 20, 29, 30, 100]))
    talk.say("Записать тренировку")
    assert talk.labels[:2] == ["Бег", "Ходьба"]
    talk.say("Прыжки с парашютом")
    assert talk.say("тысяча") == ["Нужно число минут от 1 до 600. Например: 45"]
    talk.press("30")
    assert talk.say("2 прыжка")[0].startswith("Записал! На этой неделе вы активнее, чем 60 % участников.")
    logged = list(talk.tables.rows("Тренировки"))[-1]
    assert [logged.get(column) for column in ("Участник", "Упражнение", "Минуты", "Результат", WHO_COLUMN)] == [
        "Аня",
        "Прыжки с парашютом",
        30,
        "2 прыжка",
        talk.me.id,
    ]
    assert str(logged.get("Дата")).startswith("2026-11-22T15:")


def test_small_group_gets_no_percent() -> None:
    assert log_workout(at_menu(workouts([10])))[0].startswith(
        "Записал! За неделю у вас 30 минут, на счету 1 тренировка."
    )


def test_skipping_twice_logs_once() -> None:
    talk = at_menu()
    talk.say("Записать тренировку")
    talk.press("Бег")
    talk.press("30")
    skip = talk.token("Пропустить")
    talk.press("Пропустить")
    assert "уже записана" in talk.send(talk.event("press", press=skip))[0]
    assert len(list(talk.tables.rows("Тренировки"))) == 1


def test_workout_can_be_undone_once() -> None:
    talk = at_menu(workouts([10]))
    log_workout(talk)
    undo = talk.token("Отменить запись")
    assert talk.press("Отменить запись")[0] == "Отменил запись: Бег, 30 мин."
    assert [row.get("Участник") for row in talk.tables.rows("Тренировки")] == ["Сосед 0"]
    assert talk.send(talk.event("press", press=undo))[0].startswith("Отменять нечего")


def test_results_speak_of_weeks_and_draw_them() -> None:
    talk = at_menu()
    assert "пока пусто" in talk.say("Мои результаты")[0]
    log_workout(talk, "15")
    talk.at += 7 * 86400
    log_workout(talk, "45")
    results, praise, _ = talk.say("Мои результаты")
    assert "Эта неделя: 45 мин, 1 тренировка\nПрошлая неделя: 15 мин\nЛучшая неделя: 45 мин" in results
    assert praise == "Вы уже обогнали свою прошлую неделю. Здорово!"
    chart = talk.replies[0].chart
    assert chart is not None
    assert [value for _, value in chart.bars] == [0, 0, 0, 0, 0, 0, 15, 45]


def test_top_shows_five_and_my_own_place() -> None:
    assert "ТОП ещё пуст" in at_menu().say("ТОП-5")[0]
    talk = at_menu(workouts([60, 50, 40, 35, 33, 20]))
    assert "Вас здесь пока не хватает" in talk.say("ТОП-5")[0]
    log_workout(talk)
    top = talk.say("ТОП-5")[0]
    assert "1. Сосед 0 — 60 мин\n2. Сосед 1 — 50 мин" in top
    assert "20 мин" not in top
    assert top.endswith("Ваше место — 6, за неделю 30 минут.")


def test_programme_asks_the_body_once() -> None:
    talk = at_menu()
    talk.say("Программа тренировок")
    assert talk.say("много") == ["Напишите вес числом в килограммах, от 30 до 250. Например: 70"]
    for answer in ("70", "172", "средняя"):
        talk.say(answer)
    programme = talk.press("выносливость")[0]
    assert "Учимся бежать дольше." in programme
    assert "посоветуйтесь с врачом" in programme
    assert talk.say("Программа тренировок")[0] == programme
    talk.press("Изменить данные")
    assert talk.labels == ["70"]
    for answer in ("120", "172", "средняя", "похудеть"):
        talk.say(answer)
    assert "Много движения, мало ударов по суставам." in talk.hear[0]


def test_settings_change_what_they_say() -> None:
    talk = at_menu(workouts([60]))
    log_workout(talk)
    assert "Рассылка ТОП-5 по понедельникам: да\nВас видно в ТОП-5: да" in talk.say("Настройки")[0]
    assert "больше не пишу" in talk.press("Рассылка вкл/выкл")[0]
    assert talk.me.get("Подписка") is False
    assert "больше не видно" in talk.press("ТОП-5 вкл/выкл")[0]
    assert "Аня" not in talk.say("ТОП-5")[0].partition("Ваше место")[0]
    talk.say("Настройки")
    assert "теперь вас видно" in talk.press("ТОП-5 вкл/выкл")[0]
    assert talk.me.get("В рейтинге") is True


def test_monday_letter_is_about_last_week() -> None:
    talk = at_menu(workouts([60, 50], days_ago=7) + workouts([300]))
    personal = talk.broadcast("топ недели")
    assert len(personal) == 1
    assert "1. Сосед 0 — 60 мин\n2. Сосед 1 — 50 мин" in personal[0]
    assert "300" not in personal[0]
    assert "отписаться" in personal[0]
    assert talk.labels == ["Записать тренировку"]
    assert talk.broadcast("топ недели", person=False) == personal


def test_monday_letter_names_my_place_or_invites() -> None:
    assert "записей не было" in at_menu().broadcast("топ недели")[0]
    talk = at_menu()
    log_workout(talk)
    talk.at += 7 * 86400
    letter = talk.broadcast("топ недели")
    assert "Ваше место — 1: 30 минут." in letter[0]
    assert "Ваше место" not in talk.broadcast("топ недели", person=False)[0]


def test_quote_recipe_is_assignment_one() -> None:
    content = tables("quote")
    services = Services()
    talk = Talk(content["Сценарий"][1], content, services)
    assert talk.say("добрый день") == ["Привет! Как вас зовут?"]
    assert talk.say("Олег") == ["Олег, хотите мысль на сегодня?"]
    assert talk.press("Цитата дня")[0] == "Олег, цитата дня:\n\n«Be.»\n— Somebody"
    assert talk.effects == [CallApi("https://favqs.com/api/qotd", cache_seconds=600)]
    services.quote = None
    own = {f"«{row.get('Текст')}»\n— {row.get('Автор')}" for row in content["Цитаты"][1]}
    assert talk.press("Цитата дня")[0].removeprefix("Олег, цитата дня:\n\n") in own
