"""VK through vkbottle's transport: raw updates in, one message out, and every library error translated at this edge."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from aiohttp import ClientError, ClientTimeout
from vkbottle import API, AiohttpClient, PhotoMessageUploader, VKAPIError
from vkbottle.api.request_rescheduler import ABCRequestRescheduler
from vkbottle.polling import BotPolling

from core.errors import MessengerError
from core.messages import Outcome, Outgoing, Platform, Reply, Sent
from core.ports import Picture, Receive
from messengers import vk_replies
from messengers.rendering import VK_CAPABILITIES
from messengers.vk_listening import Listener
from messengers.vk_profiles import Profiles
from messengers.vk_replies import NO_ANSWER, TOKEN_TRIES, RefusedError

_log = logging.getLogger(__name__)
# vkbottle logs whole requests and answers: people's words, which belong in no log.
logging.getLogger("vkbottle").setLevel(logging.CRITICAL)

_TIMEOUT_SECONDS = 10.0
#: A poll that is this much later than promised is dead: a living VK answers on time.
_POLL_GRACE_SECONDS = 5.0
_START_TRIES = 3
#: Before a refused token is tried again.
_DOUBT_SECONDS = 2.0
_BAD_PARAMETER = 100
_UPLOADS_REMEMBERED = 1000
_NEEDED_EVENTS = ("message_new", "message_event", "message_allow", "message_deny")
#: Events of old versions have other fields («body» for «text»).
_EVENTS_VERSION = "5.199"
_EVENTS_HINT = (
    "Включите в VK: Управление → Дополнительно → Работа с API → Long Poll API, версия 5.199; в типах событий отметьте "
    "входящие сообщения, действие с сообщением, разрешение и запрет на получение."
)


class _NoSecondCall(ABCRequestRescheduler):
    """vkbottle repeats a request after a broken answer and sleeps meanwhile; retries are the outbox's business."""

    async def reschedule(self, ctx_api: Any, method: str, data: dict[str, Any], recent_response: Any) -> dict[str, Any]:
        raise RefusedError(NO_ANSWER)


class _Client:
    """The calls we make through vkbottle. Every failure leaves here as a bare `RefusedError`."""

    def __init__(self, token: str, api_url: str, wait: int) -> None:
        # vkbottle's default client is one for the whole process, is never closed, and waits for 300 seconds.
        self._http = AiohttpClient(timeout=ClientTimeout(total=_TIMEOUT_SECONDS))
        self._api = API(token, http_client=self._http, request_rescheduler=_NoSecondCall())
        self._api.API_URL = api_url.rstrip("/") + "/"
        self._polling = BotPolling(self._api, wait=wait)
        self._uploader = PhotoMessageUploader(self._api)

    async def request(self, method: str, **params: Any) -> Any:
        with _translated():
            return (await self._api.request(method, params))["response"]

    async def server(self) -> dict[str, Any]:
        """A new Long Poll session; without a group id the token's own community is found first."""
        with _translated():
            server = await self._polling.get_server()
            return {name: server[name] for name in ("server", "key", "ts")}

    async def poll(self, server: dict[str, Any], ts: str) -> dict[str, Any]:
        with _translated():
            async with asyncio.timeout(self._polling.wait + _POLL_GRACE_SECONDS):
                answer = await self._polling.get_event({**server, "ts": ts})
        if not isinstance(answer, dict):
            raise RefusedError(NO_ANSWER)
        return answer

    async def upload(self, data: bytes) -> str:
        """The three calls of a picture; returns what messages.send takes as an attachment."""
        with _translated():
            server = await self._uploader.get_server()
            field = {"photo": self._uploader.get_bytes_io(data)}
            uploaded = await self._uploader.upload_files(server["upload_url"], field)
            if uploaded.get("photo", "[]") == "[]":  # how the upload server refuses a picture
                raise RefusedError(_BAD_PARAMETER)
            fields = {name: uploaded[name] for name in ("server", "photo", "hash")}
            photo = (await self.request("photos.saveMessagesPhoto", **fields))[0]
            own = ("photo", photo["owner_id"], photo["id"], photo.get("access_key"))
            return self._uploader.generate_attachment_string(*own)

    @property
    def group_id(self) -> int | None:
        return self._polling.group_id

    @group_id.setter
    def group_id(self, group_id: int | None) -> None:
        self._polling.group_id = group_id

    async def close(self) -> None:
        await self._http.close()


