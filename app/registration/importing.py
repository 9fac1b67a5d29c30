"""The work of an import: rows are read aside first, then written as registrations, in short transactions.

A worker claims the import for a while, every batch renews the claim; where it was lost (the import was cancelled, or
another worker took over) the batch is undone and the worker stops. Good rows alone are written in batches, each a
transaction under the seats' lock. All or nothing is one transaction, which only writes: everything was read and
checked before it began.
"""

import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import refresh
from sqlalchemy import insert, or_, update

from app import audit, changes, clock, codes, unit_of_work
from app.accounts import services as accounts
from app.errors import DomainError
from app.events.models import EventStatus
from app.extensions import db
from app.registration import emails, queries, rules, sheets
from app.registration.errors import ChoiceFull, EntityNotListed, NotPublished
from app.registration.models import (
    DocumentType,
    FieldVersion,
    Import,
    ImportRow,
    ImportStatus,
    Registration,
    RegistrationStatus,
    RowOutcome,
)
from app.registration.models.imports import UNDER_WAY
from app.registration.queries.imports import SoundRow
from app.registration.rules.answers import read_all
from app.registration.rules.seats import Place, Vacancies
from app.registration.services import CODE_LENGTH, Person, imports
from app.registration.services.answers import save_answers
from app.registration.services.entities import rucs_among, settle
from app.registration.services.imports import Mapping
from app.registration.services.seats import chosen_options, lock
from app.registration.sheets import WHOLE_ROW, Row, people

READ_AT_ONCE = 500  # rows
BATCH = 100  # registrations: some twenty milliseconds for whoever waits for the lock
CLAIM = timedelta(minutes=2)
_EMPTY = {
    "document_type": str(DocumentType.NONE),
    "document_number": "",
    "given_names": "",
    "first_surname": "",
}


class ClaimLost(Exception):
    """The import was cancelled, or another worker has taken it over."""


def work_on(import_id: int, *, seconds: float | None = None) -> bool:
    """Work on an import for about so long. Returns whether it is at an end; does nothing where somebody is at it."""
    claim = secrets.token_hex(16)
    run = _claimed(import_id, claim)
    if run is None:
        return _is_over(import_id)
    g.language = run.language
    refresh()
    until = None if seconds is None else time.monotonic() + seconds
    try:
        if run.status == ImportStatus.READING and not _read(run, claim, until):
            return _let_go(import_id, claim)
        return _write(import_id, claim, until) or _let_go(import_id, claim)
    except ClaimLost:
        return _is_over(import_id)
    except DomainError as error:
        return _fail(import_id, claim, str(error))


def _claimed(import_id: int, claim: str) -> Import | None:
    now = clock.now()
    with unit_of_work.transaction():
        db.session.execute(
            update(Import)
            .where(
                Import.id == import_id,
                Import.status.in_(UNDER_WAY),
                or_(Import.claimed_until.is_(None), Import.claimed_until < now),
            )
            .values(claim=claim, claimed_until=now + CLAIM)
        )
    run = db.session.get_one(Import, import_id, populate_existing=True)
    return run if run.claim == claim else None


def _is_over(import_id: int) -> bool:
    return not db.session.get_one(Import, import_id, populate_existing=True).is_under_way


def _renew(import_id: int, mine: str, **values: Any) -> None:
    """Hold on to the claim within the present transaction, and note how far the import is. Raises ClaimLost."""
    renewed = db.session.scalar(
        update(Import)
        .where(Import.id == import_id, Import.claim == mine, Import.status.in_(UNDER_WAY))
        .values(**{"claimed_until": clock.now() + CLAIM} | values)
        .returning(Import.id)
    )
    if renewed is None:
        raise ClaimLost


def _let_go(import_id: int, claim: str) -> bool:
    with unit_of_work.transaction():
        _renew(import_id, claim, claim=None, claimed_until=None)
    return False


def _fail(import_id: int, claim: str, problem: str) -> bool:
    with unit_of_work.transaction():
        _end(import_id, claim, ImportStatus.FAILED, problem=problem[:500])
    return True


