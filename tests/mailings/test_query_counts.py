"""The lists of letters, reminders and imports ask as much for many rows as for one; so does writing reminders."""

from datetime import timedelta

import pytest

from app import clock, unit_of_work
from app.extensions import db
from app.mail import templates
from app.mailings.catalogue import LETTERS
from app.mailings.services import reminders
from app.permissions import Role
from app.registration import emails
from app.registration.models import Import, ImportStatus
from tests import factories


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(days=1)


@pytest.fixture
def asked(event, sign_in, count_queries):
    """A function that opens a page of the event's office and returns how many statements that took."""
    office = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))

    def run(path):
        db.session.commit()
        db.session.expire_all()
        with count_queries() as statements:
            assert office.get(path).status_code == 200
        return len(statements)

    return run


def office(event):
    return f"/gestion/eventos/{event.slug}"


def grown(asked, path, add, *, to=30):
    add(0)
    before = asked(path)
    for number in range(1, to):
        add(number)
    return asked(path) - before


@pytest.mark.parametrize("whose", ["eventos", "entidad"])
def test_the_list_of_letters(event, asked, whose):
    slug = event.slug if whose == "eventos" else event.organisation.slug
    names = list(LETTERS)

    def add(number):
        owners = {"event_id": event.id}, {"organisation_id": event.organisation_id}
        for owner in owners:
            templates.save(names[number], "es", subject="x", body="x", at=clock.now(), **owner)

    assert grown(asked, f"/gestion/{whose}/{slug}/cartas", add, to=len(names)) == 0


def test_the_letters_of_a_person(event, asked):
    person = factories.registration(event)
    assert (
        grown(asked, f"{office(event)}/inscripciones/{person.id}", lambda _number: emails.received(person))
        == 0
    )


def test_the_list_of_reminders(event, asked):
    def add(number):
        reminders.add(event, is_after=False, minutes=60 * (number + 1), survey_url="", at=clock.now())

    assert grown(asked, f"{office(event)}/recordatorios", add) == 0


def test_the_list_of_imports(event, asked):
    user = factories.user()

    def add(number):
        run = Import(
            event_id=event.id,
            created_by_id=user.id,
            name=f"lista-{number}.csv",
            file="",
            reading={},
            status=ImportStatus.FINISHED,
            created_at=clock.now(),
        )
        db.session.add(run)

    assert grown(asked, f"{office(event)}/importar", add, to=20) == 0


def test_reminders_are_written_to_many_as_to_one(event, count_queries):
    numbers = []
    begins = event.days[0].sessions[0].starts_at
    for minutes, people in ((120, 1), (60, 29)):
        for _ in range(people):
            factories.registration(event, confirmed_at=begins - timedelta(days=9))
        due = begins - timedelta(minutes=minutes)
        with unit_of_work.transaction():
            reminder = reminders.add(
                db.session.merge(event),
                is_after=False,
                minutes=minutes,
                survey_url="",
                at=due - timedelta(days=1),
            )
        with clock.freeze(due), count_queries() as statements, unit_of_work.transaction():
            reminders.write(reminder.id, at=due)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
