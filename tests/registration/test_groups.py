"""Many people on one page, for the office: all of them or none."""

import io
import re
from datetime import UTC, datetime

import pytest
import xlsxwriter
from sqlalchemy import select

from app.audit import AuditEntry
from app.mail.models import OutgoingLetter
from app.permissions import Role
from app.registration.models import Registration, RegistrationGroup
from tests import factories
from tests.registration.groups import group, row, table, text_of

pytestmark = pytest.mark.usefixtures("frozen_clock")
BASE = "/gestion/eventos/foro/grupos"


@pytest.fixture
def event(session):
    return factories.event(slug="foro")


@pytest.fixture
def office(event, sign_in):
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


def people(session):
    return list(session.scalars(select(Registration).order_by(Registration.id)))


def error_at(answer, field):
    found = re.search(rf'id="{field}-error">(.*?)</p>', answer.text, re.DOTALL)
    return None if found is None else " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_a_group_is_made_and_its_people_follow(office, event, session):
    form = {"name": "Yutupis", "coordinator_name": "Ana", "coordinator_email": "ana@example.pe"}
    answer = office.post(f"{BASE}/nuevo", data=form)
    row_ = session.scalars(select(RegistrationGroup)).one()
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{row_.id}/personas")
    assert (row_.name, row_.coordinator_name, row_.has_link) == ("Yutupis", "Ana", False)
    assert office.post(f"{BASE}/nuevo", data={"name": " "}).status_code == 422
    page = text_of(office, f"{BASE}/{row_.id}/personas")
    assert len(re.findall(r'name="rows-\d+-given_names"', page)) == 10


def test_people_are_registered_with_what_they_share(office, event, session):
    made = group(event)
    rows = (
        row(0, "00000001"),
        row(1, "", "Zoë", "Ñahui", phone="987654321"),
        row(2, "00000003", phone="987654321"),
    )
    answer = office.post(f"{BASE}/{made.id}/personas", data=table(*rows))
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{made.id}")
    rows_ = people(session)
    assert [one.group_id for one in rows_] == [made.id] * 3
    assert {(one.entity, one.ubigeo, one.language) for one in rows_} == {
        ("Comunidad Nativa Yutupis", "010403", "agr")
    }
    assert {(one.consent_kind, one.consent_witness, one.consent_place) for one in rows_} == {
        ("oral", "Ana Tsamajain", "Yutupis")
    }
    assert {one.consented_at for one in rows_} == {datetime(2026, 5, 10, 17, tzinfo=UTC)}
    assert [one.phone for one in rows_] == ["", "987654321", "987654321"]
    page = text_of(office, answer.location)
    assert "Se inscribió a 3 personas." in page
    assert page.count("inscripciones/") >= 3
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "group.people_registered")).one()
    assert entry.details == {"people": 3, "by_link": False}


