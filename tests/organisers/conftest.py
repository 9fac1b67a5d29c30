"""An event of the back office, and who works on it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.events.models import Event
from app.permissions import Role
from tests import factories


@pytest.fixture
def event(session: Session) -> Event:
    return factories.event(slug="foro")


@pytest.fixture
def organiser(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return client


@pytest.fixture
def reader(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.READER, organisation=event.organisation))
    return client
