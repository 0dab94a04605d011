"""A strict little VK on loopback: the API 5.199 methods a community bot needs, Long Poll, and people's phones."""

from __future__ import annotations

import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox import vk_rules as rules
from sandbox.control import control_routes
from sandbox.emulator import Emulator, Fault
from sandbox.vk_dialogs import Dialogs
from sandbox.vk_longpoll import LongPoll
from sandbox.vk_phone import VkPhone
from sandbox.vk_photos import Photos
from sandbox.vk_rules import VkError

_SWITCHED_ON = ("message_new", "message_event", "message_allow", "message_deny")

_Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method as VK understood it, and its answer."""

    method: str
    params: _Params
    answer: dict[str, Any]


class VkEmulator(Emulator):
    """One community, its bot's token, and everybody who writes to it.

    Switches for tests and for the page: ``refusals`` (peer -> error code of every send), ``per_second`` (error 6 past
    that rate, 0 = off), ``may_manage`` (the token's right to the Long Poll settings), ``enabled`` and ``events``.
    """

    name = "vk"
    screen_name = "tabletalk"

    def __init__(self, token: str = "vk-test", group_id: int = 1) -> None:  # noqa: S107
        super().__init__()
        self.token, self.group_id = token, group_id
        self.dialogs = Dialogs()
        self.sent, self.allowed, self.refusals = self.dialogs.sent, self.dialogs.allowed, self.dialogs.refusals
        self.names: dict[int, str] = {}
        self.calls: deque[Call] = deque(maxlen=2000)
        self.per_second = 0
        self.may_manage = True
        self.enabled = True
        self.events_version = "5.199"
        self.events = {name: int(name in _SWITCHED_ON) for name in rules.EVENTS}
        self.longpoll = LongPoll()
        self.photos = Photos(group_id)
        self._phones: dict[tuple[int, int], VkPhone] = {}
        self._pressed: set[tuple[str, int, int]] = set()
        self._times: deque[float] = deque()
        self._methods: dict[str, Callable[[_Params], Any]] = {
            "groups.getById": self._groups_get_by_id,
            "groups.getLongPollServer": self._get_server,
            "groups.getLongPollSettings": self._get_settings,
            "groups.setLongPollSettings": self._set_settings,
            "users.get": self._users_get,
            "messages.send": self._messages_send,
            "messages.setActivity": self._set_activity,
            "messages.sendMessageEventAnswer": self._answer_press,
            "photos.getMessagesUploadServer": self._upload_server,
            "photos.saveMessagesPhoto": self.photos.save,
        }

    # People

    @property
    def received(self) -> int:
        """Events the bot has acknowledged."""
        return self.longpoll.received

    @property
    def waiting_presses(self) -> int:
        """Callback buttons whose spinner still turns."""
        return len(self._pressed)

    def phone(self, user_id: int, name: str = "Аня", chat_id: int | None = None) -> VkPhone:
        """The phone of a person, in a private chat or in the group chat ``2000000000 + chat_id``."""
        peer_id = user_id if chat_id is None else rules.GROUP_CHAT + chat_id
        key = (user_id, peer_id)
        if key not in self._phones:
            self.names[user_id] = name or "Аня"
            self._phones[key] = VkPhone(self, user_id, self.names[user_id], peer_id)
            self.dialogs.phones.setdefault(peer_id, []).append(self._phones[key])
        return self._phones[key]

    def flood(self, count: int, users: int) -> None:
        """Queue ``count`` messages from ``users`` people at once, without drawing phones."""
        for number in range(count):
            self.incoming(1000 + number % users, 1000 + number % users, f"{number}")

    def incoming(self, user_id: int, peer_id: int, text: str, **fields: Any) -> None:
        """A person writes: from now on the community may answer them."""
        self.allowed.add(user_id)
        number = self.dialogs.number(peer_id)
        message = {
            "date": int(time.time()),
            "from_id": user_id,
            "id": 0 if peer_id > rules.GROUP_CHAT else number,
            "out": 0,
            "version": 10000 + number,
            "attachments": [],
            "conversation_message_id": number,
            "fwd_messages": [],
            "important": False,
            "is_hidden": False,
            "peer_id": peer_id,
            "random_id": 0,
            "text": text,
            **fields,
        }
        client = {"button_actions": ["text", "callback", "open_link", "location"], "keyboard": True, "lang_id": 0}
        self.emit("message_new", {"message": message, "client_info": {**client, "inline_keyboard": True}})

    def emit(self, kind: str, body: dict[str, Any]) -> str:
        event_id = secrets.token_hex(20)
        if self.events[kind]:
            event = {"group_id": self.group_id, "type": kind, "event_id": event_id, "v": "5.199", "object": body}
            self.longpoll.push(event)
        return event_id

    def expect_answer(self, event_id: str, user_id: int, peer_id: int) -> None:
        self._pressed.add((event_id, user_id, peer_id))

    # HTTP

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/method/{name}", self._call),
            web.get("/method/{name}", self._call),
            web.post("/lp", self._poll),
            web.get("/lp", self._poll),
            web.post("/upload", self.photos.upload),
            *control_routes(self, self.phone),
        ]

    def take_fault(self, path: str) -> Fault | None:
        """Faults are the platform's; the remote control and its phones stay reachable."""
        return None if path.startswith("/_") else super().take_fault(path)

    async def rejection(self, request: web.Request, fault: Fault) -> web.Response:
        """VK's own refusal: an error body of a method, or the ``failed`` of a poll. HTTP says 200 either way."""
        if request.path == "/lp":
            return web.json_response({"failed": fault.code, "ts": self.longpoll.last})
        if request.path == "/upload":
            return web.json_response({"error": "ERR_UPLOAD_BAD_IMAGE_SIZE"})
        params, name = await _params(request), request.match_info["name"]
        return self._answered(name, params, rules.error_body(VkError(fault.code or 10), name, params))

    async def _call(self, request: web.Request) -> web.Response:
        params, name = await _params(request), request.match_info["name"]
        try:
            self._admit(name, params)
            body = {"response": self._methods[name](params)}
        except VkError as error:
            body = rules.error_body(error, name, params)
        return self._answered(name, params, body)

    def _answered(self, name: str, params: _Params, body: dict[str, Any]) -> web.Response:
        self.calls.append(Call(name, params, body))
        return web.json_response(body)

    def _admit(self, name: str, params: _Params) -> None:
        if params.get("access_token") != self.token:
            raise VkError(5)
        if name not in self._methods:
            raise VkError(3)
        if not params.get("v"):
            raise VkError(8, "v (version) is required")
        if self.per_second:
            now = time.monotonic()
            while self._times and self._times[0] < now - 1:
                self._times.popleft()
            if len(self._times) >= self.per_second:
                raise VkError(6)
            self._times.append(now)

    async def _poll(self, request: web.Request) -> web.Response:
        if request.query.get("act") != "a_check":
            return web.json_response({"failed": 4, "min_version": 0, "max_version": 3})
        return web.json_response(await self.longpoll.poll(request.query))

    # Methods

    def _groups_get_by_id(self, params: _Params) -> dict[str, Any]:
        for name in ("group_id", "group_ids"):
            if params.get(name) and rules.integers(params, name, 500) != [self.group_id]:
                return {"groups": [], "profiles": []}
        group = {"id": self.group_id, "name": "Клуб «Таблица»", "screen_name": self.screen_name, "is_closed": 0}
        return {"groups": [{**group, "type": "group"}], "profiles": []}

    def _own(self, params: _Params) -> None:
        if rules.integer(params, "group_id") != self.group_id or not self.may_manage:
            raise VkError(15)

    def _get_server(self, params: _Params) -> dict[str, Any]:
        self._own(params)
        if not self.enabled:
            raise VkError(100, "longpoll for this group is not enabled")
        return {"key": self.longpoll.key, "server": f"{self.url}/lp", "ts": str(self.longpoll.last)}

    def _get_settings(self, params: _Params) -> dict[str, Any]:
        self._own(params)
        return {"is_enabled": self.enabled, "api_version": self.events_version, "events": dict(self.events)}

    def _set_settings(self, params: _Params) -> int:
        self._own(params)
        if "enabled" in params:
            self.enabled = params["enabled"] == "1"
        self.events_version = params.get("api_version") or self.events_version
        self.events |= {name: int(params[name] == "1") for name in rules.EVENTS if name in params}
        return 1

    def _users_get(self, params: _Params) -> list[dict[str, Any]]:
        known = [
            user for user in rules.integers(params, "user_ids", 1000) if user in self.allowed or user in self.names
        ]
        return [
            {"id": user, "first_name": self.names.get(user, f"Гость {user}"), "last_name": ""}
            | {"can_access_closed": True, "is_closed": False}
            for user in known
        ]

    def _messages_send(self, params: _Params) -> int | list[dict[str, Any]]:
        peers, many = rules.recipients(params)
        random_id = rules.integer(params, "random_id")
        if not -(2**31) <= random_id < 2**31:
            raise VkError(100, "random_id is out of range")
        text = rules.message(params)
        board = rules.keyboard(params["keyboard"]) if params.get("keyboard") else None
        images = self.photos.attached(params.get("attachment", ""))
        message = {"message": text, "keyboard": board, "attachment": params.get("attachment", "")}
        if not many:
            return self.dialogs.deliver({**message, "peer_id": peers[0], "random_id": random_id}, images)
        return [
            self.dialogs.deliver_one({**message, "peer_id": peer, "random_id": random_id}, images) for peer in peers
        ]

    def _set_activity(self, params: _Params) -> int:
        if params.get("type") not in ("typing", "audiomessage", "file", "photo", "video"):
            raise VkError(100, "type is invalid")
        self.dialogs.type(rules.integer(params, "peer_id" if params.get("peer_id") else "user_id"))
        return 1

    def _answer_press(self, params: _Params) -> int:
        press = (params.get("event_id", ""), rules.integer(params, "user_id"), rules.integer(params, "peer_id"))
        if press not in self._pressed:
            raise VkError(100, "event_id is invalid")
        data = params.get("event_data", "")
        if data and json.loads(data).get("type") not in ("show_snackbar", "open_link", "open_app"):
            raise VkError(100, "event_data is invalid")
        self._pressed.discard(press)
        return 1

    def _upload_server(self, params: _Params) -> dict[str, Any]:
        if params.get("peer_id"):
            self.dialogs.check(rules.integer(params, "peer_id"))
        return {"upload_url": f"{self.url}/upload", "album_id": -64, "user_id": 0, "group_id": self.group_id}


async def _params(request: web.Request) -> dict[str, str]:
    body = await request.post() if request.can_read_body else {}
    return {**request.query, **{key: value for key, value in body.items() if isinstance(value, str)}}
