"""Printing passes: slips, and badges to wear."""

from collections.abc import Sequence
from datetime import datetime

from app import audit
from app.events.models import Event
from app.registration import badges, printing, slips
from app.registration.badges import Sheet
from app.registration.errors import NoSlips, TooManySlips
from app.registration.models import Registration, RegistrationStatus

MOST_SLIPS = printing.MOST


def print_slips(event: Event, people: Sequence[Registration], *, at: datetime) -> bytes:
    """Return the slips of those who have a seat as a PDF. Raises NoSlips, and TooManySlips above MOST_SLIPS."""
    confirmed = _with_seat(people)
    audit.record("registrations.slips_printed", event=event, at=at, people=len(confirmed))
    return slips.pdf(event, confirmed, at=at)


def print_badges(event: Event, people: Sequence[Registration], sheet: Sheet, *, at: datetime) -> bytes:
    """Return the badges of those who have a seat as a PDF. Raises NoSlips, and TooManySlips above MOST_SLIPS."""
    confirmed = _with_seat(people)
    audit.record("registrations.badges_printed", event=event, at=at, people=len(confirmed), sheet=sheet)
    return badges.pdf(event, confirmed, sheet, at=at)


def own_badge(registration: Registration, sheet: Sheet, *, at: datetime) -> bytes:
    """Return a person's badge, for the person. Raises NoSlips where there is no seat."""
    return badges.pdf(registration.event, _with_seat([registration]), sheet, at=at)


def _with_seat(people: Sequence[Registration]) -> list[Registration]:
    confirmed = [one for one in people if one.status == RegistrationStatus.CONFIRMED]
    if not confirmed:
        raise NoSlips
    if len(confirmed) > MOST_SLIPS:
        raise TooManySlips(most=MOST_SLIPS)
    return confirmed
