"""The notation in which an office writes letters: paragraphs, lists, links and fields, for text and HTML alike.

A paragraph ends at an empty line, "- " begins the line of a list, `[words](address)` is a link (a button where it
stands alone), `{nombre}` is a field. All else is plain text and is escaped. Fields are filled in after the notation
was read, so that what a person typed as their name stays a name.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import get_template_attribute
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from app.errors import DomainError

_FIELD = re.compile(r"\{([^{}\n]*)\}")
# The last kind is an address that goes on after a field: {enlace}/sesiones.
_LINK = re.compile(
    r"\[([^\[\]\n]+)\]\(([^()\s]+)\)"
    r"|((?:https?://|\{[^{}\n]*\}(?=[/#]))[^\s<>\"()]+[^\s<>\"().,;:!?])"
)
_ALONE = re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]+)\)")
_GOOD_ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)


class UnknownField(DomainError):
    """A letter asks for a field that it does not have."""

    def __init__(self, name: str, field: str) -> None:
        super().__init__(_l("There is no field {%(name)s}. Take one from the list.", name=name), field)


class FieldNeeded(DomainError):
    """A letter lacks a field without which nobody could do what it asks for."""

    def __init__(self, name: str, field: str) -> None:
        super().__init__(
            _l("This letter needs the field {%(name)s}: without it nobody can answer.", name=name), field
        )


class BadLink(DomainError):
    """A link leads to something that is no address."""

    def __init__(self, address: str, field: str) -> None:
        message = _l("«%(address)s» is no address. Begin it with https://", address=address)
        super().__init__(message, field)


@dataclass(frozen=True)
class Words:
    """Subject and body of a letter with its fields filled in: the body as text and as HTML."""

    subject: str
    text: str
    html: Markup


def check(
    subject: str,
    body: str,
    *,
    known: Collection[str],
    addresses: Collection[str],
    needed: Collection[str] = (),
) -> None:
    """Refuse what could not be filled in. `addresses` are the fields that may stand for one, `needed` must be there.

    Raises UnknownField, FieldNeeded and BadLink, with the form's field `subject` or `body`.
    """
    for field, words in (("subject", subject), ("body", body)):
        for name in _FIELD.findall(words):
            if name not in known:
                raise UnknownField(name, field)
    for name in needed:
        if name not in _FIELD.findall(body):
            raise FieldNeeded(name, "body")
    for _label, address in _ALONE.findall(body):
        field_there = _FIELD.match(address)
        if not (field_there[1] in addresses if field_there else _GOOD_ADDRESS.fullmatch(address)):
            raise BadLink(address, "body")


def fill(
    subject: str, body: str, values: Mapping[str, str], *, addresses: Collection[str], colour: str
) -> Words:
    """Return a letter's words. Fields that have no value are left empty; `colour` is that of buttons."""
    filling = _Filling(values, addresses, colour)
    return Words(
        subject=" ".join(filling.plain(subject).split()),
        text=filling.plain(_ALONE.sub(r"\1: \2", body)).strip() + "\n",
        html=filling.html(body),
    )


@dataclass(frozen=True)
class _Filling:
    values: Mapping[str, str]
    addresses: Collection[str]
    colour: str

    def plain(self, words: str) -> str:
        return _FIELD.sub(lambda match: self.values.get(match[1], ""), words)

    def html(self, body: str) -> Markup:
        blocks = (block.strip() for block in re.split(r"\n\s*\n", body.strip()))
        return Markup("\n").join(self._block(block) for block in blocks if block)

    def _block(self, block: str) -> Markup:
        if alone := _ALONE.fullmatch(block):
            button = get_template_attribute("mail/_parts.html", "button")
            return Markup(button(self.plain(alone[2]), self.plain(alone[1]), self.colour))  # noqa: S704
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            items = Markup("").join(Markup("<li>%s</li>") % self._line(line[2:]) for line in lines)
            return Markup('<ul style="margin:12px 0;padding-left:22px">%s</ul>') % items
        return Markup("<p>%s</p>") % Markup("<br>").join(self._line(line) for line in lines)

    def _line(self, line: str) -> Markup:
        parts, end = [], 0
        for match in _LINK.finditer(line):
            field = _FIELD.match(match[3] or "")
            if field and field[1] not in self.addresses:
                continue
            parts += self._words(line[end : match.start()])
            parts.append(self._link(match[2] or match[3], match[1] or match[3]))
            end = match.end()
        return Markup("").join([*parts, *self._words(line[end:])])

    def _words(self, words: str) -> list[Markup]:
        """Return plain words, every second part of which is the name of a field."""
        return [
            self._field(part) if index % 2 else escape(part) for index, part in enumerate(_FIELD.split(words))
        ]

    def _field(self, name: str) -> Markup:
        value = self.values.get(name, "")
        return self._link(value, value) if name in self.addresses and value else escape(value)

    def _link(self, address: str, words: str) -> Markup:
        return Markup('<a href="%s">%s</a>') % (self.plain(address), self.plain(words))
