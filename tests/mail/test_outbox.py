"""A letter is a row of the same transaction as what it tells of."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import mail, unit_of_work
from app.extensions import db
from app.mail import services
from app.mail.models import OutgoingLetter
from app.registration.models import Registration
from tests import factories
from tests.kernel.conftest import own_app, visitor  # noqa: F401 - fixtures
from tests.registration.test_views import GOOD


@pytest.fixture
def woken(monkeypatch, app):
    """The list of the wakings of the worker."""
    calls = []
    monkeypatch.setitem(app.extensions, "mail_wake", calls.append)
    monkeypatch.setattr(services, "_last_wake", [-100.0])
    return calls


def counts():
    with db.engine.connect() as connection:
        return [len(connection.execute(select(table.id)).all()) for table in (Registration, OutgoingLetter)]


def test_letter_and_registration_are_kept_together(own_app, visitor, frozen_clock):  # noqa: F811
    event = factories.event(days=1)
    visitor.post(f"/eventos/{event.slug}/inscripcion", data=GOOD)
    assert counts() == [1, 1]


def test_letter_and_registration_are_lost_together(own_app, visitor, frozen_clock, monkeypatch):  # noqa: F811
    event = factories.event(days=1)
    monkeypatch.setattr("app.registration.views.public.redirect", lambda *_: 1 / 0)
    assert visitor.post(f"/eventos/{event.slug}/inscripcion", data=GOOD).status_code == 500
    assert counts() == [0, 0]


def test_the_worker_is_woken_after_the_commit(session, woken):
    with unit_of_work.transaction():
        mail.queue("test.plain", to="a@example.pe", payload={})
        assert woken == []
    assert woken == [1.0]


def test_nobody_is_woken_for_what_was_undone(session, woken):
    with pytest.raises(ZeroDivisionError), unit_of_work.transaction():
        mail.queue("test.plain", to=str(1 / 0), payload={})
    assert woken == []


def test_letters_of_one_second_share_one_waking(session, woken):
    for _ in range(3):
        with unit_of_work.transaction():
            mail.queue("test.plain", to="a@example.pe", payload={})
    assert woken == [1.0]


def test_a_queue_that_cannot_be_woken_stops_nobody(session, outbox, app, monkeypatch, caplog):
    def broken(_seconds):
        raise ConnectionError("no Redis")

    monkeypatch.setitem(app.extensions, "mail_wake", broken)
    monkeypatch.setattr(services, "_last_wake", [-100.0])
    with unit_of_work.transaction():
        mail.queue("test.plain", to="a@example.pe", payload={})
    assert len(outbox()) == 1
    assert "the queue could not be woken" in caplog.text


def test_a_letter_speaks_the_language_of_the_page_that_asked_for_it(app, session, outbox):
    for language in ("es", "en"):
        page = app.test_request_context(f"/?lang={language}")
        with app.app_context(), page, unit_of_work.transaction():
            mail.queue("test.plain", to="a@example.pe", payload={})
    assert [row.language for row in outbox()] == ["es", "en"]


def test_pauses_double_up_to_four_hours():
    pauses = [services.pause_before(attempt).total_seconds() / 60 for attempt in range(1, 12)]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]
    assert services.pause_before(1000) == timedelta(hours=4)


def test_it_is_tried_for_about_five_days():
    tried = sum((services.pause_before(attempt) for attempt in range(1, services.GIVE_UP_AFTER)), timedelta())
    assert timedelta(days=4) < tried < timedelta(days=6)
