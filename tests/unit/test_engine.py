"""The dialogue engine: routing, waiting, old buttons, restarts and changes of the scenario under a conversation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.effects import Answer, AskWeather, Effect, Failure, FindPlace, Place, Places, Reason, WeatherReport
from core.engine import take_turn
from core.session import Session
from tests.unit.talk import Talk

CHAT = """
старт  | вопрос    | Привет! Как вас зовут? |                                | имя    |                             | не имя |      |
меню   | меню      | Чем помочь, {имя}?     | Минуты > минуты / Цвет > цвет  |        |                             |        |      |
минуты | вопрос    | Сколько минут?         | 15; 30                         | минуты | вид: число; от: 1; до: 600  |        |      |
       | сообщение | Записал {минуты} {минуты¦минута¦минуты¦минут}. |        |        |                             |        | меню |
цвет   | вопрос    | Какой цвет?            | красный; синий                 | цвет   | вид: выбор                  |        |      |
       | сообщение | Цвет: {цвет}           |                                |        |                             |        | меню |
"""
MENU = "Чем помочь, Аня?"


def talk(scenario: str = CHAT, **more: Any) -> Talk:
    conversation = Talk(scenario, **more)
    conversation.start()
    assert conversation.say("Аня") == [MENU]
    return conversation


def test_the_design_example_runs() -> None:
    def outside(effect: Effect) -> Answer:
        if isinstance(effect, FindPlace):
            return Places((Place("Казань", "Татарстан", "Россия", "id:1"),))
        assert isinstance(effect, AskWeather)
        return WeatherReport(
            {"город": "Казань", "сейчас": "−3 °C", "описание": "снег", "погода": "снег", "температура": -3}
        )

    scenario = """
старт  | вопрос    | Привет! Как вас зовут?       |                 | имя    |                       | не имя   |      |
меню   | меню      | Чем помочь, {имя}?           | Погода > погода |        |                       |          |      |
погода | вопрос    | В каком городе вы живёте?    |                 | город  | вид: город            | не город |      |
       | погода    |                              |                 | погода | город: {город}        |          |      |
       | подобрать |                              |                 | совет  | таблица: Рекомендации |          |      |
       | сообщение | {погода.город}: {погода.сейчас}, {погода.описание}. {совет.Рекомендация} | | | | | меню |
"""
    advice = (["Погода", "Температура", "Рекомендация"], [])
    conversation = Talk(scenario, {"Рекомендации": advice}, outside)
    from core.changes import Put

    rows = [("дождь", "", "Возьмите зонт."), ("снег", "-10..0", "Наденьте шапку."), ("", "", "Хорошего дня!")]
    for number, cells in enumerate(rows):
        conversation.tables.apply([Put("Рекомендации", f"@{number}", dict(zip(advice[0], cells, strict=True)))])
    conversation.start()
    conversation.say("Аня")
    assert conversation.press("Погода") == ["В каком городе вы живёте?"]
    assert conversation.say("казань") == ["Казань: −3 °C, снег. Наденьте шапку.", MENU]
    assert conversation.me.get("Город") == "Казань"
    assert conversation.press("Погода") == ["Казань: −3 °C, снег. Наденьте шапку.", MENU]


def test_the_same_scenario_session_and_message_give_the_same_turn() -> None:
    conversation = talk()
    before = json.dumps(conversation.session, ensure_ascii=False)
    event = conversation.event(text="Минуты")

    def once() -> Any:
        steps = take_turn(conversation.scenario, Session.from_json(json.loads(before)), event, conversation.world)
        with pytest.raises(StopIteration) as finished:
            next(steps)
        turn = finished.value.value
        return turn.session.to_json(), turn.said, turn.changes

    assert once() == once()
    assert json.dumps(conversation.session, ensure_ascii=False) == before


def test_a_restart_in_the_middle_of_a_question_goes_on_where_it_was() -> None:
    conversation = talk()
    conversation.press("Минуты")
    conversation.session = json.loads(json.dumps(conversation.session))
    conversation.load(CHAT)
    assert conversation.say("45") == ["Записал 45 минут.", MENU]


def test_rows_inserted_above_an_open_question_do_not_lose_it() -> None:
    conversation = talk()
    conversation.press("Цвет")
    conversation.load("цены | сообщение | Цены не изменились. | | | | | меню |" + CHAT)
    assert conversation.say("синий") == ["Цвет: синий", MENU]


def test_an_open_question_the_owner_removed_leads_to_the_menu() -> None:
    conversation = talk()
    conversation.press("Цвет")
    without = CHAT.replace(" / Цвет > цвет", "").split("цвет  |")[0]
    conversation.load(without)
    assert conversation.say("синий")[-1] == MENU


def test_free_text_finds_buttons_then_steps_then_says_it_did_not_understand() -> None:
    conversation = talk()
    assert conversation.say("  минуты ") == ["Сколько минут?"]
    conversation.say("стоп")
    assert conversation.say("ЦВЕТ") == ["Какой цвет?"]
    conversation.say("меню")
    assert conversation.say("ыыы")[-1] == MENU


def test_the_owners_own_step_answers_what_was_not_understood() -> None:
    conversation = talk(CHAT + "не понял | сообщение | Не разобрал. | | | | | меню |")
    assert conversation.say("ыыы") == ["Не разобрал.", MENU]


def test_a_menu_label_typed_during_a_question_is_a_way_out_not_an_answer() -> None:
    conversation = talk()
    conversation.press("Минуты")
    assert conversation.say("Цвет") == ["Какой цвет?"]


def test_an_answer_button_pressed_twice_counts_once() -> None:
    conversation = talk()
    conversation.press("Минуты")
    token = conversation.token("30")
    assert conversation.send(conversation.event("press", press=token)) == ["Записал 30 минут.", MENU]
    again = conversation.send(conversation.event("press", press=token))
    assert again == ["Этот вопрос мы уже прошли.", MENU]


def test_a_button_from_another_question_does_not_answer_this_one() -> None:
    conversation = talk()
    conversation.press("Минуты")
    old = conversation.token("15")
    conversation.say("меню")
    conversation.press("Цвет")
    heard = conversation.send(conversation.event("press", press=old))
    assert heard == ["Этот вопрос мы уже прошли.", "Какой цвет?"]
    assert conversation.say("красный") == ["Цвет: красный", MENU]


def test_a_menu_button_works_after_a_restart_and_other_edits() -> None:
    conversation = talk()
    old = conversation.token("Цвет")
    conversation.session = None
    conversation.load(CHAT.replace("Какой цвет?", "Цвет, пожалуйста:"))
    assert conversation.send(conversation.event("press", press=old)) == ["Цвет, пожалуйста:"]


@pytest.mark.parametrize("press", ["j.0123456789abcdef.", "a.0123456789abcdef.00", "привет", "", "c..rm", "p.x.y"])
def test_a_button_nobody_knows_says_so_and_shows_the_menu(press: str) -> None:
    conversation = talk()
    heard = conversation.send(conversation.event("press", press=press))
    assert heard[-1] == MENU
    assert len(heard) == 2


def test_a_scenario_that_goes_in_a_circle_stops_and_tells_the_owner() -> None:
    conversation = Talk("раз | переход | | | | | | два |\nдва | переход | | | | | | раз |")
    assert "не сложилось" in conversation.start()[0]
    assert conversation.turn is not None
    assert "кругу" in conversation.turn.notices[0].what


def test_a_failed_block_goes_to_its_error_step_with_the_reason() -> None:
    scenario = """
