"""An application whose letters go to a post office of the test."""

import pytest
from sqlalchemy import select

import tests.mail.writing  # noqa: F401 - registers the letters
from app.extensions import db
from app.mail.models import OutgoingLetter


@pytest.fixture
def posted(app, session, monkeypatch, smtp_server):
    """The post office to which the application's letters go."""
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)
    return smtp_server


@pytest.fixture
def outbox(session):
    """A function that returns the rows of the outbox, in order, as the database has them."""

    def rows():
        session.expire_all()
        return list(db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id)))

    return rows
