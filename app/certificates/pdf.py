"""From a certificate's content to its file: PDF/A-3 for archives and PDF/UA-1 for screen readers in one.

Typst itself refuses to write a file that breaks either standard as far as a program can tell. The same
content makes the same bytes on every machine with the pinned versions of typst and of the fonts' package.
"""

import ast
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import typesetting
from app.certificates import sandbox
from app.certificates.errors import SourceBroken, Unprintable
from app.certificates.looks import OWN
from app.imports import lazily

if TYPE_CHECKING:
    import typst
else:
    typst = lazily("typst")

STANDARDS = ["a-3a", "ua-1"]
_DESIGNS = Path(__file__).parent / "designs"
_FIRST_EDITION = "sober_1"  # knows no pictures, and no font but those that typst brings along
_MISSING = re.compile(r'the text `"(.*)"` could not be displayed')
_MOST_DROPPED = 40  # characters of one certificate that no font has, before it is given up

Load = Callable[[str], bytes]  # from the name of a kept file to what it holds


def _no_file(name: str) -> bytes:
    raise LookupError(name)


def render(template: str, content: Mapping[str, Any], *, issued_at: datetime, load: Load = _no_file) -> bytes:
    """Return the PDF of a certificate, dated `issued_at`; `load` gives the pictures that its content names.

    Signs that no font has (an emoji in a title) are left out. Raises Unprintable where letters are missing,
    which must not be left out, and for a source of a body's own what sandbox.compiled raises.
    """
    options = {"format": "pdf", "pdf_standards": STANDARDS, "timestamp": int(issued_at.timestamp())}
    return _set(template, content, options, load)


def picture(template: str, content: Mapping[str, Any], *, dots: int, load: Load = _no_file) -> bytes:
    """Return the first page as a picture (PNG) of so many dots per inch, for the screen. Raises what render raises."""
    return _set(template, content, {"format": "png", "ppi": float(dots)}, load)


def drawing(template: str, content: Mapping[str, Any], *, load: Load = _no_file) -> bytes:
    """Return the first page as a drawing (SVG), which takes a fifth of a picture's time. Raises what render raises."""
    return _set(template, content, {"format": "svg"}, load)


def _set(template: str, content: Mapping[str, Any], options: dict[str, Any], load: Load) -> bytes:
    text = json.dumps(content, ensure_ascii=False)
    for _attempt in range(_MOST_DROPPED):
        try:
            if template == OWN:
                return _own(content, text, options, load)
            return _finished(template, content, text, options, load)
        except (typst.TypstError, SourceBroken) as error:
            said = error.said if isinstance(error, SourceBroken) else error.message
            lacking = missing(said)
            if lacking is None:
                raise
            text = _without(text, lacking)
    raise Unprintable(content["name"])


def _finished(
    template: str, content: Mapping[str, Any], text: str, options: dict[str, Any], load: Load
) -> bytes:
    if template == _FIRST_EDITION:
        return typesetting.compiled(_DESIGNS / f"{template}.typ", text, options)
    folder = workshop(os.getpid())
    provide(folder, content, load)
    return typesetting.compiled(folder / f"{template}.typ", text, options, fonts=folder / "fonts")


def _own(content: Mapping[str, Any], text: str, options: dict[str, Any], load: Load) -> bytes:
    names = [Path(path).name for path in _pictures(content)]
    source = load(content["source"]).decode()
    return sandbox.compiled(source, text, {name: load(name) for name in names}, options)


def example() -> str:
    """Return a source of one's own to begin with."""
    return (_DESIGNS / "example.typ").read_text()


@lru_cache(maxsize=1)
def workshop(process: int) -> Path:
    """Return this process's folder with the designs, in which pictures are laid beside them.

    Typst reads nothing outside the folder of a design. `process` keeps a forked one from sharing it.
    """
    room = tempfile.TemporaryDirectory(prefix=f"tinkuy-designs-{process}-")
    _rooms.append(room)
    folder = Path(room.name)
    for design in _DESIGNS.glob("*.typ"):
        shutil.copy(design, folder)
    (folder / "pictures").mkdir()
    (folder / "fonts").mkdir()
    for font in typesetting.sans_files():
        shutil.copy(font, folder / "fonts")
    return folder


_rooms: list["tempfile.TemporaryDirectory[str]"] = []  # removed when the process ends


def provide(folder: Path, content: Mapping[str, Any], load: Load) -> None:
    """Lay the pictures that a content names into a folder, unless they are there: their names are their hashes."""
    for path in _pictures(content):
        target = folder / path.lstrip("/")
        if not target.exists():
            unfinished = target.with_suffix(f".{os.getpid()}")
            unfinished.write_bytes(load(target.name))
            unfinished.replace(target)


def _pictures(content: Mapping[str, Any]) -> Iterator[str]:
    yield from filter(None, content["pictures"].values())
    yield from (one["picture"] for one in content["signatories"] if one["picture"])


def missing(message: str) -> str | None:
    """Return the text for which typst found no font, where its message tells of one."""
    match = _MISSING.search(message)
    if match is None:
        return None
    rust = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", match[1])
    return str(ast.literal_eval(f'"{rust}"'))


def _without(content: str, lacking: str) -> str:
    """Return the JSON text without signs that no font has. Raises Unprintable for letters and digits."""
    signs = [char for char in lacking if not char.isalnum()]
    if any(char.isalpha() or char.isdigit() for char in lacking) or not signs:
        raise Unprintable(lacking)
    return content.translate({ord(char): None for char in signs if ord(char) > 0x7F})
