"""What keeps the demonstration fresh on an installation that is left running."""

from flask import current_app

from app import clock, jobs, unit_of_work
from app.cli.demo import load


@jobs.periodic(jobs.crontab(minute="*"))
def keep_up_to_date() -> None:
    """Let the present event begin today once it has passed."""
    if current_app.config["DEMO"]:
        with unit_of_work.transaction():
            load.keep_up_to_date(at=clock.now())
