"""What always works, whatever the scenario says: меню, стоп, /start, /help, отписаться, удалить меня."""

from __future__ import annotations

from core import buttons
from core.messages import Keyboard, Reply
from core.schema import PEOPLE, WHO_COLUMN
from core.session import Session
from core.turn import Turn
from core.values import fold

#: What people type -> the command's ASCII name, which also travels in buttons.
WORDS: dict[str, str] = {
    "меню": "menu",
    "/menu": "menu",
    "стоп": "stop",
    "/stop": "stop",
    "/cancel": "stop",
    "/start": "start",
    "начать": "start",
    "/help": "help",
    "помощь": "help",
    "отписаться": "unsubscribe",
    "/unsubscribe": "unsubscribe",
    "подписаться": "subscribe",
    "/subscribe": "subscribe",
    "удалить меня": "delete",
    "/delete": "delete",
}

#: The button that erases, and what people type instead of pressing it.
_SURE = "Да, стереть всё"
_SURE_WORDS = {"да": "erase", "нет": "menu"}

_HELP = (
    "Я отвечаю на кнопки и на слова.\n"
    "меню — показать, что я умею\n"
    "стоп — прервать вопрос\n"
    "отписаться — не присылать рассылки\n"
    "удалить меня — стереть всё, что я о вас помню"
)


def command_of(turn: Turn) -> str:
    """The command this event means, "" when it is none."""
    event = turn.event
    if event.kind == "start":
        return "start"
    token = buttons.Token.read(event.press)
    if token is not None:
        return token.detail if token.verb == "c" else ""
    said = fold(event.text)
    if said in _SURE_WORDS and fold(_SURE) in turn.session.sight:  # the answer to «Стереть всё?»
        return _SURE_WORDS[said]
    if said in turn.session.sight or said in turn.session.menu:  # the owner's own button of that name comes first
        return ""
    return WORDS.get(said, "")


def settle(command: str, turn: Turn) -> str:
    """Do what the command does by itself; returns where the dialogue goes then: "first", "home", "help" or "stay"."""
    if command == "start":
        _begin_again(turn)
        return "first"
    if command in ("menu", "stop"):
        if command == "stop":
            turn.say(Reply("Хорошо, остановились."))
        _begin_again(turn)
        return "home"
    if command == "help":
        return "help"
    _ACTIONS[command](turn)
    return "stay"


def default_help() -> Reply:
    return Reply(_HELP, Keyboard(((buttons.command("Меню", "menu"),),)))


def _begin_again(turn: Turn) -> None:
    """A new conversation: what is remembered for ever stays, the rest goes."""
    turn.session.at, turn.session.state, turn.session.variables = "", {}, {}


def _unsubscribe(turn: Turn) -> None:
    turn.remember("Подписка", False)
    again = Keyboard(((buttons.command("Подписаться снова", "subscribe"), buttons.command("Меню", "menu")),))
    turn.say(Reply("Готово: рассылок больше не будет. Захотите вернуть — я здесь.", again))


def _subscribe(turn: Turn) -> None:
    turn.remember("Подписка", True)
    turn.say(Reply("Отлично, подписка снова включена!", Keyboard(((buttons.command("Меню", "menu"),),))))


def _ask_to_delete(turn: Turn) -> None:
    sure = Keyboard(
        (
            (buttons.command(_SURE, "erase"),),
            (buttons.command("Нет, оставить", "menu"),),
        )
    )
    turn.say(Reply("Стереть всё, что я о вас помню: имя, город, тренировки? Вернуть это будет нельзя.", sure))


def _erase(turn: Turn) -> None:
    if fold(_SURE) not in turn.session.sight:  # an old button: ask again before erasing
        _ask_to_delete(turn)
        return
    for table in turn.world.tables.names():
        if WHO_COLUMN in turn.world.tables.columns(table):
            for row in list(turn.rows(table)):
                if row.get(WHO_COLUMN) == turn.person_id:
                    turn.remove(table, row.id)
    turn.changes[:] = [change for change in turn.changes if change.table != PEOPLE.title]
    turn.remove(PEOPLE.title, turn.person_id)
    turn.session = Session()
    turn.forget = True
    turn.say(Reply("Готово, я всё о вас стёр. Если захотите вернуться — просто напишите."))


_ACTIONS = {"unsubscribe": _unsubscribe, "subscribe": _subscribe, "delete": _ask_to_delete, "erase": _erase}
COMMANDS = frozenset(WORDS.values()) | {"erase"}
