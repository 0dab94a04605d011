"""Commands that always work: меню, стоп, /help, отписаться, удалить меня."""

from __future__ import annotations

import pytest

from core.changes import Put
from tests.unit.talk import Talk

CHAT = """
старт  | вопрос   | Как вас зовут?     |               | имя | | не имя | |
меню   | меню     | Чем помочь, {имя}? | Бег > бег     |     | |        | |
бег    | добавить |                    |               |     | таблица: Тренировки; Участник: {имя}; Минуты: 30 | | меню |
"""


def talk() -> Talk:
    conversation = Talk(CHAT)
    conversation.start()
    conversation.say("Аня")
    return conversation


@pytest.mark.parametrize("word", ["меню", "Меню", "/menu", "стоп", "СТОП", "/stop", "/start"])
def test_the_way_home_is_always_open(word: str) -> None:
    assert talk().say(word)[-1] == "Чем помочь, Аня?"


def test_stop_ends_an_open_question() -> None:
    conversation = Talk(CHAT)
    conversation.start()
    conversation.say("стоп")
    assert conversation.me.get("Имя") == ""


def test_help_names_the_commands() -> None:
    assert "удалить меня" in talk().say("/help")[0]


def test_unsubscribe_is_one_word_and_can_be_undone() -> None:
    conversation = talk()
    assert "рассылок больше не будет" in conversation.say("отписаться")[0]
    assert conversation.me.get("Подписка") is False
    conversation.press("Подписаться снова")
    assert conversation.me.get("Подписка") is True


def test_deleting_asks_first_and_then_leaves_no_trace() -> None:
    conversation = talk()
    conversation.press("Бег")
    somebody_elses = Put("Тренировки", "other", {"Участник": "Борис", "_кто": "someone"}, new=True)
    conversation.tables.apply([somebody_elses])
    assert "Вернуть это будет нельзя" in conversation.say("удалить меня")[0]
    assert conversation.me.get("Имя") == "Аня"
    assert "стёр" in conversation.press("Да, стереть всё")[0]
    assert list(conversation.tables.rows("Пользователи")) == []
    assert [row.id for row in conversation.tables.rows("Тренировки")] == ["other"]
    assert conversation.session is None


def test_an_old_delete_button_asks_again() -> None:
    conversation = talk()
    conversation.say("удалить меня")
    old = conversation.token("Да, стереть всё")
    conversation.press("Нет, оставить")
    assert "Вернуть это будет нельзя" in conversation.send(conversation.event("press", press=old))[0]
    assert conversation.me.get("Имя") == "Аня"
