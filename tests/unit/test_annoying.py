"""An annoying person: double presses, half-answers, changed minds, floods of text, and edits under an open question."""

from __future__ import annotations

import pytest

from core.effects import Answer, ApiAnswer, Effect, Failure, FindPlace, Place, Places, Reason, WeatherReport
from tests.unit.talk import Talk

PLACES = (
    Place("Ростов", "Ярославская область", "Россия", "id:1"),
    Place("Ростов", "Ростовская область", "Россия", "id:2"),
)
CHAT = """
меню   | меню      | Меню | Погода > погода / Имя > имя / Город > город | | | | |
погода | погода    | | | погода | город: Ростов | | |
       | сообщение | {погода.город} | | | | | меню |
город  | вопрос    | Какой город? | | город | вид: город | | |
       | сообщение | Запомнил: {город} | | | | | меню |
имя    | вопрос    | Как зовут? | | имя | до: 40 | | |
       | сообщение | Привет, {имя}! | Спасибо > меню | | | | меню |
"""
WHICH = "Таких мест несколько. Какое ваше?"


def outside(effect: Effect) -> Answer:
    if isinstance(effect, FindPlace):
        return Places(PLACES if "ростов" in effect.query.casefold() else ())
    return WeatherReport({"город": "Ростов", "погода": "ясно"})


def talk(scenario: str = CHAT) -> Talk:
    conversation = Talk(scenario, answers=outside)
    conversation.start()
    return conversation


def test_an_old_button_in_the_middle_of_choosing_a_city_repeats_the_choice() -> None:
    conversation = talk()
    conversation.press("Имя")
    conversation.say("стоп")
    for way in ("Погода", "Город"):
        assert conversation.press(way)[-1] in (WHICH, "Какой город?")
        if way == "Город":
            assert conversation.say("ростов") == [WHICH]
        heard = conversation.send(conversation.event("press", press="j.0123456789abcdef."))
        assert heard[-1] == WHICH
        assert conversation.labels == ["Ростов, Ярославская область", "Ростов, Ростовская область"]
        assert conversation.press("Ростов, Ростовская область")[-1] == "Меню"


@pytest.mark.parametrize("word", ["меню", "/menu", "стоп", "/start"])
def test_the_menu_is_reached_from_the_choice_of_a_city(word: str) -> None:
    conversation = talk()
    assert conversation.press("Погода") == [WHICH]
    assert conversation.say(word)[-1] == "Меню"
    assert conversation.press("Имя") == ["Как зовут?"]
    assert conversation.say("Аня")[0] == "Привет, Аня!"


def test_a_city_pressed_twice_is_chosen_once() -> None:
    conversation = talk()
    conversation.press("Погода")
    token = conversation.token("Ростов, Ярославская область")
    first = conversation.send(conversation.event("press", press=token))
    again = conversation.send(conversation.event("press", press=token))
    assert first == ["Ростов", "Меню"]
    assert again == ["Этот вопрос мы уже прошли.", "Меню"]


@pytest.mark.parametrize("typed", ["я" * 10_000, "Ы", "\u202eвотсоР", "🏙" * 200, "'; DROP TABLE--"])
def test_a_strange_city_is_asked_again_and_a_novel_is_not_sent_to_the_service(typed: str) -> None:
    conversation = talk()
    conversation.press("Погода")
    asked = len(conversation.effects)
    heard = conversation.say(typed)
    assert len(heard) == 1
    assert "Не нашлось города" in heard[0]
    assert len(heard[0]) < 250
    assert all(len(effect.query) <= 100 for effect in conversation.effects[asked:] if isinstance(effect, FindPlace))
    assert conversation.say("ростов") == [WHICH]


@pytest.mark.parametrize(
    ("word", "erased"), [("да", True), ("ДА", True), ("Да, стереть всё", True), ("нет", False), ("а?", False)]
)
def test_yes_may_be_typed_to_be_erased(word: str, erased: bool) -> None:
    conversation = talk()
    conversation.press("Имя")
    assert "Стереть всё" in conversation.say("удалить меня")[0]
    conversation.say(word)
    assert bool(list(conversation.tables.rows("Пользователи"))) is not erased
    assert (conversation.session is None) is erased


def test_yes_means_erase_only_right_after_the_question() -> None:
    conversation = talk()
    conversation.say("удалить меня")
    conversation.press("Нет, оставить")
    conversation.press("Имя")
    assert conversation.say("да")[0] == "Привет, да!"


