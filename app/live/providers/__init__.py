"""Who runs a room, told from its address: one small interface, a module for each kind."""

from app.events.models import OWN_ROOM
from app.live.providers import bigbluebutton, hls, janus, jitsi, links, video
from app.live.providers.base import (
    Access,
    Guest,
    Meeting,
    MeetingGone,
    Place,
    Provider,
    ProviderFailed,
    Recording,
    SecretRefused,
    is_on,
    origin,
)

__all__ = [
    "KINDS",
    "OWN_ROOM",
    "Access",
    "Guest",
    "Meeting",
    "MeetingGone",
    "Place",
    "Provider",
    "ProviderFailed",
    "Recording",
    "SecretRefused",
    "is_on",
    "origin",
    "place",
]

# The kinds that want an account, by the name under which accounts are kept.
KINDS: dict[str, type[bigbluebutton.Room] | type[jitsi.Room]] = {
    "bigbluebutton": bigbluebutton.Room,
    "jitsi": jitsi.Room,
}


def place(url: str, access: Access | None = None) -> Place:
    """Return what an address leads to; `access` is the account with the server that it names, where there is one.

    An address that nothing recognises is a plain link.
    """
    if access is not None:
        return KINDS[access.kind](url, access=access)
    if url == OWN_ROOM:
        return janus.Room(url)
    return video.place(url) or hls.place(url) or links.place(url)
