"""The letter that brings a certificate."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import codes
from app.certificates import issuing, services
from app.certificates.models import Certificate
from app.mail import letters
from app.mail.models import OutgoingLetter
from app.registration import queries as registrations
from tests.certificates import scenes
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def certificate(session: Session) -> Certificate:
    event = scenes.event(contact_email="capacita@example.gob.pe")
    scenes.earner(event, given_names="<b>Ñusta</b>")
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    return session.scalars(select(Certificate)).one()


def letter(session: Session) -> Any:
    row = session.scalars(select(OutgoingLetter)).first()
    assert row is not None
    return letters.build(row.letter, row.payload)


def test_it_brings_every_address(session: Session, certificate: Certificate, app: Any) -> None:
    written = letter(session)
    base, code = app.config["BASE_URL"], codes.grouped(certificate.code)
    assert written.subject == "Su constancia está lista: Foro de Prueba"
    addresses = [
        f"{base}/certificados/{code}.pdf",
        f"{base}/verificar/{code}",
        f"{base}/mi/{registrations.personal_token(certificate.registration)}",
    ]
    for address in addresses:
        assert address in written.text
        assert address in written.html
    assert written.reply_to == "capacita@example.gob.pe"
    assert "responda este correo" in written.text
    assert "<b>Ñusta" in written.text
    assert "&lt;b&gt;Ñusta" in written.html
    assert [picture.name for picture in written.pictures] == ["band"]


def test_it_is_not_sent_once_the_certificate_has_ended(session: Session, certificate: Certificate) -> None:
    services.annul(certificate, reason="Error", by=None, at=NOON)
    session.commit()
    assert letter(session) is None
