"""The emulated Telegram refuses what the real one refuses, in its words, however the request is made."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.telegram import TelegramEmulator
from sandbox.telegram_queue import CONFLICT
from tests.contract.telegram_stand import png, until


class Client:
    """Plain HTTP to the emulator, as any Bot API client would speak it."""

    def __init__(self, telegram: TelegramEmulator, session: aiohttp.ClientSession) -> None:
        self.telegram = telegram
        self._session = session

    async def call(self, method: str, token: str = "123:test", **request: Any) -> dict[str, Any]:
        async with self._session.post(f"{self.telegram.url}/bot{token}/{method}", **request) as response:
            body: dict[str, Any] = await response.json()
            assert response.status == body.get("error_code", 200)
            return body

    async def control(self, verb: str, path: str, **request: Any) -> tuple[int, dict[str, Any]]:
        async with self._session.request(verb, self.telegram.url + path, **request) as response:
            return response.status, await response.json()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    telegram = TelegramEmulator()
    await telegram.start()
    async with aiohttp.ClientSession() as session:
        yield Client(telegram, session)
    await telegram.stop()


def inline(**button: Any) -> str:
    return json.dumps({"inline_keyboard": [[button]]})


def keys(**button: Any) -> str:
    return json.dumps({"keyboard": [[button]]})


TEXT_BUTTON = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"


@pytest.mark.parametrize(
    ("method", "data", "description"),
    [
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": " \n "}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "я" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": 1, "text": "🏃" * 2049}, "message is too long"),
        ("sendMessage", {"text": "а"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 404, "text": "а"}, "chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "а"}, "chat not found"),
        ("sendMessage", {"chat_id": 1, "text": "а", "parse_mode": "HTML"}, "this emulator shows plain text only"),
        ("sendMessage", {"reply_markup": "{"}, "can't parse reply markup JSON object"),
        ("sendMessage", {"reply_markup": "[]"}, "object expected as reply markup"),
        ("sendMessage", {"reply_markup": inline(text="а", callback_data="я" * 33)}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {"reply_markup": inline(text="а", callback_data="")}, TEXT_BUTTON),
        ("sendMessage", {"reply_markup": inline(text="а", request_contact=True)}, TEXT_BUTTON),
        (
            "sendMessage",
            {"reply_markup": inline(callback_data="а")},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            "sendMessage",
            {"reply_markup": inline(text=5, callback_data="а")},
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (
            "sendMessage",
            {"reply_markup": inline(text="а", url="not-a-url")},
            "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            "sendMessage",
            {"reply_markup": inline(text="а", url="ftp://example.com")},
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (
            "sendMessage",
            {"chat_id": -5, "reply_markup": keys(text="а", request_contact=True)},
            "phone number can be requested in private chats only",
        ),
        (
            "sendMessage",
            {"chat_id": -5, "reply_markup": keys(text="а", request_location=True)},
            "location can be requested in private chats only",
        ),
        (
            "sendMessage",
            {"reply_markup": json.dumps({"inline_keyboard": [[{"text": "а", "callback_data": "а"}]] * 101})},
            "reply markup is too long",
        ),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        ("sendPhoto", {"chat_id": 1, "photo": "AgAC-gone"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"chat_id": 1, "photo": "AgAC", "caption": "я" * 1025}, "message caption is too long"),
        ("sendPhoto", {"photo": b"text"}, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": png(2100, 100)}, "PHOTO_INVALID_DIMENSIONS"),
        ("sendChatAction", {"chat_id": 1, "action": "dancing"}, "wrong parameter action in request"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "5"},
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("editMessageText", {"chat_id": 1, "message_id": 5, "text": "а"}, "message to edit not found"),
        ("banChatMember", {"chat_id": 1}, "method banChatMember is not in this emulator"),
    ],
)
async def test_what_telegram_refuses(client: Client, method: str, data: dict[str, Any], description: str) -> None:
    await client.telegram.phone(1).start()
    client.telegram.phone(1, chat_id=-5)
    if "reply_markup" in data:
        data = {"chat_id": 1, "text": "а", **data}
    if isinstance(data.get("photo"), bytes):
        form = aiohttp.FormData({"chat_id": "1"})
        form.add_field("photo", data["photo"], filename="a.png")
        answer = await client.call(method, data=form)
    else:
        answer = await client.call(method, data=data)
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}
    assert client.telegram.sent == []


@pytest.mark.parametrize("text", ["я" * 4096, "🏃" * 2048])
async def test_the_longest_text_is_taken(client: Client, text: str) -> None:
    await client.telegram.phone(1).start()
    assert (await client.call("sendMessage", data={"chat_id": 1, "text": text}))["ok"]


async def test_a_request_may_come_in_any_of_telegrams_forms(client: Client) -> None:
    phone = client.telegram.phone(1)
    await phone.start()
    markup = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    body = {"chat_id": 1, "text": "привет", "reply_markup": markup}
    fields = {"chat_id": "1", "text": "привет", "reply_markup": json.dumps(markup)}
    form = aiohttp.FormData(fields)
    form.add_field("unused", b"", filename="makes.it-multipart")
    for request in ({"json": body}, {"data": fields}, {"params": fields}, {"data": form}):
        assert (await client.call("SendMessage", **request))["ok"]
    shown = phone.bot_said()
    assert [(bubble.text, bubble.buttons[0][0].label) for bubble in shown] == [("привет", "Да")] * 4
    assert not (await client.call("getMe", data="[1]", headers={"Content-Type": "application/json"}))["ok"]


@pytest.mark.parametrize(
    ("token", "method", "code", "description"),
    [
        ("123:wrong", "getMe", 401, "Unauthorized"),
        ("wrong", "getMe", 404, "Not Found"),
        ("123:test", "sing", 404, "Not Found"),
    ],
)
async def test_strangers_are_refused(client: Client, token: str, method: str, code: int, description: str) -> None:
    answer = await client.call(method, token)
    assert answer == {"ok": False, "error_code": code, "description": description}


async def test_updates_stay_until_an_offset_confirms_them(client: Client) -> None:
    client.telegram.flood(5, users=2)

    async def ask(**data: int) -> list[int]:
        return [update["update_id"] for update in (await client.call("getUpdates", data=data))["result"]]

    ids = await ask()
    assert len(ids) == 5
    assert await ask(limit=2) == ids[:2]
    assert await ask(offset=ids[0]) == ids
    assert await ask(offset=ids[2]) == ids[2:]
    assert await ask(offset=-1) == ids[4:]
    assert await ask(offset=ids[4] + 1) == []
    assert client.telegram.received == 5


async def test_a_poll_waits_for_news_and_a_second_poller_ends_it(client: Client) -> None:
    first = asyncio.create_task(client.call("getUpdates", data={"timeout": 50}))
    await until(lambda: client.telegram.updates.waiting)
    second = asyncio.create_task(client.call("getUpdates", data={"timeout": 50}))
    assert await first == {"ok": False, "error_code": 409, "description": CONFLICT}
    await client.telegram.phone(1).say("новость")
    assert [update["message"]["text"] for update in (await second)["result"]] == ["новость"]


async def test_a_webhook_silences_polling(client: Client) -> None:
    client.telegram.webhook = "https://example.com/hook"
    assert (await client.call("getUpdates"))["error_code"] == 409
    assert (await client.call("getWebhookInfo"))["result"]["url"] == client.telegram.webhook
    await client.call("deleteWebhook")
    assert (await client.call("getUpdates"))["ok"]


async def test_limits_per_second_can_be_switched_on(client: Client) -> None:
    await client.telegram.phone(1).start()
    client.telegram.throttle.per_second = 2
    answers = [await client.call("sendMessage", data={"chat_id": 1, "text": "а"}) for _ in range(3)]
    assert [answer["ok"] for answer in answers] == [True, True, False]
    assert answers[2]["parameters"] == {"retry_after": 1}
    assert answers[2]["description"] == "Too Many Requests: retry after 1"


async def test_an_unchanged_message_is_not_edited(client: Client) -> None:
    phone = client.telegram.phone(1)
    await phone.start()
    sent = (await client.call("sendMessage", data={"chat_id": 1, "text": "было"}))["result"]
    place = {"chat_id": 1, "message_id": sent["message_id"]}
    assert "not modified" in (await client.call("editMessageText", data={**place, "text": "было"}))["description"]
    assert (await client.call("editMessageText", data={**place, "text": "стало"}))["ok"]
    assert [bubble.text for bubble in phone.bot_said()] == ["стало"]


async def test_privacy_mode_hides_what_is_not_for_the_bot(client: Client) -> None:
    client.telegram.privacy = True
    anna = client.telegram.phone(1, chat_id=-5)
    for text in ("между собой", "/top", "@tabletalk_bot привет"):
        await anna.say(text)
    found = (await client.call("getUpdates"))["result"]
    assert [update["message"]["text"] for update in found] == ["/top", "@tabletalk_bot привет"]
    assert [update["message"]["entities"][0]["type"] for update in found] == ["bot_command", "mention"]


async def test_a_phone_presses_only_what_it_shows(client: Client) -> None:
    phone = client.telegram.phone(1)
    await phone.start()
    with pytest.raises(KeyError):
        await phone.press("Меню")
    markup = json.dumps({"keyboard": [["Меню"]], "one_time_keyboard": True})
    await client.call("sendMessage", data={"chat_id": 1, "text": "выбирайте", "reply_markup": markup})
    await client.call("sendMessage", data={"chat_id": 1, "text": "б", "reply_markup": inline(text="Сайт", url="ya.ru")})
    await phone.press("Меню")
    await phone.press("Сайт")
    assert phone.keyboard == []
    updates = (await client.call("getUpdates"))["result"]
    assert [update["message"]["text"] for update in updates] == ["/start", "Меню"]
    assert [bubble.mine for bubble in phone.chat] == [True, False, False, True]


async def test_the_remote_control_drives_phones_floods_and_faults(client: Client) -> None:
    for action in (
        {"do": "start", "ref": "promo", "name": "Олег"},
        {"do": "say", "text": "привет"},
        {"do": "location", "latitude": 55.7, "longitude": 37.6},
        {"do": "contact", "phone": "+79160000000"},
        {"do": "send", "what": "voice"},
    ):
        assert (await client.control("POST", "/_phone", json={"user": 7, **action}))[0] == 200
    markup = json.dumps({"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]})
    await client.call("sendMessage", data={"chat_id": 7, "text": "Идём?", "reply_markup": markup})
    await client.control("POST", "/_phone", json={"user": 7, "do": "press", "label": "Да"})
    screen = (await client.control("GET", "/_phone?user=7"))[1]
    assert [bubble["text"] for bubble in screen["chat"]][-1] == "Идём?"
    assert screen["chat"][-1]["buttons"] == [[{"label": "Да", "kind": "say", "url": ""}]]
    await client.control("POST", "/_phone", json={"user": 7, "do": "block"})
    await client.control("POST", "/_flood", json={"count": 30, "users": 3})
    await client.control("POST", "/_fault", json={"kind": "reject", "match": "getMe", "code": 429, "seconds": 4})
    assert (await client.call("getMe"))["parameters"] == {"retry_after": 4}
    assert (await client.call("getMe"))["ok"]
    assert len((await client.call("getUpdates"))["result"]) == 37
    await client.call("getUpdates", data={"offset": -1})
    assert (await client.control("GET", "/_stats"))[1] == {"sent": 1, "received": 36}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_phone", {"do": "say", "text": "кто я?"}),
        ("/_phone", {"user": 7, "do": "dance"}),
        ("/_phone", {"user": 7, "do": "press", "label": "нет такой"}),
        ("/_phone", {"user": 7, "do": "send", "what": "elephant"}),
        ("/_phone", []),
        ("/_flood", {"count": "много"}),
        ("/_fault", {"kind": "reject", "colour": "red"}),
    ],
)
async def test_a_mistake_at_the_remote_control_is_told(client: Client, path: str, body: Any) -> None:
    status, answer = await client.control("POST", path, json=body)
    assert status == 400
    assert answer["error"]
