"""Who is on the stage of a room of this server, and who was sent off it."""

from collections.abc import Iterable

from sqlalchemy import select

from app.events.models import Appearance, Session
from app.extensions import db
from app.live.queries.rooms import appearances_of

PREFIX = "s"  # of a speaker's name in a room; participants' begin with a digit


def stage_name(speaker_id: int) -> str:
    """Return the name under which a provider knows somebody who speaks."""
    return f"{PREFIX}{speaker_id}"


def slot_of(part: Appearance) -> int:
    """Return the place on the stage of somebody who speaks: the first of the agenda has the first."""
    speakers = [one.speaker_id for one in appearances_of(part.session_id)]
    return speakers.index(part.speaker_id)


def names_on_stage(session_id: int) -> list[str]:
    """Return the names of those who speak, in the order of their places."""
    return [one.speaker.name for one in appearances_of(session_id)]


def part_of(session_id: int, speaker_id: int) -> Appearance | None:
    """Return the part that a speaker has in this session."""
    return db.session.get(Appearance, (session_id, speaker_id))


def sessions_by_uid(uids: Iterable[str]) -> list[Session]:
    """Return the sessions that have these public names."""
    return list(db.session.scalars(select(Session).where(Session.uid.in_(set(uids)))))
