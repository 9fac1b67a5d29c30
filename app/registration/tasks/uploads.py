"""What the clock does about files that were sent."""

from app import clock, jobs, unit_of_work
from app.registration.services import uploads


@jobs.periodic(jobs.crontab(minute="17"))
def sweep_uploads() -> None:
    """Take away the files whose forms were never accepted."""
    with unit_of_work.transaction():
        uploads.sweep(at=clock.now())
