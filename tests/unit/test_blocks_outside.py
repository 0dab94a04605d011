"""Blocks that speak to the outside: API requests, quotes, pictures and notices to the staff."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.effects import Answer, ApiAnswer, AskQuote, CallApi, Effect, Failure, Quote, Reason
from tests.unit.talk import Talk, row


def run(line: str, say: str, outside: Callable[[Effect], Answer] | None = None, **more: Any) -> Talk:
    """A row that does something and a message that shows what came of it."""
    talk = Talk(f"старт | {line}\n | сообщение | {say} | | | | | |", answers=outside, **more)
    talk.start()
    return talk


def api(data: Any, status: int = 200) -> Callable[[Effect], Answer]:
    return lambda effect: ApiAnswer(status, data)


# --- запрос


def test_a_request_fills_variables_by_paths() -> None:
    answer = {"quote": {"body": "Дорогу осилит идущий", "tags": ["a", "b"]}, "hours": [{"t": 1}, {"t": 2}]}
    line = "запрос | | | | адрес: https://example.com; текст: quote -> body; теги: quote.tags; час: hours[-1].t | |"
    assert run(line, "{текст}; {теги}; {час}", api(answer)).hear == ["Дорогу осилит идущий; a, b; 2"]


def test_the_lessons_own_wrong_path_gets_the_right_one_in_the_journal() -> None:
    line = "запрос | | | | адрес: https://example.com; t: data -> temp_c | | | беда"
    scenario = f"старт | {line}\n | сообщение | {{t}} | | | | | конец |\nбеда | сообщение | Увы: {{ошибка}} {{t¦пусто}} | | | | | |\nконец | сообщение | Всё | | | | | |"
    talk = Talk(scenario, answers=api({"location": {"name": "Казань"}, "current": {"temp_c": -3.0}}))
    heard = talk.start()
    assert heard[0].startswith("Увы: Сервис сейчас не отвечает")
    assert heard[0].endswith("пусто")
    assert talk.turn is not None
    notice = talk.turn.notices[0]
    assert "current -> temp_c" in notice.what
    assert "строка 2" in notice.where


@pytest.mark.parametrize(
    "answer",
    [Failure(Reason.UNAVAILABLE, "нет ответа за 10 с"), ApiAnswer(500, None, "oops"), ApiAnswer(200, None, "<html>")],
)
def test_a_request_that_fails_empties_its_variables_and_tells_the_owner(answer: Answer) -> None:
    scenario = """
старт | запомнить | | | курс | значение: 90 | | |
      | запрос    | | | | адрес: https://example.com; курс: rates -> usd | | | беда
беда  | сообщение | {курс¦пусто} | | | | | |
"""
    talk = Talk(scenario, answers=lambda effect: answer)
    assert talk.start() == ["пусто"]
    assert talk.turn is not None
    assert len(talk.turn.notices) == 1


def test_an_address_that_would_give_a_key_to_a_strangers_site_is_refused() -> None:
    scenario = """
старт | вопрос    | Сайт? | | сайт | | | |
      | запрос    | | | | адрес: https://{сайт}/?key={секрет:WEATHERAPI_KEY} | | | беда
беда  | сообщение | {ошибка} | | | | | |
"""
    talk = Talk(scenario)
    talk.start()
    assert talk.say("evil.example") == [
        "Ой, здесь у меня что-то не сложилось. Я уже сообщил, а пока можно выбрать другое."
    ]
    assert talk.effects == []
    assert talk.turn is not None
    assert "сайт" in talk.turn.notices[0].what


@pytest.mark.parametrize("typed", ["{секрет:WEATHERAPI_KEY}", "{ секрет : WEATHERAPI_KEY }", 'x", "admin": "1'])
def test_what_a_person_types_is_only_text_in_a_request(typed: str) -> None:
    scenario = """
старт | вопрос | Слово? | | слово | | | |
      | запрос | | | | адрес: https://example.com/{слово}?q={слово}; тело: слово={слово}; заголовки: X-Word={слово} | | |
"""
    talk = Talk(scenario, answers=api({}))
    talk.start()
    talk.say(typed)
    call = talk.effects[0]
    assert isinstance(call, CallApi)
    assert call.url.startswith("https://example.com/")
    for sent in (call.url, call.body, call.headers["X-Word"]):
        assert "{секрет" not in sent.replace(" ", "")
    assert set(json.loads(call.body)) == {"слово"}
    assert call.method == "POST"


# --- уведомить, картинка, цитата


def test_staff_is_told_in_its_chat() -> None:
    talk = run("уведомить | Заказ от {имя¦гостя} | | | | |", "Спасибо!", staff_chat="telegram:-100")
    assert talk.turn is not None
    assert [(said.chat, said.reply.text) for said in talk.turn.said] == [
        ("telegram:-100", "Заказ от гостя"),
        ("", "Спасибо!"),
    ]


@pytest.mark.parametrize("params", ["", "чат: {кто}"])
def test_a_notice_with_nowhere_to_go_is_told_to_the_owner(params: str) -> None:
    talk = Talk(
        f"старт | запомнить | | | кто | значение: кухня | |\n | уведомить | Заказ | | | {params} | |\n | сообщение | Спасибо! | | | | | |"
    )
    talk.start()
    assert talk.hear == ["Спасибо!"]
    assert talk.turn is not None
    assert "не ушло" in talk.turn.notices[0].what


def test_a_picture_has_a_caption_and_a_safe_address() -> None:
    scenario = """
старт | вопрос    | Что? | | слово | | | |
      | картинка  | Вот {слово} | Дальше > старт | | адрес: https://example.com/{слово}.png | | |
"""
    talk = Talk(scenario)
    talk.start()
    assert talk.say("../a b?c") == ["Вот ../a b?c"]
    assert talk.replies[0].image_url == "https://example.com/..%2Fa%20b%3Fc.png"
    assert talk.labels == ["Дальше"]


QUOTES = {"Цитаты": (["Текст", "Автор"], [row("@2", Текст="  ", Автор="Никто"), row("@3", Текст="Своя", Автор="Я")])}


@pytest.mark.parametrize("line", ["цитата | | | | | |", "цитата | | | | источник: Сервис | |"])
def test_a_quote_comes_from_the_service_or_from_the_owners_tab(line: str) -> None:
    said = "{цитата.текст} — {цитата.автор}"
    assert run(line, said, lambda effect: Quote("Мысль", "Автор"), tables=QUOTES).hear == ["Мысль — Автор"]
    assert run(line, said, tables=QUOTES).hear == ["Своя — Я"]
    assert run(line, said).hear == ["Сегодня цитата не нашлась. Загляните завтра!"]


def test_the_owners_tab_may_come_first() -> None:
    talk = run("цитата | | | | источник: Таблица | |", "{цитата}", lambda effect: Quote("Мысль", ""), tables=QUOTES)
    assert talk.hear == ["Своя"]
    assert not any(isinstance(effect, AskQuote) for effect in talk.effects)
