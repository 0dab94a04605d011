"""The Google surface itself: credentials, one funnel for errors, bounded retries, and a fence round every append."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.errors import SettingError, SheetError
from core.schema import Column, Type
from sandbox.emulator import Fault
from sandbox.google import GoogleEmulator
from sheets.budget import Budget
from sheets.google import GoogleSheet, open_google, sheet_key
from sheets.surface import Fence, Grid, NewRows, RefusedError, RowPatch, SheetTab, UncertainError

FENCE = Fence(77, "tabletalk-1", "abc")


@pytest.fixture
async def google() -> AsyncIterator[GoogleEmulator]:
    emulator = GoogleEmulator()
    await emulator.start()
    yield emulator
    await emulator.stop()


@pytest.fixture
async def sheet(google: GoogleEmulator) -> AsyncIterator[GoogleSheet]:
    surface = open_google(google.create("Клуб"), api_url=google.url)
    surface.pause = 0.01
    yield surface
    surface.close()


def owner_of(google: GoogleEmulator) -> Any:
    return google.owner(next(iter(google.books)))


def account(google: GoogleEmulator) -> dict[str, str]:
    """A service account's key file, as Google's console gives it out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return {
        "type": "service_account",
        "client_email": "bot@club.iam.gserviceaccount.com",
        "private_key": text,
        "private_key_id": "1",
        "token_uri": f"{google.url}/token",
    }


async def the_tab(sheet: GoogleSheet) -> SheetTab:
    (tab,) = await asyncio.to_thread(sheet.tabs)
    return tab


async def test_reads_every_tab_in_one_request(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    owner = owner_of(google)
    owner.add_tab("Кафе «У Ани»'s", ["Имя", "Цена"])
    owner.append_row("Кафе «У Ани»'s", {"Имя": "Чай", "Цена": "100,50"})
    titles = [tab.title for tab in await asyncio.to_thread(sheet.tabs)]
    before = google.reads
    grids = await asyncio.to_thread(sheet.read, titles)
    assert google.reads == before + 1
    assert grids == {"Лист1": Grid(), "Кафе «У Ани»'s": Grid((("Имя", "Цена"), ("Чай", 100.5)))}


async def test_a_service_account_signs_in_and_its_address_is_named_when_it_is_kept_out(
    google: GoogleEmulator, tmp_path: Path
) -> None:
    google.open_access = False
    file = tmp_path / "key.json"
    file.write_text(json.dumps(account(google)))
    number = google.create("Клуб")
    for credentials in (str(file), file.read_text()):
        surface = open_google(number, credentials, google.url)
        assert len(await asyncio.to_thread(surface.tabs)) == 1
        surface.close()
    google.forbidden.add(number)
    surface = open_google(number, credentials, google.url)
    with pytest.raises(RefusedError) as refused:
        await asyncio.to_thread(surface.tabs)
    assert "bot@club.iam.gserviceaccount.com" in refused.value.hint
    google.revoked = True
    fresh = open_google(number, credentials, google.url)
    with pytest.raises(RefusedError, match="ключ"):
        await asyncio.to_thread(fresh.tabs)
    surface.close()
    fresh.close()


@pytest.mark.parametrize("text", ["", "/нет/такого.json", "{не json", '{"type": "authorized_user"}', "[]"])
def test_wrong_credentials_are_refused_by_name_and_never_shown(text: str) -> None:
    with pytest.raises(SettingError) as refused:
        open_google("id", text)
    assert "GOOGLE_CREDENTIALS" in str(refused.value)
    assert "authorized_user" not in str(refused.value)


def test_a_broken_key_is_refused_without_its_content() -> None:
    key = {"type": "service_account", "client_email": "a@b", "private_key": "СЕКРЕТ", "token_uri": "http://x"}
    with pytest.raises(SettingError) as refused:
        open_google("id", json.dumps(key))
    assert "СЕКРЕТ" not in repr(refused.value)


def test_the_sheet_may_be_named_by_its_address() -> None:
    assert sheet_key("https://docs.google.com/spreadsheets/d/1AbC-d_E/edit#gid=0") == "1AbC-d_E"
    assert sheet_key(" 1AbC-d_E ") == "1AbC-d_E"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("reject", times=-1, status=503), UncertainError),
        (Fault("html", times=-1, status=502), UncertainError),
        (Fault("garbage", times=-1), UncertainError),
        (Fault("empty", times=-1), UncertainError),
        (Fault("drop", times=-1), UncertainError),
        (Fault("reject", times=-1, status=429), RefusedError),
        (Fault("reject", times=-1, status=403), RefusedError),
        (Fault("reject", times=-1, status=404), RefusedError),
    ],
)
async def test_every_failure_is_one_of_two_and_never_retried_for_ever(
    google: GoogleEmulator, sheet: GoogleSheet, fault: Fault, error: type[SheetError]
) -> None:
    google.faults.append(fault)
    with pytest.raises(error) as raised:
        await asyncio.to_thread(sheet.tabs)
    assert raised.value.hint
    assert len(google.journal) == (3 if error is UncertainError else 1)
    assert sheet.budget.used("read") == len(google.journal)


