"""Every text of code and templates stands in both catalogues, whole and with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2 import nodes as jinja

from scripts import texts
from scripts.console import PROJECT

LANGUAGES = ("es", "en")
MARKERS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
TEMPLATES = sorted((PROJECT / "templates").glob("**/*.html"))
# Names, and what is the same in every language.
UNTRANSLATED = re.compile(r"Tinkuy|English|Español|CSV|JSON|XLSX|PDF|DNI|RUC|/eventos/")
ATTRIBUTES = re.compile(r'[\w-]+="[^"]*"')  # of a tag that a parent template opens


@cache
def used(folder: str) -> frozenset[texts.Text]:
    """Return the texts that a folder asks for: to find them takes seconds."""
    return frozenset(texts.used(folder))


@cache
def catalogue(language: str) -> Catalog:
    with (PROJECT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, language)


def messages(language: str) -> dict[str | tuple[str, str], Message]:
    return {message.id: message for message in catalogue(language) if message.id}


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_and_none_is_left_over(language: str) -> None:
    known = set(messages(language))
    wanted = used("app") | used("templates")
    assert len(wanted) > 200
    assert sorted(map(str, wanted - known)) == []
    assert sorted(map(str, known - wanted)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_looked_through(language: str) -> None:
    missing = [
        message.id
        for message in messages(language).values()
        if message.fuzzy or not all(form.strip() for form in forms(message.string))
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_alike(language: str) -> None:
    wrong = []
    for message in messages(language).values():
        expected = placeholders(forms(message.id)[-1])
        found = [placeholders(form) for form in forms(message.string)]
        # The singular may say "one seat" where the plural counts.
        if found[-1] != expected or any(not one <= expected for one in found):
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_per_cent_sign_in_a_template_s_text_is_doubled(language: str) -> None:
    """Templates fill in placeholders also where there are none."""
    known = messages(language)
    for text in used("templates"):
        for form in forms(known[text].string):
            assert form % dict.fromkeys(placeholders_of(form), "")


def placeholders_of(text: str) -> set[str]:
    return {match[1] for match in PLACEHOLDER.finditer(text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_spaces_at_the_ends_are_alike(language: str) -> None:
    wrong = [
        message.id
        for message in messages(language).values()
        for form in forms(message.string)
        if (form[0].isspace(), form[-1].isspace())
        != (forms(message.id)[0][0].isspace(), forms(message.id)[0][-1].isspace())
    ]
    assert wrong == []


def test_spanish_is_spanish() -> None:
    """A sentence of three words that reads alike in both languages was forgotten."""
    same = [
        message.id
        for message in messages("es").values()
        if message.string == message.id
        and len(re.findall(r"[a-z]{3,}", PLACEHOLDER.sub("", str(message.id)))) > 2
    ]
    assert same == []


@pytest.mark.parametrize(
    "unwanted", [r"[!¡]", r"(?i)\b(tú|tus|tu|contigo|haz|debes|puedes|tienes|quieres)\b", r"\s{2}", r"\.\.\."]
)
def test_spanish_keeps_the_voice(unwanted: str) -> None:
    """Usted, no exclamation marks, no doubled spaces, a true ellipsis."""
    found = [
        form
        for message in messages("es").values()
        for form in forms(message.string)
        if re.search(unwanted, form)
    ]
    assert found == []


def test_texts_are_written_where_they_are_marked() -> None:
    """A text put together or kept in a variable is never found by those who translate."""
    hidden = []
    for path in (PROJECT / "app").glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
                first = node.args[0]
                if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                    hidden.append(f"{path.relative_to(PROJECT)}:{node.lineno}")
    for path in TEMPLATES:
        for call in Environment(autoescape=True).parse(path.read_text()).find_all(jinja.Call):
            if (
                isinstance(call.node, jinja.Name)
                and call.node.name in MARKERS
                and not isinstance(call.args[0], jinja.Const)
            ):
                hidden.append(f"{path.relative_to(PROJECT)}:{call.lineno}")
    assert hidden == []


class _Words(HTMLParser):
    """Collects what people read in a page: text, and the attributes that are read aloud or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script", "code"}
        self.found += [
            value for name, value in attrs if value and name in {"alt", "title", "aria-label", "placeholder"}
        ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script", "code"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def plain_words(path: Path) -> Iterator[str]:
    """Yield the words of a template that are not marked for translation."""
    parser = _Words()
    for _line, kind, value in Environment(autoescape=True).lex(path.read_text()):
        if kind == "data":
            parser.feed(value)
        elif kind == "variable_begin":
            parser.feed("_")
    for text in parser.found:
        yield from re.findall(r"[A-Za-zÁ-ÿ]{3,}", UNTRANSLATED.sub("", ATTRIBUTES.sub("", text)))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_words_stand_in_templates_unmarked(path: Path) -> None:
    assert list(plain_words(path)) == []
