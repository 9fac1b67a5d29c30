"""Certificates that take the place of others: of a corrected name or role, or after an annulment.

Drawing and signing one is apart from storing it: a time-stamp server may take seconds, and no lock is held meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import audit
from app.accounts.models import Actor
from app.certificates import badges, composition, emails, keys, queries, rules
from app.certificates.composition import Bearer
from app.certificates.errors import NoLongerHolds, SameName, StillHolds, Unprintable
from app.certificates.keys import Signature
from app.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateRole,
    EndingKind,
    Recipient,
)
from app.certificates.services.certificates import drawn, end, grade_in, lock_person, values_of
from app.credentials import services as credentials
from app.extensions import db
from app.registration.models import DocumentType, Registration


@dataclass(frozen=True)
class Successor:
    """A certificate that is drawn and not signed yet, as plain values that outlive a transaction."""

    former_id: int
    values: dict[str, Any]
    bearer: Bearer
    data: bytes
    signature: Signature | None


@dataclass(frozen=True)
class Finished:
    """The same with its signature, where it has one: what can be stored."""

    successor: Successor
    data: bytes


def check_replaceable(certificate: Certificate, *, name: str, role: CertificateRole) -> None:
    """Check that a certificate holds and that something would change. Raises NoLongerHolds and SameName."""
    lock_person(certificate)
    if certificate.ending is not None:
        raise NoLongerHolds
    is_same = _document_of(certificate) == _document_of(certificate.person)
    if is_same and (composition.printable(name), role) == (certificate.printed_name, certificate.role):
        raise SameName


def annulled_newest(certificate: Certificate) -> Certificate:
    """Return the newest certificate of the same person and award, which holds no longer. Raises StillHolds."""
    lock_person(certificate)
    newest = queries.editions_of(certificate)[0]
    if newest.holds:
        raise StillHolds
    return newest


def reserve(*, at: datetime) -> int:
    """Return a place in the status lists for one certificate; where it comes to nothing the place stays empty."""
    credentials.register_key(at=at)
    return credentials.reserve_places(1)


def draw(
    former: Certificate, *, name: str, role: CertificateRole, place: int, by: Actor | None, at: datetime
) -> Successor:
    """Draw the next edition of a certificate: the same design and hours, another name or role, and another code.

    Raises Unprintable, KeyNotValidNow and KeySealed.
    """
    person = former.person
    signature = keys.signature_for(former.event.organisation, at=at)
    bearer = Bearer(
        code=rules.new_code(),
        name=composition.printable(name),
        document_type=DocumentType(person.document_type),
        document_number=person.document_number,
        role=role,
        percent=former.rule_result["percent"],
        verify_url=queries.verify_url(),
        issued_at=at,
        signed_by=signature.subject if signature else "",
        hours=former.hours,
        grade=grade_in(former.rule_result),
    )
    bearer = badges.with_credential(bearer, former.design.content, place)
    try:
        data = drawn(former.design.template, former.design.content, bearer)
    except Unprintable as error:
        error.field = "name"
        raise
    values = {
        "status_place": place,
        "event_id": former.event_id,
        "award_id": former.award_id,
        "registration_id": former.registration_id,
        "recipient_id": former.recipient_id,
        "rule_result": former.rule_result,
        "issued_by_id": None if by is None else by.id,
    }
    return Successor(former.id, values, bearer, data, signature)


def sign(successor: Successor) -> Finished:
    """Sign what was drawn, where its body signs: asks a time-stamp server, if one is set, and no database.

    Raises TimeStampFailed.
    """
    signature = successor.signature
    return Finished(successor, signature.on(successor.data) if signature else successor.data)


def replace(
    certificate: Certificate,
    *,
    name: str,
    reason: str,
    by: Actor | None,
    at: datetime,
    role: CertificateRole | None = None,
    finished: Finished | None = None,
) -> Certificate:
    """Issue a certificate anew with a corrected name or role, and the person's document as it is now.

    The old code answers that it was replaced. What is `finished` is stored; without it all is done here.
    Raises what check_replaceable, draw and sign raise.
    """
    role = role or CertificateRole(certificate.role)
    check_replaceable(certificate, name=name, role=role)
    if finished is None:
        finished = sign(draw(certificate, name=name, role=role, place=reserve(at=at), by=by, at=at))
    successor = _store(certificate, finished)
    end(certificate, EndingKind.REPLACED, reason=reason, by=by, at=at, replaced_by=successor)
    audit.record("certificate.replaced", certificate, event=certificate.event, at=at, by_id=successor.id)
    return successor


def issue_again(
    certificate: Certificate, *, name: str, by: Actor | None, at: datetime, finished: Finished | None = None
) -> Certificate:
    """Issue a new certificate to somebody whose last one was annulled. `finished` is as in replace.

    Raises what annulled_newest, draw and sign raise, and StillHolds where somebody else was quicker.
    """
    newest = annulled_newest(certificate)
    if finished is None:
        role = CertificateRole(newest.role)
        finished = sign(draw(newest, name=name, role=role, place=reserve(at=at), by=by, at=at))
    if finished.successor.former_id != newest.id:
        raise StillHolds
    successor = _store(newest, finished)
    audit.record("certificate.issued_again", successor, event=certificate.event, at=at)
    return successor


def _document_of(row: Certificate | Registration | Recipient) -> tuple[str, str]:
    return str(row.document_type), row.document_number


def _store(former: Certificate, finished: Finished) -> Certificate:
    drawn_one = finished.successor
    kind, edition = CertificateKind(former.kind), former.edition + 1
    values = values_of(former.design, drawn_one.bearer, finished.data, kind=kind, edition=edition)
    certificate = Certificate(**values, **drawn_one.values)
    db.session.add(certificate)
    db.session.flush()
    if drawn_one.signature:
        file = drawn_one.signature.kept(finished.data)
        file.certificate_id = certificate.id
        db.session.add(file)
    emails.available(certificate)
    return certificate
