"""From a certificate's content to its file: PDF/A-3 for archives and PDF/UA-1 for screen readers in one.

Typst itself refuses to write a file that breaks either standard as far as a program can tell. The same
content makes the same bytes on every machine with the pinned version of typst: no fonts but its own are used.
"""

import ast
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import typesetting
from app.certificates.errors import Unprintable

if TYPE_CHECKING:
    import typst

STANDARDS = ["a-3a", "ua-1"]
_DESIGNS = Path(__file__).parent / "designs"
_MISSING = re.compile(r'the text `"(.*)"` could not be displayed')
_MOST_DROPPED = 40  # characters of one certificate that no font has, before it is given up


def render(template: str, content: Mapping[str, Any], *, issued_at: datetime) -> bytes:
    """Return the PDF of a certificate, dated `issued_at`.

    Signs that no font has (an emoji in a title) are left out. Raises Unprintable where letters are missing,
    which must not be left out.
    """
    import typst  # noqa: PLC0415 - slow to load, and most processes make no certificate

    text = json.dumps(content, ensure_ascii=False)
    for _attempt in range(_MOST_DROPPED):
        try:
            return typesetting.pdf(_DESIGNS / f"{template}.typ", text, standards=STANDARDS, at=issued_at)
        except typst.TypstError as error:
            text = _without(text, _missing(error))
    raise Unprintable(content["name"])


def _missing(error: "typst.TypstError") -> str:
    """Return the text for which typst found no font. Raises what else the error tells of."""
    match = _MISSING.search(error.message)
    if match is None:
        raise error
    rust = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", match[1])
    return str(ast.literal_eval(f'"{rust}"'))


def _without(content: str, missing: str) -> str:
    """Return the JSON text without signs that no font has. Raises Unprintable for letters and digits."""
    signs = [char for char in missing if not char.isalnum()]
    if any(char.isalpha() or char.isdigit() for char in missing) or not signs:
        raise Unprintable(missing)
    return content.translate({ord(char): None for char in signs if ord(char) > 0x7F})
