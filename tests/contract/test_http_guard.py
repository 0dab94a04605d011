"""Which addresses the guard lets an owner-typed URL reach."""

from __future__ import annotations

import pytest

from integrations.errors import Kind, OutsideError
from integrations.guard import Guard, is_loopback, is_public, system_resolve

INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2002:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "not an address", "",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "93.184.215.14", "77.88.8.8", "2a00:1450:4010:c0e::8a", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(OutsideError) as caught:
        Guard(resolve=lambda host, port: [address]).target("https://nice.example/", public_only=True)
    assert caught.value.kind is Kind.REFUSED


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    target = Guard(resolve=lambda host, port: [address]).target("https://nice.example/x?y", public_only=True)
    assert target.addresses == (address,)
    assert (target.host, target.port, target.name) == ("nice.example", 443, "nice.example")


@pytest.mark.parametrize("addresses", [["8.8.8.8", "127.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["8.8.8.8", "::1"]])
def test_one_private_address_among_public_ones_is_enough_to_refuse(addresses: list[str]) -> None:
    with pytest.raises(OutsideError) as caught:
        Guard(resolve=lambda host, port: addresses).target("https://rebind.example/", public_only=True)
    assert caught.value.kind is Kind.REFUSED


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost",
             "LOCALHOST", "localhost.", "[::ffff:7f00:1]"]
)  # fmt: skip
def test_every_spelling_of_this_machine_is_seen_through_by_the_real_resolver(host: str) -> None:
    with pytest.raises(OutsideError) as caught:
        Guard().target(f"http://{host}/", public_only=True)
    assert caught.value.kind is Kind.REFUSED


def test_the_system_resolver_answers_numbers() -> None:
    assert "127.0.0.1" in system_resolve("localhost", 80) + system_resolve("127.0.0.1", 80)


@pytest.mark.parametrize("resolve", [lambda host, port: [], pytest.param(None, id="raises")])
def test_an_unknown_name_is_network_trouble(resolve: object) -> None:
    def missing(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(OutsideError) as caught:
        Guard(resolve=resolve or missing).target("https://nowhere.example/", public_only=True)  # type: ignore[arg-type]
    assert caught.value.kind is Kind.NETWORK


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 8080])
def test_only_web_ports(port: int) -> None:
    with pytest.raises(OutsideError, match=f"Порт {port}"):
        Guard(resolve=lambda host, _: ["8.8.8.8"]).target(f"https://nice.example:{port}/", public_only=True)


def test_the_allow_list_is_exact() -> None:
    guard = Guard(frozenset({"127.0.0.1:8093"}))
    assert guard.target("http://127.0.0.1:8093/", public_only=True).addresses == ("127.0.0.1",)
    for other in ("http://127.0.0.1:8094/", "http://127.0.0.2:8093/", "http://localhost:8093/"):
        with pytest.raises(OutsideError):
            guard.target(other, public_only=True)


def test_what_the_operator_configured_is_not_resolved_here() -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    assert Guard(resolve=never).target("http://127.0.0.1:8093/v1", public_only=False).addresses == ()


@pytest.mark.parametrize(
    ("host", "verdict"), [("127.0.0.1", True), ("::1", True), ("LocalHost", True), ("a.ru", False)]
)
def test_loopback(host: str, verdict: bool) -> None:
    assert is_loopback(host) is verdict