def test_the_same_table_twice_registers_nobody_twice(office, event, session):
    made = group(event)
    form = table(row(0, "00000001", email="rosa@example.pe"), row(1, "00000002"))
    answers = [office.post(f"{BASE}/{made.id}/personas", data=form).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert len(people(session)) == 2
    assert [one.letter for one in session.scalars(select(OutgoingLetter))] == ["registration.received"]


def test_one_bad_line_keeps_everybody_out_and_stands_at_its_field(office, event, session):
    made = group(event)
    factories.registration(event, document_number="00000009")
    rows = (
        row(0, "00000001"),
        row(1, "1", "Zoë", "<b>"),
        row(2, "00000003", email="zoe"),
    )
    answer = office.post(f"{BASE}/{made.id}/personas", data=table(*rows))
    assert answer.status_code == 422
    assert error_at(answer, "rows-1-document_number") == "Error: El DNI tiene 8 dígitos, con sus ceros."
    assert "Escriba el nombre con letras" in error_at(answer, "rows-1-first_surname")
    assert "correo" in error_at(answer, "rows-2-email")
    assert 'value="00000001"' in answer.text
    assert '&lt;b&gt;"' in answer.text
    assert len(people(session)) == 1


def test_who_is_registered_already_and_who_stands_there_twice(office, event, session):
    made = group(event)
    factories.registration(event, document_number="00000009")
    rows = (row(0, "00000001"), row(1, "00000009"), row(3, "00000001"), row(2, "", names="", surname=""))
    answer = office.post(f"{BASE}/{made.id}/personas", data=table(*rows))
    assert answer.status_code == 422
    assert "mismo documento" in error_at(answer, "rows-1-document_number")
    # The empty third line stays where it is, the fourth is told by the first.
    assert error_at(answer, "rows-3-given_names") == "Error: Es la misma persona de la línea 1."
    session.rollback()
    assert len(people(session)) == 1


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"consent": ""}, "consent", "No se puede inscribir a nadie sin su consentimiento."),
        ({"consent_witness": " "}, "consent_witness", "Escriba quién fue testigo de que aceptaron."),
        ({"consent_on": "2026-05-13"}, "consent_on", "Esta fecha todavía no llega."),
        ({"consent_on": "0206-05-10"}, "consent_on", "Elija un año de 2000 a 2099."),
        ({"consent_kind": "none"}, "consent_kind", "Elija una opción de la lista."),
        ({"ubigeo": "Atlántida"}, "ubigeo", "No conocemos este distrito."),
        ({"language": "tlh"}, "language", "Elija una opción de la lista."),
    ],
)
def test_what_all_share_is_checked(office, event, session, change, field, message):
    made = group(event)
    answer = office.post(f"{BASE}/{made.id}/personas", data=table(row(0, "00000001"), **change))
    assert answer.status_code == 422
    assert message in error_at(answer, field)
    assert people(session) == []


def test_written_consent_needs_no_witness(office, event, session):
    made = group(event)
    form = table(row(0, "00000001"), consent_kind="written", consent_witness="")
    assert office.post(f"{BASE}/{made.id}/personas", data=form).status_code == 303
    assert people(session)[0].consent_kind == "written"


def test_an_empty_table_and_odd_lines_register_nobody(office, event, session):
    made = group(event)
    for odd in ({}, {"rows-²-given_names": "Rosa", "rows-9999999-given_names": "Rosa", "rows-x": "1"}):
        answer = office.post(f"{BASE}/{made.id}/personas", data=table() | odd)
        assert answer.status_code == 422
        assert "Escriba al menos una persona." in answer.text
    assert people(session) == []


def test_more_lines_and_pasted_ones_save_nothing(office, event, session):
    made = group(event)
    form = table(row(0, "00000001", "Rosa"), action="more")
    answer = office.post(f"{BASE}/{made.id}/personas", data=form)
    assert answer.status_code == 200
    assert len(set(re.findall(r'name="(rows-\d+)-given_names"', answer.text))) == 12
    lines = "00000002\tZoë\tÑahui\n\n00000003\tAna\tQuispe\tMamani"
    answer = office.post(f"{BASE}/{made.id}/personas", data=form | {"action": "paste", "pasted": lines})
    assert answer.status_code == 200
    assert "Se pasaron 2 líneas." in answer.text
    names = re.findall(r'name="rows-\d+-given_names"[^>]*value="([^"]*)"', answer.text)
    assert names[:3] == ["Rosa", "Zoë", "Ana"]
    assert people(session) == []


def _sent(client, path, data, name):
    """Send the table with a file to be put into it."""
    form = table(row(0, "00000001", "Rosa"), action="paste", pasted="") | {"file": (io.BytesIO(data), name)}
    return client.post(path, data=form, content_type="multipart/form-data")


