"""What an address of a virtual room leads to: pure functions over its text. No provider is asked anything."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_YOUTUBE_HOSTS = {
    "youtube.com",
    "www.youtube.com",
    "m.youtube.com",
    "youtube-nocookie.com",
    "www.youtube-nocookie.com",
}
_VIMEO_PATH = re.compile(r"/(?:video/)?(?P<id>\d{6,12})(?:/(?P<hash>[0-9a-f]{8,12}))?/?")


class Provider(StrEnum):
    """Who runs the room."""

    ZOOM = "Zoom"
    MEET = "Google Meet"
    TEAMS = "Microsoft Teams"
    JITSI = "Jitsi Meet"
    YOUTUBE = "YouTube"
    VIMEO = "Vimeo"
    OTHER = ""


@dataclass(frozen=True)
class Place:
    """Where a room is. `embed` is the address of a frame that watches no visitor, for the players that have one."""

    provider: Provider
    url: str
    embed: str | None = None

    @property
    def frame_source(self) -> str | None:
        """The origin that a page's policy must admit for the frame."""
        if self.embed is None:
            return None
        parts = urlsplit(self.embed)
        return f"{parts.scheme}://{parts.netloc}"


def place(url: str) -> Place:
    """Return what an https address leads to; one that is not recognised is a plain link."""
    host = (urlsplit(url).hostname or "").lower()
    if host in _YOUTUBE_HOSTS or host == "youtu.be":
        return Place(Provider.YOUTUBE, url, _youtube(url))
    if host in {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}:
        return Place(Provider.VIMEO, url, _vimeo(url))
    return Place(_meeting(host), url)


def _meeting(host: str) -> Provider:
    if host == "zoom.us" or host.endswith((".zoom.us", ".zoom.com")):
        return Provider.ZOOM
    if host == "meet.google.com":
        return Provider.MEET
    if host in {"teams.microsoft.com", "teams.live.com", "teams.cloud.microsoft"}:
        return Provider.TEAMS
    return Provider.JITSI if host in {"meet.jit.si", "8x8.vc"} else Provider.OTHER


def _youtube(url: str) -> str | None:
    """Return the frame of YouTube's privacy mode, which sets no cookie before one plays."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    candidate = ""
    if parts.hostname == "youtu.be" and segments:
        candidate = segments[0]
    elif segments[:1] == ["watch"]:
        candidate = parse_qs(parts.query).get("v", [""])[0]
    elif len(segments) == 2 and segments[0] in {"live", "embed", "shorts"}:
        candidate = segments[1]
    return f"https://www.youtube-nocookie.com/embed/{candidate}" if _YOUTUBE_ID.fullmatch(candidate) else None


def _vimeo(url: str) -> str | None:
    found = _VIMEO_PATH.fullmatch(urlsplit(url).path)
    if found is None:
        return None
    secret = f"&h={found['hash']}" if found["hash"] else ""
    return f"https://player.vimeo.com/video/{found['id']}?dnt=1{secret}"
