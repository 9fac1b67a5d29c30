"""`make texts`: bring the catalogues up to date with what code and templates say.

Texts that are gone leave, new ones enter: English is the text itself, Spanish comes from the JSON files named in ARGS,
`{"Text": "Texto", "One person": ["Una persona", "%(count)s personas"]}`. What still lacks Spanish is printed as such
a file, ready to be filled in.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from scripts.console import PROJECT

KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
SOURCES = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
WIDTH = 120
Text = str | tuple[str, str]


def used(*folders: str) -> Iterator[Text]:
    """Yield every text that code and templates ask for, or one of these folders; a pair where it has a plural."""
    for folder in folders or ("app", "templates"):
        found = extract_from_dir(
            PROJECT / folder, SOURCES, {}, KEYWORDS, directory_filter=lambda _folder: True
        )
        for _file, _line, text, _comments, _context in found:
            yield text if isinstance(text, str) else (text[0], text[1])


def renewed(language: str, texts: set[Text], translated: Mapping[str, str | list[str]]) -> list[Text]:
    """Write one catalogue anew, sorted; return what it lacks."""
    path = PROJECT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        old = read_po(file, language)
    new = Catalog(language, header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    lacking = []
    for text in texts:
        key = text if isinstance(text, str) else text[0]
        found = translated.get(key) or _known(old, text) or (text if language == "en" else None)
        if not found:
            lacking.append(text)
        none = "" if isinstance(text, str) else ("", "")
        new.add(text, tuple(found) if isinstance(found, list) else found or none)
    with path.open("wb") as file:
        write_po(
            file,
            new,
            width=WIDTH,
            no_location=True,
            omit_header=False,
            sort_output=True,
            ignore_obsolete=True,
        )
    return sorted(lacking, key=str)


def _known(catalogue: Catalog, text: Text) -> Text | tuple[str, ...] | None:
    message: Message | None = catalogue.get(text)
    if (
        message is None
        or not all(_forms(message.string))
        or isinstance(message.id, str) != isinstance(text, str)
    ):
        return None
    return message.string if isinstance(message.string, str) else tuple(_forms(message.string))


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


def main(*files: str) -> None:
    """Renew both catalogues; exit with 1 where Spanish lacks."""
    translated: dict[str, str | list[str]] = {}
    for name in files:
        translated |= json.loads(Path(name).read_text())
    texts = set(used())
    renewed("en", texts, {})
    lacking = renewed("es", texts, translated)
    if lacking:
        wanted = {
            text if isinstance(text, str) else text[0]: "" if isinstance(text, str) else ["", ""]
            for text in lacking
        }
        sys.exit(json.dumps(wanted, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
