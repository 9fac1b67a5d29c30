"""Accepting a correction: the registration and the certificates that say otherwise, together or not at all."""

from datetime import datetime

from flask_babel import gettext as _

from app.accounts.models import Actor
from app.certificates import queries as certificates
from app.certificates import services as issue
from app.certificates.models import Certificate
from app.extensions import db
from app.registration.models import NameRequest
from app.registration.services import requests


def accept(request: NameRequest, *, by: Actor, may_issue: bool, note: str, at: datetime) -> bool:
    """Correct the registration, and where one may, issue its certificates that hold again.

    Returns whether a certificate still says otherwise. Raises what requests.accept and certificates' replace raise;
    then nothing is done.
    """
    with db.session.begin_nested():
        requests.accept(request, by=by.id, note=note, at=at)
        stale = [
            one for one in certificates.holding([request.registration_id]) if _says_otherwise(one, request)
        ]
        if not may_issue:
            return bool(stale)
        for certificate in stale:
            reason = _("Correction asked for by the participant")
            issue.replace(certificate, name=request.registration.full_name, reason=reason, by=by, at=at)
    return False


def _says_otherwise(certificate: Certificate, request: NameRequest) -> bool:
    person = request.registration
    printed = (certificate.printed_name, str(certificate.document_type), certificate.document_number)
    return printed != (person.full_name, str(person.document_type), person.document_number)
