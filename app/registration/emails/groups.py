"""The letter to the coordinator of a group."""

from flask_babel import gettext as _

from app import mail
from app.addresses import absolute
from app.band import band_png
from app.mail.letters import Inline, Letter, rendered
from app.registration import queries
from app.registration.models import RegistrationGroup
from app.theme import brand


def group_link(group: RegistrationGroup) -> None:
    """Send the coordinator the link of their group."""
    mail.queue(
        "registration.group_link",
        to=group.coordinator_email,
        payload={"group_id": group.id},
        language="es",
        about=group,
    )


def group_url(group: RegistrationGroup) -> str:
    """Return the whole address of a coordinator's page."""
    return absolute("groups.show", token=queries.group_token(group))


@mail.letter("registration.group_link")
def write_group_link(group_id: int) -> Letter | None:
    """Write the letter with the link as it is when it is sent; there is none once the link was closed."""
    group = queries.group_by_id(group_id)
    if group is None or not group.has_link:
        return None
    event = group.event
    accent = brand(event.organisation.accent)
    return rendered(
        "registration/group_link",
        pictures=(Inline("band", band_png(event.slug, accent, width=560, cell=6)),),
        event=event,
        group=group,
        heading=_("Register your group"),
        link=group_url(group),
        event_url=absolute("events.show", slug=event.slug),
        accent=accent,
        sender_name=event.organisation.label,
        reply_to=event.contact_email or None,
    )
