"""Several people of an office change one question at the same moment: each change is a version, and none is lost."""

import time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import unit_of_work
from app.extensions import db
from app.registration import queries, services
from app.registration.models import FieldKind, FieldVersion, RegistrationForm
from app.registration.services import FieldFacts, FormFacts
from app.registration.services import forms as form_services
from tests import factories
from tests.conftest import NOON
from tests.support.databases import database
from tests.support.races import await_rivals, race

CHANGES = 24


def facts(label: str) -> FieldFacts:
    return FieldFacts(kind=FieldKind.SHORT_TEXT, label={"es": label})


@pytest.fixture
def form_id(own_database: str) -> int:
    with database(own_database):
        form = services.create_form(factories.event(), FormFacts(slug="a", title={"es": "A"}), at=NOON)
        services.save_field(form, None, facts("Edad"), at=NOON)
        db.session.commit()
        return form.id


def form_of(form_id: int) -> RegistrationForm:
    return db.session.scalars(select(RegistrationForm).where(RegistrationForm.id == form_id)).one()


def change(form_id: int, label: str) -> None:
    """Change a question as a request does, after some thought."""
    with unit_of_work.transaction():
        form = form_of(form_id)
        field = queries.fields_of(form)[0]
        assert field.versions
        time.sleep(0.002)
        services.save_field(form, field, facts(label), at=NOON)


def change_unguarded(form_id: int, label: str) -> None:
    """Change a question by what was read before, as if nobody else were there."""
    version = queries.fields_of(form_of(form_id))[0].versions[-1]
    number, field_id = version.number, version.field_id
    db.session.rollback()
    await_rivals()
    with unit_of_work.transaction():
        asked: dict[str, Any] = form_services._asked(facts(label))
        db.session.add(FieldVersion(field_id=field_id, number=number + 1, created_at=NOON, **asked))


def numbers(url: str) -> list[int]:
    with database(url):
        return list(db.session.scalars(select(FieldVersion.number).order_by(FieldVersion.number)))


def test_every_change_at_once_is_a_version(own_database: str, form_id: int) -> None:
    calls = [(form_id, f"Edad {number}") for number in range(CHANGES)]
    assert race(own_database, change, calls, processes=4) == [None] * CHANGES
    assert numbers(own_database) == list(range(1, CHANGES + 2))


def test_without_the_guard_changes_are_refused_by_the_database(own_database: str, form_id: int) -> None:
    calls = [(form_id, f"Edad {number}") for number in range(CHANGES)]
    refused = [one for one in race(own_database, change_unguarded, calls, processes=4) if one is not None]
    assert {type(one) for one in refused} == {IntegrityError}
