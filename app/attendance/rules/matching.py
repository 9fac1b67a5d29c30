"""Whose row of a meeting's file it is: by e-mail, by the code or document in the name, by the name itself.

Certain is an address that one person gave, the code of a pass, and a name that holds all names and surnames of one
person alone. All else is for somebody to confirm: an address that several share, a name in part, who has no seat.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from app.attendance.rules.meetings import Attender
from app.attendance.rules.scans import is_pass
from app.codes import normalise
from app.text import folded

MOST_CANDIDATES = 5
_FEWEST_TOKENS = 3  # of a name that is certain: "Rosa Quispe" is too many people
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}[- –·]?[2-9A-HJ-NP-Z]{4}", re.IGNORECASE)
_DOCUMENT = re.compile(r"\d{8,12}")


class How(StrEnum):
    """By what a row was matched."""

    EMAIL = "email"
    CODE = "code"
    DOCUMENT = "document"
    NAME = "name"
    HAND = "hand"


class Known(NamedTuple):
    """What is known of a registration that a row may be of."""

    id: int
    code: str
    document: str
    email: str
    given_names: str
    surnames: str
    has_seat: bool


class Match(NamedTuple):
    """Whose a row is: certain where there is a registration, to be confirmed where there are candidates alone."""

    registration_id: int | None
    how: How | None
    candidates: tuple[int, ...] = ()


class People:
    """The registrations of an event, by all that a row may tell of them."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_id: dict[int, Known] = {}
        self._by_email: defaultdict[str, list[int]] = defaultdict(list)
        self._by_code: dict[str, int] = {}
        self._by_document: defaultdict[str, list[int]] = defaultdict(list)
        self._by_token: defaultdict[str, list[int]] = defaultdict(list)
        self._tokens: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        for one in known:
            self._add(one)

    def _add(self, one: Known) -> None:
        self._by_id[one.id] = one
        self._by_code[one.code] = one.id
        if one.email:
            self._by_email[one.email.lower()].append(one.id)
        if len(one.document) >= 8:
            self._by_document[one.document.upper()].append(one.id)
        given, surnames = tokens(one.given_names), tokens(one.surnames)
        self._tokens[one.id] = given, surnames
        for token in given | surnames:
            self._by_token[token].append(one.id)

    def match(self, row: Attender) -> Match:
        """Return whose a row is."""
        for found in (self._email(row), self._written(row), self._name(row.name)):
            if found is not None:
                return self._seated(found)
        return Match(None, None, self._similar(row.name))

    def _seated(self, found: Match) -> Match:
        """Leave it to the office to confirm whoever has no seat."""
        if found.registration_id is None or self._by_id[found.registration_id].has_seat:
            return found
        return Match(None, found.how, (found.registration_id,))

    def _email(self, row: Attender) -> Match | None:
        ids = next(
            (self._by_email[one] for one in (row.email, row.person.lower()) if one in self._by_email), []
        )
        if len(ids) == 1:
            return Match(ids[0], How.EMAIL)
        if not ids:
            return None
        words = tokens(row.name)
        named = [
            one for one in ids if self._all_tokens(one) <= words or words <= self._all_tokens(one) != words
        ]
        if len(named) == 1 and words:
            return Match(named[0], How.EMAIL)
        return Match(None, How.EMAIL, tuple((named or ids)[:MOST_CANDIDATES]))

    def _written(self, row: Attender) -> Match | None:
        """Return who wrote the code of the pass, or their document, into the name."""
        for text in (row.person, row.name):
            for found in _CODE.findall(text):
                code = normalise(found)
                if is_pass(code) and code in self._by_code:
                    return Match(self._by_code[code], How.CODE)
            for found in _DOCUMENT.findall(text):
                ids = self._by_document.get(found, [])
                if len(ids) == 1:
                    return Match(ids[0], How.DOCUMENT)
        return None

    def _name(self, name: str) -> Match | None:
        """Return whose full name stands in a row, whatever stands around it; the fullest of several."""
        words = tokens(name)
        near = {one for word in words for one in self._by_token.get(word, ())}
        whole = [one for one in near if self._all_tokens(one) <= words]
        if not whole:
            return None
        longest = max(len(self._all_tokens(one)) for one in whole)
        best = sorted(one for one in whole if len(self._all_tokens(one)) == longest)
        if len(best) == 1 and longest >= _FEWEST_TOKENS:
            return Match(best[0], How.NAME)
        return Match(None, How.NAME, tuple(best[:MOST_CANDIDATES]))

    def _similar(self, name: str) -> tuple[int, ...]:
        """Return those with a given name and a surname of a row, those with most first."""
        words = tokens(name)
        near = {one for word in words for one in self._by_token.get(word, ())}
        shared = {}
        for one in near:
            given, surnames = self._tokens[one]
            if given & words and surnames & words:
                shared[one] = len((given | surnames) & words)
        return tuple(sorted(shared, key=lambda one: (-shared[one], one))[:MOST_CANDIDATES])

    def _all_tokens(self, one: int) -> frozenset[str]:
        given, surnames = self._tokens[one]
        return given | surnames


def tokens(name: str) -> frozenset[str]:
    """Return the words of a name, folded, in whatever order; single letters tell nobody apart."""
    return frozenset(word for word in _WORD.findall(folded(name)) if len(word) > 1)