старт | погода    |              | | | город: Казань |  | меню | нет погоды
меню  | меню      | Меню         | Ещё > старт | | | | |
нет погоды | сообщение | Увы: {ошибка} | | | | | меню |
"""
    conversation = Talk(scenario, answers=lambda effect: Failure(Reason.UNAVAILABLE))
    assert conversation.start()[0].startswith("Увы: Служба погоды сейчас молчит")


def test_a_failed_block_without_an_error_step_apologises_and_returns_home() -> None:
    conversation = Talk(
        "меню | меню | Меню | Погода > погода | | | | |\nпогода | погода | | | | город: Казань | | меню |"
    )
    conversation.start()
    heard = conversation.press("Погода")
    assert heard == ["Служба погоды сейчас молчит. Загляните, пожалуйста, чуть позже.", "Меню"]


def test_what_a_person_types_is_never_a_template_a_formula_or_a_step() -> None:
    conversation = Talk(CHAT)
    conversation.start()
    assert conversation.say("{имя} =IMPORTXML(1) {минуты}") == ["Чем помочь, {имя} =IMPORTXML(1) {минуты}?"]
    assert conversation.me.get("Имя") == "{имя} =IMPORTXML(1) {минуты}"


def test_a_broadcast_leaves_an_open_question_open() -> None:
    conversation = talk(CHAT + "новости | сообщение | Новости для {имя} | Цвет > цвет | | | | |")
    conversation.press("Минуты")
    assert conversation.broadcast("новости")[0] == "Новости для Аня"
    assert conversation.say("15") == ["Записал 15 минут.", MENU]


def test_a_broadcast_to_an_idle_person_makes_its_buttons_typeable() -> None:
    conversation = talk(CHAT + "новости | сообщение | Новости | Подробнее > цвет | | | | |")
    conversation.broadcast("новости")
    assert conversation.say("подробнее") == ["Какой цвет?"]


def test_start_parameters_and_names_land_in_the_persons_row() -> None:
    conversation = Talk(CHAT)
    conversation.start(ref="vk_ads")
    assert conversation.me.get("Источник") == "vk_ads"
    assert conversation.me.get("Имя в мессенджере") == "Аня"
    assert conversation.me.get("Telegram") == "1"
    assert conversation.me.get("Подписка") is True


def test_conversation_variables_end_with_the_conversation() -> None:
    conversation = talk(CHAT + "эхо | сообщение | Минуты: {минуты¦нет} | | | | | меню |")
    conversation.press("Минуты")
    conversation.say("20")
    assert conversation.say("эхо")[0] == "Минуты: 20"
    conversation.start()
    assert conversation.say("эхо")[0] == "Минуты: нет"
