"""Pictures that people send: told by what they hold, measured before they are unpacked, and drawn anew."""

import io
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _l

from app.errors import DomainError
from app.imports import lazily

if TYPE_CHECKING:
    import filetype
    from PIL import Image, ImageOps
else:
    filetype = lazily("filetype")
    Image, ImageOps = lazily("PIL.Image"), lazily("PIL.ImageOps")

LARGEST = 5 * 1024 * 1024  # bytes
MOST_PIXELS = 25_000_000  # what a picture may take once it is unpacked: 100 MB
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}


class BadPicture(DomainError):
    """A file that is no picture, or none that can be taken. The message says why."""


class Picture(NamedTuple):
    """A picture as it may be kept."""

    content_type: str
    data: bytes


def sound(data: bytes, *, longest_side: int) -> Picture:
    """Return a picture in PNG or JPEG drawn anew, in RGB, at most so many pixels long. Raises BadPicture."""
    if len(data) > LARGEST:
        raise BadPicture(_l("This file is larger than 5 MB. Choose a smaller one."))
    if not data:
        raise BadPicture(_l("This file is empty."))
    kind = filetype.guess_mime(data[:8192])
    if kind not in _FORMATS:
        raise BadPicture(
            _l("This is no PNG or JPEG picture, whatever its name says. Export it as one of these.")
        )
    return Picture(kind, redrawn(data, kind, longest_side=longest_side))


def redrawn(data: bytes, kind: str, *, longest_side: int) -> bytes:
    """Return a picture of this type without metadata. Raises BadPicture."""
    format_ = _FORMATS[kind]
    try:
        # Read by the header alone; the limit of Pillow's own lies far above what a worker's memory can take.
        with Image.open(io.BytesIO(data), formats=[format_]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_many_pixels()
            image.draft("RGB", (longest_side, longest_side))
            upright = ImageOps.exif_transpose(image)
            has_colours = format_ == "JPEG" or upright.mode not in {"1", "L", "LA", "P", "PA", "RGBA"}
            plain = upright.convert("RGB" if has_colours else "RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError):
        raise BadPicture(_l("This picture cannot be read. Save it anew and choose it again.")) from None
    plain.thumbnail((longest_side, longest_side))
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    out = io.BytesIO()
    clean.save(out, format_, **({"quality": 85} if format_ == "JPEG" else {"optimize": True}))
    return out.getvalue()


def _too_many_pixels() -> BadPicture:
    return BadPicture(_l("This picture has too many pixels. Make it smaller and choose it again."))
