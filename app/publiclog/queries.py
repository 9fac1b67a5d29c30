"""Reads of the public log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.certificates.models import Certificate, CertificateEnding
from app.certificates.rules import normalise_code
from app.extensions import db
from app.publiclog.entries import digest
from app.publiclog.models import EntryKind, LogCheckpoint, LogEntry, LogHash
from app.publiclog.rules import WIDTH, Read


def read(level: int, first: int, count: int) -> Sequence[bytes]:
    """Return hashes of the tree's tiles (see rules.Read). Raises LookupError where the log holds fewer."""
    found = db.session.scalars(
        select(LogHash.hash)
        .where(LogHash.level == level, LogHash.number >= first, LogHash.number < first + count)
        .order_by(LogHash.number)
    ).all()
    if len(found) != count:
        raise LookupError("the log does not reach so far")
    return found


def by_tiles() -> Read:
    """Return a `read` for one proof: it asks for a whole tile at a time, and for none twice."""

    @cache
    def tile(level: int, number: int) -> Sequence[bytes]:
        return db.session.scalars(
            select(LogHash.hash)
            .where(
                LogHash.level == level,
                LogHash.number >= number * WIDTH,
                LogHash.number < (number + 1) * WIDTH,
            )
            .order_by(LogHash.number)
        ).all()

    def read_from_tile(level: int, first: int, count: int) -> Sequence[bytes]:
        number, offset = divmod(first, WIDTH)
        found = tile(level, number)[offset : offset + count]
        if len(found) != count:
            raise LookupError("the log does not reach so far")
        return found

    return read_from_tile


def newest_checkpoint() -> LogCheckpoint | None:
    """Return the last published checkpoint, or None for a log without entries."""
    return db.session.scalar(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1))


def size() -> int:
    """Return how many entries the log has."""
    return db.session.scalar(select(func.count()).select_from(LogEntry)) or 0


def entries(first: int, count: int) -> Sequence[LogEntry]:
    """Return entries by their numbers."""
    statement = select(LogEntry).where(LogEntry.number >= first, LogEntry.number < first + count)
    return db.session.scalars(statement.order_by(LogEntry.number)).all()


@dataclass(frozen=True)
class Pending:
    """Something that happened and has no entry yet."""

    kind: EntryKind
    at: datetime
    digest: str
    certificate_id: int | None
    ending_id: int | None


def pending(*, limit: int) -> list[Pending]:
    """Return what is not in the log yet in the order in which it happened, issues before endings."""
    issued = (
        select(Certificate.id, Certificate.code, Certificate.sha256, Certificate.issued_at)
        .outerjoin(LogEntry, LogEntry.certificate_id == Certificate.id)
        .where(LogEntry.number.is_(None))
        .order_by(Certificate.id)
        .limit(limit)
    )
    ended = (
        select(
            CertificateEnding.id,
            Certificate.code,
            Certificate.sha256,
            CertificateEnding.at,
            CertificateEnding.kind,
        )
        .join(Certificate, Certificate.id == CertificateEnding.certificate_id)
        .outerjoin(LogEntry, LogEntry.ending_id == CertificateEnding.id)
        .where(LogEntry.number.is_(None))
        .order_by(CertificateEnding.id)
        .limit(limit)
    )
    found = [
        Pending(EntryKind.ISSUED, row.issued_at, digest(row.code, row.sha256), row.id, None)
        for row in db.session.execute(issued)
    ]
    if len(found) < limit:  # an ending is never logged before the issue that it ends
        found += [
            Pending(EntryKind(row.kind), row.at, digest(row.code, row.sha256), None, row.id)
            for row in db.session.execute(ended)
        ]
    return sorted(found, key=lambda one: (one.at, one.kind != EntryKind.ISSUED, one.certificate_id or 0))[
        :limit
    ]


def entries_of(typed: str) -> list[LogEntry]:
    """Return the entries about the certificate of a typed code, the oldest first."""
    code = normalise_code(typed)
    if code is None:
        return []
    certificate = select(Certificate.id).where(Certificate.code == code).scalar_subquery()
    endings = select(CertificateEnding.id).where(CertificateEnding.certificate_id == certificate)
    statement = select(LogEntry).where(
        or_(LogEntry.certificate_id == certificate, LogEntry.ending_id.in_(endings))
    )
    return list(db.session.scalars(statement.order_by(LogEntry.number)))


def audited() -> Iterator[Any]:
    """Yield every entry in order with its leaf's hash and with the rows that it tells of."""
    statement = (
        select(
            LogEntry.number,
            LogEntry.data,
            LogEntry.logged_at,
            LogHash.hash,
            Certificate.code,
            Certificate.sha256,
            Certificate.issued_at,
            CertificateEnding.kind,
            CertificateEnding.at,
        )
        .outerjoin(LogHash, and_(LogHash.level == 0, LogHash.number == LogEntry.number))
        .outerjoin(CertificateEnding, CertificateEnding.id == LogEntry.ending_id)
        .join(
            Certificate,
            Certificate.id == func.coalesce(LogEntry.certificate_id, CertificateEnding.certificate_id),
        )
        .order_by(LogEntry.number)
    )
    with db.session.execute(statement.execution_options(yield_per=1000)) as rows:
        yield from rows


def checkpoints() -> Iterator[LogCheckpoint]:
    """Yield every checkpoint that was published, the smallest first."""
    statement = select(LogCheckpoint).order_by(LogCheckpoint.size)
    with db.session.scalars(statement.execution_options(yield_per=1000)) as rows:
        yield from rows
