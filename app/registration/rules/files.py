"""Which files are taken: PDF, JPEG and PNG by what they hold, however they are called."""

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _l

from app import pictures
from app.imports import lazily
from app.registration.errors import BadAnswer
from app.text import tidy

if TYPE_CHECKING:
    import filetype
else:
    filetype = lazily("filetype")

LARGEST = 5 * 1024 * 1024  # bytes
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
    try:
        return SoundFile(kind, pictures.redrawn(data, kind, longest_side=LONGEST_SIDE))
    except pictures.BadPicture as error:
        raise BadAnswer(error.message) from None


def file_name(given: str, content_type: str) -> str:
    """Return a file's name as people see it: its own, without folders and odd signs, ending on what it is."""
    base = PurePosixPath(given.replace("\\", "/")).name
    stem = tidy(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", base))
    plain = re.sub(r'[/:*?"<>|%;]+', " ", stem).strip(" .")[:_NAME_LENGTH]
    return (plain or "archivo") + _SUFFIXES[content_type]
