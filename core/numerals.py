"""Reads numbers as people write them: «1 234,50», «−5», «полтора», «сто двадцать пять», «2 тысячи»."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from core.values import fold

_DIGITS = re.compile(r"[+-]?(?:\d{1,3}(?: \d{3})+|\d{1,24})(?:[.,]\d{1,24})?")
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")
_MINUS = str.maketrans("−–—\u2010\u2011\u2012", "------")

# fmt: off
_UNITS = (
    "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "одиннадцать",
    "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать",
    "девятнадцать",
)
_TENS = ("двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
_HUNDREDS = ("сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот")
# fmt: on
_WORDS: dict[str, Decimal] = {
    **{word: Decimal(number) for number, word in enumerate(_UNITS)},
    **{word: Decimal(number * 10) for number, word in enumerate(_TENS, 2)},
    **{word: Decimal(number * 100) for number, word in enumerate(_HUNDREDS, 1)},
    **dict.fromkeys(("нуль", "нисколько"), Decimal(0)),
    **dict.fromkeys(("одна", "одну", "одно"), Decimal(1)),
    "две": Decimal(2),
    **dict.fromkeys(("полтора", "полторы"), Decimal("1.5")),
    **dict.fromkeys(("пол", "половина", "половину"), Decimal("0.5")),
}
_SCALES: dict[str, Decimal] = {
    **dict.fromkeys(("тысяча", "тысячу", "тысячи", "тысяч", "тыс", "тыс."), Decimal(1000)),
    **dict.fromkeys(("миллион", "миллиона", "миллионов", "млн", "млн."), Decimal(1_000_000)),
}


def digits(text: str) -> Decimal | None:
    """A number written with digits: comma or dot before the fraction, spaces between thousands; else None."""
    tidy = flat(text)
    if not _DIGITS.fullmatch(tidy):
        return None
    return Decimal(tidy.replace(" ", "").replace(",", "."))


def words(text: str) -> Decimal | None:
    """A number written with words, or with digits and a scale («2,5 тысячи»), up to millions; else None."""
    tokens = _HYPHEN.sub(" ", fold(flat(text))).split()
    half = tokens[-2:] == ["с", "половиной"]
    tokens = tokens[:-2] if half else tokens
    negative = bool(tokens) and tokens[0] == "минус"
    total = _sum(tokens[negative:])
    if total is None:
        return None
    total += Decimal("0.5") if half else 0
    return -total if negative else total


def _sum(tokens: list[str]) -> Decimal | None:
    """Groups in falling scale: [два] миллиона [триста сорок] тысяч [пять]."""
    total, group, last_scale = Decimal(0), list[Decimal](), Decimal("Infinity")
    for token in tokens:
        if (scale := _SCALES.get(token)) is not None:
            value = _group(group) if group else Decimal(1)
            if value is None or scale >= last_scale:
                return None
            total, group, last_scale = total + value * scale, [], scale
            continue
        word = _WORDS.get(token, digits(token))
        if word is None:
            return None
        group.append(word)
    if not group:
        return total if tokens else None
    rest = _group(group)
    return None if rest is None else total + rest


def _group(parts: list[Decimal]) -> Decimal | None:
    """«триста сорок пять» = 345, but «пять сорок» is not a number: every part must fit into the zeros before it."""
    total, room = Decimal(0), Decimal("Infinity")
    for part in parts:
        alone = part == 0 or part != part.to_integral()  # «ноль» and «полтора» join nothing
        if part >= room or (alone and len(parts) > 1):
            return None
        total += part
        room = Decimal(100) if part >= 100 else Decimal(10) if part >= 20 else Decimal(0)
    return total


def flat(text: str) -> str:
    """Digits of every script and keycap emoji become 0-9, every dash a minus, every space a space."""
    whole = unicodedata.normalize("NFC", text.replace("🔟", "10")).translate(_MINUS)
    kept = (character for character in whole if unicodedata.category(character) not in ("Mn", "Me", "Cf"))
    plain = "".join(str(digit) if (digit := unicodedata.decimal(c, None)) is not None else c for c in kept)
    return " ".join(plain.split())
