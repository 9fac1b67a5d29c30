"""Which files are taken, by what they hold."""

import io
import struct
import zlib

import pytest
from PIL import Image

from app.registration.errors import BadAnswer
from app.registration.rules.files import LARGEST, LONGEST_SIDE, file_name, sound

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def in_spanish(app):
    with app.test_request_context():
        yield


def picture(format_="PNG", size=(40, 30), mode="RGB", **more):
    out = io.BytesIO()
    Image.new(mode, size, 0).save(out, format_, **more)
    return out.getvalue()


def png_of(width, height):
    """Return a PNG that declares a size and holds next to nothing."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PDF, "application/pdf"),
        (picture(), "image/png"),
        (picture(mode="P"), "image/png"),
        (picture(mode="RGBA"), "image/png"),
        (picture(mode="I;16"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", mode="CMYK"), "image/jpeg"),
        (picture("JPEG", mode="L"), "image/jpeg"),
    ],
)
def test_what_is_taken(data, kind):
    kept = sound(data)
    assert kept.content_type == kind
    if kind == "application/pdf":
        assert kept.data == data
    else:
        assert Image.open(io.BytesIO(kept.data)).size == (40, 30)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "vacío"),
        (b"<html><script>alert(1)</script></html>", "Elija un archivo PDF, JPEG o PNG."),
        (b"GIF89a" + b"\0" * 100, "Elija un archivo PDF, JPEG o PNG."),
        (b"PK\x03\x04" + b"\0" * 100, "Elija un archivo PDF, JPEG o PNG."),
        (PDF + b"\0" * LARGEST, "más de 5 MB"),
        (png_of(20_000, 20_000), "demasiados píxeles"),
        (png_of(6_000, 6_000), "demasiados píxeles"),
        (png_of(0, 5), "no se puede leer"),
        (png_of(2**31 - 1, 2**31 - 1), "demasiados píxeles"),
        (png_of(300, 300), "no se puede leer"),
        (picture()[:50], "no se puede leer"),
        (picture("JPEG")[:200], "no se puede leer"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 300, "no se puede leer"),
    ],
)
def test_what_is_refused(data, message):
    with pytest.raises(BadAnswer) as refused:
        sound(data)
    assert message in str(refused.value)


def test_a_picture_loses_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010E] = "Casa de Rosa"
    exif[0x0112] = 6  # turned by a quarter
    kept = Image.open(io.BytesIO(sound(picture("JPEG", exif=exif, comment=b"secreto")).data))
    assert (kept.size, dict(kept.getexif()), kept.info.get("comment")) == ((30, 40), {}, None)


def test_a_large_picture_is_made_smaller():
    kept = Image.open(io.BytesIO(sound(picture("JPEG", size=(4000, 1000))).data))
    assert kept.size == (LONGEST_SIDE, 750)


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ("carta.pdf", "application/pdf", "carta.pdf"),
        ("C:\\Usuarios\\Rosa\\foto.JPG", "image/jpeg", "foto.jpg"),
        ("../../etc/passwd", "image/png", "passwd.png"),
        ("página.html", "application/pdf", "página.pdf"),
        ("x\u202efdp.exe", "application/pdf", "xfdp.pdf"),
        ('a"b\r\nc.png', "image/png", "a b c.png"),
        (".png", "image/png", "archivo.png"),
        ("a" * 300, "image/png", "a" * 100 + ".png"),
    ],
)
def test_a_file_is_called_what_it_is(given, kind, kept):
    assert file_name(given, kind) == kept
