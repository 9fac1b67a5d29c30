"""Writes of certificates: what they will say, how single ones are corrected and annulled, and their files."""

import hashlib
from dataclasses import replace as altered
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import select

from app import audit
from app.accounts.models import Actor
from app.certificates import composition, designing, pdf, queries, wording
from app.certificates.composition import Bearer, Terms
from app.certificates.errors import (
    CertificateError,
    HoursMissing,
    HoursNotSayable,
    NoLongerHolds,
)
from app.certificates.models import (
    Award,
    Certificate,
    CertificateDesign,
    CertificateEnding,
    CertificateKind,
    CertificateRole,
    CertificateSettings,
    EndingKind,
)
from app.events.models import Event
from app.extensions import db
from app.registration.models import DocumentType

_SAMPLE_CODE = "2222" * 3
SAMPLE_NAME = "Rosa Quispe Mamani"
_SAMPLE_DOCUMENT = "00000001"
_SAMPLE_GRADE = Decimal(16)


def terms_of(event: Event) -> Terms:
    """Return what was settled about an event's certificates, or what a new event starts from.

    Hours that nobody has set yet are 0.
    """
    kept = queries.settings_of(event.id)
    return Terms(
        hours=event.hours or Decimal(0),
        hour_unit=event.hour_unit,
        minimum_percent=event.minimum_percent,
        title=kept.title if kept else wording.TITLE,
        opening=kept.opening if kept else wording.OPENING,
        wording=kept.wording if kept else wording.WORDING,
        place=kept.place if kept else wording.PLACE,
        year_name=kept.year_name if kept else event.organisation.year_name,
        signatories=tuple(kept.signatories) if kept else (),
    )


def award_terms(award: Award) -> Terms:
    """Return what the certificates of an award say: the event's settings, but for what the award says itself."""
    event, terms = award.event, terms_of(award.event)
    days = [day.date for day in event.days for session in day.sessions if session.id in award.sessions]
    kind = CertificateKind(award.kind)
    is_default = award.is_first and kind == CertificateKind.PARTICIPATION
    return altered(
        terms,
        hours=award.hours or terms.hours,
        title=award.title or (terms.title if is_default else wording.TITLES[kind]),
        wording=award.wording or (terms.wording if is_default else wording.WORDINGS[kind]),
        note=wording.NOTE if kind in wording.NO_APPROVAL else "",
        detail=award.name,
        dates=(min(days), max(days)) if days else None,
    )


def stored(award: Award) -> Award:
    """Return an award that has a row: the first one of an event begins without."""
    if award.id is None:
        db.session.add(award)
        db.session.flush()
    return award


def check_terms(terms: Terms) -> None:
    """Check what an organiser wants certificates to say.

    Raises UnknownMergeField or StrayBrace for the field that holds it, and HoursNotSayable.
    """
    for field in ("opening", "wording"):
        try:
            wording.check_fields(getattr(terms, field))
        except CertificateError as error:
            error.field = field
            raise
    if terms.hours:
        _check_hours(terms.hours, terms)


def _check_hours(hours: Decimal, terms: Terms) -> None:
    try:
        wording.hours_in_words(hours, terms.hour_unit)
    except ValueError:
        raise HoursNotSayable from None


def lock(event: Event) -> None:
    """Let one transaction at a time decide about an event's certificates as a whole.

    PostgreSQL locks the event's row; SQLite has one writer anyway.
    """
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())


def save_terms(event: Event, terms: Terms, *, at: datetime) -> CertificateSettings:
    """Store what the certificates of an event will say. Certificates issued before stay as they are.

    Raises what check_terms raises.
    """
    check_terms(terms)
    lock(event)
    event.hours = terms.hours or None
    event.hour_unit = terms.hour_unit
    event.minimum_percent = terms.minimum_percent
    kept = queries.settings_of(event.id) or CertificateSettings(event=event)
    kept.title = terms.title
    kept.opening = terms.opening
    kept.wording = terms.wording
    kept.place = terms.place
    kept.year_name = terms.year_name
    kept.signatories = list(terms.signatories)
    kept.updated_at = at
    db.session.add(kept)
    audit.record("certificates.settings_saved", kept, event=event, at=at)
    return kept


def sample(event: Event, terms: Terms, *, name: str, at: datetime, award: Award | None = None) -> bytes:
    """Return the PDF that these terms would make for somebody of this name, marked as a sample.

    It looks as that of the award, or as the event's.

    Raises HoursMissing, Unprintable, and what check_terms raises.
    """
    check_terms(terms)
    if not terms.hours:
        raise HoursMissing
    bearer = Bearer(
        code=_SAMPLE_CODE,
        name=name,
        document_type=DocumentType.DNI,
        document_number=_SAMPLE_DOCUMENT,
        role=CertificateRole.ATTENDEE,
        percent=100,
        verify_url=queries.verify_url(),
        issued_at=at,
        grade=_SAMPLE_GRADE,
    )
    look = designing.look_for(event, award)
    content = composition.content_of(composition.design_content(event, terms, look), bearer, is_sample=True)
    return pdf.render(look.template, content, issued_at=at, load=designing.load)


