"""Which files may stand beside a room: told by what they hold, never by their names."""

import io
import re
import zipfile
from pathlib import PurePosixPath
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from app import pictures
from app.live.errors import BadMaterial
from app.text import tidy

LARGEST = 10 * 1024 * 1024  # bytes
LONGEST_SIDE = 3000  # pixels of a picture
_MOST_PARTS = 20_000  # of what a file of slides is put together of
_PDF, _PPTX = "application/pdf", "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_ODP = "application/vnd.oasis.opendocument.presentation"
SUFFIXES = {_PDF: ".pdf", _PPTX: ".pptx", _ODP: ".odp", "image/jpeg": ".jpg", "image/png": ".png"}
WORDS = {_PDF: "PDF", _PPTX: "PowerPoint", _ODP: "OpenDocument", "image/jpeg": "JPEG", "image/png": "PNG"}


class Material(NamedTuple):
    """A file as it is kept and handed out."""

    content_type: str
    name: str
    data: bytes


def material(data: bytes, given_name: str) -> Material:
    """Return a file as it may be kept: documents as they came, pictures drawn anew without what else stood in them.

    Raises BadMaterial for what is empty, larger than 10 MB, anything else, or slides with macros.
    """
    if not data:
        raise BadMaterial(_l("Choose a file."))
    if len(data) > LARGEST:
        raise BadMaterial(
            _l("This file is larger than 10 MB. Choose a smaller one, or put its address beside the room.")
        )
    kind = _kind(data)
    if kind is None:
        raise BadMaterial(
            _l("Choose a PDF, a picture (JPEG or PNG) or slides (PPTX or ODP, without macros).")
        )
    if kind.startswith("image/"):
        try:
            data = pictures.redrawn(data, kind, longest_side=LONGEST_SIDE)
        except pictures.BadPicture as error:
            raise BadMaterial(error.message) from None
    return Material(kind, _name(given_name) + SUFFIXES[kind], data)


def _kind(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        return _PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return _slides(data) if data.startswith(b"PK\x03\x04") else None


def _slides(data: bytes) -> str | None:
    """Return the kind of slides that a ZIP file holds, or None. Nothing of it is unpacked but a word that names it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if len(names) > _MOST_PARTS or any(name.casefold().endswith("vbaproject.bin") for name in names):
                return None
            if {"[Content_Types].xml", "ppt/presentation.xml"} <= names:
                return _PPTX
            if "mimetype" in names and not any(name.startswith(("Basic/", "Scripts/")) for name in names):
                with archive.open("mimetype") as file:
                    return _ODP if file.read(len(_ODP) + 1) == _ODP.encode() else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return None
    return None


def _name(given: str) -> str:
    """Return a file's own name without folders, odd signs and ending."""
    base = PurePosixPath(given.replace("\\", "/")).name
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", base)
    return tidy(re.sub(r'[/:*?"<>|%;]+', " ", stem)).strip(" .")[:100] or "material"
