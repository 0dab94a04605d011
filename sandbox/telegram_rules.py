"""What Telegram refuses and in which words: pure checks of one request, the texts as the real Bot API gives them."""

from __future__ import annotations

import io
import json
import time
from collections import defaultdict, deque
from typing import Any

from PIL import Image

TEXT_MAX = 4096
CAPTION_MAX = 1024
CALLBACK_DATA_MAX = 64  #: bytes
BUTTONS_MAX = 100
PHOTO_MAX = 10 * 2**20

#: Parameters of one call: texts from a query, form or JSON, bytes for an uploaded file.
Params = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - an answer of the server, not a failure of ours
    """An answer with ``ok: false``; ``parameters`` is Telegram's ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def too_many(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def units(text: str) -> int:
    """Telegram counts UTF-16 code units: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def integer(params: Params, name: str, default: int) -> int:
    try:
        return int(params.get(name, default))
    except (TypeError, ValueError):
        return default


def decoded(params: Params, name: str) -> Any:
    """A nested parameter: JSON in a string, or the value itself when the whole request was JSON."""
    value = params.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None


def plain_text(params: Params, name: str = "text") -> str:
    """The text or caption, within its limit. Formatting is refused: nothing here would know how to show it."""
    if any(params.get(key) for key in ("parse_mode", "entities", "caption_entities")):
        raise bad("this emulator shows plain text only")
    text = str(params.get(name, "")).strip()
    if name == "text" and not text:
        raise bad("message text is empty")
    if units(text) > (TEXT_MAX if name == "text" else CAPTION_MAX):
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return text


def reply_markup(params: Params, private: bool) -> dict[str, Any]:
    """The checked keyboard, {} when there is none."""
    markup = decoded(params, "reply_markup")
    if markup is None:
        return {}
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    for field, check in (("inline_keyboard", _inline_button), ("keyboard", _keyboard_button)):
        if field in markup:
            buttons = [button for row in _rows(markup[field], field) for button in row]
            if len(buttons) > BUTTONS_MAX:
                raise bad("reply markup is too long")
            for button in buttons:
                check(button, private)
    return markup


def _rows(value: Any, field: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad(f'field "{field}" of the reply markup must be an Array of Arrays')
    return value


def _label(button: Any, kind: str) -> None:
    if not isinstance(button, dict):
        raise bad(f"can't parse {kind}: object expected")
    if "text" not in button:
        raise bad(f"can't parse {kind}: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise bad(f'can\'t parse {kind}: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad(f"{kind} text must be non-empty")


def _inline_button(button: Any, private: bool) -> None:
    _label(button, "inline keyboard button")
    if button.get("url"):
        _button_url(str(button["url"]))
    elif not button.get("callback_data"):
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    elif len(str(button["callback_data"]).encode()) > CALLBACK_DATA_MAX:
        raise bad("BUTTON_DATA_INVALID")


def _button_url(url: str) -> None:
    scheme, found, rest = url.partition("://")
    if found and scheme not in ("http", "https", "tg", "ton"):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if scheme != "tg" and "." not in (rest if found else url):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _keyboard_button(button: Any, private: bool) -> None:
    if isinstance(button, str):
        button = {"text": button}
    _label(button, "keyboard button")
    if button.get("request_contact") and not private:
        raise bad("phone number can be requested in private chats only")
    if button.get("request_location") and not private:
        raise bad("location can be requested in private chats only")


def photo_size(data: bytes) -> tuple[int, int]:
    """Width and height of an uploaded photo Telegram would take."""
    if not data:
        raise bad("file must be non-empty")
    if len(data) > PHOTO_MAX:
        raise bad(f"file of size {len(data)} bytes is too big for a photo; the maximum size is {PHOTO_MAX} bytes")
    try:
        width, height = Image.open(io.BytesIO(data)).size
    except OSError:
        raise bad("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height


class Throttle:
    """Limits per second, in all and in one chat; 0 = off, as a stand that measures speed needs it."""

    def __init__(self) -> None:
        self.per_second = 0
        self.per_chat = 0
        self._times: defaultdict[int, deque[float]] = defaultdict(deque)

    def check(self, chat_id: int) -> None:
        """Count one send, or refuse it with how long to wait."""
        for key, limit in ((0, self.per_second), (chat_id, self.per_chat)):
            if limit:
                self._count(self._times[key], limit)

    @staticmethod
    def _count(times: deque[float], limit: int) -> None:
        now = time.monotonic()
        while times and times[0] <= now - 1:
            times.popleft()
        if len(times) >= limit:
            raise too_many(1)
        times.append(now)
