"""Typed text made clean: what people see is what is kept."""

import unicodedata

# Control characters, zero-width and bidirectional marks: none belongs into a name, some disguise it.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def tidy(text: str) -> str:
    """Return typed text in NFC, its spaces made single, without invisible or bidirectional signs."""
    composed = unicodedata.normalize("NFC", text)
    visible = (" " if char in "\t\r\n" else char for char in composed)
    kept = "".join(char for char in visible if unicodedata.category(char) not in _INVISIBLE)
    return " ".join(kept.split())


def tidy_lines(text: str) -> str:
    """Return a text of several paragraphs, each line tidied, with at most one empty line between two."""
    lines = [tidy(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index > 0 and lines[index - 1])]
    return "\n".join(kept).strip()
