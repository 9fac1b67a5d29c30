"""What the clock does about what is kept against robots."""

from app import clock, jobs, unit_of_work
from app.registration import services


@jobs.periodic(jobs.crontab(minute="7"))
def purge_robots() -> None:
    """Forget each hour what was kept against robots and has grown old."""
    with unit_of_work.transaction():
        services.purge_robots(at=clock.now())
