"""Where the pages of a room stand."""

import re

from flask.testing import FlaskClient

from app.events.models import Appearance, Event, Session, Speaker, SpeakerRole
from app.extensions import db
from app.live import queries
from app.registration.models import Registration
from app.registration.queries import personal_token


def room(person: Registration, talk: Session, path: str = "") -> str:
    """Return the room's page of a participant, or an act on it."""
    return f"/mi/{personal_token(person)}/sala/{talk.id}{path}"


def desk(event: Event, talk: Session, path: str = "") -> str:
    """Return the office's desk of a room, or an act on it."""
    return f"/gestion/eventos/{event.slug}/salas/{talk.id}{path}"


def stage_desk(event: Event, talk: Session, role: SpeakerRole) -> tuple[int, str]:
    """Give somebody a part in a session; return their number and the address of their desk."""
    speaker = Speaker(event_id=event.id, name="Julia Mamani")
    db.session.add(speaker)
    db.session.flush()
    db.session.add(Appearance(session_id=talk.id, speaker_id=speaker.id, role=role))
    db.session.flush()
    return speaker.id, f"/sala/{talk.id}/ponente/{speaker.id}/{queries.stage_key(talk.id, speaker.id)}/mesa"


def shared(client: FlaskClient, person: Registration, talk: Session) -> str:
    """Return the piece of page that everybody in a room shares, found by way of somebody's own page."""
    found = re.search(r'data-board="([^"]+)"', client.get(room(person, talk)).text)
    assert found
    return client.get(found[1]).text
