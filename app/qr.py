"""QR symbols (ISO/IEC 18004) at level M, as drawings for the screen and for paper."""

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from app.imports import lazily

if TYPE_CHECKING:
    import qrcode
else:
    qrcode = lazily("qrcode", "PIL")  # it would bring Pillow along

QUIET_ZONE = 4  # modules of white that readers need around a symbol
# A fixed mask spares the search for the prettiest of eight, which is nine tenths of the work; every reader takes any.
_MASK = 3


def _symbol(text: str, *, border: int, mask: int) -> "qrcode.QRCode":
    level = qrcode.constants.ERROR_CORRECT_M
    symbol = qrcode.QRCode(error_correction=level, mask_pattern=mask, border=border, box_size=8)
    symbol.add_data(text)
    symbol.make(fit=True)
    return symbol


@lru_cache(maxsize=512)
def svg_path(text: str, *, border: int = QUIET_ZONE, mask: int = _MASK) -> tuple[int, str]:
    """Return the side length in modules, `border` included, and the SVG path data of the dark modules."""
    matrix = _symbol(text, border=border, mask=mask).get_matrix()
    return len(matrix), squares(matrix)


def squares(rows: Sequence[Sequence[int]], number: int = 1) -> str:
    """Return the SVG path of all squares that bear `number`, each run of a row as one rectangle."""
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        for value, run in groupby(row):
            length = len(list(run))
            if value == number:
                strokes.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(strokes)


def png(text: str) -> bytes:
    """Return the symbol as a black and white PNG, eight pixels a module: with one bit a pixel, a byte a module."""
    rows = _symbol(text, border=QUIET_ZONE, mask=_MASK).get_matrix()
    lines = (b"\0" + bytes(0 if is_dark else 255 for is_dark in row) for row in rows)
    side = len(rows) * 8
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # one bit of grey
    parts = (
        (b"IHDR", header),
        (b"IDAT", zlib.compress(b"".join(line * 8 for line in lines), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
