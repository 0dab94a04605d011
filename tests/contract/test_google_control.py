"""The remote control: another process makes a spreadsheet and acts as its owner."""

from __future__ import annotations

import asyncio
from typing import Any

import requests

from tests.contract.google_desk import Desk, desk


async def _post(d: Desk, path: str, **body: Any) -> requests.Response:
    return await asyncio.to_thread(requests.post, d.google.url + path, json=body, timeout=10)


async def test_the_owner_acts_from_another_process() -> None:
    async with desk() as d:
        d.id = (await _post(d, "/_sheet", title="Кафе")).json()["result"]
        await _post(d, "/_owner", sheet=d.id, do="add_tab", title="Меню", headers=["Блюдо", "Цена"])
        row = await _post(
            d, "/_owner", sheet=d.id, do="append_row", tab="Меню", cells={"Блюдо": "Суп", "Цена": "250,50"}
        )
        assert row.json() == {"ok": True, "result": 2}
        assert await d.raw("Меню!A1:B2") == [["Блюдо", "Цена"], ["Суп", 250.5]]
        shown = await _post(d, "/_owner", sheet=d.id, do="read", tab="Меню")
        assert shown.json()["result"] == [["Блюдо", "Цена"], ["Суп", "250,5"]]
        stats = await asyncio.to_thread(requests.get, d.google.url + "/_stats", timeout=10)
        assert stats.json()["result"] == {"reads": 1, "writes": 0}


async def test_faults_are_switched_on_and_off_from_another_process() -> None:
    async with desk() as d:
        await _post(d, "/_fault", kind="reject", status=503, times=-1, match="/v4/")
        assert (await d.ask("GET", "/values/A1")).status_code == 503
        await _post(d, "/_fault", kind="none")
        assert (await d.ask("GET", "/values/A1")).status_code == 200


async def test_mistakes_are_answered_with_their_reason() -> None:
    async with desk() as d:
        for path, body in (
            ("/_sheet", {}),
            ("/_owner", {"sheet": "nobody", "do": "tabs"}),
            ("/_owner", {"sheet": d.id, "do": "__init__"}),
            ("/_owner", {"sheet": d.id, "do": "read", "tab": "Нет"}),
            ("/_owner", {"sheet": d.id, "do": "read", "table": "Лист1"}),
            ("/_owner", {"sheet": d.id, "do": "delete_tab", "tab": "Лист1"}),
            ("/_fault", {"kind": "reject", "colour": "red"}),
        ):
            answer = await _post(d, path, **body)
            assert answer.status_code == 400
            assert answer.json()["error"]
