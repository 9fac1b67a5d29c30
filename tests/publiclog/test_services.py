"""Entering what happened to certificates, and catching whoever tampers with it afterwards."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update

from app.certificates.models import Certificate, CertificateEnding
from app.extensions import db
from app.publiclog import notes, queries, rules, services
from app.publiclog.entries import digest
from app.publiclog.models import LogCheckpoint, LogEntry, LogHash
from tests.conftest import NOON
from tests.publiclog.test_rules import reader

LATER = NOON + timedelta(minutes=1)


def entries(session):
    return [json.loads(data) for data in session.scalars(select(LogEntry.data).order_by(LogEntry.number))]


def test_what_happened_enters_once_and_in_order(session, issued):
    assert services.append_pending(at=LATER) == 6
    assert services.append_pending(at=LATER) == 0
    found = entries(session)
    assert [entry["kind"] for entry in found] == ["issued"] * 4 + ["replaced", "annulled"]
    first, second, third, fourth = issued
    digests = [digest(one.code, one.sha256) for one in (first, second, third, fourth, second, third)]
    assert [entry["digest"] for entry in found] == digests
    assert {entry["logged"] for entry in found} == {"2026-05-12T17:01:00Z"}
    assert {entry["at"] for entry in found} == {"2026-05-12T17:00:00Z"}


def test_an_entry_tells_nothing_of_the_person(session, issued):
    services.append_pending(at=LATER)
    for entry in entries(session):
        assert sorted(entry) == ["at", "digest", "kind", "logged"]


def test_every_round_publishes_a_checkpoint_that_the_next_one_contains(session, issued):
    sizes = []
    while services.append_pending(at=LATER, limit=2):
        sizes.append(queries.newest_checkpoint().size)
    assert sizes == [2, 4, 6]
    leaves = [row.data.encode() for row in queries.entries(0, 6)]
    for checkpoint in queries.checkpoints():
        said = notes.opened(checkpoint.note, services.verifier())
        assert (said.origin, said.size) == (services.origin(), checkpoint.size)
        assert said.root == rules.root(reader(leaves), said.size)
        proof = rules.consistency_proof(queries.read, said.size, 6)
        assert rules.is_consistent(said.size, said.root, 6, rules.root(queries.read, 6), proof)


def test_full_tiles_are_folded_into_the_level_above(session, monkeypatch, issued):
    monkeypatch.setattr(rules, "WIDTH", 2)
    monkeypatch.setattr(rules, "WIDTH_BITS", 1)
    services.append_pending(at=LATER)
    levels = session.execute(select(LogHash.level, LogHash.number).order_by(LogHash.level, LogHash.number))
    assert [tuple(row) for row in levels] == [(0, n) for n in range(6)] + [(1, 0), (1, 1), (1, 2), (2, 0)]
    assert list(services.problems()) == []


def test_a_sound_log_has_no_problems(issued):
    assert list(services.problems()) == []
    services.append_pending(at=LATER)
    assert list(services.problems()) == []


def _unguarded(session):
    """Let a test do what the database refuses to everybody."""
    if db.engine.dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
        return
    guards = session.scalars(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'")
    ).all()
    for guard in guards:
        session.execute(text(f"DROP TRIGGER {guard}"))


TAMPERINGS = {
    "the file of a certificate": lambda: (
        update(Certificate).where(Certificate.edition == 2).values(sha256="0" * 64)
    ),
    "the date of a certificate": lambda: update(Certificate).values(issued_at=NOON - timedelta(days=365)),
    "the date of an ending": lambda: update(CertificateEnding).values(at=NOON - timedelta(days=1)),
    "what an entry says": lambda: (
        update(LogEntry).where(LogEntry.number == 3).values(data=LogEntry.data.concat(" "))
    ),
    "when it was entered": lambda: (
        update(LogEntry).where(LogEntry.number == 3).values(logged_at=NOON - timedelta(days=9))
    ),
    "of which row an entry tells": lambda: (
        update(LogEntry)
        .where(LogEntry.number == 5)
        .values(
            ending_id=select(CertificateEnding.id).order_by(CertificateEnding.id).limit(1).scalar_subquery()
        )
    ),
    "the order": lambda: update(LogEntry).where(LogEntry.number == 5).values(number=77),
    "the last entry": lambda: delete(LogEntry).where(LogEntry.number == 5),
    "a hash": lambda: update(LogHash).where(LogHash.number == 2).values(hash=b"0" * 32),
    "a missing hash": lambda: delete(LogHash).where(LogHash.number == 2),
    "a root": lambda: update(LogCheckpoint).values(root="0" * 64),
    "a note": lambda: update(LogCheckpoint).values(note=func.replace(LogCheckpoint.note, "\n6\n", "\n5\n")),
    "the size of a checkpoint": lambda: update(LogCheckpoint).values(size=5),
    "no checkpoint": lambda: delete(LogCheckpoint),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_with_the_rows_is_found(session, issued, what):
    services.append_pending(at=LATER)
    _unguarded(session)
    if what == "of which row an entry tells":
        session.execute(delete(LogEntry).where(LogEntry.number == 4))
    session.execute(TAMPERINGS[what]())
    session.expire_all()
    assert list(services.problems()) != []


@settings(max_examples=25)
@given(data=st.data())
def test_a_log_rewritten_with_care_is_caught_by_an_old_checkpoint(session, issued, data):
    """Whoever keeps the server can make tree and rows agree again; a root that somebody else kept cannot be matched."""
    with session.begin_nested() as round_:
        services.append_pending(at=LATER)
        size = data.draw(st.integers(1, 6))
        kept = rules.root(queries.read, size)
        leaves = [row.data.encode() for row in queries.entries(0, 6)]
        forged = data.draw(st.permutations(leaves[:size]))
        if data.draw(st.booleans()) or list(forged) == leaves[:size]:
            place = data.draw(st.integers(0, size - 1))
            forged = [
                *forged[:place],
                forged[place].replace(b"2026-05-12", b"2025-05-12"),
                *forged[place + 1 :],
            ]
        tree = [*forged, *leaves[size:]]
        read = reader(tree)
        proof = rules.consistency_proof(read, size, len(tree))
        assert not rules.is_consistent(size, kept, len(tree), rules.root(read, len(tree)), proof)
        round_.rollback()
