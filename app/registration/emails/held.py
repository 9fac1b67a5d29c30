"""The letter that asks to confirm a registration."""

from flask_babel import gettext as _

from app import mail
from app.addresses import absolute
from app.mail.letters import Letter
from app.registration import queries
from app.registration.emails.fields import event_values
from app.registration.emails.frame import framed
from app.registration.models import HeldSubmission


def held(submission: HeldSubmission, *, to: str) -> None:
    """Ask whoever reads the address to confirm."""
    mail.queue(
        "registration.held",
        to=to,
        payload={"held_id": submission.id},
        language=submission.language,
        about=submission,
    )


@mail.letter("registration.held")
def write_held(held_id: int) -> Letter | None:
    """Write the letter; there is none once the submission was confirmed or has grown old."""
    submission = queries.held_by_id(held_id)
    if submission is None:
        return None
    link = absolute("confirmation.show", token=queries.held_token(submission))
    return framed(
        submission.event,
        "registration/held",
        letter="registration.held",
        heading=_("Confirm your registration"),
        # No name: whoever typed it may have written something else there, for a stranger to read.
        fields=event_values(submission.event) | {"enlace": link},
        link=link,
    )
