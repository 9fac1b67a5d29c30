"""Exports of scans, of the ledger and of what was attended, read back."""

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app import codes
from app.attendance import queries, services
from app.attendance.models import ScanSource
from app.attendance.services import Reading
from app.audit import AuditEntry
from app.permissions import Role
from app.reports import attendance as presence
from tests import factories
from tests.conftest import NOON

CODE = codes.generate(8)


@pytest.fixture
def event(session, frozen_clock):
    """An event of one day to which one person came, whose first scan was taken back; another is unknown."""
    event = factories.event(days=1)
    person = factories.registration(
        event, code=CODE, first_surname="=SUM(A1)", second_surname="", entity="Casa"
    )
    for number, code in enumerate((person.code, "hola")):
        reading = Reading(code, f"nonce-{number}", NOON, ScanSource.TYPED)
        services.scan(event.id, event.days[0].id, reading, by=None, at=NOON)
    services.mark(
        event,
        [person.id],
        session_id=event.days[0].sessions[0].id,
        present=False,
        reason="+salió",
        by=None,
        at=NOON,
    )
    return event


@pytest.fixture
def organiser(event, sign_in):
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


def ask(organiser, event, what, kind="csv"):
    address = f"/gestion/eventos/{event.slug}/exportar/asistencia"
    with organiser.post(address, data={"what": what, "format": kind}) as answer:
        answer.get_data()
    return answer


def cells(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


PERSON = [codes.grouped(CODE), "'=SUM(A1)", "", "Rosa", "Casa"]


def test_the_ledger(organiser, event):
    answer = ask(organiser, event, "ledger")
    name = f"{event.slug}-libro-20260512-1200.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    heading, arrival, mark = cells(answer)
    assert len(heading) == len(arrival) == len(mark)
    [told, scanned] = [one.row for one in queries.history(queries.people(event).items[0])]
    talk = event.days[0].sessions[0].title
    assert arrival == [
        *[str(scanned.id), *PERSON, "2026-05-12", "", "", "Ingresó", "2026-05-12 12:00:00", ""],
        *["lectura en la puerta", scanned.source_ref, "", "", "2026-05-12 12:00:00", ""],
    ]
    assert mark == [
        *[str(told.id), *PERSON, "2026-05-12", talk, "", "No estuvo", "2026-05-12 12:00:00", ""],
        *["anotado a mano", "", "'+salió", "", "2026-05-12 12:00:00", ""],
    ]


def test_scans_refused_ones_too(organiser, event):
    heading, admitted, refused = cells(ask(organiser, event, "scans"))
    assert len(heading) == len(admitted) == len(refused)
    assert admitted[1:6] == PERSON
    assert refused[1:6] == ["", "", "", "", ""]
    assert refused[15] == "hola"


def test_what_was_attended(organiser, event):
    rows = cells(ask(organiser, event, "summaries"))
    panel = event.days[0].sessions[1].title
    assert rows[1:] == [[*PERSON, "2026-05-12", panel, "60", "100", "lectura en la puerta"]]


def test_a_workbook_keeps_texts_and_numbers(organiser, event):
    answer = ask(organiser, event, "summaries", "xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    [_heading, row] = sheet.iter_rows(values_only=True)
    assert row[:2] == (codes.grouped(CODE), "=SUM(A1)")
    assert row[7:9] == (60, 100)


def test_it_is_recorded_and_needs_the_right(organiser, event, session, sign_in):
    ask(organiser, event, "scans")
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.exported"))
    assert entry.details == {"kind": "csv", "what": "scans", "of": 2}
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert ask(reader, event, "scans").status_code == 403
    assert ask(organiser, event, "all").status_code == 422
    assert ask(organiser, event, "scans", "pdf").status_code == 422


def test_batches_join_without_gaps(event, monkeypatch):
    monkeypatch.setattr(presence, "BATCH", 1)
    assert [len(rows) for rows in presence.sheet(event, presence.What.LEDGER).batches()] == [1, 1]
    assert [len(rows) for rows in presence.sheet(event, presence.What.SCANS).batches()] == [1, 1]
