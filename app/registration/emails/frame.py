"""The frame of every letter about an event: its band and colour, whom one answers, and the office's own words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale

from app.addresses import absolute
from app.band import band_png
from app.events.models import Event
from app.mail import templates
from app.mail.letters import Inline, Letter, rendered
from app.mail.wording import Words
from app.registration.emails.fields import ADDRESSES
from app.theme import brand


def framed(
    event: Event,
    template: str,
    *,
    letter: str,
    heading: str,
    fields: Mapping[str, str],
    own: Words | None = None,
    calendar: bytes | None = None,
    pictures: tuple[Inline, ...] = (),
    **shown: Any,
) -> Letter:
    """Write a letter about an event: in the office's own words for `letter` where it has any, else the template's.

    `fields` are the merge fields of own words; a field that does not stand there is left empty. `own` are words for
    this letter alone, `shown` what the template needs besides the event.
    """
    accent = brand(event.organisation.accent)
    band = Inline("band", band_png(event.slug, accent, width=560, cell=6))
    return rendered(
        template,
        calendar=calendar,
        pictures=(band, *pictures),
        own=own or _own_words(letter, event, fields),
        event=event,
        heading=heading,
        event_url=absolute("events.show", slug=event.slug),
        accent=accent,
        sender_name=event.organisation.label,
        reply_to=event.contact_email or None,
        **shown,
    )


def _own_words(letter: str, event: Event, fields: Mapping[str, str]) -> Words | None:
    return templates.words(
        letter,
        str(get_locale()),
        fields,
        event_id=event.id,
        organisation_id=event.organisation_id,
        addresses=ADDRESSES,
        colour=brand(event.organisation.accent),
    )
