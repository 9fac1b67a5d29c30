"""The worker's part of issuing."""

import os

from app import clock, jobs, unit_of_work
from app.certificates import issuing
from app.certificates.models import IssueRun

SHARE = 200  # certificates in one go: about three seconds, after which letters have their turn
HANDS = min(4, os.cpu_count() or 1)  # workers that may be at one run: as many calls as there may be processes


@jobs.task()
def issue(run_id: int) -> None:
    """Issue a share of a run, and ask for the next."""
    if not issuing.work_on(run_id, limit=SHARE):
        # Where another worker holds the run, asking again costs next to nothing.
        issue.schedule(args=(run_id,), delay=1)


@jobs.periodic(jobs.crontab(minute="*"))
def sweep() -> None:
    """Take up the runs that a crash left behind, or of which the queue never heard."""
    for run_id in issuing.abandoned(at=clock.now()):
        issue(run_id)


def wake(run: IssueRun) -> None:
    """Have a run worked on once the present transaction is committed."""
    run_id = run.id

    def call() -> None:
        for _hand in range(HANDS):
            issue(run_id)

    unit_of_work.after_commit(call)
