"""Printing passes."""

from collections.abc import Sequence
from datetime import datetime

from app import audit
from app.events.models import Event
from app.registration import slips
from app.registration.errors import NoSlips, TooManySlips
from app.registration.models import Registration, RegistrationStatus

MOST_SLIPS = slips.MOST


def print_slips(event: Event, people: Sequence[Registration], *, at: datetime) -> bytes:
    """Return the slips of those who have a seat as a PDF. Raises NoSlips, and TooManySlips above MOST_SLIPS."""
    confirmed = [one for one in people if one.status == RegistrationStatus.CONFIRMED]
    if not confirmed:
        raise NoSlips
    if len(confirmed) > MOST_SLIPS:
        raise TooManySlips(most=MOST_SLIPS)
    audit.record("registrations.slips_printed", event=event, at=at, people=len(confirmed))
    return slips.pdf(event, confirmed, at=at)
