"""What anybody learns from a code, and downloads with it."""

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import codes
from app.certificates import issuing, rules, services
from app.certificates.models import Certificate
from app.extensions import limiter
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def certificate(session: Session) -> Certificate:
    event = scenes.event(title="Foro de Prueba", days=2)
    scenes.earner(
        event, given_names="Rosa", first_surname="Ñahui", second_surname="Pérez", document_number="00000001"
    )
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    return session.scalars(select(Certificate)).one()


def shown(certificate: Certificate) -> str:
    return codes.grouped(certificate.code)


def words(answer: Any) -> str:
    """Return the main part of a page as words on one line."""
    main = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    text = "".join(piece.partition(">")[2] for piece in f">{main}".split("<"))
    return " ".join(text.split())


def test_a_valid_certificate(client: FlaskClient, certificate: Certificate) -> None:
    answer = client.get(f"/verificar/{shown(certificate)}")
    assert answer.status_code == 200
    text = words(answer)
    for fact in (
        "Constancia válida",
        "Emitida el 12 de mayo de 2026 por Municipalidad de Prueba",
        "Otorgada a Rosa Ñahui Pérez",
        "Documento DNI •••••001",
        "Por Participar como asistente en «Foro de Prueba»",
        "Duración 6 horas cronológicas · 12 al 13 de mayo de 2026 · semipresencial",
        f"Código {shown(certificate)}",
        "No ha sido reemplazada ni anulada",
    ):
        assert fact in text
    assert "00000001" not in answer.get_data(as_text=True)
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_what_it_says_is_what_was_issued(
    client: FlaskClient, certificate: Certificate, session: Session
) -> None:
    certificate.event.title = "Otro título"
    certificate.event.hours = 99
    certificate.event.organisation.name = "Otra entidad"
    certificate.registration.given_names = "Otra"
    session.commit()
    text = words(client.get(f"/verificar/{shown(certificate)}"))
    assert "«Foro de Prueba»" in text
    assert "6 horas" in text
    assert "Otr" not in text.replace("Verificar otro código", "").replace("Otorgada", "")


def test_english(client: FlaskClient, certificate: Certificate) -> None:
    text = words(client.get(f"/verificar/{shown(certificate)}?lang=en"))
    assert "Valid certificate" in text
    assert "6 chronological hours" in text


@pytest.mark.parametrize(
    "way",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", ""),
        lambda code: f" {code} ",
    ],
)
def test_codes_are_forgiven_their_form(client: FlaskClient, certificate: Certificate, way: Any) -> None:
    answer = client.get("/verificar", query_string={"codigo": way(shown(certificate))})
    assert answer.status_code == 302
    assert answer.location == f"/verificar/{shown(certificate)}"
    assert client.get(f"/verificar/{way(shown(certificate)).strip()}").status_code == 200


