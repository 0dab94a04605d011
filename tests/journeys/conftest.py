"""The stage of the journeys: worlds live as long as the session, bots run inside it or beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.worlds import InProcess, Worlds, listening, new_world


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["same process", "tabletalk run"])
async def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worlds]:
    folder: Path = tmp_path_factory.mktemp("worlds")
    worlds = Worlds(await new_world(folder / "telegram"), await new_world(folder / "vk"))
    inside = [InProcess(world) for world in worlds.both] if request.param == "same process" else []
    for runner in inside:
        runner.start()
    if not inside:
        for world in worlds.both:
            await world.start_bot()
    for world in worlds.both:
        await listening(world)
    yield worlds
    for runner in inside:
        assert await runner.stop() == 0
    for world in worlds.both:
        assert await world.stop_bot() == 0
        await world.stop()
