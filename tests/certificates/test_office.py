"""The back office's pages of certificates: for those who may, and for nobody else."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.certificates import issuing, queries, services, tasks
from app.certificates.models import Certificate, IssueRun
from app.events.models import Event
from app.permissions import Role
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_verification import words
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")

FORM = {
    "hours": "6",
    "hour_unit": "academic",
    "minimum_percent": "75",
    "title": "Constancia de asistencia",
    "opening": "{entidad} deja constancia de que",
    "wording": "asistió como {rol} a «{evento}», {fechas}.\r\n\r\nDuración: {horas}.",
    "place": "Cusco",
    "year_name": "«Año de la Prueba»",
    "signatories-0-name": "Quien firma",
    "signatories-0-position": "Gerente",
    "signatories-1-name": "",
    "signatories-1-position": "Secretaría General",
}


@pytest.fixture
def event(session: Session) -> Event:
    return scenes.event(slug="foro")


@pytest.fixture
def organiser(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return client


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs of which the worker was told."""
    asked: list[int] = []
    monkeypatch.setattr(tasks, "issue", asked.append)
    return asked


def issued(event: Event, session: Session, **person: Any) -> Certificate:
    registration = scenes.earner(event, **person)
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    return queries.certificates_of(registration)[0]


BASE = "/gestion/eventos/foro/constancias"
READING = [BASE, f"{BASE}/muestra.pdf", f"{BASE}/emisiones/1", f"{BASE}/emisiones/1.json", f"{BASE}/1"]
WRITING = [f"{BASE}/ajustes", f"{BASE}/muestra.pdf", f"{BASE}/emisiones"]
CHANGING = [f"{BASE}/1/anular", f"{BASE}/1/reemplazar", f"{BASE}/1/emitir"]


# Who may


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, event: Event) -> None:
    for address in (*READING, f"{BASE}/ajustes"):
        answer = client.get(address)
        assert (answer.status_code, "/gestion/entrar" in answer.location) == (302, True)
    for address in (*WRITING, *CHANGING):
        assert client.post(address).status_code == 302


def test_a_stranger_sees_nothing(session: Session, event: Event, sign_in: Any) -> None:
    certificate = issued(event, session)
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    for address in (*READING, f"{BASE}/ajustes", f"{BASE}/{certificate.id}"):
        assert stranger.get(address).status_code == 404
    for address in (*WRITING, *CHANGING, f"{BASE}/{certificate.id}/anular"):
        assert stranger.post(address, data=FORM | {"reason": "x", "name": "x"}).status_code == 404
    assert certificate.holds


def test_the_door_may_not_enter(event: Event, sign_in: Any) -> None:
    door = sign_in(factories.user(Role.DOOR, organisation=event.organisation))
    assert door.get(BASE).status_code == 403


def test_a_reader_looks_and_changes_nothing(session: Session, event: Event, sign_in: Any) -> None:
    certificate = issued(event, session)
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    page = reader.get(BASE)
    assert page.status_code == 200
    assert '<form method="post" action="/gestion/eventos/foro' not in page.get_data(as_text=True)
    single = reader.get(f"{BASE}/{certificate.id}")
    assert single.status_code == 200
    assert "reemplazar" not in single.get_data(as_text=True)
    for address in (*WRITING, f"{BASE}/{certificate.id}/anular"):
        assert reader.post(address, data=FORM | {"reason": "x"}).status_code == 403


def test_a_certificate_of_another_event_is_not_found(
    session: Session, event: Event, organiser: FlaskClient
) -> None:
    other = scenes.event(event.organisation)
    certificate = issued(other, session)
    run = queries.newest_run(other.id)
    assert run is not None
    assert organiser.get(f"{BASE}/{certificate.id}").status_code == 404
    assert organiser.post(f"{BASE}/{certificate.id}/anular", data={"reason": "x"}).status_code == 404
    assert organiser.get(f"{BASE}/emisiones/{run.id}").status_code == 404
    assert organiser.get(f"{BASE}/emisiones/{run.id}.json").status_code == 404


# The list


