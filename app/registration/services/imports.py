"""Importing participants from a file: taking the file in, settling what it holds, beginning and cancelling.

The work itself is done by `app.registration.importing`, in the background.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import delete, update

from app import audit
from app.accounts.models import Actor
from app.events.models import Event, EventStatus
from app.extensions import db
from app.registration import queries, sheets
from app.registration.errors import ImportOver, NotPublished
from app.registration.models import (
    FieldKind,
    FieldVersion,
    Import,
    ImportMapping,
    ImportRow,
    ImportStatus,
)
from app.registration.models.imports import UNDER_WAY
from app.registration.rules import folded
from app.registration.rules.answers import words
from app.registration.services.passes import ensure_key
from app.registration.sheets import Look, Reading, Table, UnreadableFile, people
from app.text import tidy

LARGEST = 20 * 1024 * 1024  # bytes
KEPT = timedelta(days=7)
_BLOCK = 256 * 1024
FIELD = "field:"  # begins the target of a column that answers a field of the form


@dataclass(frozen=True)
class Received:
    """A file that was taken in and found readable."""

    file: str
    reading: Reading
    sheets: list[str]


@dataclass(frozen=True)
class Mapping:
    """What the columns hold: targets by column from 0, what all rows have alike, and the order of full names."""

    columns: dict[int, str]
    constants: dict[str, str]
    order: str = people.SURNAMES_FIRST

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Mapping":
        """Return what is kept as JSON."""
        columns = {int(place): target for place, target in kept.get("columns", {}).items()}
        return cls(columns, kept.get("constants", {}), kept.get("order", people.SURNAMES_FIRST))

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self) | {"columns": {str(place): target for place, target in self.columns.items()}}


def folder() -> Path:
    """Return where the files lie: outside what the web server shows, private."""
    path: Path = Path(current_app.config["INSTANCE"]) / "imports"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def receive(upload: IO[bytes], name: str) -> Received:
    """Store a file and see how it is read. Touches no database. Raises UnreadableFile, and keeps nothing then."""
    name = tidy(name.replace("\\", "/").rpartition("/")[2])[:120] or _("The file")
    path = folder() / secrets.token_hex(16)
    try:
        _copy(upload, path, name)
        seen = sheets.look(path, name)
    except UnreadableFile:
        _remove(path.name)
        raise
    return Received(path.name, seen.reading, seen.sheets)


def _remove(name: str) -> None:
    """Delete a stored file, and what was found out about it (see sheets.apart)."""
    for path in folder().glob(f"{name}*"):
        path.unlink(missing_ok=True)


def _copy(upload: IO[bytes], path: Path, name: str) -> None:
    size = 0
    with path.open("xb") as file:
        path.chmod(0o600)
        while block := upload.read(_BLOCK):
            size += len(block)
            if size > LARGEST:
                raise UnreadableFile(_("%(file)s has more than 20 MB. Part it in two.", file=name))
            file.write(block)


def create(event: Event, received: Received, *, by: Actor, language: str, at: datetime) -> Import:
    """Begin the draft of an import: its columns mapped as the last time, or as its headings suggest."""
    run = Import(
        event_id=event.id,
        created_by_id=by.id,
        created_at=at,
        status=ImportStatus.DRAFT,
        name=received.reading.name,
        file=received.file,
        reading=asdict(received.reading),
        sheets=received.sheets,
        language=language,
    )
    run.event, run.form = event, queries.main_form(event)
    _look_again(run)
    db.session.add(run)
    db.session.flush()
    ensure_key(event.organisation_id, at=at)
    return run


def read_otherwise(
    run: Import, *, sheet: str = "", encoding: str = "", delimiter: str = "", form: str = ""
) -> None:
    """Read a draft's file another way: another sheet, encoding or delimiter, or for another form of the event (by its
    slug). Raises UnreadableFile. Whoever has looked before (`look_otherwise`) does not wait for the file here.
    """
    if run.status != ImportStatus.DRAFT:
        raise ImportOver
    run.reading = asdict(_reading(run, sheet=sheet, encoding=encoding, delimiter=delimiter))
    run.form = queries.form_of(run.event, form) or run.form
    _look_again(run)


def look_otherwise(run: Import, *, sheet: str = "", encoding: str = "", delimiter: str = "") -> None:
    """See whether a file can be read another way, before the database is written to. Raises UnreadableFile."""
    sheets.look(_path_of(run), run.name, _reading(run, sheet=sheet, encoding=encoding, delimiter=delimiter))


def _reading(run: Import, *, sheet: str, encoding: str, delimiter: str) -> Reading:
    reading = Reading(**run.reading)
    if reading.kind == "xlsx":
        return replace(reading, sheet=sheet if sheet in run.sheets else reading.sheet)
    return replace(
        reading,
        encoding=encoding if encoding in sheets.ENCODINGS else reading.encoding,
        delimiter=delimiter if delimiter in sheets.DELIMITERS else reading.delimiter,
    )


def _look_again(run: Import) -> None:
    run.headings = look_at(run).headings
    remembered = queries.remembered_mapping(run.event.organisation, signature(run.headings))
    if remembered is None:
        run.mapping = guessed(run.headings, fields_of(run)).as_json()
        return
    mapping, known = Mapping.of(remembered.mapping), targets_of(run)
    columns = {place: target for place, target in mapping.columns.items() if target in known}
    run.mapping = replace(mapping, columns=columns).as_json()


def fields_of(run: Import) -> list[FieldVersion]:
    """Return what the form asks for which an import registers; nothing for the plain one."""
    return [] if run.form is None else queries.current_fields(run.form)


def targets_of(run: Import) -> dict[str, Any]:
    """Return all that a column may hold, with its label: the facts of a person, and the form's own fields."""
    own = {
        FIELD + version.field.key: words(version.label, str(get_locale()))
        for version in fields_of(run)
        if version.kind not in {FieldKind.SECTION, FieldKind.FILE}
    }
    return {**people.TARGETS, **own}


