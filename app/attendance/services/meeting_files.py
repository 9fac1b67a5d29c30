"""Attendance files of Zoom and Teams: read, matched with the registrations, imported, taken back.

What counts is written to the ledger, each stretch resting on its person of the file; nothing there is ever deleted.
"""

import hashlib
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import delete, insert, or_, select, update

from app import audit
from app.attendance.errors import FileSettled, NoSessionChosen, NotOfThisEvent, TimesMissing
from app.attendance.models import LedgerKind, LedgerSource, MeetingImport, MeetingPerson, MeetingState
from app.attendance.queries import ledger_rows
from app.attendance.queries import meeting_files as queries
from app.attendance.rules import meetings
from app.attendance.rules.matching import How, People
from app.attendance.rules.meetings import FaultyFile, MeetingFile
from app.attendance.rules.meetings.credit import likely
from app.attendance.services.ledger import Entry, record, void
from app.events.models import Event
from app.extensions import db
from app.registration import queries as registrations
from app.registration import sheets
from app.registration.sheets import Reading, Row, UnreadableFile, texts, workbooks
from app.text import tidy

LARGEST = 20 * 1024 * 1024  # bytes
KEPT = timedelta(days=180)  # as the copies of letters: who was nobody of the event for so long stays nobody
_BLOCK = 256 * 1024
_LOOKED_AT = 40  # lines in which tabs are looked for


@dataclass(frozen=True)
class Received:
    """A file that was read: what it is called, the digest of its bytes, and what it says."""

    name: str
    digest: str
    content: MeetingFile


def rows_of(path: Path, name: str) -> Iterator[Row]:
    """Yield every row of a file as it stands. Raises UnreadableFile.

    Teams' sections are of different widths and its dates hold commas: where tabs stand, they part the columns.
    """
    reading, _sheets = sheets.examine(path, name)
    if reading.kind == "xlsx":
        yield from workbooks.rows(path, reading)
        return
    yield from texts.rows(path, replace(reading, delimiter="\t") if _has_tabs(path, reading) else reading)


def _has_tabs(path: Path, reading: Reading) -> bool:
    with path.open(encoding=reading.encoding, errors="replace", newline="") as file:
        return any(line.count("\t") > 1 for line in islice(file, _LOOKED_AT))


def receive(upload: IO[bytes], name: str, event: Event, *, order: str = "") -> Received:
    """Read a file, and keep nothing of it but what it says. Writes nothing.

    Raises UnreadableFile, of which FaultyFile tells each fault, also where its dates could be read in two ways and
    `order` does not settle it.
    """
    name = tidy(name.replace("\\", "/").rpartition("/")[2])[:120] or _("The file")
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="tinkuy-") as folder:
        path = Path(folder) / "file"
        with path.open("xb") as file:
            size = 0
            while block := upload.read(_BLOCK):
                size += len(block)
                if size > LARGEST:
                    raise UnreadableFile(_("%(file)s has more than 20 MB. Part it in two.", file=name))
                digest.update(block)
                file.write(block)
        days = [day.date for day in event.days]
        content = meetings.read(rows_of(path, name), name, days, order=order)
    if not content.is_order_certain:
        raise FaultyFile(
            _(
                "%(file)s: its dates can be read in two ways, day first or month first. "
                "Choose below which, and send the file again.",
                file=name,
            )
        )
    return Received(name, digest.hexdigest(), content)


def create(event: Event, received: Received, *, by: int | None, at: datetime) -> MeetingImport:
    """Begin the draft of an import: its people matched, the sessions that it covers chosen.

    The same file again is the import that there is, whatever became of it; only one that was taken back begins anew.
    """
    # One file at a time: the same one sent twice at once is one import.
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    run = queries.meeting_file_by_digest(event.id, received.digest)
    if run is not None and run.state != MeetingState.TAKEN_BACK:
        return run
    if run is None:
        run = MeetingImport(event_id=event.id, digest=received.digest, created_at=at, created_by_id=by)
        db.session.add(run)
    content = received.content
    run.state, run.name, run.program, run.title = (
        MeetingState.DRAFT,
        received.name,
        content.program,
        content.title,
    )
    run.timezone, run.imported_at = event.timezone, None
    stays = [stay for one in content.people for stay in one.stays]
    run.session_ids = likely(stays, run.timezone, queries.parts(queries.counting_sessions(event)))
    db.session.flush()
    _write_people(event, run, content)
    audit.record("attendance.file_received", run, event=event, at=at, people=len(content.people))
    return run


def _write_people(event: Event, run: MeetingImport, content: MeetingFile) -> None:
    people = People(queries.known_people(event))
    db.session.execute(delete(MeetingPerson).where(MeetingPerson.import_id == run.id))
    rows = []
    for one in content.people:
        match = people.match(one)
        rows.append(
            {
                "import_id": run.id,
                "row": one.row,
                "name": one.name,
                "email": one.email,
                "stays": [[stay.joined_at.isoformat(), stay.left_at.isoformat()] for stay in one.stays],
                "seconds": None if one.stays else one.seconds,
                "registration_id": match.registration_id,
                "how": match.how or "",
                "candidates": list(match.candidates),
            }
        )
    db.session.execute(insert(MeetingPerson), rows)


