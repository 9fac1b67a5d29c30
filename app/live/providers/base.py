"""What every provider of rooms answers to. Nothing here asks the network, nor knows the database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class Provider(StrEnum):
    """Who runs the room."""

    ZOOM = "Zoom"
    MEET = "Google Meet"
    TEAMS = "Microsoft Teams"
    JITSI = "Jitsi Meet"
    BIGBLUEBUTTON = "BigBlueButton"
    YOUTUBE = "YouTube"
    VIMEO = "Vimeo"
    FACEBOOK = "Facebook"
    HLS = "HLS"
    JANUS = "Janus"
    OTHER = ""


class ProviderFailed(DomainError):
    """A provider is down, too slow, or answers what is not its own language."""

    message = _l("The server of this room does not answer as it should.")


class SecretRefused(ProviderFailed):
    """The provider does not know our key."""

    message = _l("The server of this room does not accept the key that we have for it.")


class MeetingGone(ProviderFailed):
    """The provider has ended the meeting."""

    message = _l("The meeting has been ended in its server.")


@dataclass(frozen=True)
class Access:
    """An organisation's account with a server of rooms, its secret open. `kind` is a key of `providers.KINDS`."""

    kind: str
    address: str
    secret: str
    algorithm: str
    app_id: str = ""
    subject: str = ""
    key_id: str = ""


@dataclass(frozen=True)
class Guest:
    """Somebody who goes in. `id` is opaque: it tells our server who that is, and the provider nothing."""

    id: str
    name: str
    is_moderator: bool = False


@dataclass(frozen=True)
class Meeting:
    """A session as its provider comes to know it."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    leads_back_to: str
    key: str  # what ends the meeting; derived, told to the provider alone
    hears_at: str  # the address of ours that it tells who comes and goes


@dataclass(frozen=True)
class Recording:
    """Something that can be watched afterwards."""

    url: str
    minutes: int


@dataclass(frozen=True)
class Place:
    """A room. A plain one has an address, and can do nothing else.

    `embed` is the address of a frame that watches no visitor; `stream` that of a film which our own player plays.
    """

    url: str
    provider: Provider = Provider.OTHER
    embed: str | None = None
    stream: str | None = None
    # Whether each person gets a way in of their own, and what is known of those inside.
    is_personal: ClassVar[bool] = False
    knows_presence: ClassVar[bool] = False
    is_own: ClassVar[bool] = False  # a room of this server, within our own pages

    @property
    def frame_source(self) -> str | None:
        """The origin that a page's policy must admit for the frame."""
        return None if self.embed is None else origin(self.embed)

    def prepare(self, meeting: Meeting) -> None:
        """Make the meeting where it is not yet. Raises ProviderFailed."""

    def join(self, meeting: Meeting, guest: Guest, *, at: datetime) -> str:
        """Return the address by which a guest goes in, good for this guest alone where the provider can tell."""
        return self.url

    def end(self, meeting: Meeting) -> None:
        """Send everybody out. Raises ProviderFailed."""

    def presence(self, meeting: Meeting) -> list[str]:
        """Return the ids of the guests inside. Raises ProviderFailed."""
        return []

    def recordings(self, meeting: Meeting) -> list[Recording]:
        """Return what can be watched afterwards. Raises ProviderFailed."""
        return []

    def check(self) -> None:
        """Try the connection. Raises ProviderFailed and AddressRefused."""


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(url: str) -> str:
    """Return the host of an address in small letters."""
    return (urlsplit(url).hostname or "").lower()


def is_on(url: str, server: str) -> bool:
    """Return whether an address lies on the same server as another, port included."""
    one, other = urlsplit(url), urlsplit(server)
    return (one.hostname, one.port) == (other.hostname, other.port) and one.scheme == other.scheme
