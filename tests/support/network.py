"""Tests reach this machine only: whatever asks the network fails at once, and says where it wanted to go."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = {"localhost", "", None}


class NetworkRefused(Exception):
    """A test wanted to reach another machine."""


def _is_here(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _guarded(method: Any, position: int) -> Any:
    """Return a socket's method that refuses addresses elsewhere; `position` is that of the address."""

    def call(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[position]
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise NetworkRefused(f"a test reached for {address}")
        return method(self, *arguments)

    return call


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse every connection and every name that is not of this machine."""
    look_up = socket.getaddrinfo

    def look_up_here(host: Any, *arguments: Any, **options: Any) -> Any:
        if not _is_here(host):
            raise NetworkRefused(f"a test looked up {host}")
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect, 0), raising=False)
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex, 0), raising=False)
        patch.setattr(socket.socket, "sendto", _guarded(socket.socket.sendto, -1), raising=False)
        patch.setattr(socket, "getaddrinfo", look_up_here)
        yield
