"""The emulator refuses what VK refuses, and answers in the shape VK publishes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.emulator import Fault
from sandbox.vk import VkEmulator
from tests.contract import vk_spec
from tests.contract.vk_world import PNG

TOKEN = "vk-test-secret"


class Raw:
    """Calls methods over HTTP as any program would, without a library's help."""

    def __init__(self, vk: VkEmulator, session: aiohttp.ClientSession) -> None:
        self.vk, self.session = vk, session

    async def call(self, method: str, token: str = TOKEN, **params: Any) -> Any:
        query = {"access_token": token, "v": "5.199"}
        async with self.session.post(f"{self.vk.url}/method/{method}", params=query, data=params) as response:
            assert response.status == 200  # VK says 200 to everything
            return await response.json()

    async def send(self, **params: Any) -> Any:
        return await self.call("messages.send", **{"peer_id": 42, "random_id": 0, "message": "да", **params})

    async def code(self, **params: Any) -> int:
        """The error code of a send, 0 when it was accepted."""
        answer = await self.send(**params)
        return int(answer["error"]["error_code"]) if "error" in answer else 0

    async def poll(self, **changes: Any) -> Any:
        server = (await self.call("groups.getLongPollServer", group_id=1))["response"]
        query = {"act": "a_check", "key": server["key"], "ts": server["ts"], "wait": "0", **changes}
        async with self.session.get(server["server"], params=query) as response:
            return await response.json()


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    vk = VkEmulator(TOKEN)
    await vk.start()
    await vk.phone(42).say("здравствуйте")
    async with aiohttp.ClientSession() as session:
        yield Raw(vk, session)
    await vk.stop()


async def test_every_method_answers_in_the_published_shape(raw: Raw) -> None:
    vk_spec.needed()
    await raw.call("groups.getById")
    await raw.call("groups.getLongPollServer", group_id=1)
    await raw.call("groups.getLongPollSettings", group_id=1)
    await raw.call("groups.setLongPollSettings", group_id=1, enabled=1, api_version="5.199", message_new=1)
    await raw.call("users.get", user_ids="42,777")
    await raw.send()
    await raw.call("messages.send", peer_ids="42,777", random_id=7, message="всем")
    await raw.call("messages.setActivity", peer_id=42, type="typing")
    await upload(raw)
    assert [problem for call in raw.vk.calls for problem in vk_spec.problems(call)] == []
    assert [call.method for call in raw.vk.calls if "error" in call.answer] == []
    await raw.call("messages.send", message="кому?", random_id=1)
    assert vk_spec.object_problems("base_error", raw.vk.calls[-1].answer["error"]) == []


async def test_what_phones_send_has_the_published_shape(raw: Raw) -> None:
    vk_spec.needed()
    for phone in (raw.vk.phone(42), raw.vk.phone(42, chat_id=1)):
        await phone.start("flyer")
        await phone.share_location(55.75, 37.62)
        for what in ("sticker", "voice", "photo"):
            await phone.send(what)
    updates = (await raw.poll(ts="0"))["updates"]
    messages = [update["object"]["message"] for update in updates]
    assert len(messages) == 11
    assert [problem for one in messages for problem in vk_spec.object_problems("messages_message", one)] == []


async def test_the_judge_itself_finds_mistakes() -> None:
    vk_spec.needed()
    assert vk_spec.request_problems("messages.send", {"peer_id": "x"})
    assert vk_spec.request_problems("messages.send", {"no_such": "1"})
    assert vk_spec.request_problems("messages.send", {"keyboard": '{"buttons": [[{"action": {"type": "none"}}]]}'})
    assert vk_spec.request_problems("photos.saveMessagesPhoto", {"server": "1"})
    assert vk_spec.object_problems("messages_message", {"text": 5})


async def test_tokens_versions_and_unknown_methods(raw: Raw) -> None:
    wrong = await raw.call("messages.send", token="guess", message="да")
    assert wrong["error"]["error_code"] == 5
    assert "guess" not in json.dumps(wrong)
    assert (await raw.call("messages.fly"))["error"]["error_code"] == 3
    async with raw.session.post(f"{raw.vk.url}/method/users.get", data={"access_token": TOKEN}) as response:
        assert (await response.json())["error"]["error_code"] == 8
    async with raw.session.get(f"{raw.vk.url}/somewhere/else") as response:
        assert response.status == 400


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, 0),
        ({"peer_id": 777}, 901),
        ({"peer_id": 2_000_000_009}, 917),
        ({"peer_id": -5}, 936),
        ({"peer_id": "аня"}, 100),
        ({"peer_id": ""}, 100),
        ({"random_id": ""}, 100),
        ({"random_id": 2**31}, 100),
        ({"message": " "}, 100),
        ({"message": "ж" * 4096}, 0),
        ({"message": "ж" * 4097}, 914),
        ({"attachment": "photo-1_1"}, 100),
        ({"attachment": "elephant"}, 100),
        ({"peer_ids": ",".join(["42"] * 101)}, 100),
    ],
)
async def test_messages_vk_would_refuse(raw: Raw, params: dict[str, Any], code: int) -> None:
    assert await raw.code(**params) == code


