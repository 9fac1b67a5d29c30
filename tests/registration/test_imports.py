"""Importing people from a file: from the upload to the result, as an office walks it."""

import io
import re
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit import AuditEntry
from app.events.models import Event
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.permissions import Role
from app.registration import importing, queries
from app.registration.models import Import, ImportStatus, Registration, RegistrationStatus, RowOutcome
from app.registration.services import imports
from app.registration.services.imports import Mapping
from tests import factories

LIST = (
    "DNI;Apellidos y nombres;Correo;Entidad\r\n"
    "00000001;Quispe Mamani, Rosa;rosa@example.pe;Municipalidad de Imaza\r\n"
    "00000002;Tsamajain Chávez Nilo;nilo@example.pe;Municipalidad de Imaza\r\n"
    "00000003;de la Cruz Ñahui, Édgar;;Comunidad de Chipe\r\n"
)


@pytest.fixture
def event(session: Session, frozen_clock: Any) -> Event:
    return factories.event(slug="foro")


@pytest.fixture
def organiser(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return client


def begin(event: Event, text: str | bytes = LIST, *, name: str = "lista.csv", **options: Any) -> Import:
    """Return an import that was started, its columns mapped as guessed."""
    data = text.encode() if isinstance(text, str) else text
    received = imports.receive(io.BytesIO(data), name)
    run = imports.create(event, received, by=factories.user(), language="es", at=clock.now())
    chosen = {"is_all_or_nothing": False, "updates": False, "sends_letters": False, "language": "es"}
    imports.start(run, **chosen | options, at=clock.now())
    db.session.commit()
    return run


def worked(event: Event, text: str | bytes = LIST, **options: Any) -> Import:
    run = begin(event, text, **options)
    number = run.id
    assert importing.work_on(number) is True
    return db.session.get_one(Import, number)


def counts(run: Import) -> dict[str, int]:
    return {outcome: number for outcome, number in run.counts.items() if number}


def people(session: Session) -> list[Registration]:
    return list(session.scalars(select(Registration).order_by(Registration.id)))


def problems(run: Import) -> list[tuple[int, list[list[str]]]]:
    return [(row.number, row.problems) for row in queries.rejected_rows(run.id)]


def test_everybody_of_a_list_is_registered(session: Session, event: Event) -> None:
    run = worked(event)
    assert (run.status, counts(run), run.total) == (ImportStatus.FINISHED, {"added": 3}, 3)
    rosa, nilo, edgar = people(session)
    assert (rosa.full_name, rosa.document_number, rosa.entity) == (
        "Rosa Quispe Mamani",
        "00000001",
        "Municipalidad de Imaza",
    )
    assert nilo.full_name == "Nilo Tsamajain Chávez"
    assert (edgar.first_surname, edgar.second_surname, edgar.email) == ("de la Cruz", "Ñahui", "")
    assert rosa.consent_text_id is not None
    assert rosa.consented_at == rosa.confirmed_at == clock.now()
    assert len({rosa.code, nilo.code, edgar.code}) == 3
    assert list(session.scalars(select(OutgoingLetter))) == []


def test_the_log_tells_counts_and_no_names(session: Session, event: Event) -> None:
    worked(event)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    actions = ["registrations.import_started", "consent_text.written", "registrations.imported"]
    assert [entry.action for entry in entries] == actions
    assert entries[-1].details == {"people": 3, "status": "finished", "rows": {"added": 3}}


def test_the_same_file_again_changes_nothing(session: Session, event: Event) -> None:
    worked(event)
    again = worked(event, updates=True)
    assert counts(again) == {"unchanged": 3}
    assert len(people(session)) == 3


def test_whoever_is_there_is_left_or_updated(session: Session, event: Event) -> None:
    worked(event)
    other = LIST.replace("Municipalidad de Imaza", "Gobierno Regional").replace("nilo@example.pe", "")
    assert counts(worked(event, other)) == {"unchanged": 3}
    assert counts(worked(event, other, updates=True)) == {"updated": 2, "unchanged": 1}
    assert [one.entity for one in people(session)] == ["Gobierno Regional"] * 2 + ["Comunidad de Chipe"]
    assert people(session)[1].email == "nilo@example.pe"
    assert people(session)[0].entity_key == "gobierno regional"


def test_over_capacity_people_wait_in_the_order_of_the_file(session: Session, event: Event) -> None:
    event.capacity = 1
    session.commit()
    run = worked(event, sends_letters=True)
    assert counts(run) == {"added": 1, "waitlisted": 2}
    assert [one.status for one in people(session)] == [RegistrationStatus.CONFIRMED] + [
        RegistrationStatus.WAITLISTED
    ] * 2
    assert [queries.place_in_waitlist(one) for one in people(session)[1:]] == [1, 2]
    assert [one.recipient for one in session.scalars(select(OutgoingLetter))] == [
        "rosa@example.pe",
        "nilo@example.pe",
    ]


BAD = LIST + "12;Rojas Núñez, Yeni;yeni@example.pe;Ugel\r\n00000001;Quispe Mamani, Rosa;;\r\n"


def test_good_rows_are_taken_and_the_others_said(session: Session, event: Event) -> None:
    run = worked(event, BAD)
    assert counts(run) == {"added": 3, "rejected": 2}
    assert problems(run) == [
        (5, [["DNI (A)", "El DNI tiene 8 dígitos, con sus ceros."]]),
        (6, [["", "La misma persona está en la fila 2."]]),
    ]


def test_all_or_nothing_is_nothing_where_a_row_is_bad(session: Session, event: Event) -> None:
    run = worked(event, BAD, is_all_or_nothing=True)
    assert (run.status, counts(run)) == (ImportStatus.FAILED, {"rejected": 2})
    assert run.problem == "Hay filas con errores, así que no se importó a nadie."
    assert people(session) == []


def test_all_or_nothing_is_all_where_every_row_is_good(session: Session, event: Event) -> None:
    run = worked(event, is_all_or_nothing=True)
    assert (run.status, counts(run)) == (ImportStatus.FINISHED, {"added": 3})


def test_the_columns_are_remembered_by_their_headings(session: Session, event: Event) -> None:
    run = begin(event)
    other = imports.create(
        event,
        imports.receive(io.BytesIO(LIST.encode()), "x.csv"),
        by=factories.user(),
        language="es",
        at=clock.now(),
    )
    mapping = Mapping({1: "full_name"}, {"entity": "UGEL"}, "given_first")
    imports.map_columns(other, mapping, at=clock.now())
    third = imports.create(
        event,
        imports.receive(io.BytesIO(LIST.encode()), "x.csv"),
        by=factories.user(),
        language="es",
        at=clock.now(),
    )
    assert Mapping.of(third.mapping) == mapping
    assert Mapping.of(run.mapping).columns == {0: "document_number", 1: "full_name", 2: "email", 3: "entity"}


# As an office walks it


def upload(organiser: FlaskClient, data: bytes, name: str = "lista.csv") -> Any:
    # Written by hand: what the test client writes for a large file is a temporary file that it leaves open.
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return organiser.post(
        "/gestion/eventos/foro/importar",
        data=head.encode() + data + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )


def test_the_whole_walk(session: Session, organiser: FlaskClient, event: Event) -> None:
    assert organiser.get("/gestion/eventos/foro/importar").status_code == 200
    answer = upload(organiser, BAD.encode("cp1252"))
    assert (answer.status_code, answer.location.rpartition("/")[2]) == (303, "columnas")
    page = organiser.get(answer.location)
    assert "Tsamajain Chávez Nilo" in page.text
    assert re.findall(r'<option selected value="(\w+)"', page.text) == [
        "cp1252",
        "document_number",
        "full_name",
        "email",
        "entity",
    ]
    columns = {
        "column_0": "document_number",
        "column_1": "full_name",
        "column_2": "email",
        "column_3": "",
        "order": "surnames_first",
    }
    answer = organiser.post(answer.location, data=columns | {"entity": "UGEL Bagua"})
    assert (answer.status_code, answer.location.rpartition("/")[2]) == (303, "revisar")
    page = organiser.get(answer.location)
    assert "UGEL Bagua" in page.text
    assert "El DNI tiene 8 dígitos" in page.text
    how = {"rows": "good", "existing": "leave"}
    refused = organiser.post(answer.location, data=how)
    assert (refused.status_code, people(session)) == (422, [])
    session.commit()
    answer = organiser.post(answer.location, data=how | {"consent": "y"})
    assert answer.status_code == 303
    assert "Revisando las filas" in organiser.get(answer.location).text
    run = session.scalars(select(Import)).one()
    importing.work_on(run.id)
    page = organiser.get(answer.location)
    assert "La misma persona está en la fila 2." in page.text
    progress = organiser.get(f"{answer.location}.json").json
    assert progress == {"percent": 100, "done": 5, "finished": True}
    assert [one.entity for one in people(session)] == ["UGEL Bagua"] * 3


def test_a_file_that_is_none_is_refused_at_its_field(organiser: FlaskClient, event: Event) -> None:
    page = upload(organiser, b"%PDF-1.7 not a table", "lista.xlsx")
    assert page.status_code == 422
    assert "lista.xlsx no es un archivo CSV ni un libro de Excel" in page.text
    assert organiser.post("/gestion/eventos/foro/importar").status_code == 422


def test_more_than_20_megabytes_is_said_in_words(organiser: FlaskClient, event: Event) -> None:
    page = upload(organiser, b"x" * (imports.LARGEST + 200_000))
    assert page.status_code == 413
    assert "Una lista puede pesar hasta 20 MB." in page.text
    page = upload(organiser, b"DNI,Nombre\r\n" + b"1,Rosa\r\n" * 400_000)
    assert page.status_code == 303  # beyond what other pages take; too many rows are said when they are read
    address = f"{page.location.removesuffix('/columnas')}/revisar"
    assert organiser.post(address, data={"x": "y" * 3_000_000}).status_code == 413


def test_two_columns_never_hold_the_same(session: Session, organiser: FlaskClient, event: Event) -> None:
    address = upload(organiser, LIST.encode()).location
    page = organiser.post(address, data={"column_0": "email", "column_1": "email", "order": "surnames_first"})
    assert page.status_code == 422
    assert "Otra columna ya tiene este dato." in page.text
    assert "Indique qué columnas tienen los nombres y los apellidos." in page.text


def test_the_rejected_rows_come_back_harmless_and_can_be_sent_again(
    session: Session, organiser: FlaskClient, event: Event
) -> None:
    run = worked(event, "DNI,Nombres,Apellidos,Teléfono\r\n1,=1+1,Quispe,+51 987 654 321\r\n")
    with organiser.get(f"/gestion/eventos/foro/importar/{run.id}/rechazadas.csv") as answer:
        rows = answer.data
    assert rows.decode("utf-8-sig").splitlines()[1].startswith("1,'=1+1,Quispe,'+51 987 654 321,2,")
    with organiser.get(f"/gestion/eventos/foro/importar/{run.id}/rechazadas.xlsx") as answer_:
        workbook = answer_.data
    corrected = rows.decode().replace("\n1,'=1+1", "\n00000009,Rosa").encode()
    again = worked(event, corrected)
    assert counts(again) == {"added": 1}
    assert people(session)[0].phone == "+51 987 654 321"
    assert counts(worked(event, workbook)) == {"rejected": 1}


def test_a_stranger_s_office_finds_nothing(session: Session, event: Event, sign_in: Any) -> None:
    run = worked(event, BAD)
    other = factories.event(slug="otro")
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=other.organisation))
    for path in ("", "/columnas", "/revisar", ".json", "/rechazadas.csv", "/rechazadas.xlsx"):
        for slug in ("foro", "otro"):
            address = f"/gestion/eventos/{slug}/importar/{run.id}{path}"
            assert stranger.get(address).status_code == 404, address
    assert stranger.post(f"/gestion/eventos/otro/importar/{run.id}/cancelar").status_code == 404


