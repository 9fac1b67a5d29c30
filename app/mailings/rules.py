"""What decides about mailings: whom a choice means, when a reminder is due."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

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


def due_at(starts_at: datetime, ends_at: datetime, *, is_after: bool, minutes: int) -> datetime:
    """Return when a reminder is due: so long before the event's first session, or after its last."""
    return ends_at + timedelta(minutes=minutes) if is_after else starts_at - timedelta(minutes=minutes)


def is_worth_sending(due: datetime, *, created_at: datetime, at: datetime) -> bool:
    """Return whether a reminder that is due shall still go out: not one that was made, or comes, too late."""
    return created_at <= due and at - due <= LATE


def allowance(per_minute: int, *, lately: int) -> int:
    """Return how many letters may be written now, `lately` being how many were within the last minute."""
    return max(0, per_minute - lately)
