"""One journey per menu item: the same script in both messengers gives the same transcript."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tests.journeys.scripts import JOURNEYS
from tests.journeys.stage import Line, play
from tests.journeys.worlds import Worlds


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("script", JOURNEYS.values(), ids=JOURNEYS.keys())
async def test_same_dialogue_in_both_messengers(script: Sequence[Line], worlds: Worlds) -> None:
    person = worlds.somebody()
    telegram, vk = await asyncio.gather(
        play(script, worlds.telegram.telegram.phone(person, "Аня")), play(script, worlds.vk.vk.phone(person, "Аня"))
    )
    assert telegram == vk
