"""PDF files set by Typst, with no fonts but those of its package and of one more: the same content makes the same
bytes everywhere.
"""

import threading
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.imports import lazily

if TYPE_CHECKING:
    import typst
else:
    typst = lazily("typst")  # most processes set no PDF

_lock = threading.Lock()
_SANS = ("Regular", "Semibold", "Bold")  # of Source Sans Pro; Libertinus Serif comes with typst


def sans_files() -> list[Path]:
    """Return the font files of the grotesque, which come from the package font-source-sans-pro."""
    found = find_spec("font_source_sans_pro")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("font_source_sans_pro")
    return [Path(found.origin).parent / "files" / f"SourceSansPro-{weight}.ttf" for weight in _SANS]


@lru_cache
def _fonts(folder: Path) -> "typst.Fonts":
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


@lru_cache
def _compiler(template: Path, fonts: Path | None) -> "typst.Compiler":
    """Return the compiler of a template, kept warm: made anew each time it would take four times as long."""
    return typst.Compiler(
        str(template),
        root=str(template.parent),
        ignore_system_fonts=True,
        font_paths=[] if fonts is None else _fonts(fonts),
    )


def compiled(template: Path, content: str, options: dict[str, Any], *, fonts: Path | None = None) -> bytes:
    """Return what a template makes of `content` (JSON, as `sys.inputs.content`), of several pages the first.

    `fonts` is a folder with more of them, `options` are those of typst's compile. Raises typst.TypstError.
    """
    with _lock:
        result = _compiler(template, fonts).compile(sys_inputs={"content": content}, **options)
    if result is None:
        raise TypeError("typst gave no file")
    return result if isinstance(result, bytes) else result[0]


def pdf(template: Path, content: str, *, standards: list[str], at: datetime) -> bytes:
    """Return a PDF dated `at`. Typst refuses to write one that breaks `standards` as far as a program can tell.

    Raises typst.TypstError.
    """
    options = {"format": "pdf", "pdf_standards": standards, "timestamp": int(at.timestamp())}
    return compiled(template, content, options)