def _end(import_id: int, claim: str, status: ImportStatus, **values: Any) -> None:
    counts = queries.outcomes(import_id)
    ended = {
        "status": status,
        "claim": None,
        "claimed_until": None,
        "finished_at": clock.now(),
        "counts": counts,
    }
    _renew(import_id, claim, **ended, **values)
    run = db.session.get_one(Import, import_id, populate_existing=True)
    people_ = counts.get(RowOutcome.ADDED, 0) + counts.get(RowOutcome.WAITLISTED, 0)
    audit.record(
        "registrations.imported", run, event=run.event, people=people_, status=str(status), rows=counts
    )


# Reading aside


def _read(run: Import, claim: str, until: float | None) -> bool:
    """Read the file's rows aside, from where it was left. Returns whether all are read."""
    import_id, mapping, headings = run.id, Mapping.of(run.mapping), run.headings
    left, fields = queries.vacancies(run.event), imports.fields_of(run)
    rows = imports.table_of(run).rows(after=run.read_to)
    for version in fields:  # they outlive the transactions
        db.session.expunge(version.field)
        db.session.expunge(version)
    db.session.rollback()
    while batch := list(islice(rows, READ_AT_ONCE)):
        found = [
            _read_aside(import_id, row, mapping, headings=headings, fields=fields, left=left) for row in batch
        ]
        with unit_of_work.transaction():
            _renew(import_id, claim, read_to=batch[-1].number, done=Import.done + len(batch))
            db.session.execute(insert(ImportRow), found)
        if until is not None and time.monotonic() > until:
            return False
    with unit_of_work.transaction():
        _reject_repeated(import_id)
        _renew(import_id, claim, status=ImportStatus.WRITING, total=Import.done)
    return True


def _read_aside(
    import_id: int,
    row: Row,
    mapping: Mapping,
    *,
    headings: list[str],
    fields: list[FieldVersion],
    left: Vacancies,
) -> dict[str, Any]:
    person = read_row(row, mapping, fields)
    if not left.lists(_place(person.facts.get("entity", ""), fields, person.answers)):
        person.problems.append(("entity", str(EntityNotListed())))
    facts = _EMPTY | person.facts
    return {
        "import_id": import_id,
        "number": row.number,
        "cells": row.cells,
        "facts": person.facts,
        "answers": person.answers,
        "identity": person_of(facts).identity,
        "problems": [[_called(target, mapping, headings), text] for target, text in person.problems],
        "notes": [[_called(target, mapping, headings), text] for target, text in person.notes],
        "outcome": RowOutcome.REJECTED if person.problems else None,
    }


def read_row(row: Row, mapping: Mapping, fields: Sequence[FieldVersion] = ()) -> people.PersonRow:
    """Return the person in a row, and the answers to a form's fields, with what is wrong with the cells that matter.

    A required field that the file has no column for stays unanswered: the office asks before it imports.
    """
    cells = {**mapping.constants, **{target: row.cells[place] for place, target in mapping.columns.items()}}
    for target, text in mapping.constants.items():
        cells[target] = cells[target] or text
    facts = {target: text for target, text in cells.items() if target in people.TARGETS}
    numeric = frozenset(mapping.columns[place] for place in row.numeric if place in mapping.columns)
    person = people.read_person(facts, numeric=numeric, order=mapping.order)
    _read_answers(person, cells, fields)
    for place, text in row.problems.items():
        if place == WHOLE_ROW or place in mapping.columns:
            person.problems.insert(0, (mapping.columns.get(place, ""), text))
    return person


def _read_answers(person: people.PersonRow, cells: dict[str, str], fields: Sequence[FieldVersion]) -> None:
    prefix = imports.FIELD
    typed = {target.removeprefix(prefix): text for target, text in cells.items() if target.startswith(prefix)}
    if not typed:
        return
    values, wrong = read_all(fields, typed)
    person.answers = {key: value for key, value in values.items() if key in typed and value is not None}
    person.problems += [(prefix + key, str(problem)) for key, problem in wrong.items() if key in typed]


