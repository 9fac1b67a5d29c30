"""An event of a day with a session in a virtual room, and the people in it."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from app import clock
from app.accounts.models import User
from app.events.models import Event, Session
from app.permissions import Role
from app.registration.models import Registration
from tests import factories


@pytest.fixture
def event(session: DatabaseSession) -> Event:
    return factories.event(days=1)


@pytest.fixture
def talk(event: Event) -> Session:
    return factories.session(event, event.days[0], hour=15, minutes=60, online_url="https://meet.jit.si/sala")


@pytest.fixture
def person(event: Event) -> Registration:
    return factories.registration(event)


@pytest.fixture
def people(event: Event) -> list[Registration]:
    names = ("Rosa", "Julia", "Nilo")
    return [factories.registration(event, given_names=name, first_surname="Quispe") for name in names]


@pytest.fixture
def during(talk: Session) -> Iterator[None]:
    """The moment at which the session begins."""
    with clock.freeze(talk.starts_at):
        yield


@pytest.fixture
def moderator(sign_in: Callable[[User], FlaskClient], event: Event) -> FlaskClient:
    return sign_in(factories.user(role=Role.ORGANISER, organisation=event.organisation))
