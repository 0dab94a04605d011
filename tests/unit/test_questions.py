"""Questions: every kind of answer, every kind of nonsense; the person always gets a useful sentence."""

from __future__ import annotations

import pytest

from core.effects import Answer, Effect, Failure, FindPlace, Place, Places, Reason
from tests.unit.talk import Talk


def ask(kind: str, buttons: str = "", **more: object) -> Talk:
    scenario = f"старт | вопрос | Вопрос? | {buttons} | ответ | {kind} | | |\n | меню | Ответ: {{ответ}} | Ещё > старт | | | | |"
    conversation = Talk(scenario, **more)  # type: ignore[arg-type]
    assert conversation.start() == ["Вопрос?"]
    return conversation


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("вид: число; от: 1; до: 600", "30", "30"),
        ("вид: число", "тридцать", "30"),
        ("вид: число", "1 234,50", "1\u00a0234,5"),
        ("вид: дата", "12.05.2026", "12.05.2026"),
        ("вид: дата", "завтра", "23.11.2026"),
        ("вид: телефон", "8 916 123-45-67", "+79161234567"),
        ("вид: почта", "anna@example.com", "anna@example.com"),
        ("вид: текст", "  привет  ", "привет"),
        ("вид: текст", "👋🏽 שלום", "👋🏽 שלום"),
        ("вид: текст", "{ответ}", "{ответ}"),
        ("вид: текст", "=IMPORTXML(A1)", "=IMPORTXML(A1)"),
    ],
)
def test_answers_are_understood_as_people_type_them(kind: str, typed: str, kept: str) -> None:
    assert ask(kind).say(typed) == [f"Ответ: {kept}"]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("вид: число; от: 1; до: 600", "много"),
        ("вид: число; от: 1; до: 600", "0"),
        ("вид: число; от: 1; до: 600", "601"),
        ("вид: число", "inf"),
        ("вид: дата", "когда-нибудь"),
        ("вид: телефон", "123"),
        ("вид: почта", "anna@"),
        ("вид: текст; до: 5", "слишком длинно"),
        ("вид: текст", "я" * 10_000),
        ("вид: текст", ""),
        ("вид: текст", "   "),
    ],
)
def test_nonsense_is_asked_again_and_not_kept(kind: str, typed: str) -> None:
    conversation = ask(kind)
    heard = conversation.say(typed)
    assert len(heard) == 1
    assert 10 < len(heard[0]) < 300
    assert "Ответ:" not in heard[0]
    assert conversation.session is not None
    assert "ответ" not in conversation.session["variables"]


@pytest.mark.parametrize("kind", ["текст", "число", "дата", "телефон", "почта", "город", "выбор"])
def test_a_sticker_is_answered_with_words(kind: str) -> None:
    conversation = ask(f"вид: {kind}", "раз; два" if kind == "выбор" else "")
    heard = conversation.send(conversation.event("other", attachments=("sticker",)))
    assert heard == ["Я пока понимаю только текст и кнопки. Напишите, пожалуйста, словами."]


def test_the_owners_own_words_for_a_wrong_answer_and_an_example() -> None:
    scenario = "старт | вопрос | Вес? | | вес | вид: число | | | Только число, пожалуйста."
    conversation = Talk(scenario)
    conversation.start()
    assert conversation.say("ого") == ["Только число, пожалуйста."]
    conversation = ask("вид: число; пример: 70")
    assert conversation.say("ого")[0].endswith("Например: 70")


def test_an_error_step_instead_of_a_sentence() -> None:
    scenario = """
старт | вопрос    | Вес? | | вес | вид: число | | | > помощь с весом
помощь с весом | сообщение | Весы подскажут. | | | | | старт |
"""
    conversation = Talk(scenario)
    conversation.start()
    assert conversation.say("ого") == ["Весы подскажут.", "Вес?"]


@pytest.mark.parametrize("said", ["красный", "КРАСНЫЙ", "1", "кра"])
def test_a_choice_by_label_number_or_beginning(said: str) -> None:
    assert ask("вид: выбор", "красный; синий").say(said) == ["Ответ: красный"]


def test_a_choice_refuses_what_is_not_offered() -> None:
    conversation = ask("вид: выбор", "красный; синий")
    conversation.say("зелёный")
    assert conversation.labels == ["красный", "синий"]


def test_a_long_list_is_paged_and_every_item_can_be_pressed_or_typed() -> None:
    rows = [(f"@{n}", f"Упражнение номер {n}") for n in range(2, 42)]
    from core.values import Row

    exercises = (["Название"], [Row(row_id, {"Название": name}) for row_id, name in rows])
    conversation = ask("вид: выбор", "=Упражнения.Название", tables={"Упражнения": exercises})
    seen = set(conversation.labels)
    while "Ещё ›" in conversation.labels:
        conversation.press("Ещё ›")
        assert len(conversation.labels) <= 10
        seen |= set(conversation.labels)
    assert {name for _, name in rows} <= seen
    last = conversation.token("Упражнение номер 41")
    assert conversation.send(conversation.event("press", press=last)) == ["Ответ: Упражнение номер 41"]


def places(effect: Effect) -> Answer:
    assert isinstance(effect, FindPlace)
    rostovs = (
        Place("Ростов-на-Дону", "Ростовская область", "Россия", "id:1"),
        Place("Ростов", "Ярославская область", "", "id:2"),
    )
    return Places({"Ростов": rostovs, "Казань": (Place("Казань", "", "Россия", "id:3"),)}.get(effect.query, ()))


def test_a_city_with_two_meanings_becomes_buttons() -> None:
    conversation = ask("вид: город", answers=places)
    conversation.say("Ростов")
    assert conversation.labels == ["Ростов-на-Дону, Ростовская область", "Ростов, Ярославская область"]
    assert conversation.press("Ростов, Ярославская область") == ["Ответ: Ростов"]


def test_choosing_a_city_by_typing_another_one_instead() -> None:
    conversation = ask("вид: город", answers=places)
    conversation.say("Ростов")
    assert conversation.say("Казань") == ["Ответ: Казань"]


def test_an_unknown_city_is_asked_again() -> None:
    conversation = ask("вид: город", answers=places)
    assert "Не нашлось города «Ыыы»" in conversation.say("Ыыы")[0]
    assert conversation.say("Казань") == ["Ответ: Казань"]


def test_a_silent_weather_service_does_not_stop_anybody_from_naming_their_city() -> None:
    conversation = ask("вид: город", answers=lambda effect: Failure(Reason.UNAVAILABLE))
    assert conversation.say("Урюпинск") == ["Ответ: Урюпинск"]


def test_a_shared_location_is_kept_roughly() -> None:
    conversation = ask("вид: город", "@геопозиция")
    conversation.send(conversation.event("location", location=(55.751244, 37.618423)))
    assert conversation.session is not None
    assert conversation.session["places"]["рядом со мной"][3] == "55.75,37.62"


def test_a_shared_phone_is_an_answer() -> None:
    conversation = ask("вид: телефон", "@телефон")
    assert conversation.send(conversation.event("contact", phone="+79161234567")) == ["Ответ: +79161234567"]
