"""Signature sheets: who stands on them, the paper, and transcribing them."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app.attendance import queries
from app.attendance.models import AttendanceEvent, SignatureRow, SignatureSheet
from app.events.models import Event
from app.permissions import Role
from app.registration.models import Registration, RegistrationStatus
from tests import factories


@pytest.fixture(autouse=True)
def at_noon(frozen_clock: Any) -> None:
    """It is noon in Lima on the event's first day."""


@pytest.fixture
def event(session: DbSession) -> Event:
    return factories.event()


@pytest.fixture
def office(event: Event, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


@pytest.fixture
def people(event: Event) -> list[Registration]:
    factories.registration(event, status=RegistrationStatus.WAITLISTED)
    factories.registration(event, status=RegistrationStatus.CANCELLED)
    names = ("Zapata", "Ñahui", "Nina")
    made = [factories.registration(event, first_surname=name, second_surname="") for name in names]
    return sorted(made, key=lambda one: ("Nina", "Ñahui", "Zapata").index(one.first_surname))


def url(event: Event, *rest: object) -> str:
    return "/".join(map(str, [f"/gestion/eventos/{event.slug}/asistencia/hojas", *rest]))


def made(office: FlaskClient, event: Event, scope: str, session: DbSession) -> SignatureSheet:
    answer = office.post(url(event), data={"scope": scope})
    assert answer.status_code == 303
    return session.get_one(SignatureSheet, int(answer.location.rpartition("/")[2]))


def signed(session: DbSession, sheet: SignatureSheet) -> list[int]:
    statement = select(SignatureRow.number).where(SignatureRow.sheet_id == sheet.id, SignatureRow.is_signed)
    return sorted(session.scalars(statement))


def ledger(session: DbSession) -> list[tuple[str, str]]:
    rows = session.scalars(select(AttendanceEvent).order_by(AttendanceEvent.id))
    return [(row.kind, row.source) for row in rows]


def line(
    office: FlaskClient, event: Event, sheet: SignatureSheet, number: object, signed_: str = "yes"
) -> int:
    data = {"line": number, "signed": signed_}
    return office.post(url(event, sheet.id, "lineas"), data=data).status_code


def test_the_paper_lists_whoever_has_a_seat_by_surname(
    office: FlaskClient, event: Event, people: list[Registration], session: DbSession, tmp_path: Path
) -> None:
    sheet = made(office, event, f"session-{event.days[0].sessions[0].id}", session)
    factories.registration(event, first_surname="Abad")  # registers after the printing
    answer = office.get(url(event, f"{sheet.id}.pdf"))
    path = tmp_path / "sheet.pdf"
    path.write_bytes(answer.data)
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    listed = [
        words[:2] for words in map(str.split, text.splitlines()) if words and words[0] in {"1", "2", "3", "4"}
    ]
    assert listed == [["1", "Nina,"], ["2", "Ñahui,"], ["3", "Zapata,"]]
    assert f"DNI ••{people[0].document_number[-3:]}" in text
    assert people[0].document_number not in text
    assert (f"Hoja {sheet.id}" in text, "página 1 de 1" in text) == (True, True)


def test_lines_are_typed_one_by_one_and_taken_back(
    office: FlaskClient, event: Event, people: list[Registration], session: DbSession
) -> None:
    sheet = made(office, event, f"session-{event.days[0].sessions[1].id}", session)
    assert [line(office, event, sheet, number) for number in (2, 2, 3)] == [200, 200, 200]
    assert (signed(session, sheet), queries.attended_minutes_of(people[1])) == ([2, 3], 60)
    assert line(office, event, sheet, 2, "no") == 200
    session.expire_all()
    assert (signed(session, sheet), queries.attended_minutes_of(people[1])) == ([3], 0)
    assert ledger(session) == [("present", "sheet"), ("present", "sheet"), ("void", "sheet")]
    assert [line(office, event, sheet, odd) for odd in (4, 0, "x", "")] == [422, 422, 422, 422]


def test_without_a_script_the_ticked_ones_are_signed(
    office: FlaskClient, event: Event, people: list[Registration], session: DbSession
) -> None:
    sheet = made(office, event, f"day-{event.days[0].id}", session)
    line(office, event, sheet, 1)
    assert office.post(url(event, sheet.id), data={"line": ["2", "3"]}).status_code == 303
    session.expire_all()
    assert (signed(session, sheet), queries.attended_minutes_of(people[2])) == ([2, 3], 150)
    assert office.post(url(event, sheet.id), data={"line": ["9"]}).status_code == 422
    assert office.post(url(event, sheet.id)).status_code == 303
    session.expire_all()
    assert (signed(session, sheet), queries.attended_minutes_of(people[2])) == ([], 0)


def test_a_sheet_of_nobody_or_nothing_is_refused(
    office: FlaskClient, event: Event, session: DbSession
) -> None:
    assert office.post(url(event), data={"scope": f"day-{event.days[0].id}"}).status_code == 422
    assert office.post(url(event), data={"scope": "day-1000000"}).status_code == 422
    assert office.post(url(event), data={}).status_code == 422


def test_sheets_are_the_office_s(
    office: FlaskClient,
    event: Event,
    people: list[Registration],
    session: DbSession,
    sign_in: Callable[..., FlaskClient],
) -> None:
    sheet = made(office, event, f"day-{event.days[0].id}", session)
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    other = factories.event(event.organisation)
    assert (reader.get(url(event, sheet.id)).status_code, line(reader, event, sheet, 1)) == (200, 403)
    assert office.get(url(other, sheet.id)).status_code == 404


def test_queries_do_not_grow_with_lines(
    office: FlaskClient, event: Event, session: DbSession, count_queries: Any
) -> None:
    def asked(number: int) -> int:
        for _ in range(number):
            factories.registration(event)
        sheet = made(office, event, f"day-{event.days[0].id}", session)
        everybody = list(
            session.scalars(select(SignatureRow.number).where(SignatureRow.sheet_id == sheet.id))
        )
        session.expire_all()
        with count_queries() as statements:
            office.get(url(event, sheet.id))
            office.get(url(event, f"{sheet.id}.pdf"))
            office.post(url(event, sheet.id), data={"line": everybody})
        return len(statements)

    assert asked(1) == asked(30)
