"""What the page of a room may reach, beyond what every page may."""

from flask import current_app

from app import security
from app.live import providers


def admit(place: providers.Place, *, speaks: bool = False) -> None:
    """Let a page with a room of this server reach Janus, and use camera and microphone where one speaks."""
    if place.is_own and (address := current_app.config["JANUS_URL"]):
        security.allow_in_policy("connect-src", providers.origin(address))
        if speaks:
            security.allow_camera(with_microphone=True)
