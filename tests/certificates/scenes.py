"""Events whose people have attended, for tests."""

from decimal import Decimal
from typing import Any

from app.accounts.models import Organisation
from app.attendance.models import AttendanceMark
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration
from tests import factories


def event(organisation: Organisation | None = None, *, days: int = 2, **values: Any) -> Event:
    """Return an event of 150 minutes a day that certifies six hours for four fifths of it."""
    return factories.event(
        organisation, days=days, **{"hours": Decimal(6), "title": "Foro de Prueba"} | values
    )


def attend(registration: Registration, *, days: int | None = None) -> Registration:
    """Mark a person present on the first days of their event; on all of them unless told otherwise."""
    for day in registration.event.days[:days]:
        db.session.add(
            AttendanceMark(
                event_id=registration.event_id,
                registration_id=registration.id,
                day_id=day.id,
                present=True,
                marked_at=factories.THEN,
            )
        )
    db.session.commit()
    return registration


def earner(event_: Event, **values: Any) -> Registration:
    """Return somebody who attended everything."""
    return attend(factories.registration(event_, **values))
