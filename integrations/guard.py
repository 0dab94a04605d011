"""Keeps owner-typed addresses away from our own network: checks where a URL really leads before we connect (SSRF)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from integrations.errors import Kind, OutsideError

#: Name and port -> numeric addresses, best first. Raises OSError when the name does not exist.
Resolve = Callable[[str, int], list[str]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PUBLIC_PORTS = frozenset(_DEFAULT_PORTS.values())
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes. ``addresses`` are the checked ones to connect to; empty means: not guarded."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How errors call it: the host, with the port when it is unusual."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)


def system_resolve(host: str, port: int) -> list[str]:
    """The operating system's answer."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_loopback(host: str) -> bool:
    """This very machine, by name or number."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def is_public(address: str) -> bool:
    """A unicast address of the open internet, also when it hides inside an IPv6 transition form."""
    try:
        ip: _Address = ipaddress.ip_address(address)
    except ValueError:  # "fe80::1%eth0": a scoped address is never public
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.sixtofour is not None or ip.teredo is not None:  # obsolete tunnels, of use to attackers only
            return False
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class Guard:
    """Reads a URL and decides whether we may go there.

    ``allow_private`` names "host:port" that are ours on purpose (the sandbox); it comes from code, never from a sheet.
    """

    def __init__(self, allow_private: frozenset[str] = frozenset(), resolve: Resolve = system_resolve) -> None:
        self._allowed = allow_private
        self._resolve = resolve

    def target(self, url: str, *, public_only: bool) -> Target:
        """Where ``url`` leads. Raises `OutsideError` (REFUSED) when it may not be followed."""
        target = _read(url)
        if not public_only:
            return target
        allowed = f"{target.host}:{target.port}" in self._allowed
        if target.port not in _PUBLIC_PORTS and not allowed:
            raise OutsideError(Kind.REFUSED, f"Порт {target.port} закрыт: разрешены только 80 и 443.")
        addresses = self._addresses(target)
        if not allowed and not all(is_public(address) for address in addresses):
            raise OutsideError(Kind.REFUSED, f"Адрес {target.name} ведёт во внутреннюю сеть, туда боту нельзя.")
        return Target(target.scheme, target.host, target.port, addresses)

    def _addresses(self, target: Target) -> tuple[str, ...]:
        try:
            addresses = self._resolve(target.host, target.port)
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise OutsideError(Kind.NETWORK, f"Сайт {target.name} не найден.")
        return tuple(dict.fromkeys(addresses))


def _read(url: str) -> Target:
    parts, port = _split(url)
    if parts is None:
        raise OutsideError(Kind.REFUSED, "Адрес записан с ошибкой.")
    _refuse_odd(url, parts)
    return Target(parts.scheme, (parts.hostname or "").rstrip("."), port or _DEFAULT_PORTS[parts.scheme])


def _split(url: str) -> tuple[SplitResult | None, int]:
    """A value instead of an exception: the library's error would carry the URL in its context."""
    try:
        parts = urlsplit(url)
        port = parts.port or 0
    except ValueError:
        return None, 0
    return parts, port


def _refuse_odd(url: str, parts: SplitResult) -> None:
    if parts.scheme not in _DEFAULT_PORTS:
        raise OutsideError(Kind.REFUSED, "Адрес должен начинаться с https://.")
    if not (parts.hostname or "").strip("."):
        raise OutsideError(Kind.REFUSED, "В адресе нет имени сайта.")
    if "@" in parts.netloc or "\\" in url or any(ord(char) <= 32 for char in url):
        raise OutsideError(Kind.REFUSED, "В адресе есть знаки, которых там быть не должно.")