def present_design(award: Award, *, at: datetime) -> CertificateDesign:
    """Return the design that an award's certificates issued now bear: a new version where anything has changed.

    Raises HoursMissing.
    """
    event, terms = award.event, award_terms(award)
    if not terms.hours:
        raise HoursMissing
    look = designing.look_for(event, award)
    content = composition.design_content(event, terms, look)
    newest = queries.newest_design(award.id)
    if newest is not None and newest.content == content and newest.template == look.template:
        return newest
    design = CertificateDesign(
        event_id=event.id,
        award_id=award.id,
        version=queries.next_version(event.id),
        template=look.template,
        content=content,
        created_at=at,
    )
    db.session.add(design)
    db.session.flush()
    return design


def drawn(template: str, design: dict[str, Any], bearer: Bearer) -> bytes:
    """Return the PDF of one certificate. Raises Unprintable."""
    content = composition.content_of(design, bearer)
    return pdf.render(template, content, issued_at=bearer.issued_at, load=designing.load)


def file_of(certificate: Certificate) -> bytes:
    """Return the PDF of a certificate: the same bytes as on the day of its issue.

    A signed one was kept; another is drawn again each time. Should a later version of typst draw otherwise, the log
    will say so.
    """
    if (kept := queries.signed_file(certificate)) is not None:
        return kept
    data = drawn_again(certificate)
    if hashlib.sha256(data).hexdigest() != certificate.sha256:
        current_app.logger.error("certificate %s is no longer drawn as it was issued", certificate.id)
    return data


def drawn_again(certificate: Certificate) -> bytes:
    """Return the PDF of a certificate without a signature, made from its row alone."""
    bearer = Bearer(
        code=certificate.code,
        name=certificate.printed_name,
        document_type=DocumentType(certificate.document_type),
        document_number=certificate.document_number,
        role=CertificateRole(certificate.role),
        percent=certificate.rule_result["percent"],
        verify_url=certificate.verify_url,
        issued_at=certificate.issued_at,
        credential=certificate.credential,
        signed_by=certificate.signed_file.key.subject if certificate.signed_file else "",
        hours=certificate.hours,
        grade=grade_in(certificate.rule_result),
    )
    return drawn(certificate.design.template, certificate.design.content, bearer)


def grade_in(result: dict[str, Any]) -> Decimal | None:
    """Return the grade that was kept with a certificate as part of its reason."""
    kept = result.get("grade")
    return None if kept is None else Decimal(kept)


def annul(certificate: Certificate, *, reason: str, by: Actor | None, at: datetime) -> CertificateEnding:
    """Declare a certificate void; its code goes on answering that it is. Raises NoLongerHolds."""
    lock_person(certificate)
    if certificate.ending is not None:
        raise NoLongerHolds
    ending = end(certificate, EndingKind.ANNULLED, reason=reason, by=by, at=at)
    audit.record("certificate.annulled", certificate, event=certificate.event, at=at)
    return ending


def values_of(
    design: CertificateDesign, bearer: Bearer, data: bytes, *, kind: CertificateKind, edition: int
) -> dict[str, Any]:
    """Return the columns of a certificate that follow from its design, its bearer and its drawn file."""
    return {
        "code": bearer.code,
        "kind": kind,
        "role": bearer.role,
        "edition": edition,
        "printed_name": bearer.name,
        "document_type": bearer.document_type,
        "document_number": bearer.document_number,
        "hours": Decimal(design.content["hours"]) if bearer.hours is None else bearer.hours,
        "hour_unit": design.content["hour_unit"],
        "design_id": design.id,
        "verify_url": bearer.verify_url,
        "issued_at": bearer.issued_at,
        "sha256": hashlib.sha256(data).hexdigest(),
        "credential": bearer.credential,
    }


def lock_person(certificate: Certificate) -> None:
    """Let one transaction at a time decide about the certificates of a person."""
    person = certificate.person
    db.session.execute(select(type(person).id).where(type(person).id == person.id).with_for_update())
    db.session.refresh(certificate, ["ending"])


def end(
    certificate: Certificate,
    kind: EndingKind,
    *,
    reason: str,
    by: Actor | None,
    at: datetime,
    replaced_by: Certificate | None = None,
) -> CertificateEnding:
    """Write down that a certificate holds no longer, and why."""
    ending = CertificateEnding(
        certificate=certificate,
        kind=kind,
        reason=reason,
        replaced_by=replaced_by,
        at=at,
        by_id=None if by is None else by.id,
    )
    db.session.add(ending)
    db.session.flush()
    return ending