def guessed(headings: Sequence[str], fields: Sequence[FieldVersion] = ()) -> Mapping:
    """Return what columns with such headings most likely hold: a field of the form called so, else a person's fact."""
    called = {
        folded(label): FIELD + version.field.key
        for version in fields
        if version.kind not in {FieldKind.SECTION, FieldKind.FILE}
        for label in version.label.values()
    }
    own = {place: called[folded(text)] for place, text in enumerate(headings) if folded(text) in called}
    columns = dict(sorted((people.guesses(headings) | own).items()))
    whole = next((headings[place] for place, target in columns.items() if target == "full_name"), "")
    begins_with_surnames = folded(whole).startswith(("apellido", "last", "surname", "family"))
    order = people.SURNAMES_FIRST if begins_with_surnames or not whole else people.GIVEN_FIRST
    return Mapping(columns, {}, order)


def signature(headings: Sequence[str]) -> str:
    """Return by what an organisation's memory of columns knows files with the same headings."""
    return hashlib.sha256("\x1f".join(folded(heading) for heading in headings).encode()).hexdigest()


def table_of(run: Import) -> Table:
    """Return the table of an import's file, for the worker. Raises UnreadableFile, also where the file was swept
    away.
    """
    return sheets.open_table(_path_of(run), Reading(**run.reading))


def look_at(run: Import) -> Look:
    """Return what a page shows of an import's file; no workbook is opened for it in this process. Raises
    UnreadableFile as `table_of` does.
    """
    return sheets.look(_path_of(run), run.name, Reading(**run.reading))


def _path_of(run: Import) -> Path:
    path = folder() / run.file
    if not run.file or not path.exists():
        raise UnreadableFile(_("The file is no longer kept. Send it again."))
    return path


def map_columns(run: Import, mapping: Mapping, *, at: datetime) -> None:
    """Settle what the columns of a draft hold, and remember it for files with the same headings."""
    if run.status != ImportStatus.DRAFT:
        raise ImportOver
    run.mapping = mapping.as_json()
    organisation = run.event.organisation
    remembered = queries.remembered_mapping(organisation, signature(run.headings))
    if remembered is None:
        remembered = ImportMapping(organisation_id=organisation.id, signature=signature(run.headings))
        db.session.add(remembered)
    remembered.mapping, remembered.saved_at = run.mapping, at


def start(
    run: Import, *, is_all_or_nothing: bool, updates: bool, sends_letters: bool, language: str, at: datetime
) -> None:
    """Have a draft imported. Raises NotPublished, and ImportOver where it was begun before."""
    if run.event.status != EventStatus.PUBLISHED:
        raise NotPublished
    if run.status != ImportStatus.DRAFT:
        raise ImportOver
    run.status = ImportStatus.READING
    run.is_all_or_nothing, run.updates, run.sends_letters = is_all_or_nothing, updates, sends_letters
    run.language, run.started_at = language, at
    audit.record("registrations.import_started", run, event=run.event, at=at)


def cancel(run: Import, *, at: datetime) -> None:
    """Stop an import: what was written batch by batch stays. Raises ImportOver where it has ended already."""
    stopped = db.session.scalar(
        update(Import)
        .where(Import.id == run.id, Import.status.in_(UNDER_WAY))
        .values(status=ImportStatus.CANCELLED, finished_at=at, claim=None, claimed_until=None)
        .returning(Import.id)
    )
    if stopped is None:
        raise ImportOver
    db.session.refresh(run)
    run.counts = queries.outcomes(run.id) if run.done > run.total else {}
    audit.record("registrations.import_cancelled", run, event=run.event, at=at, **run.counts)


def sweep(*, at: datetime) -> int:
    """Delete the files and the rows of imports that were sent more than a week ago. Returns how many imports."""
    stale = queries.stale_imports(before=at - KEPT)
    for run in stale:
        _remove(run.file)
        run.file = ""
        db.session.execute(delete(ImportRow).where(ImportRow.import_id == run.id))
    kept = queries.kept_files()
    for path in folder().iterdir():  # what a crash left between storing a file and its row
        if path.name not in kept and path.stat().st_mtime < (at - KEPT).timestamp():
            path.unlink(missing_ok=True)
    return len(stale)
