"""Telegram through python-telegram-bot: its Bot over our transport, and a loop that stores before it confirms."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from typing import Any

import aiohttp
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

from core.errors import MessengerError, OutageError
from core.messages import Event, Outcome, Outgoing, Platform, Reply, Sent
from core.ports import Picture, Receive
from messengers.rendering import TELEGRAM_CAPABILITIES
from messengers.telegram_listening import POLL_SECONDS, Listening
from messengers.telegram_replies import DEAD_TOKEN, UNREACHABLE_HINT, WEBHOOK, is_stale_file, outcome, reply_markup
from messengers.telegram_updates import ALLOWED_UPDATES, event

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
SEND_SECONDS = 15.0
UPLOAD_SECONDS = 60.0
#: How long an answer may take beyond the wait it was asked for. A dead connection is noticed after this.
ANSWER_SECONDS = 1.5
REMEMBERED = 1000


class RefusedError(TelegramError):
    """Telegram itself answered ``ok: false``."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.code, self.description = int(body["error_code"]), str(body["description"])
        parameters = body.get("parameters") or {}
        self.retry_after = float(parameters.get("retry_after") or 0)
        self.new_chat_id = int(parameters.get("migrate_to_chat_id") or 0)
        super().__init__(f"{self.code} {self.description[:200]}")


class NotSentError(NetworkError):
    """The request certainly did not reach Telegram."""


class AnswerLostError(NetworkError):
    """The request went out, but no readable answer came: it may have been carried out."""