def settle(event: Event, run: MeetingImport, *, timezone: str, session_ids: Collection[int]) -> None:
    """Settle in which zone a draft's clock runs (one that the form knows), and of which sessions it tells.

    Raises FileSettled, NoSessionChosen, and TimesMissing for several sessions where the file tells no times.
    """
    if run.state != MeetingState.DRAFT:
        raise FileSettled
    chosen = [one.id for one in queries.counting_sessions(event) if one.id in session_ids]
    if not chosen:
        raise NoSessionChosen
    if len(chosen) > 1 and any(not one.stays for one in queries.meeting_people(run)):
        raise TimesMissing
    run.timezone, run.session_ids = timezone, chosen


def put_into_ledger(
    event: Event, run: MeetingImport, chosen: Mapping[int, int | None], *, by: int | None, at: datetime
) -> int:
    """Import a draft: write down what everybody who is known counts for; returns how many people that was.

    `chosen` says, by person of the file, whom the office chose among candidates. Raises FileSettled where somebody
    else was faster, NoSessionChosen, TimesMissing, NotOfThisEvent.
    """
    if not run.session_ids:
        raise NoSessionChosen
    people = queries.meeting_people(run)
    if len(run.session_ids) > 1 and any(not one.stays for one in people):
        raise TimesMissing
    _claim(run, MeetingState.DRAFT, MeetingState.IMPORTED)
    run.imported_at = at
    for one in people:
        if one.registration_id is None and (number := chosen.get(one.id)) in one.candidates:
            one.registration_id, one.how = number, How.HAND
    known = [one for one in people if one.registration_id is not None]
    counted = _credit(event, run, known, by=by, at=at)
    audit.record("attendance.file_imported", run, event=event, at=at, people=counted)
    return counted


def _claim(run: MeetingImport, before: MeetingState, after: MeetingState) -> None:
    """Turn a file from one state to another, unless somebody else has done so meanwhile."""
    statement = (
        update(MeetingImport)
        .where(MeetingImport.id == run.id, MeetingImport.state == before)
        .values(state=after)
        .returning(MeetingImport.id)
    )
    if db.session.execute(statement).scalar() is None:
        raise FileSettled
    db.session.refresh(run, ["state"])


def _credit(
    event: Event, run: MeetingImport, people: Iterable[MeetingPerson], *, by: int | None, at: datetime
) -> int:
    everybody = {one.id: one for one in people}
    credited = queries.credited_spans(run, everybody.values(), queries.counting_sessions(event))
    entries = [
        Entry(
            everybody[key].registration_id or 0,
            LedgerKind.INTERVAL,
            span.starts_at,
            session_id=session_id,
            ends_at=span.ends_at,
            source_ref=everybody[key].source_ref,
        )
        for key, spans in credited.items()
        for session_id, span in spans
    ]
    record(event.id, entries, source=LedgerSource.IMPORT, by=by, at=at)
    return len({entry.registration_id for entry in entries})


def assign(
    event: Event,
    run: MeetingImport,
    person: MeetingPerson,
    registration_id: int | None,
    *,
    by: int | None,
    at: datetime,
) -> None:
    """Say by hand whose a row is, or that it is nobody's; after the import the ledger follows.

    Raises NotOfThisEvent, and FileSettled where the file was taken back.
    """
    if run.state == MeetingState.TAKEN_BACK:
        raise FileSettled
    if registration_id is not None and registrations.of_event(event, registration_id) is None:
        raise NotOfThisEvent
    if person.registration_id == registration_id:
        return
    if run.state == MeetingState.IMPORTED:
        _void(event, [person], by=by, at=at)
    person.registration_id, person.how = registration_id, How.HAND
    db.session.flush()
    if run.state == MeetingState.IMPORTED and registration_id is not None:
        _credit(event, run, [person], by=by, at=at)
    audit.record("attendance.file_matched", run, event=event, at=at, row=person.row)


def take_back(event: Event, run: MeetingImport, *, by: int | None, at: datetime) -> None:
    """Take an import back: each of its rows in the ledger is declared not to hold. Raises FileSettled."""
    _claim(run, MeetingState.IMPORTED, MeetingState.TAKEN_BACK)
    number = _void(event, queries.meeting_people(run), by=by, at=at)
    audit.record("attendance.file_taken_back", run, event=event, at=at, rows=number)


def _void(event: Event, people: Iterable[MeetingPerson], *, by: int | None, at: datetime) -> int:
    standing = ledger_rows.standing(event.id, LedgerSource.IMPORT, {one.source_ref for one in people})
    entries = [
        void(row, reason=_("The import was taken back"), at=at) for rows in standing.values() for row in rows
    ]
    return record(event.id, entries, source=LedgerSource.IMPORT, by=by, at=at)


def forget_nobody(*, at: datetime) -> int:
    """Delete the rows of files that are of nobody registered, and those that were never imported, half a year after
    the file was sent. Returns how many; what the ledger rests on stays.
    """
    old = select(MeetingImport.id).where(MeetingImport.created_at < at - KEPT)
    drafts = old.where(MeetingImport.state == MeetingState.DRAFT)
    deleted = db.session.execute(
        delete(MeetingPerson)
        .where(
            MeetingPerson.import_id.in_(old),
            or_(MeetingPerson.registration_id.is_(None), MeetingPerson.import_id.in_(drafts)),
        )
        .returning(MeetingPerson.id)
    )
    return len(deleted.all())
