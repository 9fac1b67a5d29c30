"""Typst of a body's own writing, set in a process apart: it may loop, allocate and read as it likes, and harms nobody.

The process gets a folder of its own with the source, the pictures that the design names and the fonts, and Typst reads
nothing outside it. It has no environment, no packages and, where the system allows it, no network, and it is ended when
it takes more time or memory than it may. A process costs about a tenth of a second, so that such a design is issued
more slowly than a finished one.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app import typesetting
from app.certificates import compiling
from app.certificates.errors import (
    CodeNotShown,
    PackagesAsked,
    SourceBroken,
    SourceTooGreedy,
    SourceTooSlow,
    UnknownSourceFields,
)

SECONDS = 10  # of one file, from asking to the last byte
_PERSON = {"nombre", "documento", "titulo", "antes", "texto", "lugar_y_fecha", "codigo", "verificar", "firma"}
_EVENT = {"rol", "evento", "detalle", "fechas", "modalidad", "horas", "asistencia", "calificacion"}
_BODY = {"anio", "entidad", "organo", "aviso", "nota"}  # nota is aviso, in sources that were written before
FIELDS = frozenset(_PERSON | _EVENT | _BODY)
_DESIGNS = Path(__file__).parent / "designs"
_PARTS = ("own_1.typ", "frame_1.typ")
_PACKAGE = re.compile(r"@(preview|local)/|(import|include)\s*\(?\s*\"@")
_FIELD = re.compile(r"\bcampo\(\s*\"([^\"]*)\"\s*\)")
_CODE = re.compile(r"\b(symbol|proof-lines)\b|campo\(\s*\"(codigo|verificar)\"\s*\)")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_PLACE = re.compile(r"\bmain\.typ:(\d+):")


def check(source: str) -> None:
    """Check a source before anything is set with it.

    Raises PackagesAsked, UnknownSourceFields, which names every field that does not exist, and CodeNotShown where the
    page would not say how to verify it.
    """
    bare = _COMMENT.sub("", source)
    if _PACKAGE.search(bare):
        raise PackagesAsked
    unknown = sorted({name for name in _FIELD.findall(bare) if name not in FIELDS})
    if unknown:
        raise UnknownSourceFields(unknown)
    if not _CODE.search(bare):
        raise CodeNotShown


def compiled(source: str, content: str, pictures: Mapping[str, bytes], options: Mapping[str, Any]) -> bytes:
    """Return what a source makes of a content (JSON), with the pictures that it may name.

    Raises what check raises, SourceBroken with the line, SourceTooSlow and SourceTooGreedy.
    """
    check(source)
    with tempfile.TemporaryDirectory(prefix="tinkuy-source-") as room:
        folder = Path(room)
        _furnish(folder, source, pictures)
        asked = json.dumps({"content": content, "options": options}).encode()
        try:
            done = subprocess.run(  # noqa: S603 - our own program, without a shell
                [sys.executable, "-I", compiling.__file__],
                input=asked,
                capture_output=True,
                cwd=folder,
                env={"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SourceTooSlow from None
    return _answer(done, folder)


def _furnish(folder: Path, source: str, pictures: Mapping[str, bytes]) -> None:
    (folder / "main.typ").write_text(source)
    for part in _PARTS:
        shutil.copy(_DESIGNS / part, folder)
    for name in ("fonts", "pictures"):
        (folder / name).mkdir()
    for font in typesetting.sans_files():
        (folder / "fonts" / font.name).symlink_to(font)
    for name, data in pictures.items():
        (folder / "pictures" / name).write_bytes(data)


def _answer(done: "subprocess.CompletedProcess[bytes]", folder: Path) -> bytes:
    if done.returncode == 0:
        return done.stdout
    if done.returncode == compiling.REFUSED:
        said = json.loads(done.stdout)
        place = _PLACE.search(said["diagnostic"])
        message = said["message"].replace(str(folder), "")
        raise SourceBroken(message, line=int(place[1]) if place else None)
    # -24 and -9: ended for its time of CPU (SIGXCPU, SIGKILL); what else ends it has run out of memory.
    raise SourceTooSlow if done.returncode in {-24, -9} else SourceTooGreedy
