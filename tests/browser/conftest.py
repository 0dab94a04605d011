"""The sandbox as a visitor gets it: `tabletalk sandbox` in its own process, looked at with a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).parents[2]
#: Nothing here may leave the machine, whatever the browser would like to update.
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
_PATIENCE_MS = 20_000


@dataclass
class Window:
    """The open page, in the words of a visitor."""

    page: Page
    requested: list[str] = field(default_factory=list)  #: every address the browser asked for
    mistakes: list[str] = field(default_factory=list)  #: what its console complained of

    def phone(self, platform: str) -> Handset:
        return Handset(self.page.locator(f"[data-phone={platform}]"))

    def open_tab(self, title: str) -> Locator:
        """Click a tab of the spreadsheet; returns the grid."""
        self.page.locator(".sheet-tabs").get_by_role("button", name=title, exact=True).click()
        self.page.locator(".sheet-tabs button.on", has_text=title).wait_for()
        return self.page.locator(".sheet-grid")

    def undo(self) -> None:
        self.page.locator(".sheet-tools").get_by_role("button", name="Отменить", exact=True).click()

    def type_into(self, cell: Locator, text: str) -> None:
        cell.click()
        editor = self.page.locator(".sheet-grid textarea")
        editor.fill(text)
        editor.press("Enter")


@dataclass
class Handset:
    """One of the two phones."""

    body: Locator

    def say(self, text: str) -> None:
        self.body.get_by_label("Сообщение").fill(text)
        self.body.get_by_label("Сообщение").press("Enter")

    def press(self, label: str) -> None:
        """The newest button with this label."""
        self.body.get_by_role("button", name=label, exact=True).last.click()

    def hears(self, text: str) -> None:
        """Wait until the newest bubbles of the bot hold this text."""
        self.body.locator(".turn:not(.mine)", has_text=text).last.wait_for()

    @property
    def heard(self) -> list[str]:
        return self.body.locator(".turn:not(.mine) .bubble-text").all_inner_texts()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running sandbox; stopped as a terminal would stop it, and that must end it cleanly."""
    port = free_port()
    process = start_sandbox(port)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.strip() == f"Откройте http://127.0.0.1:{port}", line + process.stdout.read()
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def window(address: str) -> Iterator[Window]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed: apt install chromium, or name another one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(_PATIENCE_MS)
        window = Window(page)
        page.on("request", lambda request: window.requested.append(request.url))
        page.on("pageerror", lambda error: window.mistakes.append(str(error)))
        page.goto(address)
        page.locator("[data-sheet]").wait_for()
        yield window
        browser.close()


def start_sandbox(port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "app.cli", "sandbox", "--port", str(port)]
    # Under this variable NiceGUI would take itself for a part of the test run.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
