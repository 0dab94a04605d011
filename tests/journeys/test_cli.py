"""The commands an operator types: init, check, emulator, sandbox --headless; clear words, right exit codes."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import requests

from sandbox.world import SandboxWorld
from tests.journeys.worlds import new_world


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[SandboxWorld]:
    world = await new_world(tmp_path / "world")
    yield world
    await world.stop()


async def test_init_builds_the_sheet_once_and_the_second_time_changes_nothing(world: SandboxWorld) -> None:
    owner = world.owner
    assert owner.tabs()[:3] == ["Сценарий", "Пользователи", "Рекомендации"]
    owner.set("Рекомендации", 2, "Рекомендация", "Моё")
    before = {tab: owner.read(tab) for tab in owner.tabs()}
    assert "менять нечего" in await world.command("init")
    assert {tab: owner.read(tab) for tab in owner.tabs()} == before


async def test_init_takes_another_recipe(tmp_path: Path) -> None:
    world = SandboxWorld(tmp_path)
    await world.google.start()
    world.vk.url = "http://127.0.0.1:1"
    world.sheet_id = world.google.create("Пустая")
    assert "Создал вкладки" in await world.command("init", "--recipe", "quote")
    assert any("favqs.com" in " ".join(row) for row in world.owner.read("Сценарий"))
    with pytest.raises(RuntimeError, match="Похоже, вы имели в виду «quote»"):
        await world.command("init", "--recipe", "quotes")
    await world.google.stop()


async def test_check_is_content_with_the_default_sheet(world: SandboxWorld) -> None:
    assert "Ошибок нет" in await world.command("check")


async def test_check_names_every_mistake_and_fails(world: SandboxWorld) -> None:
    owner = world.owner
    owner.set("Сценарий", owner.find("Сценарий", "Шаг", "цитата дня"), "Блок", "цыtата")
    owner.set("Рекомендации", 5, "Температура", ">= тепло")
    with pytest.raises(RuntimeError) as failure:
        await world.command("check")
    assert "шаг «цитата дня», столбец «Блок»" in str(failure.value)
    assert "«Рекомендации», строка 5, столбец «Температура»" in str(failure.value)


@pytest.mark.parametrize("name", ["telegram", "vk", "google", "weather", "quotes"])
async def test_each_emulator_starts_alone_and_stops_when_told(name: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "emulator", name, "--port", "0"), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = json.loads(await process.stdout.readline())["url"]
    assert url.startswith("http://127.0.0.1:")
    answer = await asyncio.to_thread(requests.get, f"{url}/no/such/path", timeout=5)
    assert answer.status_code >= 400 or "error" in answer.json()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_the_headless_sandbox_answers(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "sandbox", "--headless", "--data", str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    telegram = (await process.stdout.readline()).decode().partition(": ")[2].strip()

    def talk(**body: object) -> None:
        requests.post(f"{telegram}/_phone", json={"user": 1, "name": "Аня", **body}, timeout=5).raise_for_status()

    def screen() -> str:
        return requests.get(f"{telegram}/_phone?user=1", timeout=5).text

    await asyncio.to_thread(talk, do="start")
    async with asyncio.timeout(20):
        while "Как мне к вам обращаться" not in json.dumps(
            json.loads(await asyncio.to_thread(screen)), ensure_ascii=False
        ):
            await asyncio.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
