"""Correcting and issuing anew in steps: decided in one transaction, drawn and signed in none, stored in another.

A time-stamp server may be slow, and nobody waits at the database for it. What was decided is decided again before it is
stored: somebody else may have been quicker.
"""

from collections.abc import Callable
from datetime import datetime

from app import unit_of_work
from app.accounts.models import Actor
from app.certificates import services
from app.certificates.models import Certificate, CertificateRole
from app.certificates.services import Finished
from app.extensions import db


def replace(
    certificate: Certificate, *, name: str, role: CertificateRole, reason: str, by: Actor | None, at: datetime
) -> Certificate:
    """Issue a certificate anew with a corrected name or role. Raises what services.replace raises."""

    def decide() -> Certificate:
        services.check_replaceable(certificate, name=name, role=role)
        return certificate

    finished = _finished(decide, name=name, role=role, by=by, at=at)
    with unit_of_work.transaction():
        return services.replace(
            certificate, name=name, role=role, reason=reason, by=by, at=at, finished=finished
        )


def issue_again(certificate: Certificate, *, name: str, by: Actor | None, at: datetime) -> Certificate:
    """Issue a new certificate to somebody whose last one was annulled. Raises what services.issue_again raises."""
    finished = _finished(lambda: services.annulled_newest(certificate), name=name, role=None, by=by, at=at)
    with unit_of_work.transaction():
        return services.issue_again(certificate, name=name, by=by, at=at, finished=finished)


def _finished(
    decide: Callable[[], Certificate],
    *,
    name: str,
    role: CertificateRole | None,
    by: Actor | None,
    at: datetime,
) -> Finished:
    with unit_of_work.transaction():
        former = decide()
        place = services.reserve(at=at)
    role = role or CertificateRole(former.role)
    drawn = services.draw(former, name=name, role=role, place=place, by=by, at=at)
    db.session.rollback()  # what was read for it needs no snapshot while the server is asked
    return services.sign(drawn)
