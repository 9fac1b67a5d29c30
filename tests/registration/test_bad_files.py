"""Files that no office means to send: each gets a clear word, and nothing of it is kept."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.models import Event
from app.permissions import Role
from app.registration import importing, queries
from app.registration.models import Import, Registration
from app.registration.services import imports
from app.registration.services.imports import Mapping
from tests import factories
from tests.registration.test_imports import begin, counts, people, problems, upload
from tests.registration.test_sheets import bomb


@pytest.fixture
def event(session: Session, frozen_clock: Any) -> Event:
    return factories.event(slug="foro")


@pytest.fixture
def organiser(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return client


def kept(session: Session) -> tuple[int, int, int]:
    """Return how many files, imports and people there are."""
    tables = [
        session.scalar(select(func.count()).select_from(table)) or 0 for table in (Import, Registration)
    ]
    return len(list(imports.folder().iterdir())) if imports.folder().exists() else 0, tables[0], tables[1]


class Endless(io.RawIOBase):
    """As many bytes of a list as one wants, made while they are read; it remembers how many were asked for at once."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.left, self.most = size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        share = min(len(buffer), self.left)
        self.most, self.left = max(self.most, share), self.left - share
        buffer[:share] = b"x" * share
        return share


def test_two_hundred_megabytes_are_refused_and_never_held_at_once(
    session: Session, organiser: FlaskClient, event: Event
) -> None:
    before, sent = kept(session), Endless(200 * 1024 * 1024)
    answer = organiser.post(
        "/gestion/eventos/foro/importar",
        environ_overrides={"wsgi.input": sent, "CONTENT_LENGTH": str(sent.left)},
        content_type="multipart/form-data; boundary=x",
    )
    assert (answer.status_code, "Una lista puede pesar hasta 20 MB." in answer.text) == (413, True)
    assert (sent.left, sent.most) == (0, 1024 * 1024), "the browser is let end, a megabyte at a time"
    assert kept(session) == before


@pytest.mark.parametrize("declared", [None, 5000])
def test_a_bomb_is_refused_at_its_field(
    session: Session, organiser: FlaskClient, event: Event, declared: int | None
) -> None:
    before = kept(session)
    page = upload(organiser, bomb(declared=declared), "lista.xlsx")
    assert page.status_code == 422
    assert "lista.xlsx" in page.text
    assert kept(session) == before


def test_dates_as_text_are_read_and_those_that_are_none_are_said(session: Session, event: Event) -> None:
    factories.form(event, factories.asks("nacio", "date"))
    typed = ["28/05/1990", "1990-05-28", "8/5/1990", "31/02/1990", "mayo de 1990", "05/28/1990"]
    rows = [
        f"{number:08};Rosa;Quispe {chr(64 + number)};{date}" for number, date in enumerate(typed, start=1)
    ]
    run = begin(event, "\r\n".join(["DNI;Nombres;Apellidos;nacio", *rows]) + "\r\n")
    mapping = Mapping.of(run.mapping)
    run.mapping = Mapping(mapping.columns | {3: "field:nacio"}, {}, mapping.order).as_json()
    session.commit()
    number = run.id
    assert importing.work_on(number) is True
    run = session.get_one(Import, number)
    assert counts(run) == {"added": 3, "rejected": 3}
    assert [(row, [place for place, _text in found]) for row, found in problems(run)] == [
        (5, ["nacio (D)"]),
        (6, ["nacio (D)"]),
        (7, ["nacio (D)"]),
    ]
    answers = [[one.value for one in queries.answers_of(person)] for person in people(session)]
    assert answers == [["1990-05-28"], ["1990-05-28"], ["1990-05-08"]]