def test_after_a_week_file_and_rows_are_gone(session: Session, event: Event, frozen_clock: Any) -> None:
    run = worked(event, BAD)
    path = imports.folder() / run.file
    assert path.exists()
    assert imports.sweep(at=frozen_clock + imports.KEPT) == 0
    assert imports.sweep(at=frozen_clock + 2 * imports.KEPT) == 1
    assert (path.exists(), run.file, problems(run), counts(run)) == (
        False,
        "",
        [],
        {"added": 3, "rejected": 2},
    )


def test_a_draft_event_takes_nobody(session: Session, event: Event) -> None:
    number = begin(event).id
    event.status = "draft"
    session.commit()
    assert importing.work_on(number) is True
    run = session.get_one(Import, number)
    assert (run.status, people(session)) == (ImportStatus.FAILED, [])
    assert RowOutcome.ADDED not in run.counts


def test_columns_answer_the_form_s_own_fields(session: Session, event: Event) -> None:
    form = factories.form(
        event,
        factories.asks("mesa", "one_of", "Mesa Norte", "Mesa Sur", is_required=True),
        factories.asks("edad", "number"),
    )
    data = "DNI;Nombres;Apellidos;mesa;Edad\r\n00000001;Rosa;Quispe;mesa sur;34\r\n00000002;Nilo;Rojas;Mesa Este;x\r\n"
    number = begin(event, data).id
    run = session.get_one(Import, number)
    mapping = Mapping.of(run.mapping)
    fields = {version.field.key: version for version in queries.current_fields(form)}
    columns = mapping.columns | {3: "field:mesa", 4: "field:edad"}
    run.mapping = Mapping(columns, {}, mapping.order).as_json()
    session.commit()
    assert importing.work_on(number) is True
    run = session.get_one(Import, number)
    assert counts(run) == {"added": 1, "rejected": 1}
    ((row, found),) = problems(run)
    assert (row, [place for place, _text in found]) == (3, ["mesa (D)", "Edad (E)"])
    (rosa,) = people(session)
    assert rosa.form_id == form.id
    answers = {answer.version.field.key: answer.value for answer in queries.answers_of(rosa)}
    assert answers == {"mesa": fields["mesa"].choices[1]["key"], "edad": 34}


