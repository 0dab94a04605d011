"""What a person types, as a typed value or as a warm sentence that says what to type instead."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.input_dates import read_date
from core.numerals import digits, flat, words
from core.phone import parse_phone, show_phone
from core.suggest import closest
from core.template import show
from core.values import Cell, fold
from core.wording import plural

Bound = Decimal | int | float | None

# fmt: off
_YES = frozenset((
    "да", "ага", "угу", "конечно", "хочу", "давай", "ок", "окей", "хорошо", "согласен", "согласна", "yes", "y", "true",
    "истина", "1", "+", "👍", "✅",
))
_NO = frozenset(("нет", "не", "неа", "нету", "no", "n", "false", "ложь", "0", "-", "−", "👎", "❌"))
# fmt: on
_ABOUT = re.compile(r"^(?:~|≈|около|примерно|где-то|почти|ровно)\s*")
_UNIT = re.compile(
    r"\s*(?:минут[аыу]?|мин|м|кг|килограмм\w*|кило|г|грамм\w*|см|сантиметр\w*|метр\w*|км|километр\w*|₽|р|руб|рубл\w*"
    r"|%|процент\w*|раза?|шт|штук[аи]?|лет|год|года|человека?|чел|день|дня|дней|шаг\w*|ккал|балл\w*|градус\w*|°c?)\.?$"
)
_HOURS = re.compile(r"(?P<hours>.*?)\s*(?:часа|часов|час|ч\.?)(?:\s*(?P<minutes>.*))?")
_HALF_HOUR = re.compile(r"(?:пол\s?часа|полчаса)")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w](?:[\w-]{0,61}\w)?\.)+[^\W\d_]{2,24}")
_EDGES = " \t.,!?…;:()«»\"'"


@dataclass(frozen=True, slots=True)
class Accepted:
    """``value`` goes into the table, ``shown`` is how to repeat it to the person."""

    value: Cell
    shown: str


@dataclass(frozen=True, slots=True)
class Refused:
    """``why`` is a whole Russian sentence or two, with an example."""

    why: str


def number(typed: str, low: Bound = None, high: Bound = None, unit: str = "") -> Accepted | Refused:
    """«1 234,50», «тридцать», «15 минут», «5️⃣». When ``unit`` is minutes, hours are understood: «полчаса», «1:30»."""
    found = _number(typed, fold(unit))
    example = _example(low, high)
    if found is None or abs(found) >= Decimal(10) ** 15:
        return Refused(f"Напишите, пожалуйста, одним числом. Например: {example}")
    too_low, too_high = low is not None and found < low, high is not None and found > high
    if too_low or too_high:
        edges = [f"от {show(low)}"] if low is not None else []
        edges += [f"до {show(high)}"] if high is not None else []
        return Refused(f"Нужно число {' '.join(edges)}. Например: {example}")
    value = int(found) if found == found.to_integral_value() else float(found)
    return Accepted(value, show(value))


def _number(typed: str, unit: str) -> Decimal | None:
    if len(typed) > 100:
        return None
    text = _ABOUT.sub("", fold(flat(typed)).strip(_EDGES))
    if unit.startswith("мин") and (minutes := _minutes(text)) is not None:
        return minutes
    if unit.startswith("час") and (hours := _HOURS.fullmatch(text)) and not hours["minutes"]:
        text = hours["hours"]
    bare = _UNIT.sub("", text, count=1)
    for candidate in (text, bare):
        if (found := _any_number(candidate)) is not None:
            return found
    return None


def _any_number(text: str) -> Decimal | None:
    found = digits(text)
    return words(text) if found is None else found


def _minutes(text: str) -> Decimal | None:
    """A length of time with hours in it, in minutes; None when no hours are named."""
    if clock := _CLOCK.fullmatch(text):
        return Decimal(clock[1]) * 60 + Decimal(clock[2])
    if _HALF_HOUR.fullmatch(text):
        return Decimal(30)
    match = _HOURS.fullmatch(text)
    if match is None:
        return None
    hours = _any_number(match["hours"]) if match["hours"] else Decimal(1)
    rest = (match["minutes"] or "").removeprefix("и ")
    minutes = _any_number(_UNIT.sub("", rest)) if rest else Decimal(0)
    return None if hours is None or minutes is None else hours * 60 + minutes


def _example(low: Bound, high: Bound) -> str:
    usual = Decimal(30)
    if low is not None and usual < low:
        return show(low)
    return show(high) if high is not None and usual > high else show(usual)


def date(typed: str, today: dt.date) -> Accepted | Refused:
    """«12.05.2026», «12 мая», «завтра»; without a year the nearest such day. The value is ISO text."""
    found = read_date(typed, today)
    if found is None:
        return Refused(f"Не разобрал дату. Напишите, например, так: {today:%d.%m.%Y} или «завтра».")
    return Accepted(found.isoformat(), f"{found:%d.%m.%Y}")


def phone(typed: str) -> Accepted | Refused:
    """A Russian or international number, kept as "+79161234567"."""
    found = parse_phone(flat(typed))
    if not found:
        return Refused("Кажется, в номере ошибка. Напишите его целиком, например: +7 916 123-45-67")
    return Accepted(found, show_phone(found))


def email(typed: str) -> Accepted | Refused:
    """An address that could exist; capital letters do not matter."""
    address = typed.strip().removeprefix("mailto:").lstrip("< ").rstrip(">. ").lower()
    local = address.partition("@")[0]
    if len(address) > 254 or not _EMAIL.fullmatch(address) or ".." in local or local.startswith("."):
        return Refused("Кажется, в адресе ошибка. Напишите почту целиком, например: anna@yandex.ru")
    return Accepted(address, address)


def text(typed: str, low: int = 1, high: int = 1000) -> Accepted | Refused:
    """Any words, freed of invisible control characters; right-to-left writing and emoji stay as they are."""
    kept = "".join(c for c in typed if c in "\n\t" or not _unwanted(c)).strip()
    if not any(unicodedata.category(c)[0] not in "CZ" for c in kept):
        return Refused("Напишите, пожалуйста, словами.")
    if len(kept) < low:
        return Refused(f"Слишком коротко: напишите хотя бы {_signs(low)}.")
    if len(kept) > high:
        return Refused(f"Слишком длинно: {_signs(len(kept))}. Уложитесь, пожалуйста, в {show(high)}.")
    return Accepted(kept, kept)


def _unwanted(character: str) -> bool:
    """Control characters, and marks that turn the direction of everything after them, other people's lines included."""
    turns = unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return turns or unicodedata.category(character) in ("Cc", "Cs")


