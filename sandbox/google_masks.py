"""Field masks: «sheets(properties.title,data)» names what a client wants to read, or what it wants to write."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from sandbox.google_errors import InvalidError

#: Nested names; an empty mask means everything below.
Mask: TypeAlias = "dict[str, Mask]"

_TOKEN = re.compile(r"[\w*]+|[().,/]")


def parse_mask(text: str) -> Mask:
    """The tree of a mask; "" and "*" are everything."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise InvalidError(f"Invalid field mask: {text}")
    mask, rest = _fields(tokens, text)
    if rest:
        raise InvalidError(f"Invalid field mask: {text}")
    return {} if "*" in mask else mask


def _fields(tokens: list[str], text: str) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while tokens and tokens[0] != ")":
        node = mask
        while tokens and (tokens[0].isidentifier() or tokens[0] == "*"):
            name, tokens = tokens[0], tokens[1:]
            node = node.setdefault(name, {})
            if tokens and tokens[0] in "./":
                tokens = tokens[1:]
        if tokens and tokens[0] == "(":
            inside, tokens = _fields(tokens[1:], text)
            if not tokens:
                raise InvalidError(f"Invalid field mask: {text}")
            node.update(inside)
            tokens = tokens[1:]
        if not tokens or tokens[0] == ")":
            break
        if tokens[0] != ",":
            raise InvalidError(f"Invalid field mask: {text}")
        tokens = tokens[1:]
    return mask, tokens


def wants(mask: Mask, *path: str) -> bool:
    """Whether anything at ``path`` is asked for."""
    for name in path:
        if not mask or "*" in mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True


def below(mask: Mask, *path: str) -> Mask:
    """The part of the mask under ``path``; meaningful where `wants` says yes."""
    for name in path:
        mask = mask.get(name, {})
    return mask


def trimmed(answer: Any, mask: Mask) -> Any:
    """The answer without what was not asked for."""
    if not mask or "*" in mask:
        return answer
    if isinstance(answer, list):
        return [trimmed(item, mask) for item in answer]
    if isinstance(answer, dict):
        kept = [name for name in answer if name in mask]
        return {name: trimmed(answer[name], mask[name]) if mask[name] else answer[name] for name in kept}
    return answer


def write_mask(text: str, known: tuple[str, ...]) -> Mask:
    """The mask of an update: it must be given, and each of its names must exist. "*" is spelled out."""
    if not text.strip():
        raise InvalidError("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    mask = parse_mask(text)
    for name in mask:
        if name not in known:
            raise InvalidError(f"Invalid field: {name}")
    return mask or {name: {} for name in known}


def masked_update(old: Any, new: Any, mask: Mask) -> Any:
    """``old`` with the masked parts taken from ``new``; a masked part that ``new`` lacks is cleared."""
    if not mask or not isinstance(old or {}, dict) or not isinstance(new or {}, dict):
        return new
    result = dict(old or {})
    for name, inside in mask.items():
        value = masked_update(result.get(name), (new or {}).get(name), inside)
        if value in (None, {}):
            result.pop(name, None)
        else:
            result[name] = value
    return result
