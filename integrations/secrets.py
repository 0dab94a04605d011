"""Puts secrets into a request at the moment of sending, each only for the sites it belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from integrations.errors import Kind, OutsideError

_REFERENCE = re.compile(r"\{\s*секрет\s*:\s*([^{}]*?)\s*\}", re.IGNORECASE)
_SHORTEST_MASKED = 6  #: masking «1» in an answer would destroy it
_MASK = "•••"


@dataclass(frozen=True, slots=True)
class Secret:
    """A key from the operator's settings; ``hosts`` are the only sites it may be sent to, empty means any."""

    value: str = field(repr=False)
    hosts: frozenset[str] = frozenset()


class Secrets:
    """The named secrets a scenario may use as ``{секрет:NAME}``."""

    def __init__(self, known: Mapping[str, Secret]) -> None:
        self._known = {name.casefold(): secret for name, secret in known.items()}

    def in_url(self, text: str, host: str) -> str:
        return self._fill(text, host, lambda value: quote(value, safe=""))

    def in_header(self, text: str, host: str) -> str:
        return self._fill(text, host, lambda value: value)

    def in_body(self, text: str, host: str) -> str:
        """Inside JSON the value is escaped as part of a JSON string."""
        is_json = text.lstrip().startswith(("{", "["))
        return self._fill(text, host, (lambda value: json.dumps(value)[1:-1]) if is_json else (lambda value: value))

    def mask(self, text: str) -> str:
        """The text without any secret: services love to echo what they were sent."""
        for secret in self._known.values():
            for form in {secret.value, quote(secret.value, safe=""), json.dumps(secret.value)[1:-1]}:
                if len(form) >= _SHORTEST_MASKED:
                    text = text.replace(form, _MASK)
        return text

    def _fill(self, text: str, host: str, encode: Callable[[str], str]) -> str:
        return _REFERENCE.sub(lambda match: encode(self._value(match[1], host)), text)

    def _value(self, name: str, host: str) -> str:
        secret = self._known.get(name.casefold())
        if secret is None or not secret.value:
            raise OutsideError(Kind.REFUSED, f"Секрет «{name[:60]}» не задан в настройках сервера.")
        if secret.hosts and host not in secret.hosts:
            raise OutsideError(Kind.REFUSED, f"Секрет «{name[:60]}» нельзя отправлять на {host}.")
        return secret.value


def has_reference(text: str) -> bool:
    """Does the text ask for a secret?"""
    return _REFERENCE.search(text) is not None