def test_the_list_says_who_lacks_what(session: Session, event: Event, organiser: FlaskClient) -> None:
    certificate = issued(event, session, given_names="Rosa", first_surname="Alva", second_surname="")
    scenes.earner(event, given_names="Zoë", first_surname="Ñahui", second_surname="")
    scenes.attend(
        factories.registration(event, given_names="Luis", first_surname="Huamán", second_surname=""), days=1
    )
    text = words(organiser.get(BASE))
    assert (
        "1 emitidas 1 por emitir 1 por cumplir 1 con cambios desde la última emisión 80 % asistencia mínima"
        in text
    )
    assert f"Alva, Rosa 100 % 100 % Emitida {certificate.code[:4]}-" in text
    assert (
        "Huamán, Luis 50 % 50 % Le falta algo Le falta: asistir 1 hora 30 minutos más Decidir a mano" in text
    )
    assert "Ñahui, Zoë 100 % 100 % Por emitir Cumplió después de la última emisión Decidir a mano" in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Alva", "Huamán"]),
        ("?estado=issued", ["Alva"]),
        ("?estado=lacking", ["Huamán"]),
        ("?estado=annulled", []),
        ("?estado=nonsense", ["Alva", "Huamán"]),
        ("?q=huaman", ["Huamán"]),
        ("?q=%00%25_", []),
        ("?pagina=99", ["Alva", "Huamán"]),
        ("?pagina=-1", ["Alva", "Huamán"]),
        ("?pagina=x", ["Alva", "Huamán"]),
    ],
)
def test_the_list_is_filtered(
    session: Session, event: Event, organiser: FlaskClient, query: str, names: list[str]
) -> None:
    issued(event, session, first_surname="Alva")
    factories.registration(event, first_surname="Huamán")
    answer = organiser.get(BASE + query)
    if "%00" in query:
        assert answer.status_code == 404  # no address holds a NUL
        return
    assert answer.status_code == 200
    text = words(answer)
    assert [name for name in ("Alva", "Huamán") if f"{name} Mamani" in text] == names


def test_the_list_asks_as_often_for_thirty_as_for_one(
    session: Session, event: Event, organiser: FlaskClient, count_queries: Any
) -> None:
    issued(event, session)
    with count_queries() as for_one:
        assert organiser.get(BASE).status_code == 200
    for _number in range(29):
        scenes.earner(event)
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    with count_queries() as for_thirty:
        assert organiser.get(BASE).status_code == 200
    assert len(for_thirty) == len(for_one)


# What they say


def test_terms_are_saved(session: Session, event: Event, organiser: FlaskClient) -> None:
    answer = organiser.post(f"{BASE}/ajustes", data=FORM)
    assert (answer.status_code, answer.location) == (303, f"{BASE}/ajustes")
    session.expire_all()
    terms = services.terms_of(event)
    assert (event.hours, event.hour_unit, event.minimum_percent) == (Decimal(6), "academic", 75)
    assert terms.wording == "asistió como {rol} a «{evento}», {fechas}. Duración: {horas}."
    assert terms.signatories == (
        {"name": "Quien firma", "position": "Gerente"},
        {"name": "", "position": "Secretaría General"},
    )
    page = organiser.get(f"{BASE}/ajustes").get_data(as_text=True)
    assert 'value="Constancia de asistencia"' in page
    assert "Guardado." in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"wording": "a {evneto}"}, "wording"),
        ({"opening": "La {"}, "opening"),
        ({"title": " "}, "title"),
        ({"hours": "2.25"}, "hours"),
        ({"hours": "-1"}, "hours"),
        ({"hours": "NaN"}, "hours"),
        ({"hours": "1e999"}, "hours"),
        ({"hours": "seis"}, "hours"),
        ({"minimum_percent": "101"}, "minimum_percent"),
        ({"minimum_percent": ""}, "minimum_percent"),
        ({"hour_unit": "lunar"}, "hour_unit"),
        ({"title": "T" * 121}, "title"),
        ({"signatories-0-name": "N" * 10_000}, "signatories-0-name"),
    ],
)
def test_terms_that_will_not_do_stay_in_the_form(
    session: Session, event: Event, organiser: FlaskClient, change: dict[str, str], field: str
) -> None:
    for address in (f"{BASE}/ajustes", f"{BASE}/muestra.pdf"):
        answer = organiser.post(address, data=FORM | change)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert re.findall(r'id="([\w-]+)-error"', page) == [field]
        assert "«Año de la Prueba»" in page
    assert queries.settings_of(event.id) is None


def test_an_unknown_merge_field_is_named(event: Event, organiser: FlaskClient) -> None:
    answer = organiser.post(f"{BASE}/ajustes", data=FORM | {"wording": "a {evneto}"})
    assert "No existe el campo {evneto}." in words(answer)


def test_a_sample_of_what_is_typed(session: Session, event: Event, organiser: FlaskClient) -> None:
    factories.registration(event, given_names="María de los Ángeles", first_surname="Quispe")
    answer = organiser.post(f"{BASE}/muestra.pdf", data=FORM)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Constancia de asistencia" in text
    assert "María de los Ángeles" in text
    assert queries.settings_of(event.id) is None
    saved = PdfReader(io.BytesIO(organiser.get(f"{BASE}/muestra.pdf").data)).pages[0].extract_text()
    assert "Constancia de participación" in saved