def test_what_all_rows_answer_alike_is_said_once(
    session: Session, event: Event, organiser: FlaskClient
) -> None:
    factories.form(
        event,
        factories.asks("mesa", "one_of", "Norte", "Sur", is_required=True),
        factories.asks("edad", "number"),
        factories.asks("foto", "consent", is_required=True),
    )
    data = b"DNI;Nombres;Apellidos;Campo mesa\r\n00000001;Rosa;Quispe;\r\n00000022;Nilo;Rojas;Sur\r\n"
    page = upload(organiser, data).location
    names = ("column_0", "column_1", "column_2", "column_3")
    targets = ("document_number", "given_names", "surnames", "field:mesa")
    sent = dict(zip(names, targets, strict=True)) | {"order": "surnames-first", "same_mesa": "Norte"}
    chosen = re.search(r'name="order"[^>]*value="([^"]*)"', organiser.get(page).text)
    sent |= {"order": chosen[1] if chosen else "", "same_foto": "yes"}
    refused = organiser.post(page, data=sent | {"same_edad": "muchos"})
    assert refused.status_code == 422
    assert 'id="same_edad-error"' in refused.text
    assert organiser.post(page, data=sent | {"same_edad": "30"}).status_code == 303
    run = session.scalars(select(Import)).one()
    chosen_ = {"is_all_or_nothing": True, "updates": False, "sends_letters": False, "language": "es"}
    imports.start(run, **chosen_, at=clock.now())
    session.commit()
    assert importing.work_on(run.id) is True
    answers = [{one.version.field.key: one.value for one in queries.answers_of(p)} for p in people(session)]
    assert answers == [{"mesa": "Norte", "edad": 30, "foto": True}, {"mesa": "Sur", "edad": 30, "foto": True}]