def _called(target: str, mapping: Mapping, headings: list[str]) -> str:
    """Return which column a problem is about, as the file calls it: "Correo (D)"."""
    for place, mapped in mapping.columns.items():
        if mapped == target:
            return f"{headings[place]} ({sheets.column_letter(place)})"
    return str(people.TARGETS.get(target, ""))


def person_of(facts: dict[str, str]) -> Person:
    """Return the person whose facts were read."""
    return Person(**{**facts, "document_type": DocumentType(facts["document_type"])})  # type: ignore[arg-type]


def _reject_repeated(import_id: int) -> None:
    for row_id, number in queries.repeated_rows(import_id):
        db.session.execute(
            update(ImportRow)
            .where(ImportRow.id == row_id)
            .values(
                outcome=RowOutcome.REJECTED,
                problems=[["", _("The same person is in row %(row)s.", row=number)]],
            )
        )


# Writing


def _write(import_id: int, claim: str, until: float | None) -> bool:
    """Write the sound rows as registrations. Returns whether all are written."""
    run = db.session.get_one(Import, import_id, populate_existing=True)
    rejected = queries.outcomes(import_id).get(RowOutcome.REJECTED, 0)
    if run.is_all_or_nothing:
        if rejected:
            return _fail(import_id, claim, _("Some rows have errors, so nobody was imported."))
        with unit_of_work.transaction():
            for _number in _batches(import_id, claim):
                pass
            _end(import_id, claim, ImportStatus.FINISHED)
        return True
    while True:
        with unit_of_work.transaction():
            if next(_batches(import_id, claim), None) is None:
                _end(import_id, claim, ImportStatus.FINISHED)
                return True
        if until is not None and time.monotonic() > until:
            return False


def _batches(import_id: int, claim: str) -> Iterator[int]:
    """Write batch after batch within the present transaction, and yield how many rows each had."""
    after = 0
    while True:
        run = db.session.get_one(Import, import_id)
        lock(run.event)
        rows = queries.rows_to_write(import_id, after=after, limit=BATCH)
        if not rows:
            return
        after = rows[-1].number
        _write_batch(run, rows, at=clock.now())
        _renew(import_id, claim, done=Import.done + len(rows))
        db.session.flush()
        db.session.expunge_all()
        yield len(rows)


def _write_batch(run: Import, rows: list[SoundRow], *, at: datetime) -> None:
    event = run.event
    db.session.refresh(event, ["status", "capacity"])
    if event.status != EventStatus.PUBLISHED:
        raise NotPublished
    existing = queries.active_by_identities(event, [row.identity for row in rows])
    outcomes: dict[RowOutcome, list[int]] = defaultdict(list)
    for row in rows:
        if (registration := existing.get(row.identity)) is not None:
            is_changed = run.updates and _update(run, registration, row, at=at)
            outcomes[RowOutcome.UPDATED if is_changed else RowOutcome.UNCHANGED].append(row.id)
    newcomers = [row for row in rows if row.identity not in existing]
    for registration in _add(run, newcomers, outcomes, at=at):
        if run.sends_letters:
            emails.received(registration)
    for outcome, ids in outcomes.items():
        db.session.execute(update(ImportRow).where(ImportRow.id.in_(ids)).values(outcome=outcome))


def _update(run: Import, registration: Registration, row: SoundRow, *, at: datetime) -> bool:
    """Write what a row knows over what was known of a person; what it leaves empty stays. Returns if any changed."""
    known = {key: getattr(registration, key) for key in Person.__dataclass_fields__}
    changed = changes.apply(registration, person_of(known | row.facts))
    if changed:
        rules.fold(registration)
        settle(registration)
    if row.answers and run.form is not None and registration.form_id == run.form_id:
        changed += save_answers(registration, run.form, row.answers, at=at)
    return bool(changed)


