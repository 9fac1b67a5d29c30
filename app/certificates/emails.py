"""The letter that brings a certificate. It is a row now and a text when the worker sends it."""

from flask_babel import gettext as _

from app import codes, mail
from app.addresses import absolute
from app.certificates import queries
from app.certificates.models import Certificate
from app.mail.letters import Letter
from app.registration import emails as letters


def available(certificate: Certificate) -> None:
    """Tell a participant that their certificate can be downloaded; without an e-mail nothing is sent."""
    registration = certificate.registration
    if registration.email:
        mail.queue(
            "certificates.available",
            to=registration.email,
            payload={"certificate_id": certificate.id},
            language=registration.language,
            about=registration,
        )


@mail.letter("certificates.available")
def write_available(certificate_id: int) -> Letter | None:
    """Write the letter; one that has ended since is not sent any more."""
    certificate = queries.by_id(certificate_id)
    if certificate is None or not certificate.holds:
        return None
    registration = certificate.registration
    code = codes.grouped(certificate.code)
    return letters.compose(
        registration,
        "certificates/available",
        letter="certificates.available",
        heading=_("Your certificate is ready"),
        fields={"constancia": absolute("certificates.pdf", code=code)},
        certificate=certificate,
        code=code,
        pdf_url=absolute("certificates.pdf", code=code),
        verify_url=absolute("certificates.show", code=code),
    )