def _signs(count: int) -> str:
    return f"{show(count)} {plural(count, 'знак', 'знака', 'знаков')}"


def flag(typed: str) -> Accepted | Refused:
    """«да», «ага», «+», «нет», «не»…"""
    word = fold(typed).strip(" .,!?…")
    if word in _YES:
        return Accepted(True, "да")
    if word in _NO:
        return Accepted(False, "нет")
    return Refused("Ответьте, пожалуйста, «да» или «нет».")


def choice(typed: str, options: Sequence[str]) -> Accepted | Refused:
    """One of the options: word for word, by its number, by its beginning, or with a small typo.

    A guess is made only when nothing else is as near: «масква» is Москва unless Маскат is on the list too.
    """
    wanted = _bare(typed)
    if not wanted or not options:
        return _ask(options)
    for candidates in (
        [option for option in options if _bare(option) == wanted],
        _by_number(wanted, options),
        [option for option in options if len(wanted) > 1 and _bare(option).startswith(wanted)],
        _alike(wanted, options),
    ):
        distinct = list(dict.fromkeys(candidates))
        if len(distinct) == 1:
            return Accepted(distinct[0], distinct[0])
        if distinct:
            return _ask(distinct)
    return _ask(options)


def _by_number(wanted: str, options: Sequence[str]) -> list[str]:
    """Options that are numbers are compared as numbers; otherwise «2» means the second one."""
    found = _number(wanted, "")
    if found is None:
        return []
    as_numbers = [_number(option, "") for option in options]
    if any(value is not None for value in as_numbers):
        return [option for option, value in zip(options, as_numbers, strict=True) if value == found]
    return [options[int(found) - 1]] if found in range(1, len(options) + 1) else []


def _alike(wanted: str, options: Sequence[str]) -> list[str]:
    near = closest(wanted, options)
    rival = closest(wanted, [option for option in options if option != near])
    return [option for option in (near, rival) if option]


def _bare(option: str) -> str:
    """Without case, «ё», emoji and punctuation around: «🏃 Бег…» is «бег»."""
    letters = "".join(c for c in flat(option) if unicodedata.category(c) not in ("So", "Sk", "Cf"))
    return fold(letters).strip(_EDGES) or fold(option)


def _ask(options: Sequence[str]) -> Refused:
    if not options:
        return Refused("Выберите, пожалуйста, один из вариантов.")
    named = [f"«{option}»" for option in options[:5]]
    listed = " или ".join(named) if len(named) == 2 else ", ".join(named)
    return Refused(f"Выберите, пожалуйста: {listed}{'…' if len(options) > len(named) else '.'}")
