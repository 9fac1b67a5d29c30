"""Who gets notices of other events: who agreed, who has had enough, and the token that says so."""

from sqlalchemy import ColumnElement, String, cast, select

from app import signing
from app.addresses import LARGEST_NUMBER
from app.events.models import Event
from app.extensions import db
from app.mailings.models import Suppression
from app.mailings.rules import NOTICES
from app.registration import queries as registrations
from app.registration.models import Answer, FormField, Registration

AGREED = (
    select(Answer.id)
    .join(FormField, FormField.id == Answer.field_id)
    .where(
        Answer.registration_id == Registration.id,
        FormField.key == NOTICES,
        cast(Answer.value, String) == "true",
    )
    .exists()
)
_ID = 6  # bytes of the registration's number at the head of a token


def address_hash(email: str) -> str:
    """Return what stands for an address in the list of those who want no notices, which so names nobody."""
    return signing.derive("suppression", email.lower(), length=32).hex()


def wants_notices(registration: Registration) -> bool:
    """Return whether a person agreed to notices of other events and has not stopped those of the organisation."""
    agreed = select(Registration.id).where(Registration.id == registration.id, AGREED)
    return db.session.scalar(agreed) is not None and not is_suppressed(registration)


def stopped(event: Event, *conditions: ColumnElement[bool]) -> list[int]:
    """Return which of those whom the conditions mean want no more notices of the event's organisation."""
    unwanted = set(
        db.session.scalars(
            select(Suppression.address_hash).where(Suppression.organisation_id == event.organisation_id)
        )
    )
    if not unwanted:
        return []
    people = select(Registration.id, Registration.email).where(*conditions, AGREED)
    return [number for number, email in db.session.execute(people) if address_hash(email) in unwanted]


def is_suppressed(registration: Registration) -> bool:
    """Return whether a person's address wants no more notices of the organisation."""
    key = (registration.event.organisation_id, address_hash(registration.email))
    return db.session.get(Suppression, key) is not None


def token(registration: Registration) -> str:
    """Return the token with which a person stops notices; it opens nothing else."""
    return signing.to_text(registration.id.to_bytes(_ID) + signing.derive("unsubscribe", registration.id))


def by_token(text: str) -> Registration | None:
    """Return the registration whose notices a token stops."""
    try:
        raw = signing.from_text(text)
    except (ValueError, UnicodeEncodeError):
        return None
    number = int.from_bytes(raw[:_ID])
    if number > LARGEST_NUMBER or not signing.matches(signing.derive("unsubscribe", number), raw[_ID:]):
        return None
    return registrations.by_id(number)