class AiohttpRequest(BaseRequest):
    """The library's seam for HTTP: its own httpx pool slows down with concurrency.

    No error quotes the address, because the address holds the token.
    """

    def __init__(self, trust_env: bool) -> None:
        self._trust_env = trust_env
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return SEND_SECONDS

    async def initialize(self) -> None:
        self._open()

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        seconds = SEND_SECONDS if read_timeout is BaseRequest.DEFAULT_NONE else float(read_timeout)
        timeout = aiohttp.ClientTimeout(CONNECT_SECONDS + seconds, sock_connect=CONNECT_SECONDS, sock_read=seconds)
        try:
            async with self._open().request(
                method, url, data=_form(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                status, payload = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSentError(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AnswerLostError(type(error).__name__) from None
        if status != 200:
            raise _failure(status, payload)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Unlike the library's own, never writes a body it cannot read into the log."""
        try:
            body = json.loads(payload)
        except ValueError:
            body = None
        if not isinstance(body, dict) or "result" not in body:
            raise AnswerLostError("unreadable answer")
        return body

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=self._trust_env, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


class TelegramMessenger:
    """One bot in Telegram."""

    platform: Platform = "telegram"
    capabilities = TELEGRAM_CAPABILITIES

    def __init__(self, token: str, api_url: str = "https://api.telegram.org", *, picture: Picture) -> None:
        # At DEBUG the library logs its address, which holds the token, and what people write.
        logging.getLogger("telegram").setLevel(logging.INFO)
        # A proxy from the environment is for the real Telegram, not for a Bot API server next door.
        self._requests = tuple(AiohttpRequest(trust_env=api_url.startswith("https:")) for _ in range(2))
        base = f"{api_url.rstrip('/')}/bot"
        self._bot = Bot(token, base_url=base, request=self._requests[0], get_updates_request=self._requests[1])
        self._picture = picture
        self._username, self._id = "", 0
        self._file_ids: dict[str, str] = {}  # by the picture's content key
        self._photos_sent: dict[str, str] = {}  # message ids by outgoing key, while the text is still owed
        self.listening = Listening(self._updates, _sent)

    async def start(self) -> str:
        me = await self._check("getMe")
        self._username, self._id = me["username"], me["id"]
        if (await self._check("getWebhookInfo")).get("url"):
            raise MessengerError(*WEBHOOK)
        return f"@{self._username}"

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    async def listen(self, position: str, receive: Receive) -> None:
        def read(update: dict[str, Any]) -> Event | None:
            return event(update, self._username, self._id, time.time())

        await self.listening.run(int(position) if position.isdecimal() else 0, read, receive)

    async def send(self, outgoing: Outgoing) -> Sent:
        chat_id = outgoing.chat.rpartition(":")[2]
        try:
            try:
                message_id = await self._deliver(chat_id, outgoing)
            except RefusedError as moved:  # the group became a supergroup and has a new id
                if not moved.new_chat_id:
                    raise
                message_id = await self._deliver(str(moved.new_chat_id), outgoing)
        except TelegramError as error:
            return _sent(error)
        return Sent(Outcome.SENT, ref=message_id)

    async def typing(self, chat: str) -> None:
        await self._attempt("sendChatAction", chat_id=chat.rpartition(":")[2], action="typing")

    async def acknowledge(self, press_id: str, chat: str, user_id: str) -> None:
        await self._attempt("answerCallbackQuery", callback_query_id=press_id)

    async def _updates(self, offset: int, wait: int) -> list[Any]:
        """Raw updates; the first poll after a failure asks without waiting and may take as long as a waiting one."""
        asked: dict[str, Any] = {"timeout": wait, "allowed_updates": list(ALLOWED_UPDATES)}
        if offset:
            asked["offset"] = offset
        updates = await self._call("getUpdates", POLL_SECONDS + ANSWER_SECONDS, **asked)
        if not isinstance(updates, list):
            raise AnswerLostError("unreadable answer")
        return updates

    async def _deliver(self, chat_id: str, outgoing: Outgoing) -> str:
        """Send the picture with its text; too long a text goes after it, an undeliverable picture leaves the text."""
        reply, key = outgoing.reply, outgoing.key
        markup = reply_markup(reply.keyboard, private=not chat_id.startswith("-"))
        extra: dict[str, Any] = {"reply_markup": markup} if markup else {}
        picture = None if key in self._photos_sent else await self._draw(reply)
        if picture is not None:
            whole = len(reply.text.encode("utf-16-le", "surrogatepass")) // 2 <= self.capabilities.extra["caption_max"]
            caption = {"caption": reply.text, **extra} if whole else {}
            try:
                photo_id = await self._photo(chat_id, *picture, caption)
            except RefusedError as error:
                if not reply.text or _sent(error).outcome is not Outcome.REJECTED:
                    raise
            else:
                if whole:
                    return photo_id
                _remember(self._photos_sent, key, photo_id)
        message_id, _ = await self._message("sendMessage", chat_id=chat_id, text=reply.text, **extra)
        self._photos_sent.pop(key, None)
        return message_id

    async def _draw(self, reply: Reply) -> tuple[bytes, str] | None:
        if reply.chart is None and not reply.image_url:
            return None
        try:
            return await self._picture(reply)
        except Exception as error:
            log.warning("picture not available: %s", type(error).__name__)
            return None

    async def _photo(self, chat_id: str, data: bytes, key: str, caption: dict[str, Any]) -> str:
        """Upload a picture once; later Telegram's own file id stands for it."""
        if file_id := self._file_ids.get(key):
            try:
                return (await self._message("sendPhoto", chat_id=chat_id, photo=file_id, **caption))[0]
            except RefusedError as error:
                if not is_stale_file(error.code, error.description):
                    raise
        upload = InputFile(data, filename="picture.png")
        message_id, file_id = await self._message("sendPhoto", chat_id=chat_id, photo=upload, **caption)
        _remember(self._file_ids, key, file_id)
        return message_id

    async def _message(self, method: str, **parameters: Any) -> tuple[str, str]:
        """Send; return the ids of the message and of its largest photo."""
        seconds = UPLOAD_SECONDS if isinstance(parameters.get("photo"), InputFile) else SEND_SECONDS
        message = await self._call(method, seconds, **parameters)
        try:
            return str(message["message_id"]), str(message["photo"][-1]["file_id"]) if "photo" in message else ""
        except (KeyError, IndexError, TypeError):
            raise AnswerLostError("unreadable answer") from None

    async def _check(self, method: str) -> dict[str, Any]:
        """A call that must work before we start; a network that is only just waking up gets a few seconds."""
        for pause in self.listening.pauses:
            try:
                return dict(await self._call(method, SEND_SECONDS))
            except TelegramError as error:
                if _sent(error).outcome is Outcome.FATAL:
                    raise MessengerError(*DEAD_TOKEN) from None
                cause = _name(error)
            await asyncio.sleep(pause)
        raise OutageError(f"Telegram не отвечает ({cause}).", UNREACHABLE_HINT)

    async def _attempt(self, method: str, **parameters: Any) -> None:
        try:
            await self._call(method, CONNECT_SECONDS, **parameters)
        except TelegramError as error:
            log.debug("%s: %s", method, _name(error))

    async def _call(self, method: str, seconds: float, **parameters: Any) -> Any:
        """Any Bot API method, raw: the typed ones parse the answer and lose all of it to one odd field.

        `do_api_request` warns when it knows a typed twin, so the name is given as its snake case, which it undoes.
        """
        endpoint = re.sub(r"([A-Z])", r"_\1", method)
        return await self._bot.do_api_request(endpoint, parameters, read_timeout=seconds)


def _form(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None or not request_data.contains_files:
        return request_data and request_data.json_parameters
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _failure(status: int, payload: bytes) -> TelegramError:
    """Only Telegram's own JSON is Telegram's word: a provider's 403 page must not look like a person's block."""
    try:
        return RefusedError(json.loads(payload))
    except (AttributeError, KeyError, TypeError, ValueError):
        certain = status < 500 or status == 503
        return (NotSentError if certain else AnswerLostError)(f"HTTP {status} from something that is not Telegram")


def _sent(error: Exception) -> Sent:
    if isinstance(error, RefusedError):
        return Sent(outcome(error.code, error.description), retry_after=error.retry_after, detail=_name(error))
    return Sent(Outcome.UNCERTAIN if isinstance(error, AnswerLostError) else Outcome.RETRY, detail=_name(error))


def _name(error: Exception) -> str:
    """The error for a log. Only ours may speak: others might quote an address or a person."""
    ours = isinstance(error, (RefusedError, NotSentError, AnswerLostError))
    return f"{type(error).__name__}: {error}" if ours else type(error).__name__


def _remember(memory: dict[str, str], key: str, value: str) -> None:
    """Keep the newest `REMEMBERED` keys."""
    memory[key] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