def _workbook(*rows):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (
            "DNI;Apellidos y nombres;Celular\n00000002;Ñahui Paz, Zoë;987654321\n".encode("latin-1"),
            "lista.csv",
        ),
        (_workbook(["Nombres", "Apellidos", "DNI"], ["Zoë", "Ñahui Paz", 2]), "lista.xlsx"),
        ("00000002\tZoë\tÑahui\tPaz\n".encode(), "sin encabezados.txt"),
    ],
)
def test_a_file_fills_the_table_and_saves_nothing(office, event, session, data, name):
    answer = _sent(office, f"{BASE}/{group(event).id}/personas", data, name)
    assert answer.status_code == 200
    assert "Se pasó 1 línea." in answer.text
    shown = [
        re.findall(rf'name="rows-\d+-{field}"[^>]*value="([^"]*)"', answer.text)[:2]
        for field in ("document_number", "given_names", "first_surname", "second_surname")
    ]
    assert shown == [["00000001", "00000002"], ["Rosa", "Zoë"], ["Quispe", "Ñahui"], ["", "Paz"]]
    assert people(session) == []


def test_a_file_that_is_none_is_said_at_its_field(office, event):
    path = f"{BASE}/{group(event).id}/personas"
    answer = _sent(office, path, b"PK\x03\x04nothing", "lista.xlsx")
    assert answer.status_code == 422
    assert "lista.xlsx está dañado o incompleto." in answer.text
    assert 'value="Rosa"' in answer.text
    assert office.post(path, data=table() | {"action": "paste", "file": "x"}).status_code == 200


def test_seats_are_given_in_the_order_of_the_lines(session, sign_in):
    event = factories.event(slug="foro", capacity=2)
    factories.registration(event)
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    made = group(event)
    assert "Queda 1 cupo." in text_of(office, f"{BASE}/{made.id}/personas")
    answer = office.post(f"{BASE}/{made.id}/personas", data=table(*(row(i, f"0000001{i}") for i in range(3))))
    assert [one.status for one in people(session)[1:]] == ["confirmed", "waitlisted", "waitlisted"]
    assert "Se inscribió a 3 personas. 2 esperan un cupo." in text_of(office, answer.location)


def test_nobody_is_registered_for_a_draft(session, sign_in):
    event = factories.event(slug="foro")
    made = group(event)
    event.status = "draft"
    session.commit()
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    answer = office.post(f"{BASE}/{made.id}/personas", data=table(row(0, "00000001")))
    assert answer.status_code == 422
    assert "cuando el evento está publicado" in answer.text
    assert office.post(f"{BASE}/nuevo", data={"name": "Otro"}).status_code == 422
    assert people(session) == []


def test_slips_are_a_file_for_those_with_a_seat(office, event, session):
    made = group(event)
    refused = office.post(f"{BASE}/{made.id}/papeletas")
    assert (refused.status_code, "no hay pases por imprimir" in refused.text) == (422, True)
    office.post(f"{BASE}/{made.id}/personas", data=table(row(0, "00000001")))
    answer = office.post(f"{BASE}/{made.id}/papeletas")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "registrations.slips_printed")
    ).one()
    assert entry.details == {"people": 1}


def test_a_reader_looks_and_another_office_finds_nothing(event, session, sign_in):
    made = group(event)
    session.commit()
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert "Yutupis" in text_of(reader, BASE)
    assert "Enlace de coordinación" not in text_of(reader, f"{BASE}/{made.id}")
    assert reader.get(f"{BASE}/{made.id}/personas").status_code == 403
    other = factories.event(slug="otro")
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=other.organisation))
    paths = ["", "/personas", "/datos", "/enlace"]
    assert {stranger.get(f"{BASE}/{made.id}{path}").status_code for path in paths} == {404}
    assert {stranger.get(f"/gestion/eventos/otro/grupos/{made.id}{path}").status_code for path in paths} == {
        404
    }


def test_queries_do_not_grow_with_groups_and_people(office, event, session, count_queries):
    made = group(event)

    def statements():
        with count_queries() as found:
            office.get(BASE)
            office.get(f"{BASE}/{made.id}")
        return len(found)

    factories.registration(event, group_id=made.id)
    few = statements()
    for _ in range(30):
        factories.registration(event, group_id=made.id)
        group(event)
    assert statements() == few