async def test_a_read_survives_one_bad_answer(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    google.faults.append(Fault("reject", status=500))
    assert len(await asyncio.to_thread(sheet.tabs)) == 1


async def test_nobody_listening_is_uncertain() -> None:
    surface = open_google("id", api_url="http://127.0.0.1:9")
    surface.pause = 0.01
    with pytest.raises(UncertainError):
        await asyncio.to_thread(surface.tabs)
    surface.close()


async def test_a_write_is_sent_once_and_only_once(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    tab = await the_tab(sheet)
    google.faults.append(Fault("reject", times=-1, status=503))
    before = len(google.journal)
    with pytest.raises(UncertainError):
        await asyncio.to_thread(sheet.append, [NewRows(tab, (Column("А"),), (("x",),))], FENCE)
    assert len(google.journal) == before + 1


async def test_settle_tells_applied_from_never(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    tab = await the_tab(sheet)
    rows = [NewRows(tab, (Column("А"),), (("x",),))]
    await asyncio.to_thread(sheet.append, rows, FENCE)
    assert await asyncio.to_thread(sheet.settle, FENCE) is True
    never = Fence(78, FENCE.group, "def")
    assert await asyncio.to_thread(sheet.settle, never) is False
    assert await asyncio.to_thread(sheet.settle, never) is False
    with pytest.raises(RefusedError):
        await asyncio.to_thread(sheet.append, rows, never)
    assert owner_of(google).read("Лист1") == [["x"]]


async def test_old_fences_are_swept_with_the_next_append(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    tab = await the_tab(sheet)
    rows = [NewRows(tab, (Column("А"),), (("x",),))]
    await asyncio.to_thread(sheet.append, rows, FENCE)
    for number in range(3):
        fence = Fence(100 + number, f"tabletalk-{number + 2}", "d", (f"tabletalk-{number + 1}",))
        await asyncio.to_thread(sheet.append, rows, fence)
    entries = next(iter(google.books.values())).now.metadata
    assert [entry.key for entry in entries.values()] == ["tabletalk-4"]


async def test_an_update_checks_the_row_and_the_header(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    owner = owner_of(google)
    for column, text in enumerate(["_id", "Имя", "Число"], 1):
        owner.set("Лист1", 1, column, text)
    for number in range(3):
        owner.append_row("Лист1", {"_id": f"r{number}", "Имя": f"имя {number}", "Число": str(number)})
    tab, header = await the_tab(sheet), ("_id", "Имя", "Число")
    fits = RowPatch(tab, 2, header, {0: "r0"}, {2: 10})
    stranger = RowPatch(tab, 3, header, {0: "r9"}, {2: 20})
    edited = RowPatch(tab, 4, header, {0: "r2", 1: "старое имя"}, {1: "новое"})
    assert await asyncio.to_thread(sheet.update, [fits, stranger, edited]) == [True, False, False]
    assert [row[2] for row in owner.read("Лист1")] == ["Число", "10", "1", "2"]
    owner.move_column("Лист1", "Число", 2)
    assert await asyncio.to_thread(sheet.update, [RowPatch(tab, 2, header, {0: "r0"}, {2: 99})]) == [False]
    assert "99" not in str(owner.read("Лист1"))


async def test_values_are_typed_and_never_parsed(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    tab = await the_tab(sheet)
    columns = (Column("А"), Column("Б", Type.NUMBER), Column("В", Type.DATE), None)
    await asyncio.to_thread(sheet.append, [NewRows(tab, columns, (("=1+2", 1234.5, 46154, ""),))], FENCE)
    assert owner_of(google).read("Лист1") == [["=1+2", "1234,5", "12.05.2026"]]
    grid = (await asyncio.to_thread(sheet.read, ["Лист1"]))["Лист1"]
    assert grid.rows == (("=1+2", 1234.5, 46154),)


async def test_no_secret_and_no_text_of_a_person_is_in_an_error(google: GoogleEmulator, sheet: GoogleSheet) -> None:
    tab = await the_tab(sheet)
    with pytest.raises(RefusedError) as refused:
        await asyncio.to_thread(sheet.append, [NewRows(tab, (Column("А"),), (("тайна" * 20_000,),))], FENCE)
    assert "тайна" not in str(refused.value)


def test_the_budget_counts_a_moving_minute() -> None:
    now = [0.0]
    budget = Budget(limit=3, clock=lambda: now[0])
    for _ in range(4):
        budget.spend("write")
        now[0] += 10
    assert (budget.used("write"), budget.left("write"), budget.left("read")) == (4, 0, 3)
    now[0] = 75
    assert (budget.used("write"), budget.left("write")) == (2, 1)


async def test_a_fence_refused_for_another_reason_is_not_taken_for_applied(
    google: GoogleEmulator, sheet: GoogleSheet
) -> None:
    google.faults.append(Fault("reject", ":batchUpdate", status=400))  # such as: no room left for marks
    assert await asyncio.to_thread(sheet.settle, FENCE) is False
