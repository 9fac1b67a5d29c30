"""Passwords, addresses and logos."""

import zlib

import pytest

from app import logos
from app.accounts.rules import password_problem, safe_next, slugify


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("corta", "short"),
        ("nueveeeee", "short"),
        ("1234567890", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("Password123", "common"),
        ("rosa@example.pe", "personal"),
        ("ROSA@EXAMPLE.PE", "personal"),
        ("llama azul en Cusco", None),
        ("ñandú-ñandú-3", None),
    ],
)
def test_a_password_must_not_be_easy(password: str, problem: str | None) -> None:
    assert password_problem(password, email="rosa@example.pe") == problem


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/gestion/eventos/x", True),
        ("/gestion/?a=1&b=//x", True),
        ("", False),
        (None, False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("gestion", False),
    ],
)
def test_only_a_path_of_this_site_follows_a_sign_in(address: str | None, allowed: bool) -> None:
    assert safe_next(address) == (address if allowed else None)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Semana de Gobierno Abierto 2024", "semana-de-gobierno-abierto-2024"),
        ("  Ñandú & Cía. — ¿qué?  ", "nandu-cia-que"),
        ("日本", "evento"),
        ("a" * 100, "a" * 60),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_title_becomes_part_of_an_address(title: str, slug: str) -> None:
    assert slugify(title) == slug


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(width: int, height: int) -> bytes:
    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0\x00\x11\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x03" + b"\0" * 9
    return b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 10 + frame + b"\xff\xd9"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (png(640, 480), logos.Picture("image/png", 640, 480)),
        (jpeg(640, 480), logos.Picture("image/jpeg", 640, 480)),
        (png(640, 480)[:-5], None),
        (png(640, 480).replace(b"IHDR", b"IHDS"), None),
        (b"GIF89a", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"\xff\xd8\xff", None),
        (b"\xff\xd8\xff\xda\x00\x04" + b"\0" * 20, None),
        (b"\xff\xd8\xff\xe0\x00\x00" * 50, None),
        (b"", None),
    ],
)
def test_a_picture_is_told_by_its_content(content: bytes, found: logos.Picture | None) -> None:
    assert logos.picture(content) == found


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (png(4000, 4000), None),
        (png(4001, 10), "dimensions"),
        (jpeg(10, 4001), "dimensions"),
        (png(0, 10), "dimensions"),
        (b"%PDF-1.7", "type"),
        (png(10, 10) + b"\0" * logos.LARGEST_FILE, "size"),
    ],
)
def test_a_logo_is_a_picture_of_bounded_size(content: bytes, problem: str | None) -> None:
    assert logos.problem(content) == problem
