"""Events whose people have attended, for tests."""

from decimal import Decimal
from typing import Any

from app.accounts.models import Organisation
from app.events.models import Event
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
        factories.attendance(registration, day_id=day.id)
    return registration


def earner(event_: Event, **values: Any) -> Registration:
    """Return somebody who attended everything."""
    return attend(factories.registration(event_, **values))
