"""The letter that brings a certificate. It is a row now and a text when the worker sends it."""

from typing import Any

from flask_babel import gettext as _

from app import codes, mail
from app.addresses import absolute
from app.certificates import queries
from app.certificates.models import Certificate
from app.mail.letters import Letter
from app.registration import emails as letters


def available(certificate: Certificate) -> None:
    """Tell somebody that their certificate can be downloaded; without an e-mail nothing is sent."""
    person, registration = certificate.person, certificate.registration
    if person.email:
        mail.queue(
            "certificates.available",
            to=person.email,
            payload={"certificate_id": certificate.id},
            language=registration.language if registration else "es",
            about=registration,
        )


@mail.letter("certificates.available")
def write_available(certificate_id: int) -> Letter | None:
    """Write the letter; one that has ended since is not sent any more."""
    certificate = queries.by_id(certificate_id)
    if certificate is None or not certificate.holds:
        return None
    code = codes.grouped(certificate.code)
    shown: dict[str, Any] = {
        "certificate": certificate,
        "certificate_code": code,
        "pdf_url": absolute("certificates.pdf", code=code),
        "verify_url": absolute("certificates.show", code=code),
    }
    registration = certificate.registration
    if registration is None:
        return _to_recipient(certificate, shown)
    return letters.compose(
        registration,
        "certificates/available",
        letter="certificates.available",
        heading=_("Your certificate is ready"),
        fields={"constancia": shown["pdf_url"]},
        name=registration.given_names,
        **shown,
    )


def _to_recipient(certificate: Certificate, shown: dict[str, Any]) -> Letter:
    """Write it to somebody who did not register, and has no page of their own."""
    event, name = certificate.event, certificate.person.full_name
    return letters.framed(
        event,
        "certificates/available",
        letter="certificates.available",
        heading=_("Your certificate is ready"),
        fields={"nombre": name, "evento": event.title, "constancia": shown["pdf_url"]},
        name=name,
        personal_url=None,
        **shown,
    )
