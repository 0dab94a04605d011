"""Buttons of the scenario: how the «Кнопки» cell is read, and the tokens that let an old button still find its step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from core.errors import TabletalkError
from core.messages import Button, Does
from core.template import Template


class Aim(StrEnum):
    """What a button in the «Кнопки» cell is for."""

    JUMP = "jump"
    ANSWER = "answer"
    LINK = "link"
    PHONE = "phone"
    LOCATION = "location"
    COLUMN = "column"  #: `=Таблица.Столбец`: one button per row of a table


@dataclass(frozen=True, slots=True)
class ButtonSpec:
    """One button as the owner wrote it. ``target`` is a step, an address, or (table, column) joined by a dot."""

    label: Template
    aim: Aim
    target: str = ""


ButtonRows = tuple[tuple[ButtonSpec, ...], ...]


def read_buttons(cell: str) -> ButtonRows:
    """Lines of the cell are rows; `;` separates the buttons of a row. Raises `TabletalkError` in Russian."""
    lines = [line.strip() for line in cell.splitlines()]
    return tuple(
        tuple(_read_button(part.strip()) for part in line.split(";") if part.strip()) for line in lines if line
    )


def _read_button(text: str) -> ButtonSpec:
    if text.startswith("="):
        table, dot, column = text[1:].partition(".")
        if not dot or not table.strip() or not column.strip():
            raise TabletalkError(f"Кнопка «{text}»: жду =Таблица.Столбец.", "Например: =Упражнения.Название")
        return ButtonSpec(Template.parse(""), Aim.COLUMN, f"{table.strip()}.{column.strip()}")
    if text.startswith("@"):
        return _platform_button(text)
    label, arrow, target = (part.strip() for part in text.rpartition(">"))
    if not arrow:
        return ButtonSpec(Template.parse(text), Aim.ANSWER)
    label = label.rstrip("-–—= ")  # people draw the arrow as «->» too
    if not label or not target:
        raise TabletalkError(f"Кнопка «{text}»: слева от > жду подпись, справа шаг.", "Например: Погода > погода")
    aim = Aim.LINK if target.startswith(("https://", "http://")) else Aim.JUMP
    return ButtonSpec(Template.parse(label), aim, target)


def _platform_button(text: str) -> ButtonSpec:
    kinds = {
        "телефон": (Aim.PHONE, "Отправить мой номер"),
        "геопозиция": (Aim.LOCATION, "Отправить, где я"),
    }
    name, _, label = text[1:].partition(" ")
    if name.casefold() not in kinds:
        raise TabletalkError(f"Кнопка «{text}» мне незнакома.", "Бывают @телефон и @геопозиция.")
    aim, default = kinds[name.casefold()]
    return ButtonSpec(Template.parse(label.strip() or default), aim)


# Tokens. Telegram gives a button 64 bytes and Russian letters take two each, so names travel as 8-byte hashes; the
# hash of a step's key outlives restarts and edits of everything but its name.


def digest(text: str) -> str:
    """16 hex characters that stand for a step's key or an answer."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Token:
    """What a pressed button says. ``verb``: jump, answer, page or command."""

    verb: str
    step: str = ""  #: digest of the step's key
    detail: str = ""  #: digest of the answer, the page's number, or the command

    def text(self) -> str:
        return ".".join((self.verb, self.step, self.detail))

    @classmethod
    def read(cls, text: str) -> Token | None:
        """None for a token we did not make (another bot's button, a forged payload)."""
        parts = text.split(".")
        if len(parts) != 3 or parts[0] not in ("j", "a", "p", "c"):
            return None
        return cls(*parts)


def jump(label: str, step_key: str) -> Button:
    return Button(label, data=Token("j", digest(step_key)).text())


def answer(label: str, step_key: str, value: str) -> Button:
    return Button(label, data=Token("a", digest(step_key), digest(value)).text())


def page(label: str, step_key: str, number: int) -> Button:
    return Button(label, data=Token("p", digest(step_key), str(number)).text())


def command(label: str, name: str) -> Button:
    """A button for one of the always-there commands, by its ASCII name (see core/commands.py)."""
    return Button(label, data=Token("c", "", name).text())


def link(label: str, url: str) -> Button:
    return Button(label, Does.URL, url=url)