class VkMessenger:
    """A community's bot: implements `core.ports.Messenger`.

    ``wait`` is how long VK may hold a poll without events, ``pause`` the first of the growing waits after a failure.
    ``counters`` say what was skipped, lost or refused so far.
    """

    platform: Platform = "vk"
    capabilities = VK_CAPABILITIES

    def __init__(
        self,
        token: str,
        group_id: int | None = None,
        api_url: str = "https://api.vk.ru/method/",
        *,
        picture: Picture,
        wait: int = 20,
        pause: float = 0.5,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._client = _Client(token, api_url, wait)
        self._client.group_id = group_id
        self._profiles = Profiles(self._client.request)
        self._picture = picture
        self._uploads: dict[str, str] = {}
        self._pause = pause
        self._fatal_in_a_row = 0

    async def start(self) -> str:
        tries = 0
        while True:
            try:
                name = await self._identify()
                await self._switch_on_events()
            except RefusedError as refusal:
                tries += 1
                if refusal.verdict.outcome is not Outcome.RETRY or tries == _START_TRIES:
                    raise refusal.error() from None
                await asyncio.sleep(self._pause * tries)
            else:
                return name

    async def listen(self, position: str, receive: Receive) -> None:
        client = self._client
        listener = Listener(client, self._profiles, lambda: client.group_id, self.counters, self._pause)
        await listener.run(position, receive)

    async def send(self, outgoing: Outgoing) -> Sent:
        try:
            sent = Sent(Outcome.SENT, ref=str(await self._deliver(outgoing)))
        except RefusedError as refusal:
            sent = refusal.sent
        self._fatal_in_a_row = self._fatal_in_a_row + 1 if sent.outcome is Outcome.FATAL else 0
        if 0 < self._fatal_in_a_row < TOKEN_TRIES:
            return replace(sent, outcome=Outcome.RETRY, retry_after=_DOUBT_SECONDS)
        return sent

    async def typing(self, chat: str) -> None:
        with suppress(RefusedError):
            await self._client.request("messages.setActivity", peer_id=vk_replies.peer(chat), type="typing")

    async def acknowledge(self, press_id: str, chat: str, user_id: str) -> None:
        press = {"event_id": press_id, "user_id": user_id, "peer_id": vk_replies.peer(chat)}
        with suppress(RefusedError):
            await self._client.request("messages.sendMessageEventAnswer", **press)

    async def close(self) -> None:
        await self._client.close()

    async def _identify(self) -> str:
        """The community's name; refuses a token of a person or of another community."""
        with _translated():
            groups = (await self._client.request("groups.getById"))["groups"]
            own, name = (int(groups[0]["id"]), str(groups[0]["name"])) if groups else (None, "")
        wanted = self._client.group_id
        if own is None:
            raise MessengerError("VK_TOKEN — не ключ сообщества.", vk_replies.KEY_HINT)
        if wanted is not None and wanted != own:
            raise MessengerError(f"VK_TOKEN выдан сообществу {own}, а VK_GROUP_ID={wanted}.", "Исправьте одно из двух.")
        self._client.group_id = own
        return name

    async def _switch_on_events(self) -> None:
        """Without these VK delivers nothing and says nothing, so they are checked before listening."""
        group_id = self._client.group_id
        with _translated():
            settings = await self._client.request("groups.getLongPollSettings", group_id=group_id)
            missing = [name for name in _NEEDED_EVENTS if not settings["events"].get(name)]
            ready = settings["is_enabled"] and settings["api_version"] == _EVENTS_VERSION
        if ready and not missing:
            return
        wanted = {"enabled": 1, "api_version": _EVENTS_VERSION, **dict.fromkeys(missing, 1)}
        try:
            await self._client.request("groups.setLongPollSettings", group_id=group_id, **wanted)
        except RefusedError as refusal:
            if refusal.verdict.outcome is Outcome.RETRY:
                raise
            raise MessengerError("В сообществе выключен Long Poll или нужные события.", _EVENTS_HINT) from None

    async def _deliver(self, outgoing: Outgoing) -> int:
        params = vk_replies.message(outgoing)
        picture = await self._drawn(outgoing.reply)
        if picture is None:
            return await self._send(params)
        data, key = picture
        if attachment := self._uploads.get(key):
            try:
                return await self._send({**params, "attachment": attachment})
            except RefusedError as refusal:
                if refusal.code != _BAD_PARAMETER:
                    raise
                self._uploads.pop(key, None)  # perhaps VK no longer has the photo
        try:
            params["attachment"] = await self._upload(data, key)
        except RefusedError as refusal:
            if not outgoing.reply.text:
                raise
            _log.warning("A picture was not uploaded, its text goes alone: %s", refusal)
        return await self._send(params)

    async def _send(self, params: dict[str, Any]) -> int:
        with _translated():
            return int(await self._client.request("messages.send", **params))

    async def _drawn(self, reply: Reply) -> tuple[bytes, str] | None:
        if reply.chart is None and not reply.image_url:
            return None
        try:
            return await self._picture(reply)
        except Exception:  # words matter more than a picture
            _log.exception("A picture could not be drawn, its text goes alone")
            return None

    async def _upload(self, data: bytes, key: str) -> str:
        attachment = await self._client.upload(data)
        while len(self._uploads) >= _UPLOADS_REMEMBERED:
            del self._uploads[next(iter(self._uploads))]  # dicts keep order: the oldest goes first
        self._uploads[key] = attachment
        return attachment


@contextmanager
def _translated() -> Iterator[None]:
    """Library errors become `RefusedError`; a broken answer (HTML, cut JSON, missing fields) counts as no answer."""
    try:
        yield
    except VKAPIError as error:
        # No chaining: vkbottle's error carries the request, and with it the person's words.
        raise RefusedError(error.code) from None
    except (ClientError, TimeoutError, OSError, ValueError, TypeError, LookupError, AttributeError):
        raise RefusedError(NO_ANSWER) from None
