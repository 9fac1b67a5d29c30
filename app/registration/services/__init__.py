"""Writes of registrations."""

from app.registration.services.answers import save_answers
from app.registration.services.cancelling import cancel, cancel_many
from app.registration.services.people import Person
from app.registration.services.registering import CODE_LENGTH, register, register_by_hand
from app.registration.services.seats import is_over, promote
from app.registration.services.upkeep import correct, renew_link, send_link_again

__all__ = [
    "CODE_LENGTH",
    "Person",
    "cancel",
    "cancel_many",
    "correct",
    "is_over",
    "promote",
    "register",
    "register_by_hand",
    "renew_link",
    "save_answers",
    "send_link_again",
]