def text(label: str = "Да", **fields: Any) -> dict[str, Any]:
    return {"action": {"type": "text", "label": label, **fields}}


@pytest.mark.parametrize(
    "keyboard",
    [
        "не JSON",
        "[]",
        "{}",
        '{"buttons": {}}',
        {"buttons": [[]]},
        {"buttons": [[text()] * 6]},
        {"buttons": [[text()]] * 11},
        {"buttons": [[text()] * 5] * 8 + [[text()]]},
        {"buttons": [[text()]] * 7, "inline": True},
        {"buttons": [[text()] * 5] * 2 + [[text()]], "inline": True},
        {"buttons": [], "inline": True},
        {"buttons": [[text()]], "inline": True, "one_time": True},
        {"buttons": [[text()]], "inline": "да"},
        {"buttons": [[text()]], "resize": True},
        {"buttons": [["Да"]]},
        {"buttons": [[text("")]]},
        {"buttons": [[text("ж" * 41)]]},
        {"buttons": [[text(payload="{")]]},
        {"buttons": [[text(payload=json.dumps("ж" * 254, ensure_ascii=False))]]},
        {"buttons": [[{"action": {"type": "teleport", "label": "Домой"}}]]},
        {"buttons": [[{**text(), "color": "default"}]]},
        {"buttons": [[{"action": {"type": "open_link", "label": "Сайт"}}]]},
        {"buttons": [[{"action": {"type": "open_link", "label": "Сайт", "link": "javascript:1"}}]]},
        {"buttons": [[{"action": {"type": "open_link", "label": "С", "link": "https://a.b"}, "color": "primary"}]]},
        {"buttons": [[{"action": {"type": "location", "label": "Где я"}}]]},
        {"buttons": [[{"action": {"type": "location"}}, text()]]},
    ],
)
async def test_keyboards_vk_would_not_draw(raw: Raw, keyboard: Any) -> None:
    body = keyboard if isinstance(keyboard, str) else json.dumps(keyboard, ensure_ascii=False)
    assert await raw.code(keyboard=body) == 911
    assert raw.vk.sent == []


@pytest.mark.parametrize(
    "keyboard",
    [
        {"buttons": []},
        {"buttons": [[text("ж" * 40, payload=json.dumps("ж" * 253, ensure_ascii=False))] * 5] * 8},
        {"buttons": [[{**text(), "color": "positive"}] * 5] * 2, "inline": True},
        {"buttons": [[{"action": {"type": "callback", "label": "Да", "payload": {"b": "x"}}}]], "inline": True},
        {"buttons": [[{"action": {"type": "location", "payload": "{}"}}]], "one_time": True},
    ],
)
async def test_keyboards_at_the_limit_are_drawn(raw: Raw, keyboard: Any) -> None:
    assert await raw.code(keyboard=json.dumps(keyboard, ensure_ascii=False)) == 0


async def test_a_random_id_is_remembered_for_a_hundred_messages_of_its_dialog(raw: Raw) -> None:
    await raw.vk.phone(43).say("и я")
    first = await raw.send(random_id=5)
    assert await raw.send(random_id=5, message="другие слова") == first
    assert await raw.send(random_id=5, peer_id=43) != first
    for number in range(100):
        await raw.send(random_id=1000 + number)
    assert await raw.send(random_id=5) != first


async def test_zero_switches_the_protection_off(raw: Raw) -> None:
    assert await raw.send(random_id=0) != await raw.send(random_id=0)


async def test_peer_ids_hide_the_error_inside_a_success(raw: Raw) -> None:
    answer = await raw.call("messages.send", peer_ids="42,777", random_id=9, message="всем")
    delivered, refused = answer["response"]
    assert (delivered["peer_id"], delivered["message_id"], "error" in delivered) == (42, 1, False)
    assert (refused["message_id"], refused["error"]["code"]) == (0, 901)


