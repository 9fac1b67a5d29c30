"""Reads of the audit log, within what a person may see."""

from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import or_, select

from app.accounts.models import Actor, Organisation, User
from app.audit import AuditEntry
from app.events.models import Event
from app.extensions import db
from app.permissions import Permission

PAGE = 50


@dataclass(frozen=True)
class Names:
    """What the ids of a page's entries stand for."""

    people: dict[int, str]
    events: dict[int, str]
    organisations: dict[int, str]


def entries(user: Actor, *, action: str = "", page: int = 1) -> Pagination:
    """Return a page of the entries of the organisations and events that a person audits, newest first.

    What belongs to no organisation (sign-ins, people) is shown to whoever audits the whole installation.
    """
    statement = select(AuditEntry).order_by(AuditEntry.id.desc())
    organisations = user.organisation_ids(Permission.AUDIT_VIEW)
    if organisations is not None:
        own_events = AuditEntry.event_id.in_(user.event_ids(Permission.AUDIT_VIEW))
        statement = statement.where(or_(AuditEntry.organisation_id.in_(organisations), own_events))
    if action:
        statement = statement.where(AuditEntry.action == action)
    return db.paginate(statement, page=page, per_page=PAGE, error_out=False)


def names(shown: list[AuditEntry]) -> Names:
    """Return the names for some entries, in three queries."""
    return Names(
        people=_named(User.id, User.name, {entry.user_id for entry in shown}),
        events=_named(Event.id, Event.title, {entry.event_id for entry in shown}),
        organisations=_named(Organisation.id, Organisation.name, {entry.organisation_id for entry in shown}),
    )


def _named(key: Any, name: Any, ids: set[int | None]) -> dict[int, str]:
    known = ids - {None}
    if not known:
        return {}
    return dict(db.session.execute(select(key, name).where(key.in_(known))).all())
