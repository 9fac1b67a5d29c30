"""What decides about mailings: whom a choice means, when a reminder is due, which letters have own words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from flask_babel import lazy_gettext as _l

from app.registration.models import RegistrationStatus

NOTICES = "otros-eventos"  # the key of the consent box by which people agree to notices of other events
LATE = timedelta(hours=6)  # a reminder that a stopped server could not send is still sent so much later


@dataclass(frozen=True)
class Audience:
    """A choice of an event's people; what is empty or None leaves nobody out."""

    statuses: tuple[str, ...] = (RegistrationStatus.CONFIRMED.value,)
    attended: bool | None = None
    day_id: int | None = None
    session_id: int | None = None
    entity: str = ""
    department: str = ""
    form_id: int | None = None
    field_id: int | None = None
    option: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return a choice as it was kept."""
        return cls(**dict(kept) | {"statuses": tuple(kept["statuses"])})

    def as_dict(self) -> dict[str, Any]:
        """Return the choice as it is kept."""
        return asdict(self) | {"statuses": list(self.statuses)}


@dataclass(frozen=True)
class EditableLetter:
    """A letter for which an office may write its own words; its default stands in `templates/mail/<template>`."""

    title: Any
    template: str
    waits: bool = False


LETTERS = {
    "registration.received": EditableLetter(_l("You are registered"), "registration/received"),
    "registration.waitlisted": EditableLetter(
        _l("You are on the waitlist"), "registration/received", waits=True
    ),
    "registration.under_review": EditableLetter(
        _l("We received your registration"), "registration/under_review"
    ),
    "registration.approved": EditableLetter(_l("Your registration is approved"), "registration/received"),
    "registration.returned": EditableLetter(_l("We need something more from you"), "registration/returned"),
    "registration.rejected": EditableLetter(
        _l("Your registration was not accepted"), "registration/rejected"
    ),
    "registration.promoted": EditableLetter(_l("You have a seat"), "registration/received"),
    "registration.offered": EditableLetter(_l("We keep a seat for you"), "registration/offered"),
    "registration.offer_expired": EditableLetter(
        _l("The offered seat went on"), "registration/offer_expired"
    ),
    "registration.session": EditableLetter(_l("You have a place in the session"), "registration/session"),
    "registration.session_moved": EditableLetter(
        _l("A session of yours has changed"), "registration/session_moved"
    ),
    "registration.cancelled": EditableLetter(_l("Registration cancelled"), "registration/cancelled"),
    "registration.again": EditableLetter(_l("Your personal link"), "registration/again"),
    "registration.link_renewed": EditableLetter(_l("Your new personal link"), "registration/again"),
    "mailings.reminder": EditableLetter(_l("The event is near"), "mailings/reminder"),
    "mailings.thanks": EditableLetter(_l("Thank you for taking part"), "mailings/thanks"),
    "certificates.available": EditableLetter(_l("Your certificate is ready"), "certificates/available"),
}


def due_at(starts_at: datetime, ends_at: datetime, *, is_after: bool, minutes: int) -> datetime:
    """Return when a reminder is due: so long before the event's first session, or after its last."""
    return ends_at + timedelta(minutes=minutes) if is_after else starts_at - timedelta(minutes=minutes)


def is_worth_sending(due: datetime, *, created_at: datetime, at: datetime) -> bool:
    """Return whether a reminder that is due shall still go out: not one that was made, or comes, too late."""
    return created_at <= due and at - due <= LATE


def allowance(per_minute: int, *, lately: int) -> int:
    """Return how many letters may be written now, `lately` being how many were within the last minute."""
    return max(0, per_minute - lately)