async def test_too_many_calls_a_second(raw: Raw) -> None:
    raw.vk.per_second = 3
    assert [await raw.code() for _ in range(5)] == [0, 0, 0, 6, 6]


async def test_a_captcha_comes_with_its_picture(raw: Raw) -> None:
    raw.vk.faults.append(Fault("reject", "messages.send", code=14))
    error = (await raw.send())["error"]
    assert error["captcha_sid"]
    assert error["captcha_img"]


async def test_polls_wait_hand_out_by_hundreds_and_forget(raw: Raw) -> None:
    assert await raw.poll() == {"ts": "1", "updates": []}
    raw.vk.flood(150, users=10)
    first = await raw.poll(ts="0")
    assert (len(first["updates"]), first["ts"]) == (100, "100")
    assert len((await raw.poll(ts="100"))["updates"]) == 51
    assert raw.vk.received == 100
    assert (await raw.poll(key="old"))["failed"] == 2
    assert (await raw.poll(ts="soon"))["failed"] == 3
    raw.vk.longpoll.forget_history(keep=10)
    assert await raw.poll(ts="0") == {"failed": 1, "ts": 141}
    assert await raw.poll(ts="999") == {"failed": 1, "ts": 151}


async def test_long_poll_that_is_off_says_so_and_brings_nothing(raw: Raw) -> None:
    await raw.call("groups.setLongPollSettings", group_id=1, message_new=0)
    await raw.vk.phone(42).say("в пустоту")
    assert (await raw.poll(ts="0"))["ts"] == "1"
    await raw.call("groups.setLongPollSettings", group_id=1, enabled=0)
    answer = await raw.call("groups.getLongPollServer", group_id=1)
    assert "not enabled" in answer["error"]["error_msg"]
    assert (await raw.call("groups.getLongPollServer", group_id=2))["error"]["error_code"] == 15


async def upload(raw: Raw, data: bytes = PNG) -> Any:
    url = (await raw.call("photos.getMessagesUploadServer"))["response"]["upload_url"]
    form = aiohttp.FormData()
    form.add_field("photo", data, filename="a.png", content_type="image/png")
    async with raw.session.post(url, data=form) as response:
        uploaded = json.loads(await response.text())
    return await raw.call("photos.saveMessagesPhoto", **uploaded)


async def test_a_photo_goes_through_three_calls(raw: Raw) -> None:
    photo = (await upload(raw))["response"][0]
    name = f"photo{photo['owner_id']}_{photo['id']}_{photo['access_key']}"
    assert await raw.code(message="", attachment=name) == 0
    assert raw.vk.phone(42).bot_said()[0].image == PNG


async def test_photos_that_are_none(raw: Raw) -> None:
    assert (await upload(raw, b"MZ a program"))["error"]["error_code"] == 100
    forged = json.dumps([{"photo": "f" * 32}])
    save: dict[str, Any] = {"server": 1, "hash": "x"}
    assert (await raw.call("photos.saveMessagesPhoto", photo=forged, **save))["error"]["error_code"] == 129
    assert (await raw.call("photos.saveMessagesPhoto", photo="{", **save))["error"]["error_code"] == 100


async def test_a_press_is_answered_once_and_by_its_own(raw: Raw) -> None:
    phone = raw.vk.phone(42)
    board = {"inline": True, "buttons": [[{"action": {"type": "callback", "label": "Да", "payload": '{"b":"x"}'}}]]}
    assert await raw.code(keyboard=json.dumps(board)) == 0
    await phone.press("Да")
    press = (await raw.poll(ts="1"))["updates"][0]
    assert (press["type"], press["object"]["payload"]) == ("message_event", {"b": "x"})
    answer: dict[str, Any] = {"event_id": press["object"]["event_id"], "user_id": 42, "peer_id": 42}
    stranger = await raw.call("messages.sendMessageEventAnswer", **(answer | {"user_id": 43}))
    assert stranger["error"]["error_code"] == 100
    assert await raw.call("messages.sendMessageEventAnswer", **answer) == {"response": 1}
    assert (await raw.call("messages.sendMessageEventAnswer", **answer))["error"]["error_code"] == 100
    with pytest.raises(KeyError):
        await phone.press("Такой кнопки нет")


async def test_the_remote_control_is_not_hit_by_faults(raw: Raw) -> None:
    raw.vk.faults.append(Fault("html", status=502))
    body = {"user": 50, "do": "say", "text": "издалека"}
    async with raw.session.post(f"{raw.vk.url}/_phone", json=body) as response:
        assert await response.json() == {"ok": True}
    assert raw.vk.phone(50).chat[0].text == "издалека"
