"""Letters to an e-mail address rather than about one registration."""

from flask_babel import gettext as _

from app import clock, mail
from app.addresses import absolute
from app.band import band_png
from app.mail.letters import Inline, Letter, rendered
from app.participants import links, overview
from app.registration import queries as registrations
from app.theme import brand

_ACCENT = "#9e1b42"


def my_events(email: str) -> None:
    """Send an address the link to all its registrations.

    The row is written for any address. Whether it has registrations is asked when the letter is due, so that the
    answer on the screen does and takes the same for everybody.
    """
    mail.queue("participants.my_events", to=email, payload={"email": email})


@mail.letter("participants.my_events")
def write_my_events(email: str) -> Letter | None:
    """Write the letter with the link, and those of the events to come; nothing for an address that nobody gave."""
    found = registrations.of_email(email)
    if not found:
        return None
    now = clock.now()
    people = overview.of(found, (), at=now)
    return rendered(
        "participants/my_events",
        pictures=(Inline("band", band_png("tinkuy", brand(_ACCENT), width=560, cell=6)),),
        heading=_("Your events and certificates"),
        address=absolute("my_events.show", token=links.token_for(found, at=now)),
        days=links.LIFETIME.days,
        people=[someone for someone in people if someone.coming],
        page_of=lambda entry: absolute("participants.show", token=entry.token),
        accent=brand(_ACCENT),
        sender_name="Tinkuy",
    )
