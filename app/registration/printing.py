"""What slips and badges share: how passes and names get onto paper."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import qr, typesetting
from app.imports import lazily

if TYPE_CHECKING:
    import typst
else:
    typst = lazily("typst")

MOST = 500  # people in one file: typst takes some 200 KB for each while it sets them
_STANDARDS = ["ua-1"]
_LONGEST_WORD = 18  # letters; longer ones may be broken anywhere
_BREAK = "\u200b"


def typeset(template: Path, content: str, *, at: datetime) -> bytes:
    """Set a tagged PDF (PDF/UA-1). A name of which no font has a letter (Chinese, say) must not keep everybody else's
    from being printed: it then shows boxes, and the file is not PDF/UA.
    """
    try:
        return typesetting.pdf(template, content, standards=_STANDARDS, at=at)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return typesetting.pdf(template, content, standards=[], at=at)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many letters."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,") + "…"


def breakable(text: str) -> str:
    """Return a text in which a word that is too long for a line may be broken."""
    return " ".join(_pieces(word) for word in text.split())


def _pieces(word: str) -> str:
    starts = range(0, len(word), _LONGEST_WORD)
    return _BREAK.join(word[start : start + _LONGEST_WORD] for start in starts)


def size_for(text: str, steps: Sequence[tuple[int, float]], smallest: float) -> float:
    """Return the size in points for a text: that of the first step whose number of letters it keeps to."""
    return next((size for most, size in steps if len(text) <= most), smallest)


def symbol(text: str) -> str:
    """Return the QR symbol of a text as SVG."""
    side, path = qr.svg_path(text)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'
