"""Reads of registrations."""

from app.registration.queries.forms import answers_of, current_fields, form_of, forms_of, main_form
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
    "answers_of",
    "by_id",
    "by_token",
    "by_token_or_404",
    "counts",
    "current_fields",
    "form_of",
    "forms_of",
    "is_code_taken",
    "main_form",
    "of_event",
    "of_event_or_404",
    "personal_token",
    "place_in_waitlist",
    "several",
    "taken_seats",
    "waiting",
]
