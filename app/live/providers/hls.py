"""Streams of one's own (HLS): a list of pieces on any web server, played by a player of ours."""

from urllib.parse import urlsplit

from app.live.providers.base import Place, Provider


def place(url: str) -> Place | None:
    """Return a stream by its address, which ends in .m3u8, or None for what is none."""
    if not urlsplit(url).path.lower().endswith(".m3u8"):
        return None
    return Place(url, Provider.HLS, stream=url)
