"""The worker's part of mailings and reminders."""

from app import clock, jobs, unit_of_work
from app.mailings import bounces, imap
from app.mailings.queries import mailings as queries
from app.mailings.services import mailings, reminders


@jobs.task()
def advance(mailing_id: int) -> None:
    """Write what a mailing may write now: woken when one begins."""
    with unit_of_work.transaction():
        mailings.advance(mailing_id, at=clock.now())


@jobs.periodic(jobs.crontab(minute="*"))
def sweep() -> None:
    """Go on with every mailing, so many letters a minute as each may write, and with the reminders that are due."""
    for mailing_id in queries.unfinished(at=clock.now()):
        with unit_of_work.transaction():
            mailings.advance(mailing_id, at=clock.now())
    for reminder_id in reminders.due(at=clock.now()):
        is_more = True
        while is_more:
            with unit_of_work.transaction():
                is_more = reminders.write(reminder_id, at=clock.now())


@jobs.periodic(jobs.crontab(minute="*/5"))
def read_bounces() -> None:
    """Read the mailbox of bounces, where one is set."""
    imap.collect(bounces.take)


def wake(mailing_id: int) -> None:
    """Have a mailing worked on once the present transaction is committed."""
    unit_of_work.after_commit(lambda: advance(mailing_id))
