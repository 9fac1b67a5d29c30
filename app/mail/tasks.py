"""The worker's part of the mail."""

from app import jobs
from app.mail import services


@jobs.task()
def deliver() -> None:
    """Send what is due: woken by new letters."""
    services.deliver_due()


@jobs.periodic(jobs.crontab(minute="*"))
def sweep() -> None:
    """Send what a crash or a pause left behind."""
    services.deliver_due()


def wake(seconds: float) -> None:
    """Have the outbox emptied after the given number of seconds."""
    deliver.schedule(delay=seconds)
