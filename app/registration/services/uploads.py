"""Files that people send: kept outside the web's folders, taken by a registration, swept away if nobody takes them."""

import os
import secrets
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from flask import current_app
from sqlalchemy import Select, delete, func, or_, select, update

from app import signing, unit_of_work
from app.extensions import db
from app.registration.errors import FileGone, TooManyFiles
from app.registration.models import Upload
from app.registration.rules import files

WAITS = timedelta(days=1)  # how long a file waits for its form to be accepted
MOST_WAITING = 2 * 1024**3  # bytes of all files that wait: more is an attack, and the disk is for the others


def folder() -> Path:
    """Return where files are stored, made on first use."""
    path = cast(Path, current_app.config["INSTANCE"]) / "uploads"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def path_of(upload: Upload) -> Path:
    """Return where a file is stored."""
    return folder() / upload.stored_name


def keep(field_id: int, data: bytes, name: str, *, at: datetime) -> int:
    """Store a file that was sent for a field, and return its id.

    It is kept though the form that it came with is refused, unless the request is writing already.
    Raises BadAnswer for what is no PDF, JPEG or PNG of at most 5 MB, and TooManyFiles.
    """
    kind, sound = files.sound(data)
    if (_waiting_bytes() or 0) + len(sound) > MOST_WAITING:
        raise TooManyFiles
    stored_name = secrets.token_hex(16)
    descriptor = os.open(folder() / stored_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sound)
    upload = Upload(
        field_id=field_id,
        stored_name=stored_name,
        file_name=files.file_name(name, kind),
        content_type=kind,
        size=len(sound),
        created_at=at,
    )
    if unit_of_work.is_writing():
        return _stored(upload)
    with unit_of_work.transaction():
        return _stored(upload)


def _waiting_bytes() -> int | None:
    return db.session.scalar(select(func.sum(Upload.size)).where(Upload.registration_id.is_(None)))


def _stored(upload: Upload) -> int:
    db.session.add(upload)
    db.session.flush()
    return upload.id


def sealed(upload_id: int) -> str:
    """Return what a form carries along for a file that was kept; nobody can make one for another's file."""
    return f"{upload_id}.{signing.to_text(signing.derive('upload', upload_id))}"


def unsealed(token: str) -> int | None:
    """Return the id of the file that a form carries along, None for anything else."""
    number, _dot, _mac = token.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return None
    return (
        int(number) if signing.matches(sealed(int(number)).encode(), token.encode(errors="replace")) else None
    )


def take(upload_id: int, field_id: int, registration_id: int) -> None:
    """Make a file the answer of a registration. Raises FileGone where it was swept away, or is another's."""
    statement = (
        update(Upload)
        .where(
            Upload.id == upload_id,
            Upload.field_id == field_id,
            or_(Upload.registration_id.is_(None), Upload.registration_id == registration_id),
        )
        .values(registration_id=registration_id)
    )
    if db.session.execute(statement.returning(Upload.id)).scalar() is None:
        raise FileGone


def hold(upload_ids: Collection[int], held_id: int) -> None:
    """Keep files as long as the submission that they came with waits to be confirmed."""
    statement = update(Upload).where(Upload.id.in_(upload_ids), Upload.registration_id.is_(None))
    db.session.execute(statement.values(held_id=held_id))


def release(held_ids: Select[int]) -> None:
    """Keep the files of submissions no longer: they are a registration's by now, or the next sweep removes them."""
    db.session.execute(update(Upload).where(Upload.held_id.in_(held_ids)).values(held_id=None))


def let_go(upload_id: int) -> None:
    """Take a file away from its registration: the next sweep removes it."""
    db.session.execute(update(Upload).where(Upload.id == upload_id).values(registration_id=None))


def sweep(*, at: datetime) -> int:
    """Remove the files that nobody took within a day, and those of which no row tells. Returns how many."""
    is_free = Upload.registration_id.is_(None) & Upload.held_id.is_(None)
    old = delete(Upload).where(is_free, Upload.created_at < at - WAITS)
    db.session.execute(old)
    known = set(db.session.scalars(select(Upload.stored_name)))
    # By the file system's clock: a file is there before its row is.
    oldest = time.time() - WAITS.total_seconds()
    stray = [path for path in folder().iterdir() if path.name not in known and path.stat().st_mtime < oldest]
    unit_of_work.after_commit(lambda: _remove(stray))
    return len(stray)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
