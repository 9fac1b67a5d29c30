"""What the clock does about offers of seats."""

from app import clock, jobs, unit_of_work
from app.events import queries as events
from app.registration import queries, services


@jobs.periodic(jobs.crontab(minute="*"))
def sweep_offers() -> None:
    """Let the seats go on whose offers have run out: an event at a time, each in a transaction of its own."""
    now = clock.now()
    for event_id in queries.events_with_expired_offers(at=now):
        with unit_of_work.transaction():
            services.expire_offers(events.with_agenda(event_id), at=now)
    for event_id in queries.events_with_expired_session_offers(at=now):
        with unit_of_work.transaction():
            services.expire_session_offers(events.with_agenda(event_id), at=now)
