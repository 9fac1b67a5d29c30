"""How the facts of a registration are called on the screen."""

from flask_babel import gettext as _

from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.registration.ubigeo import by_code, departments


def status(value: RegistrationStatus | str) -> tuple[str, str]:
    """Return the chip of a registration: its state and its word."""
    return {
        RegistrationStatus.PENDING: ("warn", _("To be reviewed")),
        RegistrationStatus.RETURNED: ("warn", _("More was asked for")),
        RegistrationStatus.CONFIRMED: ("ok", _("Confirmed")),
        RegistrationStatus.WAITLISTED: ("warn", _("Waiting")),
        RegistrationStatus.OFFERED: ("ok", _("A seat is offered")),
        RegistrationStatus.REJECTED: ("bad", _("Not accepted")),
        RegistrationStatus.CANCELLED: ("bad", _("Cancelled")),
    }[RegistrationStatus(value)]


def document(registration: Registration) -> str:
    """Return a person's document with its kind, or the empty text for none: "DNI 00000001"."""
    number = registration.document_number
    match DocumentType(registration.document_type):
        case DocumentType.DNI:
            return f"DNI {number}"
        case DocumentType.CE:
            return f"CE {number}"
        case DocumentType.PASSPORT:
            return _("Passport %(number)s", number=number)
        case DocumentType.NONE:
            return ""


def place(ubigeo: str) -> str:
    """Return department and province of a stored code, once where both have one name: "Amazonas · Bagua"."""
    district = by_code(ubigeo)
    if district is None:
        return ""
    names = dict.fromkeys((district.department, district.province))
    return " · ".join(names)


def department(code: str) -> str:
    """Return the name of a two-digit code, or the code itself where nobody knows it."""
    return departments().get(code, code)
