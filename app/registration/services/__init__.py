"""Writes of registrations."""

from app.registration.services.answers import save_answers
from app.registration.services.cancelling import cancel, cancel_many
from app.registration.services.forms import (
    FieldFacts,
    FormFacts,
    copy_form,
    create_form,
    delete_form,
    facts_of,
    move_field,
    move_form,
    remove_field,
    save_field,
    update_form,
)
from app.registration.services.offers import accept_offer, decline_offer, expire_offers
from app.registration.services.people import Person
from app.registration.services.registering import CODE_LENGTH, register, register_by_hand
from app.registration.services.seats import is_over, promote
from app.registration.services.templates import Shipped, save_template, shipped, start_form
from app.registration.services.upkeep import correct, renew_link, send_link_again

__all__ = [
    "CODE_LENGTH",
    "FieldFacts",
    "FormFacts",
    "Person",
    "Shipped",
    "accept_offer",
    "cancel",
    "cancel_many",
    "copy_form",
    "correct",
    "create_form",
    "decline_offer",
    "delete_form",
    "expire_offers",
    "facts_of",
    "is_over",
    "move_field",
    "move_form",
    "promote",
    "register",
    "register_by_hand",
    "remove_field",
    "renew_link",
    "save_answers",
    "save_field",
    "save_template",
    "send_link_again",
    "shipped",
    "start_form",
    "update_form",
]
