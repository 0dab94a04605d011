"""A Telegram Bot API server on loopback: the real client library cannot tell it from api.telegram.org."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox import telegram_rules as rules
from sandbox.control import control_routes
from sandbox.emulator import Emulator, Fault
from sandbox.telegram_network import TelegramNetwork
from sandbox.telegram_queue import CONFLICT
from sandbox.telegram_rules import Params, Refusal, bad

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
QUERY_SECONDS = 150.0

#: Names the Bot API does have: those we lack are refused aloud, anything else is «Not Found» as at Telegram.
_API_NAME = re.compile(
    r"(add|answer|approve|ban|close|convert|copy|create|decline|delete|edit|export|forward|get|gift|hide|leave|pin"
    r"|post|promote|read|refund|remove|reopen|replace|repost|restrict|revoke|save|send|set|stop|transfer|unban|unhide"
    r"|unpin|upgrade|upload|verify)[a-z]+|log_?out"
)
_REJECTIONS = {
    400: "Bad Request: the message was refused",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: CONFLICT,
    500: "Internal Server Error",
    502: "Bad Gateway",
}

_Method = Callable[[Params], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a Bot API method as the server understood it, and its answer."""

    method: str
    params: Params
    answer: dict[str, Any]


class TelegramEmulator(TelegramNetwork, Emulator):
    """Bot API with one bot, driven by `TelegramPhone`s."""

    name = "telegram"

    def __init__(self, token: str = "123:test", username: str = "tabletalk_bot") -> None:  # noqa: S107 - a stand
        Emulator.__init__(self)
        TelegramNetwork.__init__(self, int(token.partition(":")[0]), username)
        self.token = token
        self.sent: list[dict[str, Any]] = []  #: accepted messages of the bot, as answered to it
        self.calls: deque[Call] = deque(maxlen=2000)
        self.throttle = rules.Throttle()
        self.webhook = ""
        self.files: dict[str, bytes] = {}  #: uploaded photos by file_id
        own = [self.get_me, self.get_updates, self.send_message, self.send_photo, self.send_chat_action]
        own += [self.answer_callback_query, self.edit_message_text, self.edit_message_reply_markup]
        own += [self.delete_webhook, self.get_webhook_info, self.set_my_commands]
        self._methods: dict[str, _Method] = {method.__name__.replace("_", ""): method for method in own}

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/bot{token}/{method}", self._serve), *control_routes(self, self.phone)]

    async def stop(self) -> None:
        self.updates.answer_now()
        await super().stop()

    def take_fault(self, path: str) -> Fault | None:
        return None if path.startswith("/_") else super().take_fault(path)

    async def rejection(self, request: web.Request, fault: Fault) -> web.Response:
        code = fault.code or fault.status
        if code == 429:
            return _json(rules.too_many(int(fault.seconds) or 1).body(), code)
        return _json(Refusal(code, _REJECTIONS.get(code, "Bad Request: refused")).body(), code)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name, params = request.match_info["method"], {}
        try:
            self._authorize(request.match_info["token"])
            params = await _params(request)
            answer = {"ok": True, "result": await self._method(name)(params)}
        except Refusal as refusal:
            answer = refusal.body()
        self.calls.append(Call(name, params, answer))
        return _json(answer, answer.get("error_code", 200))

    def _authorize(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    def _method(self, name: str) -> _Method:
        method = self._methods.get(name.lower())
        if method is None:
            known = _API_NAME.fullmatch(name.lower())
            raise bad(f"method {name} is not in this emulator") if known else Refusal(404, "Not Found")
        return method

    async def get_me(self, params: Params) -> dict[str, Any]:
        flags = {"can_join_groups": True, "can_read_all_group_messages": not self.privacy}
        return {**self.me, **flags, "supports_inline_queries": False}

    async def get_updates(self, params: Params) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refusal(409, WEBHOOK_ACTIVE)
        offset, timeout = rules.integer(params, "offset", 0), rules.integer(params, "timeout", 0)
        return await self.updates.poll(offset, rules.integer(params, "limit", 100), timeout)

    async def send_message(self, params: Params) -> dict[str, Any]:
        text = rules.plain_text(params)
        chat = self._chat(params)
        return self._send(chat, {"text": text}, rules.reply_markup(params, chat["type"] == "private"))

    async def send_photo(self, params: Params) -> dict[str, Any]:
        caption = rules.plain_text(params, "caption")
        chat = self._chat(params)
        file_id, data = self._photo(params)
        width, height = rules.photo_size(data)
        size = {"file_id": file_id, "file_unique_id": f"u{file_id[-8:]}", "width": width, "height": height}
        content = {"photo": [{**size, "file_size": len(data)}], **({"caption": caption} if caption else {})}
        return self._send(chat, content, rules.reply_markup(params, chat["type"] == "private"), data)

    async def send_chat_action(self, params: Params) -> bool:
        chat = self._chat(params)
        if params.get("action") not in ("typing", "upload_photo"):
            raise bad("wrong parameter action in request")
        for phone in self.phones_in(chat["id"]):
            phone.typing = True
        return True

    async def answer_callback_query(self, params: Params) -> bool:
        since = self.queries.pop(str(params.get("callback_query_id")), None)
        if since is None or time.monotonic() - since > QUERY_SECONDS:
            raise bad(QUERY_TOO_OLD)
        return True

    async def edit_message_text(self, params: Params) -> dict[str, Any]:
        return self._edit(params, {"text": rules.plain_text(params)})

    async def edit_message_reply_markup(self, params: Params) -> dict[str, Any]:
        return self._edit(params, {})

    async def delete_webhook(self, params: Params) -> bool:
        self.webhook = ""
        return True

    async def get_webhook_info(self, params: Params) -> dict[str, Any]:
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.updates)}

    async def set_my_commands(self, params: Params) -> bool:
        commands = rules.decoded(params, "commands")
        if not isinstance(commands, list) or not all(isinstance(item, dict) for item in commands):
            raise bad("can't parse commands: expected an Array of BotCommand")
        return True

    def _chat(self, params: Params) -> dict[str, Any]:
        if not params.get("chat_id"):
            raise bad("chat_id is empty")
        chat = self.chats.get(rules.integer(params, "chat_id", 0))
        if chat is None:
            raise bad("chat not found")
        return chat

    def _photo(self, params: Params) -> tuple[str, bytes]:
        photo = params.get("photo")
        if isinstance(photo, str) and photo.startswith("attach://"):
            photo = params.get(photo.removeprefix("attach://"))
        if not photo:
            raise bad("there is no photo in the request")
        if isinstance(photo, str):
            if photo not in self.files:
                raise bad("wrong file identifier/HTTP URL specified")
            return photo, self.files[photo]
        file_id = f"AgACAgIAAxkDAAI{self.next_message_id():08d}"
        self.files[file_id] = photo
        return file_id, photo

    def _send(
        self, chat: dict[str, Any], content: dict[str, Any], markup: dict[str, Any], image: bytes = b""
    ) -> dict[str, Any]:
        if chat["id"] in self.closed:
            raise self.closed[chat["id"]]
        self.throttle.check(chat["id"])
        message = {
            "message_id": self.next_message_id(),
            "from": self.me,
            "chat": chat,
            "date": int(time.time()),
            **content,
        }
        if "inline_keyboard" in markup:
            message["reply_markup"] = {"inline_keyboard": markup["inline_keyboard"]}
        self.sent.append(message)
        for phone in self.phones_in(chat["id"]):
            phone.receive(message, markup, image)
        return message

    def _edit(self, params: Params, content: dict[str, Any]) -> dict[str, Any]:
        chat, message_id = self._chat(params), rules.integer(params, "message_id", 0)
        known = next((m for m in self.sent if m["message_id"] == message_id and m["chat"]["id"] == chat["id"]), None)
        if known is None:
            raise bad("message to edit not found")
        markup = rules.reply_markup(params, chat["type"] == "private")
        changed = {**{key: value for key, value in known.items() if key != "reply_markup"}, **content}
        if "inline_keyboard" in markup:
            changed["reply_markup"] = {"inline_keyboard": markup["inline_keyboard"]}
        if changed == known:
            raise bad("message is not modified: specified new message content and reply markup are exactly the same")
        changed["edit_date"] = int(time.time())
        known.clear()
        known.update(changed)
        for phone in self.phones_in(chat["id"]):
            phone.edit(known)
        return known


async def _params(request: web.Request) -> Params:
    """Parameters from wherever Telegram takes them: the query, a form, a multipart upload or a JSON body."""
    params: Params = dict(request.query)
    if request.content_type == "application/json":
        params.update(await _json_object(request))
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            params[name] = value.file.read() if isinstance(value, web.FileField) else value
    return params


async def _json_object(request: web.Request) -> Params:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad("can't parse the request body: a JSON object expected")
    return body


def _json(body: dict[str, Any], status: int) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type="application/json")
