"""The letters about what people ask to be changed: their name, and their e-mail address."""

from typing import Any

from flask_babel import gettext as _

from app import mail
from app.addresses import absolute
from app.mail.letters import Letter
from app.registration.emails.fields import deadline, personal_url, values
from app.registration.emails.frame import framed
from app.registration.models import EmailChange, NameRequest, Registration, RequestStatus
from app.registration.queries import registrations
from app.registration.queries import requests as queries


def name_corrected(request: NameRequest) -> None:
    """Tell a person that their name or document was corrected."""
    _queue("registration.name_corrected", request.registration, request_id=request.id)


def name_declined(request: NameRequest) -> None:
    """Tell a person that their name or document stays as it is."""
    _queue("registration.name_declined", request.registration, request_id=request.id)


def confirm_new_address(change: EmailChange) -> None:
    """Ask the new address whether it wants to be used."""
    _queue("registration.confirm_new_address", change.registration, to=change.email, change_id=change.id)


def confirm_old_address(change: EmailChange) -> None:
    """Ask the address used until now whether another one may take its place."""
    _queue("registration.confirm_old_address", change.registration, change_id=change.id)


def address_changed(change: EmailChange, *, former: str, others: int = 0) -> None:
    """Send the new address its personal link, and tell the former one that letters go elsewhere now.

    `others` is of how many other registrations of the person that holds.
    """
    _queue("registration.address_changed", change.registration, change_id=change.id)
    if former:
        _queue(
            "registration.address_left", change.registration, to=former, change_id=change.id, others=others
        )


def address_changed_too(change: EmailChange, registration: Registration) -> None:
    """Send the new address the personal link of another registration that the change holds for."""
    _queue("registration.address_changed", registration, change_id=change.id, registration_id=registration.id)


def _queue(letter: str, registration: Registration, *, to: str = "", **payload: int) -> None:
    if to or registration.email:
        mail.queue(
            letter,
            to=to or registration.email,
            payload=payload,
            language=registration.language,
            about=registration,
        )


@mail.letter("registration.name_corrected")
def write_name_corrected(request_id: int) -> Letter | None:
    """Write that the name was corrected, and how it is now."""
    request = queries.request_by_id(request_id)
    if request is None or request.status not in {RequestStatus.APPLIED, RequestStatus.ACCEPTED}:
        return None
    heading = _("Your data were corrected")
    return _about_name("name_corrected", request, heading=heading)


@mail.letter("registration.name_declined")
def write_name_declined(request_id: int) -> Letter | None:
    """Write that the name was not corrected, with what the office says."""
    request = queries.request_by_id(request_id)
    if request is None or request.status != RequestStatus.DECLINED:
        return None
    return _about_name("name_declined", request, heading=_("About your correction"))


def _about_name(template: str, request: NameRequest, *, heading: str) -> Letter:
    fields = {"nota": request.note}
    registration = request.registration
    return _write(template, registration, letter=template, heading=heading, fields=fields, request=request)


@mail.letter("registration.confirm_new_address")
def write_confirm_new_address(change_id: int) -> Letter | None:
    """Write the question to the new address; nothing once the change was taken back or made."""
    return _question(change_id, is_new=True)


@mail.letter("registration.confirm_old_address")
def write_confirm_old_address(change_id: int) -> Letter | None:
    """Write the question to the old address; nothing once the change was taken back or made."""
    return _question(change_id, is_new=False)


def _question(change_id: int, *, is_new: bool) -> Letter | None:
    change = queries.change_by_id(change_id)
    if change is None or change.applied_at or change.ended_at:
        return None
    address = absolute("email_changes.show", token=queries.change_token(change, is_new=is_new))
    until = deadline(change.expires_at, change.registration.event)
    others = queries.others_of_the_change(change)
    return _write(
        "confirm_address",
        change.registration,
        letter="confirm_new_address" if is_new else "confirm_old_address",
        heading=_("Confirm your new e-mail") if is_new else _("Do you want to change your e-mail?"),
        fields={"enlace": address, "plazo": until, "correo": change.email},
        change=change,
        is_new=is_new,
        address=address,
        # Nobody tells an address that has not confirmed yet where else somebody is registered.
        others=0 if is_new else len(others),
    )


@mail.letter("registration.address_changed")
def write_address_changed(change_id: int, registration_id: int | None = None) -> Letter | None:
    """Write the new personal link to the new address: of the change's own registration, or of another one."""
    about = None if registration_id is None else registrations.by_id(registration_id)
    return _changed(change_id, is_new=True, about=about)


@mail.letter("registration.address_left")
def write_address_left(change_id: int, others: int = 0) -> Letter | None:
    """Write to the former address that letters go elsewhere now; it gets no link."""
    return _changed(change_id, is_new=False, others=others)


def _changed(
    change_id: int, *, is_new: bool, about: Registration | None = None, others: int = 0
) -> Letter | None:
    change = queries.change_by_id(change_id)
    if change is None or change.applied_at is None:
        return None
    return _write(
        "address_changed",
        about or change.registration,
        letter="address_changed" if is_new else "address_left",
        heading=_("Your e-mail was changed"),
        # Whoever reads the former address must not come by the new link, whatever the office's words ask for.
        fields={} if is_new else {"enlace": "", "codigo": ""},
        change=change,
        is_new=is_new,
        others=others,
    )


def _write(
    template: str,
    registration: Registration,
    *,
    letter: str,
    heading: str,
    fields: dict[str, str] | None = None,
    **shown: Any,
) -> Letter:
    return framed(
        registration.event,
        f"registration/{template}",
        letter=f"registration.{letter}",
        heading=heading,
        fields=values(registration, registration.event, **fields or {}),
        registration=registration,
        personal_url=personal_url(registration),
        **shown,
    )
