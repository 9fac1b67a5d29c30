"""What a logo must be: a picture in PNG or JPEG, told by its content and never by its name."""

import zlib
from dataclasses import dataclass

LARGEST_FILE = 500 * 1024  # bytes
LARGEST_SIDE = 4000  # pixels
_PNG = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers of JPEG (ITU-T T.81, table B.1), which carry height and width.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_SCAN = 0xDA


@dataclass(frozen=True)
class Picture:
    """What a file's head says about the picture in it."""

    mimetype: str
    width: int
    height: int


def picture(content: bytes) -> Picture | None:
    """Return what a file holds, or None where it is neither a PNG nor a JPEG."""
    if content.startswith(_PNG):
        return _png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    return None


def _png(content: bytes) -> Picture | None:
    size = None
    position = len(_PNG)
    while position + 12 <= len(content):
        length = int.from_bytes(content[position : position + 4])
        kind = content[position + 4 : position + 8]
        body = content[position + 8 : position + 8 + length]
        checksum = content[position + 8 + length : position + 12 + length]
        if checksum != zlib.crc32(kind + body).to_bytes(4):
            return None
        if kind == b"IHDR" and len(body) == 13:
            size = (int.from_bytes(body[:4]), int.from_bytes(body[4:8]))
        if kind == b"IEND":
            return Picture("image/png", *size) if size else None
        position += 12 + length
    return None


def _jpeg(content: bytes) -> Picture | None:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in _FRAMES:
            height = int.from_bytes(content[position + 5 : position + 7])
            width = int.from_bytes(content[position + 7 : position + 9])
            return Picture("image/jpeg", width, height)
        if marker == _SCAN:
            return None
        position += 2 + int.from_bytes(content[position + 2 : position + 4])
    return None


def is_for_print(content: bytes) -> bool:
    """Return whether a JPEG has the four colours of print (ITU-T T.81, B.2.2: the number of components)."""
    position = 2
    while content.startswith(b"\xff\xd8") and position + 10 <= len(content) and content[position] == 0xFF:
        if content[position + 1] in _FRAMES:
            return content[position + 9] == 4
        position += 2 + int.from_bytes(content[position + 2 : position + 4])
    return False


def problem(content: bytes) -> str | None:
    """Return "size", "type" or "dimensions" for a file that will not do as a logo, else None."""
    if len(content) > LARGEST_FILE:
        return "size"
    found = picture(content)
    if found is None:
        return "type"
    if not (0 < found.width <= LARGEST_SIDE and 0 < found.height <= LARGEST_SIDE):
        return "dimensions"
    return None
