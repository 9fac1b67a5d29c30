"""PDF files set by Typst, with no fonts but its own: the same content makes the same bytes everywhere."""

import threading
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

_lock = threading.Lock()


@lru_cache
def _compiler(template: Path) -> "typst.Compiler":
    """Return the compiler of a template, kept warm: made anew each time it would take four times as long."""
    import typst  # noqa: PLC0415 - slow to load, and most processes set no PDF

    return typst.Compiler(str(template), root=str(template.parent), ignore_system_fonts=True)


def pdf(template: Path, content: str, *, standards: list[str], at: datetime) -> bytes:
    """Return what a template makes of `content` (JSON, as `sys.inputs.content`), dated `at`.

    Typst refuses to write a file that breaks one of `standards` as far as a program can tell. Raises typst.TypstError.
    """
    with _lock:
        result = _compiler(template).compile(
            format="pdf",
            sys_inputs={"content": content},
            pdf_standards=standards,  # type: ignore[arg-type]
            timestamp=int(at.timestamp()),
        )
    if not isinstance(result, bytes):
        raise TypeError("typst gave no single file")
    return result