def _add(
    run: Import, rows: list[SoundRow], outcomes: dict[RowOutcome, list[int]], *, at: datetime
) -> list[Registration]:
    """Register newcomers, one after the other as every limit lets them in; note what became of their rows."""
    consent = accounts.consent_text_in_force(run.event.organisation, at=at)
    left = queries.vacancies(run.event)
    options = {} if run.form_id is None else queries.limited_options([run.form_id])
    fields = [] if run.form is None else queries.current_fields(run.form)
    added = []
    for row, code in zip(rows, _fresh_codes(len(rows)), strict=True):
        person = person_of(_EMPTY | row.facts)
        place = replace(
            _place(person.entity, fields, row.answers),
            form_id=run.form_id,
            choices=chosen_options(options, row.answers),
        )
        if refusal := _refusal(left, place):
            _refuse(run, row, refusal)
            continue
        status = _status(run, left, place)
        registration = Registration(
            event_id=run.event_id,
            form_id=run.form_id,
            status=status,
            code=code,
            **vars(person),
            entity_key=left.entity_of(place),
            language=run.language,
            idempotency_key=f"import-{run.id}-{row.number}",
            consent_text_id=consent.id,
            consented_at=at,
            created_at=at,
            confirmed_at=at if status == RegistrationStatus.CONFIRMED else None,
            waiting_since=at if status == RegistrationStatus.WAITLISTED else None,
        )
        rules.fold(registration)
        waits = status == RegistrationStatus.WAITLISTED
        outcomes[RowOutcome.WAITLISTED if waits else RowOutcome.ADDED].append(row.id)
        added.append((registration, row))
    db.session.add_all(registration for registration, _row in added)
    db.session.flush()
    for registration in queries.with_namesakes([registration for registration, _row in added]):
        registration.is_possible_duplicate = True
    for registration, row in added:
        if row.answers and run.form is not None:
            save_answers(registration, run.form, row.answers, at=at)
    return [registration for registration, _row in added]


def _place(entity: str, fields: list[FieldVersion], answers: dict[str, Any]) -> Place:
    rucs = rucs_among(fields, answers).values()
    return Place(rules.entity_key(entity), rucs=frozenset(ruc for ruc in rucs if ruc))


def _refusal(left: Vacancies, place: Place) -> DomainError | None:
    if not left.lists(place):
        return EntityNotListed()
    return ChoiceFull() if any(left.choices.get(choice, 1) <= 0 for choice in place.choices) else None


def _status(run: Import, left: Vacancies, place: Place) -> RegistrationStatus:
    """Return where the next newcomer lands, and count what they take: as services.seats.status_of_newcomer."""
    if run.form is not None and run.form.is_moderated:
        for choice in place.choices & left.choices.keys():
            left.choices[choice] -= 1  # who waits for the office's word keeps what they chose
        return RegistrationStatus.PENDING
    if not left.admit(place):
        return RegistrationStatus.WAITLISTED
    left.take(place)
    return RegistrationStatus.CONFIRMED


def _refuse(run: Import, row: SoundRow, error: DomainError) -> None:
    """Reject a row that was sound when it was read. Raises the error where it must be all or nothing."""
    if run.is_all_or_nothing:
        raise error
    rejected = {"outcome": RowOutcome.REJECTED, "problems": [["", str(error)]]}
    db.session.execute(update(ImportRow).where(ImportRow.id == row.id).values(rejected))


def _fresh_codes(number: int) -> list[str]:
    """Return codes that nobody has; two alike come up once in billions."""
    fresh: set[str] = set()
    while len(fresh) < number:
        drawn = {codes.generate(CODE_LENGTH) for _ in range(number - len(fresh))}
        fresh |= drawn - queries.taken_codes(drawn)
    return sorted(fresh)


def first_rows(run: Import) -> list[tuple[int, people.PersonRow]]:
    """Return the first rows of a file by number, as they would be imported. Raises UnreadableFile."""
    mapping, fields = Mapping.of(run.mapping), imports.fields_of(run)
    found = []
    for row in imports.look_at(run).rows:
        person = read_row(row, mapping, fields)
        person.problems = [(_called(target, mapping, run.headings), text) for target, text in person.problems]
        person.facts = dict.fromkeys(Person.__dataclass_fields__, "") | person.facts
        found.append((row.number, person))
    return found


def counted(outcomes: dict[str, int]) -> Counter[str]:
    """Return the outcomes of an import's rows with zeros for what did not occur."""
    return Counter({str(outcome): outcomes.get(str(outcome), 0) for outcome in RowOutcome})
