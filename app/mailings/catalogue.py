"""The letters for which an office may write its own words: what each is called, and which fields it may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from app.registration.emails import FIELDS, MergeField

_EVENT = ("evento", "fecha", "lugar", "organizacion", "contacto", "pagina")
_NAMES = ("nombre", "nombres", "institucion")
_PERSON = (*_NAMES, *_EVENT, "enlace", "codigo", "plazo", "nota", "motivo")
_INVITED = (*_NAMES, *_EVENT, "enlace", "plazo")
_SESSION = ("sesion", "horario")
MESSAGE_FIELDS = {name: FIELDS[name] for name in _PERSON}


@dataclass(frozen=True)
class EditableLetter:
    """A letter for which an office may write its own words; its default stands in `templates/mail/<template>`.

    `fields` may stand in it, and `needed` must: without them nobody could do what the letter asks for. `link` is what
    the field of the link stands for where that is not the person's page; `facts` are what the default's template is
    told besides. A letter that is `for_address` proves whose an address is, and is sent to no other.
    """

    title: Any
    template: str
    fields: tuple[str, ...] = _PERSON
    needed: tuple[str, ...] = ()
    link: Any = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    for_address: bool = False

    @property
    def merge_fields(self) -> dict[str, MergeField]:
        """The fields that may stand in the letter, with what each stands for in it."""
        own = {} if self.link is None else {"enlace": MergeField(self.link, is_address=True)}
        return {name: FIELDS[name] for name in self.fields} | own


LETTERS = {
    "registration.invitation": EditableLetter(
        _l("You are invited"),
        "registration/invitation",
        _INVITED,
        ("enlace",),
        _l("The address at which the invited person registers"),
        for_address=True,
    ),
    "registration.invitation_reminder": EditableLetter(
        _l("Your invitation waits for an answer"),
        "registration/invitation",
        _INVITED,
        ("enlace",),
        _l("The address at which the invited person registers"),
        for_address=True,
    ),
    "registration.held": EditableLetter(
        _l("Confirm your registration"),
        "registration/held",
        (*_EVENT, "enlace"),
        ("enlace",),
        _l("The address at which one confirms"),
        for_address=True,
    ),
    "registration.received": EditableLetter(_l("You are registered"), "registration/received"),
    "registration.waitlisted": EditableLetter(
        _l("You are on the waitlist"), "registration/received", facts={"waits": True}
    ),
    "registration.under_review": EditableLetter(
        _l("We received your registration"), "registration/under_review"
    ),
    "registration.approved": EditableLetter(_l("Your registration is approved"), "registration/received"),
    "registration.returned": EditableLetter(_l("We need something more from you"), "registration/returned"),
    "registration.rejected": EditableLetter(
        _l("Your registration was not accepted"), "registration/rejected"
    ),
    "registration.promoted": EditableLetter(_l("You have a seat"), "registration/received"),
    "registration.offered": EditableLetter(
        _l("We keep a seat for you"), "registration/offered", needed=("enlace",)
    ),
    "registration.offer_expired": EditableLetter(
        _l("The offered seat went on"), "registration/offer_expired"
    ),
    "registration.session": EditableLetter(
        _l("You have a place in the session"), "registration/session", (*_PERSON, *_SESSION)
    ),
    "registration.session_moved": EditableLetter(
        _l("A session of yours has changed"), "registration/session_moved", (*_PERSON, *_SESSION)
    ),
    "registration.cancelled": EditableLetter(_l("Registration cancelled"), "registration/cancelled"),
    "registration.event_cancelled": EditableLetter(
        _l("The event was cancelled"), "registration/event_cancelled"
    ),
    "registration.again": EditableLetter(_l("Your personal link"), "registration/again", needed=("enlace",)),
    "registration.link_renewed": EditableLetter(
        _l("Your new personal link"), "registration/again", needed=("enlace",)
    ),
    "registration.name_corrected": EditableLetter(
        _l("Your data were corrected"), "registration/name_corrected"
    ),
    "registration.name_declined": EditableLetter(_l("About your correction"), "registration/name_declined"),
    "registration.confirm_new_address": EditableLetter(
        _l("Confirm your new e-mail"),
        "registration/confirm_address",
        # No name: whoever reads a mistyped address must not learn who takes part.
        (*_EVENT, "enlace", "plazo"),
        ("enlace",),
        _l("The address at which one confirms"),
        facts={"is_new": True},
        for_address=True,
    ),
    "registration.confirm_old_address": EditableLetter(
        _l("Do you want to change your e-mail?"),
        "registration/confirm_address",
        (*_NAMES, *_EVENT, "enlace", "plazo", "correo"),
        ("enlace",),
        _l("The address at which one answers yes or no"),
        facts={"is_new": False},
        for_address=True,
    ),
    "registration.address_changed": EditableLetter(
        _l("Your e-mail was changed"),
        "registration/address_changed",
        needed=("enlace",),
        facts={"is_new": True},
    ),
    "registration.address_left": EditableLetter(
        _l("Your e-mail was changed (to the former address)"),
        "registration/address_changed",
        # No link: letters go elsewhere now.
        (*_NAMES, *_EVENT),
        facts={"is_new": False},
        for_address=True,
    ),
    "registration.group_link": EditableLetter(
        _l("Register your group"),
        "registration/group_link",
        ("nombre", "grupo", *_EVENT, "enlace"),
        ("enlace",),
        _l("The coordinator's address"),
        for_address=True,
    ),
    "mailings.reminder": EditableLetter(_l("The event is near"), "mailings/reminder"),
    "mailings.thanks": EditableLetter(
        _l("Thank you for taking part"), "mailings/thanks", (*_PERSON, "encuesta")
    ),
    "certificates.available": EditableLetter(
        _l("Your certificate is ready"), "certificates/available", (*_PERSON, "constancia")
    ),
}
