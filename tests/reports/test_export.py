"""Exports, read back."""

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.attendance.models import Scan, ScanResult, ScanSource
from app.audit import AuditEntry
from app.permissions import Role
from app.registration import labels
from app.registration.models import RegistrationStatus
from app.text import harmless
from tests import factories


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(days=1)


@pytest.fixture
def organiser(event, sign_in):
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


def ask(organiser, event, *columns, kind="csv", statuses=("confirmed",)):
    wanted = {"columns": list(columns), "kind": kind, "statuses": list(statuses)}
    with organiser.post(f"/gestion/eventos/{event.slug}/exportar", data=wanted) as answer:
        answer.get_data()
    return answer


def read_csv(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def admit(event, person):
    day = event.days[0]
    scan = Scan(
        event_id=event.id,
        day_id=day.id,
        registration_id=person.id,
        result=ScanResult.ADMITTED,
        source=ScanSource.TYPED,
        nonce=f"n-{person.id}",
        scanned_at=day.sessions[0].starts_at,
        received_at=day.sessions[0].starts_at,
    )
    factories._add(scan)


def test_csv_is_what_excel_and_rfc_4180_expect(organiser, event):
    factories.registration(
        event, given_names="Zoë", first_surname="Ñahui", second_surname="", entity='La "Casa", SAC'
    )
    answer = ask(organiser, event, "first_surname", "given_names", "entity", "document_type")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{event.slug}-20260512-1200.csv"'
    assert answer.data == (
        "\ufeffDocumento,Primer apellido,Nombres,Entidad o comunidad\r\n"
        'DNI,Ñahui,Zoë,"La ""Casa"", SAC"\r\n'.encode()
    )


def test_attendance_place_and_time_are_worked_out(organiser, event):
    person = factories.registration(event, ubigeo="010205")
    admit(event, person)
    factories.registration(event, ubigeo="")
    day = f"day-{event.days[0].id}"
    rows = read_csv(ask(organiser, event, "district", "department", "created_at", day, "minutes", "percent"))
    assert rows == [
        [
            "Departamento",
            "Distrito",
            "Fecha de inscripción",
            "Minutos el 12 de mayo de 2026",
            "Minutos de asistencia",
            "Porcentaje de asistencia",
        ],
        ["Amazonas", "Imaza", "2026-05-01 07:00", "150", "150", "100"],
        ["", "", "2026-05-01 07:00", "0", "0", "0"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_what_looks_like_a_formula_is_made_harmless(start):
    assert harmless([f"{start}cmd()"]) == [f"'{start}cmd()"]


@pytest.mark.parametrize("value", ["", "Rosa", "'=x", "a=b"])
def test_everything_else_stays(value):
    assert harmless([value]) == [value]


def test_injection_reaches_neither_file(organiser, event):
    factories.registration(event, entity="=HYPERLINK(1)", phone="+51 987 654 321")
    assert read_csv(ask(organiser, event, "phone", "entity"))[1] == ["'+51 987 654 321", "'=HYPERLINK(1)"]
    sheet = load_workbook(io.BytesIO(ask(organiser, event, "phone", "entity", kind="xlsx").data)).active
    cells = next(sheet.iter_rows(min_row=2))
    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("+51 987 654 321", "s"),
        ("=HYPERLINK(1)", "s"),
    ]


def test_xlsx_keeps_zeros_and_numbers(organiser, event):
    person = factories.registration(event, document_number="00000007")
    admit(event, person)
    sheet = load_workbook(
        io.BytesIO(ask(organiser, event, "document_number", "percent", kind="xlsx").data)
    ).active
    assert list(sheet.values) == [("Número de documento", "Porcentaje de asistencia"), ("00000007", 100)]
    assert sheet.freeze_panes == "A2"


def test_only_the_chosen_people(organiser, event):
    factories.registration(event)
    waiting = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    factories.registration(factories.event())
    rows = read_csv(ask(organiser, event, "document_number", "status", statuses=("waitlisted",)))
    assert rows[1:] == [["En espera", waiting.document_number]]


@pytest.mark.parametrize("status", list(RegistrationStatus))
def test_every_state_can_be_exported_in_words(organiser, event, status):
    factories.registration(event, status=status)
    rows = read_csv(ask(organiser, event, "status", statuses=(str(status),)))
    assert rows[1:] == [[labels.status(status)[1]]]


def test_each_export_is_recorded_without_names(organiser, event, session):
    factories.registration(event)
    ask(organiser, event, "given_names", "email")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.exported")).one()
    assert entry.event_id == event.id
    assert entry.details == {
        "kind": "csv",
        "columns": ["given_names", "email"],
        "statuses": ["confirmed"],
        "people": 1,
    }


@pytest.mark.parametrize(
    "wanted",
    [
        {"columns": [], "kind": "csv", "statuses": ["confirmed"]},
        {"columns": ["password"], "kind": "csv", "statuses": ["confirmed"]},
        {"columns": ["email"], "kind": "exe", "statuses": ["confirmed"]},
        {"columns": ["email"], "kind": "csv", "statuses": ["other"]},
        {},
    ],
)
def test_a_bad_choice_exports_and_records_nothing(organiser, event, session, wanted):
    answer = organiser.post(f"/gestion/eventos/{event.slug}/exportar", data=wanted)
    assert answer.status_code == 422
    assert (
        session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.exported")).all() == []
    )


@pytest.mark.parametrize("role", [Role.DOOR, Role.READER])
def test_door_and_reader_may_not_export(event, sign_in, role):
    helper = sign_in(factories.user(role, organisation=event.organisation))
    assert helper.get(f"/gestion/eventos/{event.slug}/exportar").status_code == 403
    assert ask(helper, event, "email").status_code == 403


def test_a_stranger_finds_nothing(event, sign_in):
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    assert stranger.get(f"/gestion/eventos/{event.slug}/exportar").status_code == 404
    assert ask(stranger, event, "email").status_code == 404


def test_queries_do_not_grow_with_people(organiser, event, count_queries):
    def statements():
        with count_queries() as found:
            answer = ask(organiser, event, "email", "percent", "certificate")
        assert answer.status_code == 200
        return len(found)

    factories.registration(event)
    few = statements()
    for _ in range(30):
        factories.registration(event)
    assert statements() == few
