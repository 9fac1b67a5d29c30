"""Meetings elsewhere that we know the address of alone: Zoom, Meet, Teams, a Jitsi without keys, anything else."""

from app.live.providers.base import Place, Provider, host_of

_HOSTS = {
    "zoom.us": Provider.ZOOM,
    "meet.google.com": Provider.MEET,
    "teams.microsoft.com": Provider.TEAMS,
    "teams.live.com": Provider.TEAMS,
    "teams.cloud.microsoft": Provider.TEAMS,
    "meet.jit.si": Provider.JITSI,
    "8x8.vc": Provider.JITSI,
}


def place(url: str) -> Place:
    """Return a plain link, with the name of whoever runs it where that is known."""
    host = host_of(url)
    if host.endswith((".zoom.us", ".zoom.com")):
        return Place(url, Provider.ZOOM)
    return Place(url, _HOSTS.get(host, Provider.OTHER))
