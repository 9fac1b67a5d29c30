"""Passes: the text that a symbol holds, the keys behind it, and which passes are void."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select

from app import vault
from app.accounts.models import Organisation
from app.events.models import Event
from app.extensions import db
from app.registration import passes, rules
from app.registration.models import ENDED, PassKey, Registration

SEALED_FOR = "pass-keys"  # the purpose under which private keys are kept
_NONE_HOLDS = passes.LARGEST_VERSION + 1

_SIGNING = (
    select(PassKey.number, PassKey.sealed)
    .where(PassKey.organisation_id == bindparam("organisation_id"), PassKey.valid_until.is_(None))
    .order_by(PassKey.number.desc())
    .limit(1)
)
_IN_FORCE = (
    select(PassKey.number, PassKey.public_key)
    .join(Event, Event.organisation_id == PassKey.organisation_id)
    .where(
        Event.id == bindparam("event_id"),
        or_(PassKey.valid_until.is_(None), PassKey.valid_until > bindparam("at")),
    )
)


@lru_cache(maxsize=64)
def _opened(sealed: bytes) -> bytes | None:
    try:
        return vault.unseal(sealed, purpose=SEALED_FOR)
    except vault.CannotUnseal:
        return None


def pass_texts(event: Event, people: Iterable[Registration]) -> dict[int, str]:
    """Return what the symbols of people's passes hold, by registration, in one query.

    It is a signed text; where the organisation has no key that can be opened, the short code, which doors with a
    network take as well.
    """
    row = db.session.execute(_SIGNING, {"organisation_id": event.organisation_id}).one_or_none()
    private_key = None if row is None else _opened(row.sealed)
    if row is None or private_key is None:
        return {person.id: person.code for person in people}
    expires_at = rules.pass_expires_at(event)
    return {
        person.id: passes.sign(
            passes.Pass(row.number, event.id, person.id, person.pass_version, expires_at), private_key
        )
        for person in people
    }


def pass_text(registration: Registration) -> str:
    """Return what the symbol of one person's pass holds."""
    return pass_texts(registration.event, [registration])[registration.id]


def pass_keys_in_force(event_id: int, *, at: datetime) -> dict[int, bytes]:
    """Return the public keys with which passes for an event are checked, by number."""
    rows = db.session.execute(_IN_FORCE, {"event_id": event_id, "at": at})
    return {number: public_key for number, public_key in rows}  # noqa: C416 - a Row is no pair to dict()


def pass_keys_of(organisation: Organisation) -> list[PassKey]:
    """Return the keys of an organisation, the newest first."""
    statement = select(PassKey).where(PassKey.organisation_id == organisation.id)
    return list(db.session.scalars(statement.order_by(PassKey.number.desc())))


def organisation_of_keys(slug: str) -> Organisation | None:
    """Return the organisation whose keys somebody asks for."""
    return db.session.scalar(select(Organisation).where(Organisation.slug == slug))


def newest_end(organisation: Organisation) -> datetime | None:
    """Return when the last of an organisation's passes runs out."""
    events = db.session.scalars(select(Event).where(Event.organisation_id == organisation.id))
    return max((rules.pass_expires_at(event) for event in events), default=None)


class VoidPass(NamedTuple):
    """That passes of a registration are void below a version: replaced ones, or all where the registration ended."""

    registration_id: int
    below: int
    is_ended: bool


def void_passes(event: Event) -> list[VoidPass]:
    """Return which passes for an event were replaced or revoked, in one query."""
    rows = db.session.execute(
        select(Registration.id, Registration.pass_version, Registration.status)
        .where(
            Registration.event_id == event.id,
            or_(Registration.pass_version > 1, Registration.status.in_(ENDED)),
        )
        .order_by(Registration.id)
    )
    return [
        VoidPass(number, _NONE_HOLDS if status in ENDED else version, status in ENDED)
        for number, version, status in rows
    ]