def test_who_was_erased_and_blocks_the_bot_stays_erased() -> None:
    conversation = talk()
    conversation.say("удалить меня")
    conversation.say("да")
    assert conversation.send(conversation.event("blocked")) == []
    assert list(conversation.tables.rows("Пользователи")) == []
    assert conversation.say("привет")[-1] == "Меню"


def test_a_circle_neither_floods_the_person_nor_fills_the_table() -> None:
    conversation = Talk("""
меню | меню | Меню | Круг > круг | | | | |
круг | сообщение | Ещё раз! | | | | | |
     | добавить  | | | | таблица: Тренировки; Минуты: 1 | | круг |
""")
    conversation.send(conversation.event("text", text="меню"))
    heard = conversation.press("Круг")
    assert len(heard) == 1
    assert "не сложилось" in heard[0]
    assert list(conversation.tables.rows("Тренировки")) == []


def test_variables_of_yesterday_are_gone_even_when_the_menu_was_left_open() -> None:
    scenario = """
меню  | меню      | Меню | Слово > слово / Эхо > эхо | | | | |
слово | вопрос    | Слово? | | слово | | | меню |
эхо   | сообщение | {слово¦пусто} | | | | | меню |
"""
    conversation = talk(scenario)
    conversation.press("Слово")
    conversation.say("привет")
    assert conversation.say("эхо")[0] == "привет"
    conversation.at += 25 * 3600
    assert conversation.say("эхо")[0] == "пусто"


def test_an_open_question_outlives_a_night() -> None:
    conversation = talk()
    conversation.press("Имя")
    conversation.at += 30 * 24 * 3600
    assert conversation.say("Аня")[0] == "Привет, Аня!"


def test_a_question_that_became_something_else_is_not_answered() -> None:
    conversation = talk()
    conversation.press("Имя")
    conversation.load(
        CHAT.replace(
            "имя    | вопрос    | Как зовут? | | имя | до: 40 | | |",
            "имя | запомнить | | | имя | значение: Гость | | |",
        )
    )
    assert conversation.say("Аня")[-1] == "Меню"


def test_an_api_that_answers_nonsense_leaves_the_way_home() -> None:
    scenario = """
меню | меню | Меню | Курс > курс | | | | |
курс | запрос | | | | адрес: https://example.com; курс: usd | | |
     | сообщение | {курс} | | | | | меню |
"""
    for answer in (ApiAnswer(200, []), ApiAnswer(200, "строка"), ApiAnswer(204, None), Failure(Reason.MISCONFIGURED)):
        conversation = Talk(scenario, answers=lambda effect, answer=answer: answer)  # type: ignore[misc]
        conversation.start()
        assert conversation.press("Курс")[-1] == "Меню"


@pytest.mark.parametrize(
    ("typed", "heard"),
    [("вчера", "не раньше 22.11.2026"), ("01.01.2027", "не позже 31.12.2026"), ("завтра", "Ждём 23.11.2026")],
)
def test_a_date_keeps_its_bounds(typed: str, heard: str) -> None:
    conversation = Talk("""
старт | вопрос    | Когда? | | день | вид: дата; от: сегодня; до: 31.12.2026 | | |
      | сообщение | Ждём {день} | | | | | |
""")
    conversation.start()
    assert heard in conversation.say(typed)[0]


def test_in_a_group_everybody_has_their_own_conversation_with_inline_buttons() -> None:
    conversation = talk()
    first = conversation.event(text="Имя", group=True, chat_id="-100")
    assert conversation.send(first) == ["Как зовут?"]
    menu = conversation.send(conversation.event(text="меню", group=True, chat_id="-100"))
    assert menu == ["Меню"]
    keyboard = conversation.replies[0].keyboard
    assert keyboard is not None
    assert keyboard.inline


def test_the_other_namesake_may_be_chosen_later() -> None:
    conversation = talk()
    conversation.press("Город")
    conversation.say("ростов")
    conversation.press("Ростов, Ярославская область")
    conversation.press("Город")
    assert conversation.say("Ростов") == [WHICH]
    conversation.press("Ростов, Ростовская область")
    assert conversation.press("Погода") == ["Ростов", "Меню"]
    assert conversation.session is not None
    assert conversation.session["places"]["ростов"][1] == "Ростовская область"
