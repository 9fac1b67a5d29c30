"""An event whose people have their certificates: `python -m bench.certified SLUG PEOPLE` prints their codes."""

import json
import sys
from decimal import Decimal

from sqlalchemy import insert, select, update

from app import clock, codes, create_app, unit_of_work
from app.attendance.models import AttendanceEvent, LedgerKind, LedgerSource
from app.attendance.services import summaries
from app.certificates import issuing
from app.certificates.models import Certificate
from app.events.models import Event
from app.extensions import db
from app.publiclog import services as publiclog
from app.registration.models import Registration
from bench.data import add_event


def main(slug: str, people: str) -> None:
    """Add the event, issue to everybody, enter all of it into the log, and print the codes as people type them."""
    application = create_app()
    with application.app_context(), application.test_request_context():
        add_attended(slug, int(people))
        with unit_of_work.transaction():
            at = clock.now()
            event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
            issuing.issue_here(event, by=None, at=at)
            while publiclog.append_pending(at=at):
                pass
            found = db.session.scalars(select(Certificate.code).where(Certificate.event_id == event.id))
            print(json.dumps([codes.grouped(code) for code in found]))


def add_attended(slug: str, people: int) -> None:
    """Add an event of twelve hours at which so many people were present on every day; nobody has an e-mail."""
    with unit_of_work.transaction():
        add_event(slug, people, at=clock.now())
        event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
        event.hours = Decimal(12)
        db.session.execute(update(Registration).where(Registration.event_id == event.id).values(email=""))
        _mark_everybody(event)
    done = 1
    while done:
        with unit_of_work.transaction():
            done = summaries.catch_up()


def _mark_everybody(event: Event) -> None:
    people = db.session.scalars(select(Registration.id).where(Registration.event_id == event.id)).all()
    now = clock.now()
    rows = [
        {
            "event_id": event.id,
            "registration_id": person,
            "day_id": day.id,
            "kind": LedgerKind.PRESENT,
            "source": LedgerSource.HAND,
            "starts_at": now,
            "recorded_at": now,
        }
        for person in people
        for day in event.days
    ]
    db.session.execute(insert(AttendanceEvent), rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
