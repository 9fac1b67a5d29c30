"""What is done about a registration once it is there: its link and what is known of the person."""

from datetime import datetime

from app import audit, changes
from app.registration import emails, queries, rules
from app.registration.errors import AlreadyCancelled, NoAddress
from app.registration.models import Registration
from app.registration.services.people import Person, taken
from app.registration.services.seats import lock, refuse_full_entity


def renew_link(registration: Registration, *, at: datetime) -> None:
    """Make the present personal link useless and send a new one."""
    registration.link_version += 1
    audit.record("registration.link_renewed", registration, event=registration.event, at=at)
    emails.link_renewed(registration)


def send_link_again(registration: Registration, *, at: datetime) -> None:
    """Send a person their personal link once more. Raises AlreadyCancelled, and NoAddress without an e-mail."""
    if not registration.is_active:
        raise AlreadyCancelled
    if not registration.email:
        raise NoAddress
    audit.record("registration.link_sent", registration, event=registration.event, at=at)
    emails.registered_already(registration)


def correct(registration: Registration, person: Person, *, at: datetime) -> list[str]:
    """Correct what is known of a person. Returns the names of the fields that changed.

    Raises IdentityTaken or SamePerson where another registration is for the same person, and EntityFull or
    EntityNotListed where the seat would be of an institution that has none left.
    """
    event = registration.event
    lock(event)
    is_other = registration.is_active and person.identity != registration.identity
    if is_other and queries.active_by_identity(event, person.identity) is not None:
        raise taken(person)
    refuse_full_entity(registration, rules.entity_key(person.entity))
    changed = changes.apply(registration, person)
    rules.fold(registration)
    if changed:
        audit.record("registration.corrected", registration, event=event, at=at, changed=changed)
    return changed
