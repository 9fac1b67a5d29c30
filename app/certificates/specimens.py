"""How a design would look: pictures for the screen, with names of real participants or of nobody."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Organisation
from app.certificates import composition, designing, pdf, queries, services, wording
from app.certificates.composition import Bearer, Terms
from app.certificates.looks import EDITIONS, Look
from app.certificates.models import CertificateRole
from app.events.models import Event, HourUnit, Modality
from app.extensions import db
from app.registration.models import DocumentType, Registration, RegistrationStatus

_DOTS = 76  # per inch, of a picture in a list
_NOBODY = ("María de los Ángeles Inmaculada Ñahui Huamán de la Cruz y Rodríguez de Mendoza", "Li Ox")
_SIGNER = "Nombre de quien firma, Entidad"


@dataclass(frozen=True)
class Preview:
    """Drawings (SVG) of a design by the names that they bear, and the milliseconds that it took."""

    pictures: dict[str, bytes]
    milliseconds: float


def names_of(event: Event) -> tuple[str, ...]:
    """Return the longest and the shortest name among an event's confirmed participants."""
    length = (
        func.length(Registration.given_names)
        + func.length(Registration.first_surname)
        + func.length(Registration.second_surname)
    )
    confirmed = select(Registration).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED
    )
    found = [
        db.session.scalar(confirmed.order_by(order, Registration.id).limit(1))
        for order in (length.desc(), length)
    ]
    return tuple(dict.fromkeys(one.full_name for one in found if one is not None))


def drawn(
    organisation: Organisation,
    event: Event | None,
    look: Look,
    *,
    unsaved: Mapping[str, bytes] = MappingProxyType({}),
    at: datetime,
) -> Preview:
    """Draw a look (with the name of its template) for the names of an event, or for invented ones.

    `unsaved` holds files that are not kept yet, by name. Raises what composition and pdf raise.
    """

    def load(name: str) -> bytes:
        return unsaved[name] if name in unsaved else designing.load(name)

    began = time.perf_counter()
    edition, design = _design(organisation, event, look)
    names = (names_of(event) if event else ()) or _NOBODY
    pictures = {name: pdf.drawing(edition, _content(design, name, at), load=load) for name in names}
    return Preview(pictures, 1000 * (time.perf_counter() - began))


def picture(organisation: Organisation, look: Look, *, at: datetime) -> bytes:
    """Return a small picture (PNG) of a look with an invented name. Raises what composition and pdf raise."""
    edition, design = _design(organisation, None, look)
    return pdf.picture(edition, _content(design, _NOBODY[0], at), dots=_DOTS, load=designing.load)


def _design(organisation: Organisation, event: Event | None, look: Look) -> tuple[str, dict[str, Any]]:
    shown: Any = event or _invented(organisation)
    terms = services.terms_of(event) if event else _terms(organisation)
    terms = replace(terms, hours=terms.hours or Decimal(1))
    edition = EDITIONS[look.template]
    return edition, composition.design_content(shown, terms, replace(look, template=edition))


def _content(design: dict[str, Any], name: str, at: datetime) -> dict[str, Any]:
    return composition.content_of(design, _bearer(name, at), is_sample=True)


def _bearer(name: str, at: datetime) -> Bearer:
    return Bearer(
        code="2222" * 3,
        name=name,
        document_type=DocumentType.DNI,
        document_number="00000001",
        role=CertificateRole.ATTENDEE,
        percent=100,
        verify_url=queries.verify_url(),
        issued_at=at,
        signed_by=_SIGNER,
    )


def _invented(organisation: Organisation) -> SimpleNamespace:
    return SimpleNamespace(
        organisation=organisation,
        unit=None,
        slug=organisation.slug,
        title="Evento de ejemplo",
        starts_on=date(2024, 5, 28),
        ends_on=date(2024, 5, 30),
        modality=Modality.VIRTUAL,
        timezone="America/Lima",
    )


def _terms(organisation: Organisation) -> Terms:
    return Terms(
        hours=Decimal(6),
        hour_unit=HourUnit.CHRONOLOGICAL,
        minimum_percent=80,
        title=wording.TITLE,
        opening=wording.OPENING,
        wording=wording.WORDING,
        place=wording.PLACE,
        year_name=organisation.year_name,
        signatories=(),
    )
