"""Which files are taken: PDF, JPEG and PNG by what they hold, however they are called."""

import io
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _l

from app.imports import lazily
from app.registration.errors import BadAnswer
from app.text import tidy

if TYPE_CHECKING:
    import filetype
    from PIL import Image, ImageOps
else:
    filetype = lazily("filetype")
    Image, ImageOps = lazily("PIL.Image"), lazily("PIL.ImageOps")

LARGEST = 5 * 1024 * 1024  # bytes
MOST_PIXELS = 25_000_000  # what a picture may take once it is unpacked: 100 MB
LONGEST_SIDE = 3000  # pixels of a picture as it is kept: an A4 page at 250 dots per inch
_NAME_LENGTH = 100
_SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


class SoundFile(NamedTuple):
    """A file as it is kept."""

    content_type: str
    data: bytes


def sound(data: bytes) -> SoundFile:
    """Return a file as it may be kept: a PDF as it came, a picture drawn anew, without what else stood in it.

    Raises BadAnswer for anything else, and for what is larger than 5 MB or 25 million pixels.
    """
    if len(data) > LARGEST:
        raise BadAnswer(_l("This file is larger than 5 MB. Choose a smaller one."))
    if not data:
        raise BadAnswer(_l("This file is empty."))
    kind = filetype.guess_mime(data[:8192])
    if kind not in _SUFFIXES:
        raise BadAnswer(_l("Choose a PDF, JPEG or PNG file."))
    if kind == "application/pdf":
        return SoundFile(kind, data)
    return SoundFile(kind, _redrawn(data, kind))


def _redrawn(data: bytes, kind: str) -> bytes:
    """Return a picture without metadata and at most 3000 pixels long. Raises BadAnswer."""
    format_ = "JPEG" if kind == "image/jpeg" else "PNG"
    try:
        # Read by the header alone; the limit of Pillow's own lies far above what a worker's memory can take.
        with Image.open(io.BytesIO(data), formats=[format_]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_many_pixels()
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            has_colours = format_ == "JPEG" or upright.mode not in {"1", "L", "LA", "P", "PA", "RGBA"}
            plain = upright.convert("RGB" if has_colours else "RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError):
        raise BadAnswer(_l("This picture cannot be read. Save it anew and choose it again.")) from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    out = io.BytesIO()
    clean.save(out, format_, **({"quality": 85} if format_ == "JPEG" else {"optimize": True}))
    return out.getvalue()


def _too_many_pixels() -> BadAnswer:
    return BadAnswer(_l("This picture has too many pixels. Make it smaller and choose it again."))


def file_name(given: str, content_type: str) -> str:
    """Return a file's name as people see it: its own, without folders and odd signs, ending on what it is."""
    base = PurePosixPath(given.replace("\\", "/")).name
    stem = tidy(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", base))
    plain = re.sub(r'[/:*?"<>|%;]+', " ", stem).strip(" .")[:_NAME_LENGTH]
    return (plain or "archivo") + _SUFFIXES[content_type]
