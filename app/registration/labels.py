"""How the facts of a registration are called on the screen."""

from flask_babel import gettext as _

from app.registration.models import (
    Access,
    Asked,
    CancelReason,
    ConsentKind,
    DocumentType,
    EnrolmentStatus,
    FieldKind,
    ImportStatus,
    Registration,
    RegistrationGroup,
    RegistrationStatus,
)
from app.registration.rules.invitations import InvitationState
from app.registration.ubigeo import by_code, departments

# Languages that people may ask for, each by its own name (codes of ISO 639). Texts stand in Spanish and English;
# the others are noted, and answered in Spanish that says so.
LANGUAGES = {
    "es": "Español",
    "en": "English",
    "qu": "Quechua (runasimi)",
    "ay": "Aymara (aymar aru)",
    "agr": "Awajún",
    "hub": "Wampis",
    "cni": "Asháninka",
    "shp": "Shipibo-konibo",
}
# Those of them in which there are texts.
LETTER_LANGUAGES = [(code, LANGUAGES[code]) for code in ("es", "en")]


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


def consent(given: Registration | RegistrationGroup) -> str:
    """Return how somebody agreed who did not do so on the form: "By word of mouth, before Ana Tsamajain, Yutupis"."""
    match ConsentKind(given.consent_kind):
        case ConsentKind.FORM:
            return ""
        case ConsentKind.WRITTEN:
            said = _("In writing")
        case ConsentKind.ORAL:
            said = _("By word of mouth, before %(witness)s", witness=given.consent_witness)
    return ", ".join(part for part in (said, given.consent_place) if part)


def language(code: str) -> str:
    """Return a language that people prefer by its own name, with how they are answered where it has no texts."""
    name = LANGUAGES.get(code, code)
    return name if code in {"es", "en"} else _("%(language)s (we write in Spanish)", language=name)


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


def kind(value: FieldKind | str) -> tuple[str, str]:
    """Return what a kind of field is called, and what it is for."""
    return {
        FieldKind.SECTION: (_("Section"), _("A heading for the questions below it")),
        FieldKind.SHORT_TEXT: (_("Short text"), _("One line")),
        FieldKind.LONG_TEXT: (_("Long text"), _("Several lines")),
        FieldKind.NUMBER: (_("Number"), _("With a least and a most, if you like")),
        FieldKind.DATE: (_("Date"), _("A day of the calendar")),
        FieldKind.YES_NO: (_("Yes or no"), _("One of the two")),
        FieldKind.ONE_OF: (_("One of a list"), _("With seats for each choice, if you like")),
        FieldKind.SOME_OF: (_("Several of a list"), _("With seats for each choice, if you like")),
        FieldKind.UBIGEO: (_("District"), _("Department, province and district (INEI)")),
        FieldKind.DOCUMENT: (_("Identity document"), _("Of another person: a companion, a child")),
        FieldKind.RUC: (_("RUC"), _("Eleven digits, checked")),
        FieldKind.EMAIL: (_("E-mail"), _("A further address")),
        FieldKind.PHONE: (_("Phone"), _("A further number")),
        FieldKind.FILE: (_("File"), _("PDF, JPEG or PNG, up to 5 MB")),
        FieldKind.CONSENT: (_("Consent"), _("A box with its own text, to tick or to leave")),
    }[FieldKind(value)]


def asked(value: Asked | str) -> str:
    """Return whether a fact is asked, in words."""
    return {
        Asked.REQUIRED: _("Required"),
        Asked.OPTIONAL: _("Optional"),
        Asked.NO: _("Not asked"),
    }[Asked(value)]


def access(value: Access | str) -> str:
    """Return who may use a form, in words."""
    return {
        Access.OPEN: _("Anybody"),
        Access.INVITED: _("Only who has an invitation"),
        Access.SURVEY: _("Those who take part, as a survey"),
    }[Access(value)]


def cancel_reason(kept: str) -> str:
    """Return why somebody cancelled: the words of a known reason, or those that the person wrote."""
    if kept not in set(CancelReason):
        return kept
    return {
        CancelReason.SCHEDULE: _("The day or the hour does not suit me"),
        CancelReason.WORK: _("I cannot leave my work"),
        CancelReason.HEALTH: _("My health or my family's"),
        CancelReason.JOURNEY: _("I cannot get there"),
        CancelReason.CONNECTION: _("I have no good connection"),
        CancelReason.NOT_FOR_ME: _("It is not what I was looking for"),
    }[CancelReason(kept)]


def enrolment(value: EnrolmentStatus | str) -> tuple[str, str]:
    """Return the chip of a place in a session: its state and its word."""
    return {
        EnrolmentStatus.ENROLLED: ("ok", _("Enrolled")),
        EnrolmentStatus.OFFERED: ("ok", _("A seat is offered")),
        EnrolmentStatus.WAITING: ("warn", _("Waiting")),
    }[EnrolmentStatus(value)]


def import_status(value: ImportStatus | str) -> tuple[str, str]:
    """Return the chip of an import: its state and its word."""
    return {
        ImportStatus.DRAFT: ("", _("Not begun")),
        ImportStatus.READING: ("info", _("Checking the rows")),
        ImportStatus.WRITING: ("info", _("Registering")),
        ImportStatus.FINISHED: ("ok", _("Finished")),
        ImportStatus.CANCELLED: ("warn", _("Stopped")),
        ImportStatus.FAILED: ("bad", _("Nobody was imported")),
    }[ImportStatus(value)]


def invitation(value: InvitationState | str) -> tuple[str, str]:
    """Return the chip of an invitation: its state and its word."""
    return {
        InvitationState.UNSENT: ("", _("Not sent yet")),
        InvitationState.OPEN: ("warn", _("No answer yet")),
        InvitationState.ANSWERED: ("ok", _("Answered")),
        InvitationState.EXPIRED: ("bad", _("Expired")),
        InvitationState.REVOKED: ("bad", _("Revoked")),
    }[InvitationState(value)]
