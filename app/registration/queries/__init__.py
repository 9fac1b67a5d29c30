"""Reads of registrations."""

from app.registration.queries.registrations import (
    active_by_identity,
    by_id,
    by_token,
    by_token_or_404,
    counts,
    is_code_taken,
    of_event,
    of_event_or_404,
    personal_token,
    place_in_waitlist,
    several,
    taken_seats,
    waiting,
)

__all__ = [
    "active_by_identity",
    "by_id",
    "by_token",
    "by_token_or_404",
    "counts",
    "is_code_taken",
    "of_event",
    "of_event_or_404",
    "personal_token",
    "place_in_waitlist",
    "several",
    "taken_seats",
    "waiting",
]
