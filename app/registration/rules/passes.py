"""How long a pass holds."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.events.models import Event

# An event may be put off after the passes are printed.
GRACE = timedelta(days=30)
_WITHOUT_DAYS = timedelta(days=365)


def pass_expires_at(event: Event) -> datetime:
    """Return when the passes for an event run out: thirty days after its last day ends in its own zone."""
    last = event.ends_on or (event.created_at + _WITHOUT_DAYS).date()
    return datetime.combine(last + timedelta(days=1), time(), ZoneInfo(event.timezone)) + GRACE
