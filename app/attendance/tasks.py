"""The worker's part of attendance."""

from datetime import timedelta

from app import clock, jobs, unit_of_work
from app.attendance import services
from app.attendance.services import meeting_files

_LONGEST = timedelta(seconds=30)  # of each minute: letters have their turn, too


@jobs.periodic(jobs.crontab(minute="17"))
def close_stays() -> None:
    """Write down when those left at the latest who never scanned out."""
    more = True
    while more:
        with unit_of_work.transaction():
            more = bool(services.close_stays(at=clock.now()))


@jobs.periodic(jobs.crontab(hour="8", minute="40"))
def forget_nobody() -> None:
    """Forget who stood in old files of meetings and was nobody of the event, in the night of Lima."""
    with unit_of_work.transaction():
        meeting_files.forget_nobody(at=clock.now())


@jobs.periodic(jobs.crontab(minute="*"))
def sweep() -> None:
    """Enter finished stretches of presence into the ledger, and bring the summaries abreast of it."""
    begun = clock.now()
    while clock.now() - begun < _LONGEST:
        with unit_of_work.transaction():
            done = services.settle(at=clock.now()) + services.summaries.catch_up()
        if not done:
            break
