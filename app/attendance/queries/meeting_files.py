"""Reads of imported attendance files."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple, NoReturn

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.attendance import rules
from app.attendance.models import MeetingImport, MeetingPerson
from app.attendance.rules.matching import Known
from app.attendance.rules.meetings.credit import Part, credits
from app.attendance.rules.spans import Span
from app.events import queries as events
from app.events.models import Event, Session
from app.extensions import db
from app.registration.models import ACTIVE, Registration, RegistrationStatus


class ListedFile(NamedTuple):
    """A file with how many people stand in it, and how many of them are known."""

    run: MeetingImport
    people: int
    matched: int


def _not_found() -> NoReturn:
    abort(404)


def meeting_files(event: Event) -> list[ListedFile]:
    """Return the files of an event, the newest first, in one query."""
    statement = (
        select(MeetingImport, func.count(MeetingPerson.id), func.count(MeetingPerson.registration_id))
        .outerjoin(MeetingPerson, MeetingPerson.import_id == MeetingImport.id)
        .where(MeetingImport.event_id == event.id)
        .group_by(MeetingImport.id)
        .order_by(MeetingImport.id.desc())
    )
    return [ListedFile._make(row) for row in db.session.execute(statement)]


def meeting_file_or_404(event: Event, import_id: int) -> MeetingImport:
    """Return a file of this event, or answer 404."""
    statement = select(MeetingImport).where(MeetingImport.id == import_id, MeetingImport.event_id == event.id)
    return db.session.scalar(statement) or _not_found()


def meeting_file_by_digest(event_id: int, digest: str) -> MeetingImport | None:
    """Return the import of a file with the same bytes."""
    statement = select(MeetingImport).where(
        MeetingImport.event_id == event_id, MeetingImport.digest == digest
    )
    return db.session.scalar(statement)


def meeting_people(run: MeetingImport) -> list[MeetingPerson]:
    """Return who stands in a file, with their registrations, in the order of the file."""
    statement = (
        select(MeetingPerson)
        .options(joinedload(MeetingPerson.registration))
        .where(MeetingPerson.import_id == run.id)
        .order_by(MeetingPerson.row)
    )
    return list(db.session.scalars(statement))


def meeting_person_or_404(run: MeetingImport, person_id: int) -> MeetingPerson:
    """Return somebody of this file, or answer 404."""
    statement = select(MeetingPerson).where(MeetingPerson.id == person_id, MeetingPerson.import_id == run.id)
    return db.session.scalar(statement) or _not_found()


def known_people(event: Event) -> list[Known]:
    """Return the registrations of an event by all that a row may tell of them, without those at an end."""
    statement = select(
        Registration.id,
        Registration.code,
        Registration.document_number,
        Registration.email,
        Registration.given_names,
        Registration.first_surname,
        Registration.second_surname,
        Registration.status,
    ).where(Registration.event_id == event.id, ACTIVE)
    return [
        Known(
            number, code, document, email, given, f"{first} {second}", status == RegistrationStatus.CONFIRMED
        )
        for number, code, document, email, given, first, second, status in db.session.execute(statement)
    ]


def candidates_of(people: Iterable[MeetingPerson]) -> dict[int, Registration]:
    """Return the registrations among which the office chooses, by id, in one query."""
    ids = {one for person in people for one in person.candidates}
    found = db.session.scalars(select(Registration).where(Registration.id.in_(ids))) if ids else ()
    return {one.id: one for one in found}


def counting_sessions(event: Event) -> list[Session]:
    """Return the sessions of an event that count, in the order of time."""
    counting = [one for one in events.sessions_of(event.id) if one.counts]
    return sorted(counting, key=lambda one: (one.starts_at, one.id))


def parts(sessions: Iterable[Session], ids: Collection[int] | None = None) -> list[Part]:
    """Return sessions by their time; those of `ids` alone where given."""
    return [
        Part(one.id, Span(one.starts_at, one.ends_at)) for one in sessions if ids is None or one.id in ids
    ]


def stays_of(person: MeetingPerson) -> list[tuple[datetime, datetime]]:
    """Return when somebody was there, by the file's own clock."""
    return [(datetime.fromisoformat(joined), datetime.fromisoformat(left)) for joined, left in person.stays]


def credited_spans(
    run: MeetingImport, people: Iterable[MeetingPerson], sessions: Iterable[Session]
) -> dict[int, list[tuple[int, Span]]]:
    """Return what each person of a file counts for, as pairs of session and time, by the person's id."""
    of_file = parts(sessions, run.session_ids)
    return {one.id: credits(stays_of(one), one.seconds, run.timezone, of_file) for one in people}


def credited_minutes(credited: dict[int, list[tuple[int, Span]]]) -> dict[int, int]:
    """Return the minutes that each person of a file counts for, parallel sessions once."""
    return {key: rules.minutes(span for _session, span in spans) for key, spans in credited.items()}
