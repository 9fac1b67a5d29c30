"""Requests to addresses that somebody typed into a form: never to this machine or its own network.

The name is looked up once, every address that it has must be public, and the connection goes to one of just these, so
that a name which means another machine a moment later leads nowhere. Redirections are not followed. What our own
settings name, and nobody typed, may be in our own network (`is_own`).
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.errors import DomainError

_PORTS = {"http": 80, "https": 443}


class AddressRefused(DomainError):
    """An address that leads into a network of ours, or nowhere."""

    message = _l("This address cannot be used: it must be a public one that exists.")


def checked(address: str, *, is_own: bool = False) -> tuple[str, str, int]:
    """Return the scheme, the IP address and the port that an address leads to. Raises AddressRefused."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        found = _addresses_of(host, port)
    except (ValueError, KeyError, OSError, UnicodeError) as error:
        raise AddressRefused from error
    is_ours = is_own or host in current_app.config["PRIVATE_HOSTS"]
    if not found or not (is_ours or all(ipaddress.ip_address(ip).is_global for ip in found)):
        raise AddressRefused
    return parts.scheme, min(found), port


def _addresses_of(host: str, port: int) -> set[str]:
    with contextlib.suppress(ValueError):
        return {str(ipaddress.ip_address(host))}
    return {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}


def post(
    address: str,
    body: bytes,
    headers: dict[str, str],
    *,
    seconds: float,
    largest: int,
    is_own: bool = False,
) -> bytes:
    """Return what a server answers to a POST with 200, at most `largest` bytes, each piece within `seconds`.

    However it drips, the whole answer comes within twice as many.

    Raises AddressRefused, and OSError for any other answer, a larger one or none in time.
    """
    way = checked(address, is_own=is_own)
    return _ask("POST", address, way, body, headers, seconds=seconds, largest=largest)


def get(address: str, headers: dict[str, str], *, seconds: float, largest: int) -> bytes:
    """Return what a server answers to a GET. Raises what `post` raises."""
    return _ask("GET", address, checked(address), None, headers, seconds=seconds, largest=largest)


def _ask(
    method: str,
    address: str,
    way: tuple[str, str, int],
    body: bytes | None,
    headers: dict[str, str],
    *,
    seconds: float,
    largest: int,
) -> bytes:
    scheme, ip, port = way
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if scheme == "https":
        connection = _Pinned(host, ip, port, seconds)
    else:
        connection = http.client.HTTPConnection(ip, port, timeout=seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    deadline = time.monotonic() + 2 * seconds
    # Every byte of the answer's head may come in time and the head never end: then the line is cut.
    too_long = threading.Timer(2 * seconds, _cut, [connection])
    too_long.daemon = True
    too_long.start()
    try:
        connection.request(method, path, body, headers | {"Host": parts.netloc.rpartition("@")[2]})
        answer = connection.getresponse()
        data = _read(answer, largest + 1, deadline)
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        too_long.cancel()
        connection.close()
    if answer.status != 200 or len(data) > largest:
        raise OSError(f"{host} answered {answer.status} with {len(data)} bytes")
    return data


def _cut(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError):
        if line := connection.sock:
            line.shutdown(socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse, most: int, deadline: float) -> bytes:
    """Read an answer that may drip: each piece comes in time, the whole of them must too."""
    pieces: list[bytes] = []
    while most > 0 and (piece := answer.read1(min(most, 65536))):
        if time.monotonic() > deadline:
            raise TimeoutError("the answer takes too long")
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


class _Pinned(http.client.HTTPSConnection):
    """A connection to one IP address, with the certificate of the name that was asked for."""

    def __init__(self, host: str, ip: str, port: int, seconds: float) -> None:
        self._context_of_name = ssl.create_default_context()
        super().__init__(host, port, timeout=seconds, context=self._context_of_name)
        self._ip = ip

    def connect(self) -> None:
        """Connect to the address that was checked."""
        plain = socket.create_connection((self._ip, self.port), self.timeout)
        self.sock = self._context_of_name.wrap_socket(plain, server_hostname=self.host)