def test_a_web_process_opens_no_workbook(
    session: Session, event: Event, organiser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    for row in (["DNI", "Nombres", "Apellidos"], [4000001, "Rosa", "Quispe"], ["=1+1", "Nilo", "Rojas"]):
        book.active.append(row)
    book.create_sheet("Otra").append(["Nombres", "Apellidos"])
    file = io.BytesIO()
    book.save(file)

    def opened(*_given: Any) -> Any:
        raise AssertionError("opened here")

    monkeypatch.setattr("app.registration.sheets.workbooks._opened", opened)
    page = upload(organiser, file.getvalue(), "lista.xlsx").location
    shown = organiser.get(page).text
    assert "Nombres (B)" in shown
    chosen = Mapping.of(session.scalars(select(Import)).one().mapping)
    columns = {f"column_{place}": target for place, target in chosen.columns.items()}
    order = {"order": chosen.order}
    assert organiser.post(page, data=columns | order).status_code == 303
    preview = organiser.get(page.replace("columnas", "revisar")).text
    assert "04000001" in preview
    assert "fórmula" in preview
    assert organiser.post(page.replace("columnas", "lectura"), data={"sheet": "Otra"}).status_code == 303
    assert "Nombres (A)" in organiser.get(page).text
    broken = upload(organiser, file.getvalue()[:900], "rota.xlsx")
    assert broken.status_code == 422
    assert "rota.xlsx" in broken.text


def test_queries_do_not_grow_with_imports(
    event: Event, organiser: FlaskClient, session: Session, count_queries: Any
) -> None:
    def statements() -> int:
        with count_queries() as found:
            assert organiser.get("/gestion/eventos/foro/importar").status_code == 200
        return len(found)

    worked(event)
    few = statements()
    for _ in range(8):
        worked(event)
    assert statements() == few
