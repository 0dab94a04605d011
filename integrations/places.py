"""What a person calls a city, made safe and clear for a weather service: `q` would also take IPs and airport codes."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

from core.effects import Place
from core.values import fold

MAX_NAME = 80
#: «г. Москва», «город Пермь», «пос. Лесной»: what people write before the name.
_KIND = re.compile(r"^(?:г|гор|город|пос|посёлок|поселок|село|деревня|д|станица)[.\s]\s*(?=\w)", re.IGNORECASE)
_REF = re.compile(r"id:\d{1,12}|-?\d{1,2}(?:\.\d{1,6})?,-?\d{1,3}(?:\.\d{1,6})?")
#: Words that weatherapi.com takes for commands.
_COMMANDS = frozenset({"bulk"})

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_ROMAN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
_LATIN = {letter: sound.strip("-") for letter, sound in zip(_CYRILLIC, _ROMAN.split(), strict=True)}
_UNDECOMPOSED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae"})


def clean(text: str) -> str:
    """Letters, spaces, hyphens, commas and dots only; "" when the text is no place name at all."""
    plain = unicodedata.normalize("NFKC", text)
    if ":" in plain or not any(char.isalpha() for char in plain):
        return ""
    kept = "".join(char if char.isalpha() or char in "-,." else " " for char in plain)
    name = " ".join(kept.split()).strip(" -,.")[:MAX_NAME].rstrip(" -,.")
    return "" if fold(name) in _COMMANDS else _KIND.sub("", name)


def spellings(text: str) -> tuple[str, ...]:
    """How to ask for this place: the best way first, then at most one other; empty when it is no name."""
    name = clean(text)
    if not name:
        return ()
    full = _full_names().get(fold(name), name)
    return tuple(dict.fromkeys((full, latin(full))))


def questions(place: Place) -> tuple[str, ...]:
    """What to put into `q` for a place: its reference when it has a sound one, its name otherwise."""
    by_name = spellings(place.name)
    return (place.ref, *by_name[:1]) if _REF.fullmatch(place.ref) else by_name


def latin(name: str) -> str:
    """Plain Latin letters: «Бобруйск» -> "Bobruysk", "Wrocław" -> "Wroclaw"."""
    letters = "".join(_latin_letter(char) for char in name).translate(_UNDECOMPOSED)
    return "".join(char for char in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(char))


def _latin_letter(char: str) -> str:
    letter = _LATIN.get(char.lower(), char)
    return letter.capitalize() if char.isupper() else letter


def shown(place: Place, understood: str) -> str:
    """The city as the answer names it: a person's own Russian spelling stays beside a foreign one."""
    if not place.name or fold(place.name) == fold(understood):
        return understood or place.name
    if place.ref:  # chosen from the service's own list
        return place.name
    if _is_cyrillic(place.name) and not _is_cyrillic(understood):
        return f"{place.name} ({understood})"
    return understood


def _is_cyrillic(text: str) -> bool:
    return re.search("[а-яё]", text, re.IGNORECASE) is not None


@cache
def _full_names() -> dict[str, str]:
    names = json.loads((files("integrations") / "place_names.json").read_text("utf-8"))
    return {fold(short): full for short, full in names.items()}
