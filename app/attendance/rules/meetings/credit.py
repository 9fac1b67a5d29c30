"""What a row of a meeting's file counts for: its stays as instants, cut to the sessions that the file tells of."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.attendance.rules.spans import Span, clip, union


class Part(NamedTuple):
    """A session by its time."""

    session_id: int
    span: Span


def instants(stays: Iterable[Sequence[datetime]], zone: str) -> list[Span]:
    """Return stays by the clock of an IANA zone as instants."""
    of_zone = ZoneInfo(zone)
    return [Span(*(moment.replace(tzinfo=of_zone).astimezone(UTC) for moment in stay)) for stay in stays]


def credits(
    stays: Iterable[Sequence[datetime]], seconds: int | None, zone: str, sessions: Sequence[Part]
) -> list[tuple[int, Span]]:
    """Return what to count, by session: the union of stays within each, no instant twice.

    Where the file tells only how long somebody was there, that counts from the beginning of the one session that it
    tells of, and no longer than that session; of several sessions nobody could say which.
    """
    spans = union(instants(stays, zone))
    if not spans and seconds and len(sessions) == 1:
        start = sessions[0].span.starts_at
        spans = [Span(start, start + timedelta(seconds=seconds))]
    cut = ((part.session_id, clip(span, part.span)) for part in sessions for span in spans)
    return [(session_id, span) for session_id, span in cut if span is not None]


def likely(stays: Iterable[Sequence[datetime]], zone: str, sessions: Sequence[Part]) -> list[int]:
    """Return the sessions during which anybody was there."""
    spans = union(instants(stays, zone))
    return [part.session_id for part in sessions if any(clip(span, part.span) for span in spans)]
