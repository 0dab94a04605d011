"""Both ends of the wire obey Telegram's own specification: what the adapter asks, and what the emulator answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from core.messages import Button, Does, Keyboard
from sandbox.telegram import Call
from tests.contract.telegram_spec import BotApi
from tests.contract.telegram_stand import Stand, outgoing, stand

INLINE = Keyboard(((Button("Да", data="yes"), Button("Сайт", Does.URL, url="https://example.com")),))
MENU = Keyboard(((Button("Телефон", Does.PHONE), Button("Где я", Does.LOCATION)), (Button("Меню"),)), inline=False)


@pytest.fixture
def api() -> BotApi:
    return BotApi.load()


@pytest.fixture
async def world() -> AsyncIterator[Stand]:
    async with stand() as ready:
        yield ready


async def _everything(world: Stand) -> None:
    """A person does all a phone can do, in private and in a group, and the bot says all it can say."""
    anna, bot = world.telegram.phone(1, "Аня", username="anna"), world.bot
    group = world.telegram.phone(1, "Аня", chat_id=-1005)
    async with world.listening():
        await anna.start("promo")
        await bot.send(outgoing("Меню", keyboard=MENU))
        await anna.press("Телефон")
        await anna.press("Где я")
        await bot.send(outgoing("Вопрос", keyboard=INLINE))
        await anna.press("Да")
        for what in ("sticker", "voice", "photo"):
            await anna.send(what)
        await group.say("@tabletalk_bot кто первый?")
        await bot.send(outgoing("Вы!", chat=-1005, keyboard=MENU))
        await group.reply("спасибо")
        pressed = (await world.heard(9))[3]
        await bot.acknowledge(pressed.press_id, pressed.chat_id, pressed.user_id)
        await bot.typing("telegram:1")
        for _ in range(2):
            await bot.send(outgoing("График", image_url="chart", keyboard=INLINE))
        await bot.send(outgoing("Пока", keyboard=Keyboard((), inline=False)))
        await bot.send(outgoing("ы" * 5000))
        anna.block()
        await bot.send(outgoing("Ау?"))
        await anna.start()
        await world.heard(12)


async def test_adapter_and_emulator_speak_telegrams_language(api: BotApi, world: Stand) -> None:
    await _everything(world)
    used = {call.method for call in world.telegram.calls}
    assert used == {
        "getMe", "getWebhookInfo", "getUpdates", "sendMessage", "sendPhoto", "sendChatAction", "answerCallbackQuery",
    }  # fmt: skip
    assert [problem for call in world.telegram.calls for problem in api.problems(call)] == []
    assert {call.answer.get("error_code") for call in world.telegram.calls} == {None, 400, 403}


async def test_methods_only_others_use_obey_it_too(api: BotApi, world: Stand) -> None:
    await world.telegram.phone(1).start()
    sent = await world.bot.send(outgoing("Было", keyboard=INLINE))
    markup = '{"inline_keyboard": [[{"text": "Нет", "callback_data": "no"}]]}'
    place = {"chat_id": 1, "message_id": sent.ref}
    async with aiohttp.ClientSession() as client:
        for method, data in (
            ("editMessageText", {**place, "text": "Стало"}),
            ("editMessageReplyMarkup", {**place, "reply_markup": markup}),
            ("setMyCommands", {"commands": '[{"command": "menu", "description": "Меню"}]'}),
            ("deleteWebhook", {"drop_pending_updates": "false"}),
        ):
            async with client.post(f"{world.telegram.url}/bot123:test/{method}", data=data) as response:
                assert response.status == 200
                await response.read()
    assert [problem for call in world.telegram.calls for problem in api.problems(call)] == []
    assert [b.label for b in world.telegram.phone(1).chat[-1].buttons[0]] == ["Нет"]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (Call("sendMessage", {"chat_id": "1"}, {"ok": True, "result": {}}), "text is missing"),
        (Call("sendMessage", {"chat_id": "1", "text": "a", "txet": "b"}, {"ok": False}), "unknown txet"),
        (Call("getUpdates", {"timeout": '"3"'}, {"ok": True, "result": []}), "is not Integer"),
        (Call("getMe", {}, {"ok": True, "result": {"id": "1", "is_bot": True, "first_name": "Б"}}), "is not Integer"),
        (Call("getUpdates", {}, {"ok": True, "result": [{"message": {}}]}), "update_id is missing"),
        (Call("getMe", {}, {"ok": False, "reason": "?"}), "unknown reason"),
    ],
)
def test_the_checker_sees_mistakes(api: BotApi, call: Call, problem: str) -> None:
    assert any(problem in found for found in api.problems(call))
