"""The letters about a registration. Each is a row now and a text when the worker sends it."""

from app.registration.emails.fields import ADDRESSES, FIELDS, MergeField, event_values, personal_url, values
from app.registration.emails.frame import framed
from app.registration.emails.groups import group_link, group_url
from app.registration.emails.held import held
from app.registration.emails.invitations import invited, reminded
from app.registration.emails.letters import (
    cancelled,
    compose,
    event_cancelled,
    link_renewed,
    offer_expired,
    offered,
    promoted,
    received,
    registered_already,
    session_moved,
    session_place,
)
from app.registration.emails.reviews import reviewed

__all__ = [
    "ADDRESSES",
    "FIELDS",
    "MergeField",
    "cancelled",
    "compose",
    "event_cancelled",
    "event_values",
    "framed",
    "group_link",
    "group_url",
    "held",
    "invited",
    "link_renewed",
    "offer_expired",
    "offered",
    "personal_url",
    "promoted",
    "received",
    "registered_already",
    "reminded",
    "reviewed",
    "session_moved",
    "session_place",
    "values",
]
