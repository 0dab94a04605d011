"""The pure half of sending to Telegram: keyboards as its JSON, and what each of its refusals means for us."""

from __future__ import annotations

from typing import Any

from core.messages import Button, Does, Keyboard, Outcome

#: How each refusal ends, by Telegram's code and a part of its description; the first match wins.
OUTCOMES: tuple[tuple[int, str, Outcome], ...] = (
    (400, "chat not found", Outcome.BLOCKED),  # never pressed Start, or the chat is gone
    (400, "user not found", Outcome.BLOCKED),
    (400, "peer_id_invalid", Outcome.BLOCKED),
    (400, "user_is_blocked", Outcome.BLOCKED),
    (400, "input_user_deactivated", Outcome.BLOCKED),
    (400, "have no rights to send", Outcome.BLOCKED),
    (400, "not enough rights", Outcome.BLOCKED),
    (400, "chat_write_forbidden", Outcome.BLOCKED),
    (400, "need administrator rights", Outcome.BLOCKED),
    (400, "group chat was deactivated", Outcome.BLOCKED),
    (400, "", Outcome.REJECTED),
    (401, "", Outcome.FATAL),
    (403, "", Outcome.BLOCKED),  # blocked, deactivated, kicked
    (404, "", Outcome.FATAL),  # what a token that does not even look like one gets
    (413, "", Outcome.REJECTED),
)

#: Refusals that mean a remembered picture is no longer there.
_STALE_FILE = ("file identifier", "wrong remote file", "file reference", "file_reference")

#: What the operator reads when the bot cannot work at all: what is wrong and what to do.
DEAD_TOKEN = (
    "Telegram не узнаёт токен бота.",
    "Проверьте TELEGRAM_TOKEN: его выдаёт @BotFather, он выглядит как 123456789:AAE…",
)
WEBHOOK = (
    "У бота включён вебхук, поэтому Telegram не отдаёт сообщения этой программе (409).",
    "Остановите того, кто его включил, затем откройте в браузере адрес"
    " https://api.telegram.org/bot<ваш токен>/deleteWebhook и запустите бота снова.",
)
UNREACHABLE_HINT = "Проверьте интернет и TELEGRAM_API_URL: там может стоять адрес прокси или своего сервера Bot API."


def outcome(code: int, description: str) -> Outcome:
    """What became of a refused message. Telegram's 429, 5xx and anything new are worth another try."""
    words = description.casefold()
    return next((result for known, part, result in OUTCOMES if known == code and part in words), Outcome.RETRY)


def is_stale_file(code: int, description: str) -> bool:
    return code == 400 and any(part in description.casefold() for part in _STALE_FILE)


def reply_markup(keyboard: Keyboard | None, private: bool) -> dict[str, Any] | None:
    """The keyboard as ``reply_markup``. An empty reply keyboard takes the old one away."""
    if keyboard is None or (keyboard.inline and not keyboard.rows):
        return None
    if keyboard.inline:
        return {"inline_keyboard": [[_inline(button) for button in row] for row in keyboard.rows]}
    if not keyboard.rows:
        return {"remove_keyboard": True}
    rows = [[_reply(button, private) for button in row] for row in keyboard.rows]
    return {"keyboard": rows, "resize_keyboard": True}


def _inline(button: Button) -> dict[str, Any]:
    if button.does is Does.URL:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.data}


def _reply(button: Button, private: bool) -> dict[str, Any]:
    """Telegram refuses a whole message that asks for a phone or a place in a group: there it is a plain button."""
    if private and button.does is Does.PHONE:
        return {"text": button.label, "request_contact": True}
    if private and button.does is Does.LOCATION:
        return {"text": button.label, "request_location": True}
    return {"text": button.label}
