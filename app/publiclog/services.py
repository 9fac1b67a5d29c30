"""Writing the log, and checking it against what it tells of."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import insert, text

from app import signing
from app.addresses import absolute
from app.extensions import db
from app.imports import lazily
from app.publiclog import entries, notes, queries, rules
from app.publiclog.models import EntryKind, LogCheckpoint, LogEntry, LogHash
from app.publiclog.notes import Checkpoint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ed25519
else:
    ed25519 = lazily("cryptography.hazmat.primitives.asymmetric.ed25519")

BATCH = 250  # entries in one transaction, which a worker that issues certificates besides has room for
_LOCK = 0x7469_6E6B  # PostgreSQL's advisory lock of whoever appends


def key() -> "ed25519.Ed25519PrivateKey":
    """Return the key that signs checkpoints: derived from the server's key, so that it need not be kept."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(signing.derive("public-log", length=32))


def origin() -> str:
    """Return the log's name: its public address without the scheme."""
    address = urlsplit(absolute("publiclog.index"))
    return f"{address.netloc}{address.path}"


def verifier() -> str:
    """Return the public key as those who follow the log are given it."""
    return notes.verifier_key(origin(), key().public_key())


def append_pending(*, at: datetime, limit: int = BATCH) -> int:
    """Enter what happened since, at most `limit` entries, and publish a checkpoint. Returns how many entries.

    The order of the log is that of this function's calls: one at a time.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = queries.pending(limit=limit)
    if not found:
        return 0
    first = queries.size()
    rows: list[dict[str, Any]] = [
        {
            "number": number,
            "kind": one.kind,
            "data": entries.entry_data(one.kind, one.digest, at=one.at, logged_at=at),
            "certificate_id": one.certificate_id,
            "ending_id": one.ending_id,
            "logged_at": at,
        }
        for number, one in enumerate(found, start=first)
    ]
    db.session.execute(insert(LogEntry), rows)
    for row in rows:
        _grow(row["number"], row["data"])
    _publish(first + len(rows), at=at)
    return len(rows)


def _grow(number: int, data: str) -> None:
    """Add the hash of a leaf, and those of the tiles that it completes."""
    db.session.execute(
        insert(LogHash), {"level": 0, "number": number, "hash": rules.leaf_hash(data.encode())}
    )
    for level, above in rules.completed(number):
        below = queries.read(level - 1, above * rules.WIDTH, rules.WIDTH)
        db.session.execute(insert(LogHash), {"level": level, "number": above, "hash": rules.folded(below)})


def _publish(size: int, *, at: datetime) -> None:
    root = rules.root(queries.read, size)
    note = notes.signed(Checkpoint(origin(), size, root), key())
    db.session.add(LogCheckpoint(size=size, root=root.hex(), note=note, at=at))
    db.session.flush()


def problems() -> Iterator[str]:
    """Yield, in English for whoever keeps the server, everything in which log, tree and certificates disagree."""
    size = queries.size()
    yield from _wrong_entries()
    yield from _wrong_checkpoints(size)


def _wrong_entries() -> Iterator[str]:
    last: datetime | None = None
    for number, row in enumerate(queries.audited()):
        if row.number != number:
            yield f"entry {number} is missing"
            return
        if row.data != _told(row):
            yield f"entry {number} does not say what its row says"
        if row.hash != rules.leaf_hash(row.data.encode()):
            yield f"the hash of entry {number} is wrong"
        if last is not None and row.logged_at < last:
            yield f"entry {number} is older than the one before it"
        last = row.logged_at
        for level, above in rules.completed(number):
            if not _stands(level, above):
                yield f"the hash {above} at level {level} is wrong"


def _told(row: Any) -> str:
    """Return what an entry should say, made anew from the row that it tells of."""
    return entries.entry_data(
        EntryKind(row.kind) if row.kind else EntryKind.ISSUED,
        entries.digest(row.code, row.sha256),
        at=row.at or row.issued_at,
        logged_at=row.logged_at,
    )


def _stands(level: int, number: int) -> bool:
    try:
        below = queries.read(level - 1, number * rules.WIDTH, rules.WIDTH)
        return queries.read(level, number, 1)[0] == rules.folded(below)
    except LookupError:
        return False


def _wrong_checkpoints(size: int) -> Iterator[str]:
    newest = 0
    for checkpoint in queries.checkpoints():
        newest = checkpoint.size
        try:
            said = notes.opened(checkpoint.note, verifier())
            root = rules.root(queries.read, said.size)
            is_right = said.size == checkpoint.size and said.root == root and checkpoint.root == root.hex()
        except (notes.BadNote, LookupError) as error:
            yield f"the checkpoint of {checkpoint.size} entries: {error}"
            continue
        if not is_right:
            yield f"the checkpoint of {checkpoint.size} entries vouches for another tree"
    if newest != size:
        yield f"the newest checkpoint vouches for {newest} entries of {size}"
