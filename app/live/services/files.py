"""Files that an office puts beside a room."""

from datetime import datetime

from app import audit
from app.events.models import Event, Session
from app.extensions import db
from app.live import materials, queries
from app.live.errors import TooManyMaterials
from app.live.models import RoomFile

MOST_FILES = 20  # files beside a room


def add_file(
    event: Event, session: Session, label: str, found: materials.Material, *, at: datetime
) -> RoomFile:
    """Put a file beside a room, under its own name where it got none. Raises TooManyMaterials."""
    if queries.number_of_files(session.id) >= MOST_FILES:
        raise TooManyMaterials
    file = RoomFile(
        session_id=session.id,
        label=label or found.name,
        file_name=found.name,
        content_type=found.content_type,
        size=len(found.data),
        data=found.data,
        added_at=at,
    )
    db.session.add(file)
    audit.record("room.file_added", file, event=event, at=at, bytes=file.size)
    return file


def remove_file(event: Event, file: RoomFile, *, at: datetime) -> None:
    """Take a file away from a room."""
    audit.record("room.file_removed", file, event=event, at=at)
    db.session.delete(file)
