"""How a reply looks on VK's wire and what VK's refusals mean: pure tables and functions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from core.errors import MessengerError, OutageError
from core.messages import Button, Does, Keyboard, Outcome, Outgoing, Sent

#: Our own "code": VK did not answer, or answered something that is not VK.
NO_ANSWER = 0

#: A refused token is believed after this many refusals in a row: VK sometimes refuses a good one.
TOKEN_TRIES = 3

_RETRY, _BLOCKED, _REJECTED, _FATAL = Outcome.RETRY, Outcome.BLOCKED, Outcome.REJECTED, Outcome.FATAL


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one error code means for the message that met it."""

    outcome: Outcome
    meaning: str
    retry_after: float = 0.0


#: VK error codes of messages.send and of the calls around it. An unlisted code is final: retrying it for ever is how
#: bots get banned. Error 7 is not BLOCKED: a token without rights would then silence every person.
ERRORS = {
    # Repeating after a lost answer is safe: VK drops a second message with the same random_id.
    NO_ANSWER: Verdict(_RETRY, "VK не ответил", 1.0),
    1: Verdict(_RETRY, "неизвестная ошибка VK", 1.0),
    6: Verdict(_RETRY, "слишком много запросов в секунду", 1.0),
    10: Verdict(_RETRY, "внутренняя ошибка VK", 1.0),
    36: Verdict(_RETRY, "VK не успел выполнить запрос", 1.0),
    9: Verdict(_RETRY, "слишком много одинаковых действий", 60.0),
    14: Verdict(_RETRY, "VK просит ввести капчу", 300.0),
    29: Verdict(_RETRY, "исчерпан лимит вызовов метода", 600.0),
    18: Verdict(_BLOCKED, "страница удалена или заблокирована"),
    900: Verdict(_BLOCKED, "человек в чёрном списке сообщества"),
    901: Verdict(_BLOCKED, "человек не разрешал сообществу писать"),
    902: Verdict(_BLOCKED, "запрещено настройками приватности"),
    917: Verdict(_BLOCKED, "нет доступа к беседе"),
    922: Verdict(_BLOCKED, "сообщество вышло из беседы"),
    927: Verdict(_BLOCKED, "беседы больше нет"),
    932: Verdict(_BLOCKED, "сообщество не может писать этому собеседнику"),
    936: Verdict(_BLOCKED, "собеседник не найден"),
    945: Verdict(_BLOCKED, "беседа отключена"),
    946: Verdict(_BLOCKED, "беседа не поддерживается"),
    950: Verdict(_BLOCKED, "время для ответа истекло"),
    983: Verdict(_BLOCKED, "в беседе запрещено писать"),
    7: Verdict(_REJECTED, "действие запрещено"),
    100: Verdict(_REJECTED, "неверный параметр"),
    911: Verdict(_REJECTED, "неверная клавиатура"),
    914: Verdict(_REJECTED, "слишком длинное сообщение"),
    2: Verdict(_FATAL, "приложение отключено"),
    5: Verdict(_FATAL, "ключ доступа не подходит"),
    15: Verdict(_FATAL, "у ключа доступа нет нужных прав"),
    17: Verdict(_FATAL, "VK просит подтвердить вход"),
    27: Verdict(_FATAL, "ключ сообщества не подходит"),
    912: Verdict(_FATAL, "в сообществе выключены «Возможности ботов»"),
}

KEY_HINT = (
    "Создайте ключ в VK: Управление → Дополнительно → Работа с API, отметьте сообщения, фотографии и управление "
    "сообществом, и впишите его в VK_TOKEN."
)
_BOT_HINT = "Включите в VK: Управление → Сообщения → Настройки для бота → «Возможности ботов»."


class RefusedError(Exception):
    """VK's error code, or `NO_ANSWER`, on its way from the library to whoever decides. Carries no text of VK's."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.verdict = ERRORS.get(code, Verdict(_REJECTED, "VK отказал"))
        super().__init__(f"VK {code}: {self.verdict.meaning}")

    @property
    def sent(self) -> Sent:
        """The refusal as the result of a send."""
        return Sent(self.verdict.outcome, retry_after=self.verdict.retry_after, detail=str(self))

    @property
    def fatal(self) -> bool:
        return self.verdict.outcome is Outcome.FATAL

    def error(self) -> MessengerError:
        """The refusal as an error for the operator."""
        if self.verdict.outcome is _RETRY:
            return OutageError(f"{self}.", "Если так долго, проверьте сеть и VK_API_URL.")
        return MessengerError(f"{self}.", _BOT_HINT if self.code == 912 else KEY_HINT)


def message(outgoing: Outgoing) -> dict[str, Any]:
    """Parameters of messages.send, without the picture.

    The peer_id form, not peer_ids: the latter hides a refusal inside a successful answer, and libraries miss it.
    """
    reply = outgoing.reply
    params: dict[str, Any] = {
        "peer_id": peer(outgoing.chat),
        "random_id": random_id(outgoing.key),
        "message": reply.text,
        # A name like «[id1|Аня]» in somebody's text must not ping a stranger.
        "disable_mentions": 1,
    }
    if reply.keyboard is not None and (board := keyboard(reply.keyboard)):
        params["keyboard"] = board
    return params


def peer(chat: str) -> int:
    """The peer of a chat like "vk:42"; an unreadable one becomes 0, which VK refuses like any unknown peer."""
    digits = chat.rpartition(":")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def random_id(key: str) -> int:
    """VK's idempotency key, the same for every retry of one message: 31 bits, never 0 (0 switches it off).

    VK remembers it for an hour and for the last 100 messages of a dialog.
    """
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest(), "big")
    return number & 0x7FFFFFFF or 1


def keyboard(board: Keyboard) -> str:
    """VK's JSON of a keyboard; "" for an inline one with nothing to show, which VK would refuse."""
    rows = [[drawn for button in row if (drawn := _button(button))] for row in board.rows]
    rows = [row for row in rows if row]
    if board.inline and not rows:
        return ""
    return _json({"one_time": False, "inline": board.inline, "buttons": rows})


def _button(button: Button) -> dict[str, Any] | None:
    match button.does:
        case Does.SAY:
            action = {"type": "text", "label": button.label}
            # A text button, not a callback one: the press is a message, so it works in every client and has a date.
            return {"action": {**action, "payload": _json({"b": button.data})} if button.data else action}
        case Does.URL:
            return {"action": {"type": "open_link", "label": button.label, "link": button.url}}
        case Does.LOCATION:
            return {"action": {"type": "location"}}
        case Does.PHONE:
            return None  # VK has no such button; the text asks to type the number


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
