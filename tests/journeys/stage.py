"""Plays one script on a phone and writes down what both sides said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.phone import Phone, Shown

_PATIENCE = 20.0
#: After the last expected message nothing more may come for this long.
_QUIET = 0.3


@dataclass(frozen=True)
class Line:
    """The person does something; the bot answers with exactly these messages, each holding its fragment."""

    does: str  #: start, say, press, send or place
    what: str
    hears: tuple[str, ...]
    buttons: tuple[str, ...] = ()  #: labels that must be offered


def start(*hears: str) -> Line:
    return Line("start", "", hears)


def say(what: str, *hears: str, buttons: Sequence[str] = ()) -> Line:
    return Line("say", what, hears, tuple(buttons))


def press(what: str, *hears: str, buttons: Sequence[str] = ()) -> Line:
    return Line("press", what, hears, tuple(buttons))


def send(what: str, *hears: str) -> Line:
    return Line("send", what, hears)


async def play(script: Sequence[Line], phone: Phone) -> list[str]:
    """The transcript: what the person did, what the bot said, its buttons and whether there was a picture."""
    transcript: list[str] = []
    for line in script:
        before = len(phone.chat)
        await _do(line, phone)
        heard = await _hear(phone, before, len(line.hears), line)
        for fragment, bubble in zip(line.hears, heard, strict=True):
            assert fragment in bubble.text, f"{line.does} {line.what!r}: {fragment!r} is not in {bubble.text!r}"
        offered = [button.label for bubble in heard for row in bubble.buttons for button in row]
        offered += [button.label for row in phone.keyboard for button in row]
        assert set(line.buttons) <= set(offered), f"{line.what!r}: {line.buttons} not all in {offered}"
        transcript.append(f"> {line.does} {line.what}")
        transcript += [_written(bubble) for bubble in heard]
    await asyncio.sleep(_QUIET)
    extra = phone.bot_said(len(phone.chat) - 1) if phone.chat and not phone.chat[-1].mine else []
    assert len(extra) <= 1
    return transcript


async def _do(line: Line, phone: Phone) -> None:
    match line.does:
        case "start":
            await phone.start()
        case "say":
            await phone.say(line.what)
        case "press":
            await phone.press(line.what)
        case "send":
            await phone.send(line.what)


async def _hear(phone: Phone, before: int, count: int, line: Line) -> list[Shown]:
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while len(heard := phone.bot_said(before)) < count:
        if asyncio.get_running_loop().time() > deadline:
            said = [bubble.text for bubble in heard]
            raise AssertionError(f"{line.does} {line.what!r}: waited for {count} answers, got {said}")
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.03)
    heard = phone.bot_said(before)
    assert len(heard) == count, f"{line.does} {line.what!r}: {count} answers expected, got {[b.text for b in heard]}"
    return heard


def _written(bubble: Shown) -> str:
    labels = [[button.label for button in row] for row in bubble.buttons]
    return f"< {bubble.text}{' [picture]' if bubble.image else ''}{f' {labels}' if labels else ''}"
