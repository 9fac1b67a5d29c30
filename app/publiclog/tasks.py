"""The log's part of the worker."""

from app import clock, jobs, unit_of_work
from app.publiclog import services


@jobs.periodic(jobs.crontab(minute="*"))
def append() -> None:
    """Enter what happened to certificates since the last minute."""
    appended = services.BATCH
    while appended == services.BATCH:
        with unit_of_work.transaction():
            appended = services.append_pending(at=clock.now())
