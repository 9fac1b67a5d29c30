"""Reads of certificates, of what they say and of the keys that sign them."""

from collections.abc import Collection, Iterator, Sequence
from typing import NoReturn

from flask import abort
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, undefer

from app import codes
from app.addresses import absolute
from app.certificates.models import (
    Award,
    Certificate,
    CertificateDesign,
    CertificateEnding,
    CertificateSettings,
    OutsideFile,
    SignedFile,
    SigningKey,
)
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration, RegistrationStatus


def not_found() -> NoReturn:
    """Answer 404."""
    abort(404)


def verify_url() -> str:
    """Return the whole address of the verification form."""
    return absolute("certificates.verify")


def event_by_slug(slug: str) -> Event | None:
    """Return an event of whatever organisation and state: for commands."""
    return db.session.scalar(select(Event).where(Event.slug == slug))


def settings_of(event_id: int) -> CertificateSettings | None:
    """Return what was settled about the certificates of an event, or None where nothing was yet."""
    return db.session.scalar(select(CertificateSettings).where(CertificateSettings.event_id == event_id))


def newest_design(award_id: int) -> CertificateDesign | None:
    """Return the last version of an award's design."""
    return db.session.scalar(
        select(CertificateDesign)
        .where(CertificateDesign.award_id == award_id)
        .order_by(CertificateDesign.version.desc())
        .limit(1)
    )


def next_version(event_id: int) -> int:
    """Return the number of an event's next design."""
    newest = select(func.max(CertificateDesign.version)).where(CertificateDesign.event_id == event_id)
    return (db.session.scalar(newest) or 0) + 1


_WHOLE = (
    joinedload(Certificate.event).joinedload(Event.organisation),
    joinedload(Certificate.design),
    joinedload(Certificate.ending).joinedload(CertificateEnding.replaced_by),
    joinedload(Certificate.signed_file).joinedload(SignedFile.key),
)

_PERSON = (joinedload(Certificate.registration), joinedload(Certificate.recipient))


def by_code(code: str) -> Certificate | None:
    """Return the certificate of a stored code with its event, organisation, design and ending."""
    return db.session.scalar(select(Certificate).options(*_WHOLE).where(Certificate.code == code))


def replaced_code(certificate: Certificate) -> str | None:
    """Return the code, as it is shown, of the certificate whose place this one took, or None."""
    former = aliased(Certificate)
    statement = (
        select(former.code)
        .join(CertificateEnding, CertificateEnding.certificate_id == former.id)
        .where(CertificateEnding.replaced_by_id == certificate.id)
    )
    code = db.session.scalar(statement) if certificate.edition > 1 else None
    return codes.grouped(code) if code else None


def ended_places(first: int, count: int) -> list[int]:
    """Return which of `count` places of the status lists from `first` on belong to what no longer holds, from 0."""
    statement = (
        select(Certificate.status_place)
        .join(CertificateEnding, CertificateEnding.certificate_id == Certificate.id)
        .where(Certificate.status_place >= first, Certificate.status_place < first + count)
    )
    return [place - first for place in db.session.scalars(statement) if place is not None]


def key_in_force(organisation_id: int) -> SigningKey | None:
    """Return the key with which a body signs now, or None where it signs nothing."""
    return db.session.scalar(
        select(SigningKey).where(
            SigningKey.organisation_id == organisation_id, SigningKey.retired_at.is_(None)
        )
    )


def keys_of(organisation_id: int) -> list[SigningKey]:
    """Return every key that a body has signed with, the newest first."""
    statement = select(SigningKey).where(SigningKey.organisation_id == organisation_id)
    return list(db.session.scalars(statement.order_by(SigningKey.id.desc())))


def signed_file(certificate: Certificate) -> bytes | None:
    """Return the file of a signed certificate, or None for one without a signature."""
    back = db.session.scalar(select(OutsideFile.data).where(OutsideFile.certificate_id == certificate.id))
    return back or db.session.scalar(
        select(SignedFile.data).where(SignedFile.certificate_id == certificate.id)
    )


def fingerprint_of(certificate: Certificate) -> str:
    """Return the SHA-256 of a certificate's file as it is handed out now."""
    back = select(OutsideFile.sha256).where(OutsideFile.certificate_id == certificate.id)
    return db.session.scalar(back) or certificate.sha256


def signers_outside(certificate: Certificate) -> str | None:
    """Return who signed a certificate outside, where it came back signed."""
    return db.session.scalar(select(OutsideFile.signers).where(OutsideFile.certificate_id == certificate.id))


