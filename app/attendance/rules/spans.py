"""Stretches of time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of time."""

    starts_at: datetime
    ends_at: datetime


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the same time without overlaps, in order; spans that touch become one, empty ones vanish."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.starts_at < span.ends_at):
        if joined and span.starts_at <= joined[-1].ends_at:
            joined[-1] = Span(joined[-1].starts_at, max(joined[-1].ends_at, span.ends_at))
        else:
            joined.append(span)
    return joined


def clip(span: Span, to: Span) -> Span | None:
    """Return the part of a span that lies within another, or None."""
    starts_at, ends_at = max(span.starts_at, to.starts_at), min(span.ends_at, to.ends_at)
    return Span(starts_at, ends_at) if starts_at < ends_at else None


def minutes(spans: Iterable[Span]) -> int:
    """Return the length of the union of spans in whole minutes, rounded down."""
    total = sum((span.ends_at - span.starts_at for span in union(spans)), timedelta())
    return int(total.total_seconds() // 60)
