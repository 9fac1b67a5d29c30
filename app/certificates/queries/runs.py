"""Reads of issues in batch."""

from sqlalchemy import func, select

from app.accounts.models import User
from app.certificates.models import IssueItem, IssueRun, ItemState, Recipient
from app.certificates.queries.certificates import not_found
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration


def unfinished_run(event_id: int) -> IssueRun | None:
    """Return the issue in batch that is under way for an event, or waits for a second person."""
    return db.session.scalar(
        select(IssueRun).where(IssueRun.event_id == event_id, IssueRun.finished_at.is_(None))
    )


def run_of_event_or_404(event: Event, run_id: int) -> IssueRun:
    """Return an issue in batch of this event, or answer 404."""
    statement = select(IssueRun).where(IssueRun.id == run_id, IssueRun.event_id == event.id)
    return db.session.scalar(statement) or not_found()


def run(run_id: int) -> IssueRun:
    """Return an issue in batch as it stands now."""
    return db.session.get_one(IssueRun, run_id, populate_existing=True)


def newest_run(event_id: int, award_id: int | None = None) -> IssueRun | None:
    """Return the last issue in batch of an event, or of one of its awards, finished or not."""
    statement = select(IssueRun).where(IssueRun.event_id == event_id)
    if award_id is not None:
        statement = statement.where(IssueRun.award_id == award_id)
    return db.session.scalar(statement.order_by(IssueRun.id.desc()).limit(1))


def items_waiting(run_id: int) -> int:
    """Return how many certificates of a run are still to be issued."""
    statement = select(func.count()).where(IssueItem.run_id == run_id, IssueItem.state == ItemState.WAITING)
    return db.session.scalar(statement) or 0


def problems_of(found: IssueRun) -> list[tuple[Registration | Recipient, str]]:
    """Return whose certificates a run could not print, each with the text that cannot be printed."""
    statement = (
        select(IssueItem.problem, Registration, Recipient)
        .outerjoin(Registration, Registration.id == IssueItem.registration_id)
        .outerjoin(Recipient, Recipient.id == IssueItem.recipient_id)
        .where(IssueItem.run_id == found.id, IssueItem.state == ItemState.FAILED)
        .order_by(IssueItem.id)
    )
    return [(person or recipient, text) for text, person, recipient in db.session.execute(statement)]


def name_of(user_id: int | None) -> str:
    """Return the name of somebody who signs in; nothing for whoever works from a terminal."""
    user = None if user_id is None else db.session.get(User, user_id)
    return "" if user is None else user.name
