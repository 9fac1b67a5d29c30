"""The audit log: who did what and when, in rows that are only ever added."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.columns import UtcDateTime
from app.extensions import Model, db


class AuditEntry(Model):
    """One thing that was done. `details` never holds personal data; `target` names a row."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(60), index=True)
    target: Mapped[str | None] = mapped_column(String(80))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


_doer: ContextVar[dict[str, int] | None] = ContextVar("doer", default=None)


@contextmanager
def done_by(**ids: int) -> Iterator[None]:
    """Note in the details of what is recorded in the block who does it, for people without an account: `speaker=7`."""
    token = _doer.set(ids)
    try:
        yield
    finally:
        _doer.reset(token)


_ADD = AuditEntry.metadata.tables[AuditEntry.__tablename__].insert()


def record(
    action: str,
    target: Any = None,
    *,
    event: Any = None,
    organisation: Any = None,
    at: datetime | None = None,
    **details: Any,
) -> None:
    """Add an entry to the log in the present transaction. Give ids and counts as details, never personal data."""
    if target is not None:
        db.session.flush()
    organisation_id = organisation.id if organisation is not None else getattr(event, "organisation_id", None)
    entry = {
        "at": at or clock.now(),
        "user_id": _present_user_id(),
        "action": action,
        "target": None if target is None else f"{target.__tablename__}:{target.id}",
        "organisation_id": organisation_id,
        "event_id": None if event is None else event.id,
        "details": details | (_doer.get() or {}),
    }
    db.session.execute(_ADD, entry)


def _present_user_id() -> int | None:
    if not has_request_context() or not current_user.is_authenticated:
        return None
    return int(current_user.id)
