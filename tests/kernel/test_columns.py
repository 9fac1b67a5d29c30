"""Instants in the database: aware on both sides, UTC between."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from app.audit import AuditEntry

LIMA = timezone(timedelta(hours=-5))


def kept(session, moment):
    row = AuditEntry(at=moment, action="tested", details={})
    session.add(row)
    session.commit()
    session.expire_all()
    return session.scalars(select(AuditEntry.at).where(AuditEntry.id == row.id)).one()


def test_an_instant_comes_back_in_utc(session):
    assert kept(session, datetime(2026, 5, 12, 9, 30, 0, 123456, tzinfo=LIMA)).isoformat() == (
        "2026-05-12T14:30:00.123456+00:00"
    )


def test_it_is_stored_as_naive_utc(session):
    kept(session, datetime(2026, 5, 12, 23, 30, tzinfo=LIMA))
    stored = session.execute(text("SELECT at FROM audit_entries ORDER BY id DESC LIMIT 1")).scalar_one()
    assert str(stored).startswith("2026-05-13 04:30:00")


def test_a_naive_datetime_is_refused(session):
    with pytest.raises(StatementError, match="a naive datetime has no instant"):
        kept(session, datetime(2026, 5, 12, 9, 30))  # noqa: DTZ001 - that is the point
    session.rollback()
    with pytest.raises(StatementError, match="a naive datetime has no instant"):
        session.execute(select(AuditEntry).where(AuditEntry.at > datetime(2026, 5, 12)))  # noqa: DTZ001


def test_zones_do_not_matter_when_comparing(session):
    noon = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
    kept(session, noon)
    found = select(AuditEntry).where(AuditEntry.at == noon.astimezone(LIMA), AuditEntry.action == "tested")
    assert len(session.scalars(found).all()) == 1


def test_nothing_stays_nothing(session):
    from app.mail.models import OutgoingLetter

    row = OutgoingLetter(
        letter="x", recipient="a@b.pe", language="es", payload={}, created_at=_now(), next_attempt_at=_now()
    )
    session.add(row)
    session.commit()
    session.expire_all()
    assert row.sent_at is None


def _now():
    return datetime(2026, 5, 12, tzinfo=UTC)
