"""Reminders leave when they are due, once to each person, and to nobody for whom they would be wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock, unit_of_work
from app.extensions import db
from app.mail import services as outbox_services
from app.mail.models import OutgoingLetter
from app.mailings import rules
from app.mailings.models import Reminder
from app.mailings.services import reminders
from app.registration.models import RegistrationStatus
from tests import factories
from tests.mail.conftest import posted  # noqa: F401 - a fixture

BEGINS = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)  # the first session: nine in the morning in Lima
ENDS = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
DAY = 24 * 60
DUE = BEGINS - timedelta(days=3)


@pytest.fixture
def event(session):
    return factories.event(days=1)


def add(event, *, minutes=3 * DAY, is_after=False, survey_url="", at=DUE - timedelta(days=5)):
    with unit_of_work.transaction():
        return reminders.add(
            db.session.merge(event), is_after=is_after, minutes=minutes, survey_url=survey_url, at=at
        ).id


def run(at):
    """Let the worker look once, at a moment, and return who has been written to so far."""
    with clock.freeze(at):
        for reminder_id in reminders.due(at=at):
            with unit_of_work.transaction():
                reminders.write(reminder_id, at=at)
    db.session.expire_all()
    return sorted(db.session.scalars(select(OutgoingLetter.recipient)))


def test_a_reminder_leaves_when_it_is_due_and_once(event):
    factories.registration(event, email="ana@example.pe")
    add(event)
    assert run(DUE - timedelta(seconds=1)) == []
    assert run(DUE) == ["ana@example.pe"]
    assert run(DUE + timedelta(minutes=1)) == ["ana@example.pe"]


@pytest.mark.parametrize(
    "values",
    [
        {"status": RegistrationStatus.CANCELLED},
        {"status": RegistrationStatus.WAITLISTED},
        {"status": RegistrationStatus.PENDING},
        {"email": ""},
        {"confirmed_at": DUE + timedelta(seconds=1)},
        {"confirmed_at": None, "created_at": DUE + timedelta(seconds=1)},
    ],
)
def test_for_some_people_it_is_not(event, values):
    factories.registration(event, **values)
    factories.registration(event, email="ana@example.pe", confirmed_at=DUE)
    add(event)
    assert run(DUE + timedelta(hours=1)) == ["ana@example.pe"]


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_an_event_that_is_not_on_reminds_nobody(event, status):
    factories.registration(event)
    add(event)
    db.session.merge(event).status = status
    db.session.commit()
    assert run(DUE) == []


@pytest.mark.parametrize(
    ("created", "late", "is_sent"),
    [
        (timedelta(days=-1), timedelta(), True),
        (timedelta(), timedelta(hours=6), True),
        (timedelta(), timedelta(hours=6, seconds=1), False),
        (timedelta(seconds=1), timedelta(seconds=1), False),
    ],
)
def test_what_is_too_late_is_not_worth_sending(created, late, is_sent):
    assert rules.is_worth_sending(DUE, created_at=DUE + created, at=DUE + late) is is_sent


def test_a_reminder_made_after_its_time_reminds_nobody(event):
    factories.registration(event)
    reminder_id = add(event, at=DUE + timedelta(hours=1))
    assert run(DUE + timedelta(hours=1)) == []
    assert db.session.get(Reminder, reminder_id).done_at is not None


def test_an_event_that_is_moved_moves_its_reminder(event):
    factories.registration(event)
    add(event)
    for session in db.session.merge(event).days[0].sessions:
        session.starts_at += timedelta(days=1)
        session.ends_at += timedelta(days=1)
    db.session.commit()
    assert run(DUE) == []
    assert len(run(DUE + timedelta(days=1))) == 1


@pytest.mark.parametrize(("is_taken", "thanked"), [(False, ["ana", "luz"]), (True, ["ana"])])
def test_thanks_go_to_those_who_came_where_it_is_known(event, is_taken, thanked):
    ana = factories.registration(event, email="ana@example.pe")
    factories.registration(event, email="luz@example.pe")
    if is_taken:
        factories.attendance(ana, day_id=event.days[0].id)
    add(event, is_after=True, minutes=60)
    assert run(ENDS + timedelta(minutes=59)) == []
    assert run(ENDS + timedelta(minutes=60)) == [f"{name}@example.pe" for name in thanked]


def test_many_are_written_to_in_several_transactions(event, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 2)
    for _ in range(5):
        factories.registration(event)
    reminder_id = add(event)
    shares = []
    while not shares or shares[-1]:
        with unit_of_work.transaction():
            shares.append(reminders.write(reminder_id, at=DUE))
    assert shares == [True, True, False]
    assert len(run(DUE)) == 5


def test_the_letters_say_what_matters(event, posted):  # noqa: F811
    factories.registration(event, given_names="Zoë")
    add(event)
    add(event, is_after=True, minutes=60, survey_url="https://encuesta.example.pe/1")
    run(DUE)
    run(ENDS + timedelta(minutes=60))
    outbox_services.deliver_due()
    reminder, thanks = posted.letters
    assert reminder["Subject"] == f"El evento se acerca: {event.title}"
    assert thanks["Subject"] == f"Gracias por participar: {event.title}"
    for kind in ("plain", "html"):
        assert "https://encuesta.example.pe/1" in thanks.get_body((kind,)).get_content()
        assert "12 de mayo de 2026" in reminder.get_body((kind,)).get_content()


def test_who_cancels_before_it_leaves_gets_none(event, posted):  # noqa: F811
    person = factories.registration(event)
    add(event)
    run(DUE)
    db.session.merge(person).status = RegistrationStatus.CANCELLED
    db.session.commit()
    outbox_services.deliver_due()
    assert posted.letters == []