def by_fingerprint(sha256: str) -> Certificate | None:
    """Return the certificate whose file has this SHA-256 (64 small hexadecimal digits), as by_code does."""
    back = select(OutsideFile.certificate_id).where(OutsideFile.sha256 == sha256)
    return db.session.scalar(
        select(Certificate)
        .options(*_WHOLE)
        .where(or_(Certificate.sha256 == sha256, Certificate.id.in_(back)))
    )


def by_id(certificate_id: int) -> Certificate | None:
    """Return a certificate with its event, its organisation, its person and its ending."""
    return db.session.scalar(
        select(Certificate).options(*_WHOLE, *_PERSON).where(Certificate.id == certificate_id)
    )


def of_event_or_404(event: Event, certificate_id: int) -> Certificate:
    """Return a certificate of this event, or answer 404."""
    statement = (
        select(Certificate)
        .options(*_WHOLE, *_PERSON, joinedload(Certificate.award))
        .where(Certificate.id == certificate_id, Certificate.event_id == event.id)
    )
    return db.session.scalar(statement) or not_found()


def certificates_of(registration: Registration) -> list[Certificate]:
    """Return the certificates of a participant that hold, the newest first."""
    statement = (
        select(Certificate)
        .outerjoin(Certificate.ending)
        .options(contains_eager(Certificate.ending), joinedload(Certificate.design))
        .where(Certificate.registration_id == registration.id, CertificateEnding.id.is_(None))
        .order_by(Certificate.id.desc())
    )
    return list(db.session.scalars(statement))


def was_ever_issued(registration: Registration) -> bool:
    """Return whether a certificate was issued for a registration, one that has ended since included."""
    statement = select(Certificate.id).where(Certificate.registration_id == registration.id)
    return db.session.scalar(statement.limit(1)) is not None


def holding(registration_ids: Collection[int]) -> list[Certificate]:
    """Return the certificates of several registrations that hold, each with its design, the oldest first."""
    statement = (
        select(Certificate)
        .outerjoin(Certificate.ending)
        .options(
            contains_eager(Certificate.ending),
            joinedload(Certificate.design),
            joinedload(Certificate.signed_file).joinedload(SignedFile.key),
            undefer(Certificate.credential),
        )
        .where(Certificate.registration_id.in_(registration_ids), CertificateEnding.id.is_(None))
        .order_by(Certificate.id)
    )
    return list(db.session.scalars(statement))


def codes_of(registration_ids: Collection[int]) -> dict[int, str]:
    """Return the codes, as they are shown, of the certificates that hold, by registration; several with commas."""
    statement = (
        select(Certificate.registration_id, Certificate.code)
        .outerjoin(Certificate.ending)
        .where(Certificate.registration_id.in_(registration_ids), CertificateEnding.id.is_(None))
        .order_by(Certificate.id)
    )
    found: dict[int, str] = {}
    for number, code in db.session.execute(statement):
        if number is not None:
            before = f"{found[number]}, " if number in found else ""
            found[number] = before + codes.grouped(code)
    return found


def for_letters(ids: list[int]) -> list[Certificate]:
    """Return certificates with their people, in the order of their ids."""
    statement = select(Certificate).options(*_PERSON).where(Certificate.id.in_(ids)).order_by(Certificate.id)
    return list(db.session.scalars(statement))


def editions_of(certificate: Certificate) -> list[Certificate]:
    """Return the certificates of the same person and award with their endings, newest first."""
    statement = (
        select(Certificate)
        .options(joinedload(Certificate.ending))
        .where(
            Certificate.award_id == certificate.award_id,
            Certificate.registration_id == certificate.registration_id
            if certificate.registration_id is not None
            else Certificate.recipient_id == certificate.recipient_id,
        )
        .order_by(Certificate.edition.desc())
    )
    return list(db.session.scalars(statement))


def longest_name(event: Event) -> str | None:
    """Return the longest name among the confirmed participants of an event."""
    length = (
        func.length(Registration.given_names)
        + func.length(Registration.first_surname)
        + func.length(Registration.second_surname)
    )
    registration = db.session.scalar(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED)
        .order_by(length.desc(), Registration.id)
        .limit(1)
    )
    return None if registration is None else registration.full_name


def shares_of(award: Award, *, size: int, holding: bool) -> Iterator[Sequence[Certificate]]:
    """Yield the certificates of an award in shares, in the order of their issue; with `holding` those that hold.

    Read by key, so that memory does not grow with their number.
    """
    award_id, last = award.id, 0
    while True:
        statement = (
            select(Certificate)
            .options(*_WHOLE, *_PERSON)
            .where(Certificate.award_id == award_id, Certificate.id > last)
            .order_by(Certificate.id)
            .limit(size)
        )
        if holding:
            statement = statement.outerjoin(Certificate.ending).where(CertificateEnding.id.is_(None))
        share = db.session.scalars(statement).all()
        if not share:
            return
        last = share[-1].id
        yield share
