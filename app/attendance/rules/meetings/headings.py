"""What the columns of a meeting program's file hold, by their headings, else by what is in them."""

import re
from collections.abc import Sequence
from enum import StrEnum

from app.attendance.rules.meetings.times import DAY_FIRST, MONTH_FIRST, instant, seconds
from app.text import folded, tidy

_LOOKED_AT = 30  # rows by which the content of a column is judged


class Column(StrEnum):
    """What a column holds."""

    NAME = "name"
    EMAIL = "email"
    PERSON = "person"
    JOINED = "joined"
    LEFT = "left"
    DURATION = "duration"
    WAITING = "waiting"


class Fact(StrEnum):
    """What the block above the rows tells of the meeting itself."""

    TITLE = "title"
    STARTED = "started"
    ENDED = "ended"
    NUMBER = "number"


# In English, Spanish, Portuguese and French. Words in brackets are left out before comparing.
_COLUMNS: dict[Column, re.Pattern[str]] = {
    Column.WAITING: re.compile(r".*(waiting room|sala de espera).*"),
    Column.PERSON: re.compile(r".*\bupn\b.*|(participant|user) id|id\.? (de|del) (participante|usuario)"),
    Column.EMAIL: re.compile(r".*(e-?mail|correo|courriel).*"),
    Column.DURATION: re.compile(r".*(duration|duracion|duracao|duree|tiempo en la reunion).*"),
    Column.LEFT: re.compile(r".*\b(leave|left|salida|salir|salio|abandono|saida|depart|sortie)\b.*"),
    Column.JOINED: re.compile(
        r".*\b(join|joined|union|unirse|unio|ingreso|entrada|entro|acceso|incorporacion|entree|arrivee)\b.*"
    ),
    Column.NAME: re.compile(
        r"(full |user |participant |attendee )?name|participant|attendee|nombre( completo| y apellidos?)?"
        r"|(nombre|nome) (de|del|do) (usuario|participante|asistente)|participante|asistente"
        r"|nome( completo)?|nom( complet)?"
    ),
}
_FACTS: dict[Fact, re.Pattern[str]] = {
    Fact.TITLE: re.compile(r"(meeting )?(topic|title)|tema|asunto|titulo( de la reunion)?"),
    Fact.STARTED: re.compile(r"(meeting )?start( time)?|(hora|fecha)( y hora)? de inicio|inicio"),
    Fact.ENDED: re.compile(r"(meeting )?end( time)?|(hora|fecha)( y hora)? de (fin|finalizacion|cierre)|fin"),
    Fact.NUMBER: re.compile(r"(meeting )?id|id\.? (de|de la) reunion"),
}


def _plain(heading: str) -> str:
    # "Participant ID (UPN)" is known by what stands in its brackets, every other heading by what stands before them.
    text = folded(tidy(heading)).rstrip(" :")
    return text if "upn" in text else re.sub(r"\s*\(.*?\)", "", text).strip()


def columns_of(cells: Sequence[str]) -> dict[Column, int]:
    """Return the columns that headings name, each once: the first that fits."""
    found: dict[Column, int] = {}
    for place, cell in enumerate(cells):
        plain = _plain(cell)
        kind = next((column for column, words in _COLUMNS.items() if words.fullmatch(plain)), None)
        if kind is not None and len(plain) <= 60:
            found.setdefault(kind, place)
    return found


def is_heading(cells: Sequence[str]) -> bool:
    """Return whether a row is the headings of people: it names a person, and a time or a duration."""
    found = columns_of(cells)
    if not found.keys() & {Column.NAME, Column.EMAIL}:
        return False
    return bool(found.keys() & {Column.JOINED, Column.LEFT}) or (
        Column.DURATION in found and not facts_of(cells)
    )


def facts_of(cells: Sequence[str]) -> dict[Fact, int]:
    """Return which cells of a row are headings of the meeting's own block; at least a title or number and a time."""
    found: dict[Fact, int] = {}
    for place, cell in enumerate(cells):
        kind = fact(cell)
        if kind is not None:
            found.setdefault(kind, place)
    timed = found.keys() & {Fact.STARTED, Fact.ENDED}
    return found if timed and found.keys() & {Fact.TITLE, Fact.NUMBER} else {}


def fact(cell: str) -> Fact | None:
    """Return which fact of the meeting a cell is the heading of."""
    plain = _plain(cell)
    return next((kind for kind, words in _FACTS.items() if words.fullmatch(plain)), None)


def completed(
    found: dict[Column, int], headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> dict[Column, int]:
    """Return the columns with those added that no heading told, by what is in them: addresses, times, durations."""
    known, sample = dict(found), rows[:_LOOKED_AT]
    for place in range(len(headings)):
        if place in known.values():
            continue
        values = [row[place] for row in sample if place < len(row) and row[place].strip()]
        if values and (kind := _content(values, known)) is not None:
            known[kind] = place
    if Column.NAME not in known:
        left = [place for place in range(len(headings)) if place not in known.values()]
        if left:
            known[Column.NAME] = left[0]
    return known


def _content(values: Sequence[str], known: dict[Column, int]) -> Column | None:
    if all("@" in value for value in values):
        wanted = [Column.EMAIL, Column.PERSON]
    elif all(instant(value, DAY_FIRST) or instant(value, MONTH_FIRST) for value in values):
        wanted = [Column.JOINED, Column.LEFT]
    elif all(seconds(value) is not None for value in values):
        wanted = [Column.DURATION]
    else:
        return None
    return next((kind for kind in wanted if kind not in known), None)