def test_the_form(client: FlaskClient) -> None:
    answer = client.get("/verificar")
    assert answer.status_code == 200
    assert 'name="codigo"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", ["7XK2-M9QW-4RTA", "hola", "A" * 5000, "<script>alert(1)</script>", "' OR 1=1"]
)
def test_an_unknown_code_is_404_with_the_form(client: FlaskClient, session: Session, typed: str) -> None:
    answer = client.get("/verificar", query_string={"codigo": typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Constancia no encontrada" in page
    assert 'name="codigo"' in page
    assert "<script>alert" not in page
    assert len(page) < 12_000


def test_a_code_that_nobody_bears(client: FlaskClient, session: Session) -> None:
    code = codes.grouped(rules.new_code())
    for address in (f"/verificar/{code}", f"/certificados/{code}.pdf"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "ninguna constancia de este sitio lo lleva" in words(answer)


def test_nobody_can_search_by_name_or_document(client: FlaskClient, certificate: Certificate) -> None:
    for typed in ("Rosa Ñahui Pérez", "00000001", certificate.registration.code):
        answer = client.get("/verificar", query_string={"codigo": typed})
        assert answer.status_code == 404
        assert "Foro de Prueba" not in answer.get_data(as_text=True)


def test_a_replaced_certificate_leads_to_the_one_in_force(
    client: FlaskClient, certificate: Certificate, session: Session
) -> None:
    new = services.replace(
        certificate, name="Rosa Ñahui", reason="Secreto", by=None, at=NOON + timedelta(days=1)
    )
    session.commit()
    answer = client.get(f"/verificar/{shown(certificate)}")
    assert answer.status_code == 200
    assert "Constancia reemplazada El 13 de mayo de 2026" in words(answer)
    assert f'href="/verificar/{shown(new)}"' in answer.get_data(as_text=True)
    assert "Secreto" not in answer.get_data(as_text=True)
    assert client.get(f"/certificados/{shown(certificate)}.pdf").status_code == 410
    assert client.get(f"/certificados/{shown(new)}.pdf").status_code == 200


def test_an_annulled_certificate_says_so(
    client: FlaskClient, certificate: Certificate, session: Session
) -> None:
    services.annul(certificate, reason="Secreto", by=None, at=NOON + timedelta(days=1))
    session.commit()
    for address, status in (
        (f"/verificar/{shown(certificate)}", 200),
        (f"/certificados/{shown(certificate)}.pdf", 410),
    ):
        answer = client.get(address)
        assert answer.status_code == status
        assert "Constancia anulada Municipalidad de Prueba la anuló el 13 de mayo de 2026" in words(answer)
        assert "Secreto" not in answer.get_data(as_text=True)


def test_the_file(client: FlaskClient, certificate: Certificate) -> None:
    answer = client.get(f"/certificados/{shown(certificate)}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert hashlib.sha256(answer.data).hexdigest() == certificate.sha256
    assert answer.headers["ETag"] == f'"{certificate.sha256}"'
    assert answer.headers["X-Robots-Tag"] == "noindex"
    disposition = answer.headers["Content-Disposition"]
    assert 'filename="Constancia - Rosa Nahui Perez.pdf"' in disposition
    assert "filename*=UTF-8''Constancia%20-%20Rosa%20%C3%91ahui%20P%C3%A9rez.pdf" in disposition
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Rosa Ñahui Pérez" in text
    assert client.get(f"/certificados/{certificate.code.lower()}.pdf").data == answer.data


def test_a_file_that_is_known_is_not_drawn_again(
    client: FlaskClient, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "file_of", None)
    answer = client.get(
        f"/certificados/{shown(certificate)}.pdf", headers={"If-None-Match": f'"{certificate.sha256}"'}
    )
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == f'"{certificate.sha256}"'


def test_nobody_tries_codes_by_the_hundred(client: FlaskClient, session: Session) -> None:
    limiter.enabled = True
    code = codes.grouped(rules.new_code())
    statuses = [client.get(f"/verificar/{code}").status_code for _number in range(61)]
    assert statuses == [404] * 60 + [429]


def test_verifying_asks_the_database_for_the_certificate_and_for_who_signed_it_outside(
    client: FlaskClient, certificate: Certificate, count_queries: Any
) -> None:
    code = shown(certificate)
    with count_queries() as statements:
        assert client.get(f"/verificar/{code}").status_code == 200
    assert len(statements) == 2


@pytest.mark.parametrize(
    "address", ["/verificar/archivo/x", "/verificar/7XK2-M9QW-4RTA", "/certificados/7XK2-M9QW-4RTA.pdf"]
)
def test_only_reading_is_allowed(client: FlaskClient, session: Session, address: str) -> None:
    assert client.post(address).status_code == 405


def test_the_address_on_the_paper_is_that_of_the_form(client: FlaskClient, certificate: Certificate) -> None:
    assert certificate.verify_url == f"{client.application.config['BASE_URL']}/verificar"
    assert certificate.issued_at > factories.THEN


def test_a_file_is_known_by_its_fingerprint(client: FlaskClient, certificate: Certificate) -> None:
    file = client.get(f"/certificados/{shown(certificate)}.pdf").data
    sent = client.post("/verificar", data={"archivo": (io.BytesIO(file), "constancia.pdf")})
    assert (sent.status_code, sent.location) == (303, f"/verificar/archivo/{certificate.sha256}")
    text = words(client.get(sent.location))
    assert "Constancia válida" in text
    assert "Su archivo es el que se emitió, byte por byte" in text
    assert "Compare estos datos" not in text


def test_a_file_that_was_changed_is_not_known(client: FlaskClient, certificate: Certificate) -> None:
    file = client.get(f"/certificados/{shown(certificate)}.pdf").data
    sent = client.post("/verificar", data={"archivo": (io.BytesIO(file + b"\n"), "constancia.pdf")})
    answer = client.get(sent.location)
    assert answer.status_code == 404
    assert "Este archivo no se emitió aquí" in words(answer)


@pytest.mark.parametrize("fingerprint", ["0" * 64, "0" * 63, "Ñ" * 64, "A" * 64, "x"])
def test_what_is_no_fingerprint_of_ours_is_not_found(
    client: FlaskClient, certificate: Certificate, fingerprint: str
) -> None:
    assert client.get(f"/verificar/archivo/{fingerprint}").status_code == 404


@pytest.mark.parametrize(
    "sent", [{}, {"archivo": (b"", "")}, {"archivo": (b"", "vacio.pdf")}, {"archivo": "text"}]
)
def test_without_a_file_it_asks_for_one(client: FlaskClient, session: Session, sent: dict[str, Any]) -> None:
    data = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in sent.items()
    }
    answer = client.post("/verificar", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Primero elija el archivo PDF" in words(answer)


def test_the_file_of_an_annulled_certificate_says_so(client: FlaskClient, certificate: Certificate) -> None:
    services.annul(certificate, reason="Error", by=None, at=NOON)
    answer = client.get(f"/verificar/archivo/{certificate.sha256}")
    assert "Constancia anulada" in words(answer)


def test_programs_get_the_same_facts(client: FlaskClient, certificate: Certificate) -> None:
    answer = client.get(f"/verificar/{shown(certificate)}.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json == {
        "status": "valid",
        "code": shown(certificate),
        "name": "Rosa Ñahui Pérez",
        "document": "DNI •••••001",
        "role": "attendee",
        "event": "Foro de Prueba",
        "organisation": "Municipalidad de Prueba",
        "starts_on": "2026-05-12",
        "ends_on": "2026-05-13",
        "hours": 6.0,
        "hour_unit": "chronological",
        "issued_at": "2026-05-12T17:00:00+00:00",
        "ended_at": None,
        "replaced_by": None,
        "replaces": None,
        "sha256": certificate.sha256,
    }


def test_programs_learn_what_became_of_it(client: FlaskClient, certificate: Certificate) -> None:
    new = services.replace(certificate, name="Rosa Ñahui", reason="Nombre", by=None, at=NOON)
    answer = client.get(f"/verificar/{shown(certificate)}.json").json
    assert (answer["status"], answer["replaced_by"]) == ("replaced", shown(new))
    assert client.get(f"/verificar/{shown(new)}.json").json["replaces"] == shown(certificate)
    assert f"En lugar de {shown(certificate)}" in words(client.get(f"/verificar/{shown(new)}"))
    services.annul(new, reason="Error", by=None, at=NOON)
    assert client.get(f"/verificar/{shown(new)}.json").json["status"] == "annulled"
    unknown = client.get("/verificar/2222-2222-2222.json")
    assert (unknown.status_code, unknown.json) == (404, {"status": "unknown"})


def test_a_shared_address_shows_a_card_while_it_holds(client: FlaskClient, certificate: Certificate) -> None:
    address = f"/verificar/{shown(certificate)}"
    assert f"{address}.png" in client.get(address).text
    picture = client.get(f"{address}.png")
    with Image.open(io.BytesIO(picture.data)) as found:
        assert (found.format, found.size) == ("PNG", (1200, 630))
    assert picture.headers["Cache-Control"] == "public, max-age=3600"
    services.annul(certificate, reason="Error", by=None, at=NOON)
    assert client.get(f"{address}.png").status_code == 404
    assert "og:image" not in client.get(address).text
