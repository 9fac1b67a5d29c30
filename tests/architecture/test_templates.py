"""Templates hold no script and no style: the policy that every page carries would stop them."""

import re
from pathlib import Path

import pytest

from scripts.console import PROJECT

TEMPLATES = sorted((PROJECT / "templates").glob("**/*.html"))
# Letters are read by mail programs, which know no stylesheets.
PAGES = [path for path in TEMPLATES if path.relative_to(PROJECT / "templates").parts[0] != "mail"]
FORBIDDEN = {
    "a script within the page": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")",
    "a style element": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "a handler": r"\son[a-z]+\s*=\s*[\"'{]",
    "an address that runs": r"javascript:",
    "something from elsewhere": r"<(?:script|link|img|iframe|source)[^>]+(?:src|href)=[\"'](?:https?:)?//",
}
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape\s+false")
# Drawings of our own, structured data that `to_json` has escaped, and numbers within a tag.
KNOWN_UNESCAPED = {
    "_macros/ui.html": 1,
    "attendance/checkpoints/serve.html": 1,
    "attendance/door.html": 1,
    "certificates/office/run.html": 1,
    "events/show.html": 1,
}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_pages_hold_neither_script_nor_style(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_letters_and_pages_fetch_nothing_from_elsewhere(path: Path) -> None:
    assert not re.search(FORBIDDEN["something from elsewhere"], path.read_text())


def test_what_is_not_escaped_is_known() -> None:
    found = {
        str(path.relative_to(PROJECT / "templates")): len(UNESCAPED.findall(path.read_text()))
        for path in TEMPLATES
    }
    assert {name: count for name, count in found.items() if count} == KNOWN_UNESCAPED


def test_every_template_is_used() -> None:
    """A page that nobody renders is forgotten work."""
    sources = [*(PROJECT / "app").glob("**/*.py"), *TEMPLATES]
    text = "".join(path.read_text() for path in sources)
    names = [str(path.relative_to(PROJECT / "templates")) for path in TEMPLATES]
    # Views of one folder may name it once, as in f"events/office/{template}".
    unused = [
        name for name in names if not any(f'{one}"' in text for one in (f'"{name}', f'"{Path(name).name}'))
    ]
    unused = [name for name in unused if not name.startswith("mail/")]
    assert unused == []


def test_every_letter_has_its_three_texts() -> None:
    folder = PROJECT / "templates" / "mail"
    letters = {path.with_suffix("") for path in folder.glob("*/*.html") if not path.name.startswith("_")}
    assert len(letters) > 3
    for letter in letters:
        assert letter.with_suffix(".txt").exists(), letter
        assert letter.with_suffix(".subject.txt").exists(), letter
