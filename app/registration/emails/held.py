"""The letter that asks to confirm a registration."""

from flask_babel import gettext as _

from app import mail
from app.addresses import absolute
from app.band import band_png
from app.mail.letters import Inline, Letter, rendered
from app.registration import queries
from app.registration.models import HeldSubmission
from app.theme import brand


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
    event = submission.event
    accent = brand(event.organisation.accent)
    return rendered(
        "registration/held",
        pictures=(Inline("band", band_png(event.slug, accent, width=560, cell=6)),),
        event=event,
        heading=_("Confirm your registration"),
        link=absolute("confirmation.show", token=queries.held_token(submission)),
        event_url=absolute("events.show", slug=event.slug),
        accent=accent,
        sender_name=event.organisation.label,
        reply_to=event.contact_email or None,
    )
