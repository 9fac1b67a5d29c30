"""What participants see of their certificate on their own page."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import codes
from app.certificates import issuing, queries, services
from app.registration import queries as registrations
from app.registration.models import Registration
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_verification import words
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")


def page_of(client: FlaskClient, registration: Registration) -> Any:
    return client.get(f"/mi/{registrations.personal_token(registration)}")


def test_what_is_lacking(client: FlaskClient, session: Session) -> None:
    registration = scenes.attend(factories.registration(scenes.event(days=4)), days=1)
    text = words(page_of(client, registration))
    assert "Le falta asistir a 5 horas 30 minutos más." in text
    assert "La constancia pide el 80 % del programa." in text


def test_enough_and_not_issued_yet(client: FlaskClient, session: Session) -> None:
    text = words(page_of(client, scenes.earner(scenes.event())))
    assert "Ya cumplió la asistencia." in text


def test_an_issued_certificate_is_downloaded_here(client: FlaskClient, session: Session) -> None:
    registration = scenes.earner(scenes.event())
    issuing.issue_here(registration.event, by=None, at=NOON)
    session.commit()
    certificate = queries.certificates_of(registration)[0]
    page = page_of(client, registration).get_data(as_text=True)
    code = codes.grouped(certificate.code)
    assert f'href="/certificados/{code}.pdf"' in page
    assert f'href="/verificar/{code}"' in page
    assert "organizationName=Municipalidad+de+Prueba&amp;issueYear=2026&amp;issueMonth=5&amp;certUrl=" in page
    services.annul(certificate, reason="Error", by=None, at=NOON)
    session.commit()
    assert "/certificados/" not in page_of(client, registration).get_data(as_text=True)
