"""Files beside a room."""

from sqlalchemy import func, select

from app.extensions import db
from app.live.models import RoomFile


def files_of(session_id: int) -> list[RoomFile]:
    """Return the files beside a room, without what they hold."""
    statement = select(RoomFile).where(RoomFile.session_id == session_id)
    return list(db.session.scalars(statement.order_by(RoomFile.id)))


def file_of(session_id: int, file_id: int) -> RoomFile | None:
    """Return a file beside this room."""
    return db.session.scalar(
        select(RoomFile).where(RoomFile.id == file_id, RoomFile.session_id == session_id)
    )


def number_of_files(session_id: int) -> int:
    """Return how many files stand beside a room."""
    statement = select(func.count()).select_from(RoomFile).where(RoomFile.session_id == session_id)
    return db.session.scalar(statement) or 0
