"""Starts emulators and bots as separate processes, each side on its own core, and reads their clocks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
_TICKS = os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))
WORLD_CORE, BOT_CORE = _CORES[0], _CORES[-1]


@contextlib.contextmanager
def process(*command: str, core: int, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A child pinned to a core, in a folder of its own; it is ended, by its own id, when the block ends."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
        ) as child,
    ):
        os.sched_setaffinity(child.pid, {core})
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(8)
            except subprocess.TimeoutExpired:
                child.kill()


@contextlib.contextmanager
def emulator(name: str) -> Iterator[dict[str, Any]]:
    """`tabletalk emulator NAME`: its address and made-up credentials."""
    with process("-m", "app.cli", "emulator", name, "--port", "0", core=WORLD_CORE) as child:
        assert child.stdout is not None
        yield json.loads(child.stdout.readline())


def call(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Talk to an emulator's remote control."""
    request = Request(url, data=json.dumps(body).encode() if body is not None else None)
    with urlopen(request, timeout=10) as answer:
        return dict(json.load(answer))


def sent(url: str) -> int:
    return int(call(f"{url}/_stats")["sent"])


def cpu_seconds(pid: int) -> float:
    """User and system time a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def until(reached: Any, seconds: float, what: str) -> None:
    """Wait for something, or say what did not happen."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.01)
