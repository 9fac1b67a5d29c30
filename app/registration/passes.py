"""The pass: a person's code as a QR symbol, for the screen, for a letter and for paper."""

import io
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pure import PyPNGImage

# A fixed mask spares the search for the prettiest of eight, which is nine tenths of the work; every reader takes any.
_MASK = 3


def _symbol(text: str) -> qrcode.QRCode:
    symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=_MASK, border=4, box_size=8)
    symbol.add_data(text)
    symbol.make(fit=True)
    return symbol


@lru_cache(maxsize=512)
def svg_path(text: str) -> tuple[int, str]:
    """Return the side length in modules, quiet zone included, and the SVG path data of the dark modules."""
    matrix = _symbol(text).get_matrix()
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    return len(matrix), "".join(runs)


def png(text: str) -> bytes:
    """Return the symbol as a black and white PNG."""
    buffer = io.BytesIO()
    _symbol(text).make_image(image_factory=PyPNGImage).save(buffer)
    return buffer.getvalue()