def test_a_sample_without_hours_says_what_is_missing(
    session: Session, event: Event, organiser: FlaskClient
) -> None:
    event.hours = None
    session.commit()
    assert "Defina primero las horas" in organiser.get(f"{BASE}/muestra.pdf").get_data(as_text=True)
    answer = organiser.post(f"{BASE}/muestra.pdf", data=FORM | {"hours": ""})
    assert answer.status_code == 422
    assert "Defina primero las horas" in answer.get_data(as_text=True)


# Issuing


def test_issuing_in_batch(session: Session, event: Event, organiser: FlaskClient, woken: list[int]) -> None:
    scenes.earner(event)
    answer = organiser.post(f"{BASE}/emisiones")
    run = session.scalars(select(IssueRun)).one()
    assert (answer.status_code, answer.location) == (303, f"{BASE}/emisiones/{run.id}")
    assert set(woken) == {run.id}
    assert run.started_by_id is not None
    page = organiser.get(answer.location).get_data(as_text=True)
    assert f'href="{answer.location}">Ver el estado actual' in page
    assert organiser.get(f"{answer.location}.json").json == {
        "total": 1,
        "done": 0,
        "failed": 0,
        "percent": 0,
        "finished": False,
    }
    again = organiser.post(f"{BASE}/emisiones")
    assert again.location == answer.location
    assert f'href="{answer.location}"' in organiser.get(BASE).get_data(as_text=True)
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    assert "Se emitió 1 constancia." in organiser.get(answer.location).get_data(as_text=True)
    assert organiser.get(f"{answer.location}.json").json["finished"] is True


@pytest.mark.parametrize("hours", [None, Decimal(6)])
def test_issuing_says_why_it_cannot(
    session: Session, event: Event, organiser: FlaskClient, woken: list[int], hours: Decimal | None
) -> None:
    event.hours = hours
    session.commit()
    answer = organiser.post(f"{BASE}/emisiones")
    assert answer.status_code == 422
    message = "No hay constancias por emitir" if hours else "Defina primero las horas"
    assert message in words(answer)
    assert woken == []
    assert session.scalar(select(func.count()).select_from(IssueRun)) == 0


def test_what_could_not_be_printed_is_listed(session: Session, event: Event, organiser: FlaskClient) -> None:
    scenes.earner(event, given_names="小明", first_surname="王", second_surname="")
    run = issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    assert "王, 小明" in words(organiser.get(f"{BASE}/emisiones/{run.id}"))


# Single certificates


def test_a_name_is_corrected(session: Session, event: Event, organiser: FlaskClient) -> None:
    old = issued(event, session, given_names="Rossa")
    answer = organiser.post(
        f"{BASE}/{old.id}/reemplazar", data={"name": "Rosa Quispe Mamani", "reason": "Error de tipeo"}
    )
    assert answer.status_code == 303
    new = session.scalars(select(Certificate).where(Certificate.edition == 2)).one()
    assert answer.location == f"{BASE}/{new.id}"
    assert new.printed_name == "Rosa Quispe Mamani"
    page = words(organiser.get(f"{BASE}/{old.id}"))
    assert "Reemplazada" in page
    assert "Error de tipeo" in page


def test_a_correction_that_will_not_do(session: Session, event: Event, organiser: FlaskClient) -> None:
    old = issued(event, session, given_names="Rosa", second_surname="")
    for data, fields in (
        ({"name": "Rosa Quispe", "reason": "x"}, ["name"]),
        ({"name": "", "reason": "x"}, ["name"]),
        ({"name": "Rosa", "reason": ""}, ["correction-reason"]),
        ({"name": "王", "reason": "Motivo que se conserva"}, ["name"]),
        ({"name": "R" * 10_000, "reason": "x"}, ["name"]),
    ):
        answer = organiser.post(f"{BASE}/{old.id}/reemplazar", data=data)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert re.findall(r'id="([\w-]+)-error"', page) == fields
        assert data["reason"] in page
    assert session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_annulling_and_issuing_again(session: Session, event: Event, organiser: FlaskClient) -> None:
    certificate = issued(event, session)
    assert organiser.post(f"{BASE}/{certificate.id}/anular", data={"reason": ""}).status_code == 422
    answer = organiser.post(f"{BASE}/{certificate.id}/anular", data={"reason": "No asistió"})
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{certificate.id}")
    assert "Anulada" in words(organiser.get(f"{BASE}/{certificate.id}"))
    twice = organiser.post(f"{BASE}/{certificate.id}/anular", data={"reason": "Otra vez"})
    assert twice.status_code == 422
    assert "ya fue reemplazada o anulada" in words(twice)
    again = organiser.post(f"{BASE}/{certificate.id}/emitir", data={"name": "Rosa Quispe"})
    assert again.status_code == 303
    assert organiser.post(f"{BASE}/{certificate.id}/emitir", data={"name": "Rosa"}).status_code == 422
    session.expire_all()
    assert [entry.holds for entry in queries.editions_of(certificate)] == [True, False]
