"""Writes of registrations."""

from app.registration.badges import Sheet
from app.registration.services.answers import save_answers
from app.registration.services.cancelling import cancel, cancel_many
from app.registration.services.enrolments import (
    accept_session,
    decline_session,
    enrol,
    expire_session_offers,
    leave,
    promote_sessions,
)
from app.registration.services.forms import (
    FieldFacts,
    FormFacts,
    copy_form,
    create_form,
    delete_form,
    draft,
    facts_of,
    move_field,
    move_form,
    remove_field,
    save_field,
    update_form,
)
from app.registration.services.groups import (
    GroupFacts,
    close_link,
    correct_names,
    create_group,
    open_link,
    register_group,
    send_link,
    update_group,
)
from app.registration.services.limits import (
    SeatFacts,
    make_enrollable,
    make_open,
    remove_quota,
    save_quota,
    save_seats,
)
from app.registration.services.offers import accept_offer, decline_offer, expire_offers
from app.registration.services.passes import CODE_LENGTH, ensure_key, renew_pass, rotate_keys
from app.registration.services.people import Consent, Person
from app.registration.services.registering import register, register_by_hand
from app.registration.services.reviewing import approve, ask_for_more, reject, resubmit, review_many
from app.registration.services.robots import hold, purge_robots, release, spend_puzzle
from app.registration.services.seats import is_over, promote
from app.registration.services.slips import MOST_SLIPS, own_badge, print_badges, print_slips
from app.registration.services.surveys import reply
from app.registration.services.templates import Shipped, save_template, shipped, start_form
from app.registration.services.upkeep import (
    correct,
    correct_answers,
    renew_link,
    send_link_again,
    tell_apart,
)

__all__ = [
    "CODE_LENGTH",
    "MOST_SLIPS",
    "Consent",
    "FieldFacts",
    "FormFacts",
    "GroupFacts",
    "Person",
    "SeatFacts",
    "Sheet",
    "Shipped",
    "accept_offer",
    "accept_session",
    "approve",
    "ask_for_more",
    "cancel",
    "cancel_many",
    "close_link",
    "copy_form",
    "correct",
    "correct_answers",
    "correct_names",
    "create_form",
    "create_group",
    "decline_offer",
    "decline_session",
    "delete_form",
    "draft",
    "enrol",
    "ensure_key",
    "expire_offers",
    "expire_session_offers",
    "facts_of",
    "hold",
    "is_over",
    "leave",
    "make_enrollable",
    "make_open",
    "move_field",
    "move_form",
    "open_link",
    "own_badge",
    "print_badges",
    "print_slips",
    "promote",
    "promote_sessions",
    "purge_robots",
    "register",
    "register_by_hand",
    "register_group",
    "reject",
    "release",
    "remove_field",
    "remove_quota",
    "renew_link",
    "renew_pass",
    "reply",
    "resubmit",
    "review_many",
    "rotate_keys",
    "save_answers",
    "save_field",
    "save_quota",
    "save_seats",
    "save_template",
    "send_link",
    "send_link_again",
    "shipped",
    "spend_puzzle",
    "start_form",
    "tell_apart",
    "update_form",
    "update_group",
]
