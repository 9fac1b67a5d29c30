"""Content of certificates for tests, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from app.certificates import composition, pdf, wording
from app.certificates.composition import Bearer, Terms
from app.certificates.looks import PLAIN, Look
from app.certificates.models import CertificateRole
from app.events.models import HourUnit, Modality
from app.registration.models import DocumentType

ISSUED_AT = datetime(2024, 5, 31, 17, tzinfo=UTC)
TERMS = Terms(
    hours=Decimal(6),
    hour_unit=HourUnit.CHRONOLOGICAL,
    minimum_percent=80,
    title=wording.TITLE,
    opening=wording.OPENING,
    wording=wording.WORDING,
    place="Lima",
    year_name="«Año de la recuperación y consolidación»",
    signatories=(
        {"name": "Nombre de quien firma", "position": "Secretaria de Gestión Pública"},
        {"name": "Otra persona que firma", "position": "Directora de Gobierno Abierto"},
    ),
)
BEARER = Bearer(
    code="7XK2M9QW4RTA",
    name="Rosa Quispe Mamani",
    document_type=DocumentType.DNI,
    document_number="00000001",
    role=CertificateRole.ATTENDEE,
    percent=87,
    verify_url="https://constancias.example.gob.pe/verificar",
    issued_at=ISSUED_AT,
)


def event(**values: Any) -> Any:
    """Return what composition asks of an event."""
    organisation = {
        "name": "Presidencia del Consejo de Ministros",
        "accent": "#9e1b42",
        "logo": None,
        "logo_type": None,
    } | values.pop("organisation", {})
    given = {
        "organisation": SimpleNamespace(**organisation),
        "unit": SimpleNamespace(name="Secretaría de Gestión Pública"),
        "starts_on": date(2024, 5, 28),
        "ends_on": date(2024, 5, 30),
        "slug": "semana-de-gobierno-abierto-2024",
        "title": "Semana de Gobierno Abierto 2024",
        "modality": Modality.VIRTUAL,
        "timezone": "America/Lima",
    }
    return SimpleNamespace(**given | values)


def _no_file(name: str) -> bytes:
    raise LookupError(name)


def render(
    event_: Any = None,
    *,
    terms: dict[str, Any] | None = None,
    look: Look = PLAIN,
    load: pdf.Load = _no_file,
    is_sample: bool = False,
    **bearer: Any,
) -> bytes:
    """Return the PDF of a certificate that differs from the plain one as told."""
    design = composition.design_content(event_ or event(), replace(TERMS, **terms or {}), look)
    content = composition.content_of(design, replace(BEARER, **bearer), is_sample=is_sample)
    return pdf.render(look.template, content, issued_at=ISSUED_AT, load=load)
