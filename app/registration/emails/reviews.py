"""The letters about what the office decided of a registration."""

from flask_babel import gettext as _

from app import mail
from app.mail import Letter
from app.registration.emails import letters
from app.registration.models import Registration, RegistrationStatus
from app.registration.rules.reviews import Verdict

_LET_IN = (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED, RegistrationStatus.OFFERED)
_LETTERS = {
    Verdict.APPROVE: "registration.approved",
    Verdict.ASK: "registration.returned",
    Verdict.REJECT: "registration.rejected",
}


def reviewed(registration: Registration, verdict: Verdict) -> None:
    """Tell a person what the office decided: approved, more is asked for, or not accepted."""
    letters.enqueue(_LETTERS[verdict], registration)


@mail.letter("registration.approved")
def write_approved(registration_id: int) -> Letter | None:
    """Write that the registration was approved, with the seat or the place in line that it has by then."""
    if letters.stands(registration_id, *_LET_IN):
        return letters.write(
            "registration/received",
            registration_id,
            letter="registration.approved",
            heading=_("Your registration is approved"),
        )
    return None


@mail.letter("registration.returned")
def write_returned(registration_id: int) -> Letter | None:
    """Write what the office asks for, as long as it does."""
    if letters.stands(registration_id, RegistrationStatus.RETURNED):
        return letters.write(
            "registration/returned", registration_id, heading=_("We need something more from you")
        )
    return None


@mail.letter("registration.rejected")
def write_rejected(registration_id: int) -> Letter | None:
    """Write that the office does not accept the registration, and why."""
    if letters.stands(registration_id, RegistrationStatus.REJECTED):
        return letters.write(
            "registration/rejected", registration_id, heading=_("Your registration was not accepted")
        )
    return None
