"""The letter that brings a certificate. It is a row now and a text when the worker sends it."""

from flask_babel import gettext as _

from app import codes, mail
from app.addresses import absolute
from app.band import band_png
from app.certificates import queries
from app.certificates.models import Certificate
from app.mail.letters import Inline, Letter, rendered
from app.registration import queries as registrations
from app.theme import brand


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
    event, registration = certificate.event, certificate.registration
    accent = brand(event.organisation.accent)
    code = codes.grouped(certificate.code)
    return rendered(
        "certificates/available",
        pictures=(Inline("band", band_png(event.slug, accent, width=560, cell=6)),),
        certificate=certificate,
        registration=registration,
        event=event,
        accent=accent,
        code=code,
        heading=_("Your certificate is ready"),
        personal_url=absolute("participants.show", token=registrations.personal_token(registration)),
        event_url=absolute("events.show", slug=event.slug),
        pdf_url=absolute("certificates.pdf", code=code),
        verify_url=absolute("certificates.show", code=code),
        sender_name=event.organisation.label,
        reply_to=event.contact_email or None,
    )
