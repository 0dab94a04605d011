"""Texts with {names}: `{имя}`, `{погода.сейчас}`, `{имя|друг}`, `{минуты|минута|минуты|минут}`. Nothing more.

Values go in once and are never scanned again: braces typed by a person stay a person's braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from urllib.parse import quote

from core.errors import TabletalkError
from core.formula_values import number, plain
from core.values import Value, fold, is_empty
from core.wording import plural

#: Finds the value of a name given folded: «погода.сейчас».
Lookup = Callable[[str], Value]

_SECRET = re.compile(r"\{\s*секрет\s*:[^{}]*\}", re.IGNORECASE)
_NAME = re.compile(r"(?=[^{}|]*[^\W\d_])[\w№][^{}|:;\"\n]*")
_PAST_SITE = re.compile(r"[^/?#]*://[^/?#]*[/?#]")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?")
_LONGEST = 30  #: digits; longer numbers are shown as 1,5E+40
_SPACE = "\u00a0"  #: a no-break space keeps «1 234» on one line
_URL_SAFE = ":/?#[]@!$&'()*+,;=%"


class TemplateError(TabletalkError):
    """A text of the owner has a {name} that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One `{name}`; ``default`` stands in for an empty value, ``forms`` are the three plural forms."""

    name: str
    default: str = ""
    forms: tuple[str, str, str] | None = None

    def fill(self, value: Value) -> Value:
        """The value, its default, or the word form that agrees with it."""
        if is_empty(value):
            return self.default
        if self.forms is None:
            return value
        count = number(plain(value))
        return self.forms[2] if count is None else plural(count, *self.forms)


@dataclass(frozen=True, slots=True)
class Template:
    """A checked text, ready to be filled in any number of times. A plain ``str`` part is the owner's own text."""

    text: str
    parts: tuple[str | Slot, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Raises `TemplateError` in Russian; a brace that opens no name (a smiley, JSON) is ordinary text."""
        parts: list[str | Slot] = []
        at = plain_from = 0
        while (at := text.find("{", at)) >= 0:
            secret = _SECRET.match(text, at)
            slot, end = (None, secret.end()) if secret else _read_slot(text, at)
            if slot is not None:
                parts += [text[plain_from:at], slot]
                plain_from = end
            at = end
        parts.append(text[plain_from:])
        return cls(text, tuple(part for part in parts if part != ""))

    @property
    def names(self) -> frozenset[str]:
        """Every name it reads, folded."""
        return frozenset(part.name for part in self.parts if isinstance(part, Slot))

    @property
    def single(self) -> str:
        """The name when the text is exactly one plain `{name}` (its value may keep its type), else ""."""
        match self.parts:
            case (Slot(name=name, default="", forms=None),) if "|" not in self.text:
                return name
        return ""

    def render(self, lookup: Lookup) -> str:
        """The text for people. `{секрет:…}` of the owner stays for the sender; one in a value is defused."""
        return "".join(
            part if isinstance(part, str) else _defused(show(part.fill(lookup(part.name)))) for part in self.parts
        )

    def url_render(self, lookup: Lookup) -> str:
        """An address: every value is percent-encoded, so that it can only ever be one piece of path or query.

        An address that is a variable from its first character is taken whole; but where a secret goes, the site must
        be written by the owner himself.
        """
        filled = ""
        for part in self.parts:
            if isinstance(part, str):
                filled += part
                continue
            value = machine(part.fill(lookup(part.name)))
            in_site = not _PAST_SITE.match(filled)
            if in_site and _SECRET.search(self.text):
                raise TemplateError(f"В адресе с ключом сайт должен быть написан прямо, а не через {{{part.name}}}.")
            if not filled:
                filled = quote(value, safe=_URL_SAFE)
            elif in_site:
                filled += re.sub(r"[^\w-]", "", value)  # one word of the site's name, never another site
            elif value.strip(".") or "?" in filled:
                filled += quote(value, safe="")  # «..» alone would climb up the path, so it is dropped
        return filled


def _read_slot(text: str, at: int) -> tuple[Slot | None, int]:
    """The slot that opens at this brace, or None and where to look on when the brace is ordinary text."""
    close, nested = text.find("}", at), text.find("{", at + 1)
    glued = text[at + 1 : at + 2].isalpha()
    if close < 0 or 0 <= nested < close:
        if glued:
            raise TemplateError(f"Не вижу закрывающей скобки }} после «{text[at : at + 20]}».")
        if close >= 0 and text[at : at + 2] == "{{" and _NAME.fullmatch(text[at + 2 : close].strip()):
            raise TemplateError(f"Двойные скобки не нужны: напишите {{{text[at + 2 : close].strip()}}}.")
        return None, at + 1
    name, *choices = text[at + 1 : close].split("|")
    if not _NAME.fullmatch(name.strip()):
        if glued:
            raise TemplateError(f"Не понимаю «{text[at : close + 1]}». Имя пишется так: {{имя}}.")
        return None, at + 1
    if len(choices) not in (0, 1, 3):
        problem = f"В «{text[at : close + 1]}» должно быть либо одно слово по умолчанию, либо три формы."
        raise TemplateError(problem, "Например: {минуты|минута|минуты|минут}")
    forms = (choices[0].strip(), choices[1].strip(), choices[2].strip()) if len(choices) == 3 else None
    return Slot(fold(name), choices[0].strip() if len(choices) == 1 else "", forms), close + 1


def show(value: Value) -> str:
    """A value for people: «1 234,5», «−3», «да», «22.11.2026 10:00»."""
    value = plain(value)
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, Decimal):
        return _digits(value).replace(",", _SPACE).replace(".", ",").replace("-", "−")
    return _russian_date(value) if _ISO_DATE.fullmatch(value) else value


def machine(value: Value) -> str:
    """A value for an API: «1234.5», «-3», «true», dates as they are."""
    value = plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _digits(value).replace(",", "") if isinstance(value, Decimal) else value


def _digits(value: Decimal) -> str:
    """Plain digits in groups of three, without the noise of binary fractions: 0.1 + 0.2 is 0.3."""
    if abs(value.adjusted()) > _LONGEST:
        return f"{value:.6E}"
    rounded = value.quantize(Decimal("1e-10"), context=Context(2 * _LONGEST, ROUND_HALF_UP))
    text = f"{rounded:,f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _russian_date(text: str) -> str:
    try:
        if "T" in text:
            return f"{datetime.fromisoformat(text):%d.%m.%Y %H:%M}"
        return f"{date.fromisoformat(text):%d.%m.%Y}"
    except ValueError:
        return text


def _defused(shown: str) -> str:
    """A person who types `{секрет:КЛЮЧ}` must not make the sender put the key there."""
    return _SECRET.sub(lambda found: f"({found[0][1:-1]})", shown)
