"""The letter to the coordinator of a group."""

from flask_babel import gettext as _

from app import mail
from app.addresses import absolute
from app.mail.letters import Letter
from app.registration import queries
from app.registration.emails.fields import event_values
from app.registration.emails.frame import framed
from app.registration.models import RegistrationGroup


def group_link(group: RegistrationGroup) -> None:
    """Send the coordinator the link of their group."""
    mail.queue(
        "registration.group_link",
        to=group.coordinator_email,
        payload={"group_id": group.id},
        language=group.coordinator_language,
        about=group,
    )


def group_url(group: RegistrationGroup) -> str:
    """Return the whole address of a coordinator's page, in their language where that is not the first one."""
    language = {} if group.coordinator_language == "es" else {"lang": group.coordinator_language}
    return absolute("groups.show", token=queries.group_token(group), **language)


@mail.letter("registration.group_link")
def write_group_link(group_id: int) -> Letter | None:
    """Write the letter with the link as it is when it is sent; there is none once the link was closed."""
    group = queries.group_by_id(group_id)
    if group is None or not group.has_link:
        return None
    link = group_url(group)
    fields = event_values(group.event) | {
        "nombre": group.coordinator_name or group.name,
        "grupo": group.name,
        "enlace": link,
    }
    return framed(
        group.event,
        "registration/group_link",
        letter="registration.group_link",
        heading=_("Register your group"),
        fields=fields,
        group=group,
        link=link,
    )
