"""The sender on a real store: the order of a chat, refusals, lost answers, replies before broadcasts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.messages import Outcome, Outgoing, Reply, Sent
from store.store import TurnRecord
from tests.journeys.heart import Heart, Hearts, hearts


@pytest.fixture
def heart(tmp_path: Path) -> Hearts:
    return hearts(tmp_path / "bot.db")


def post(bot: Heart, *texts: str, chat: str = "telegram:1", priority: int = 0) -> None:
    outgoing = [Outgoing(f"{priority}/{chat}/{text}", chat, Reply(text)) for text in texts]
    bot.sender.enqueue(bot.store.commit([TurnRecord(None, chat, None, (), outgoing, priority)]))


async def test_a_refusal_for_now_keeps_the_order_of_its_chat(heart: Hearts) -> None:
    async with heart() as bot:
        bot.telegram.outcomes = [Sent(Outcome.RETRY, retry_after=0.01), Sent(Outcome.RETRY, retry_after=0.01)]
        post(bot, "раз", "два", "три")
        await bot.quiet()
        assert bot.telegram.to("1") == ["раз", "раз", "раз", "два", "три"]


async def test_a_lost_answer_is_repeated_once_and_no_more(heart: Hearts) -> None:
    async with heart() as bot:
        bot.telegram.outcomes = [Sent(Outcome.UNCERTAIN, retry_after=0.01)] * 2
        post(bot, "раз", "два")
        await bot.quiet()
        assert bot.telegram.to("1") == ["раз", "раз", "два"]


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.REJECTED])
async def test_a_final_refusal_is_not_repeated(heart: Hearts, outcome: Outcome) -> None:
    async with heart() as bot:
        bot.telegram.outcomes = [Sent(outcome, detail="403")]
        post(bot, "раз")
        await bot.quiet()
        assert bot.telegram.to("1") == ["раз"]
        assert bot.sender.recover() == 0
        assert bot.store.counts().failed == 1


async def test_replies_overtake_broadcasts(heart: Hearts) -> None:
    async with heart() as bot:
        bot.telegram.gate.clear()
        for user in range(100):
            post(bot, "рассылка", chat=f"telegram:{user}", priority=1)
        post(bot, "ответ", chat="telegram:999")
        await asyncio.sleep(0)
        bot.telegram.gate.set()
        await bot.quiet()
        place = bot.telegram.said.index(("telegram:999", "ответ"))
        assert place < 50  # only what was already on its way went first
        assert len(bot.telegram.said) == 101


async def test_messages_to_a_messenger_that_is_off_stay_stored(heart: Hearts) -> None:
    async with heart() as bot:
        post(bot, "привет", chat="vk:1")
        post(bot, "раз")
        await bot.until(lambda: bot.telegram.to("1") == ["раз"])
        await bot.until(lambda: bot.store.counts().unsent == 1)
        assert [item.outgoing.chat for item in bot.store.outbox_pending()] == ["vk:1"]


async def test_a_dead_token_is_told_and_keeps_the_message(heart: Hearts) -> None:
    async with heart() as bot:
        bot.telegram.outcomes = [Sent(Outcome.FATAL, detail="401")]
        post(bot, "раз")
        await bot.until(lambda: bot.fatal == ["telegram"])
        assert bot.store.counts().unsent == 1
