"""The letters about a registration. Each is a row now and a text when the worker sends it."""

from app.registration.emails.letters import (
    cancelled,
    link_renewed,
    offer_expired,
    offered,
    personal_url,
    promoted,
    received,
    registered_already,
)

__all__ = [
    "cancelled",
    "link_renewed",
    "offer_expired",
    "offered",
    "personal_url",
    "promoted",
    "received",
    "registered_already",
]
