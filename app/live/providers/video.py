"""Films of YouTube, Vimeo and Facebook, in the frames that watch their visitor least. They tell nobody who is there."""

import re
from urllib.parse import parse_qs, quote, urlsplit

from app.live.providers.base import Place, Provider, host_of

_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_YOUTUBE_HOSTS = {
    "youtube.com",
    "www.youtube.com",
    "m.youtube.com",
    "youtube-nocookie.com",
    "www.youtube-nocookie.com",
}
_VIMEO_PATH = re.compile(r"/(?:video/)?(?P<id>\d{6,12})(?:/(?P<hash>[0-9a-f]{8,12}))?/?")
_FACEBOOK_HOSTS = {"facebook.com", "www.facebook.com", "m.facebook.com"}
_FACEBOOK_PATH = re.compile(r"/[A-Za-z0-9.\-]+/videos/(?:[a-z0-9-]+/)?\d{6,20}/?")
_FACEBOOK_ID = re.compile(r"\d{6,20}")


def place(url: str) -> Place | None:
    """Return a film by its address, or None for what is none."""
    host = host_of(url)
    if host in _YOUTUBE_HOSTS or host == "youtu.be":
        return Place(url, Provider.YOUTUBE, embed=_youtube(url))
    if host in {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}:
        return Place(url, Provider.VIMEO, embed=_vimeo(url))
    if host in _FACEBOOK_HOSTS or host == "fb.watch":
        return Place(url, Provider.FACEBOOK, embed=_facebook(url))
    return None


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


def _facebook(url: str) -> str | None:
    """Return the frame of a public film of Facebook; there is no mode that watches less, so pressing comes first."""
    parts = urlsplit(url)
    number = parse_qs(parts.query).get("v", [""])[0]
    if _FACEBOOK_PATH.fullmatch(parts.path):
        film = f"https://www.facebook.com{parts.path}"
    elif parts.path.startswith("/watch") and _FACEBOOK_ID.fullmatch(number):
        film = f"https://www.facebook.com/watch/?v={number}"
    else:
        return None
    return f"https://www.facebook.com/plugins/video.php?href={quote(film, safe='')}&show_text=false"
