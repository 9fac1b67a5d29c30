"""The worker's part of the mail."""

from app import clock, jobs, unit_of_work
from app.mail import copies, services


@jobs.task()
def deliver() -> None:
    """Send what is due: woken by new letters."""
    services.deliver_due()


@jobs.periodic(jobs.crontab(minute="*"))
def sweep() -> None:
    """Send what a crash or a pause left behind."""
    services.deliver_due()


@jobs.periodic(jobs.crontab(minute="40", hour="8"))
def forget() -> None:
    """Delete the copies of letters that were kept long enough."""
    with unit_of_work.transaction():
        copies.forget(at=clock.now())


def wake(seconds: float) -> None:
    """Have the outbox emptied after the given number of seconds."""
    deliver.schedule(delay=seconds)
