"""Who gets a seat, who is the same person, and how a person is written."""

import re
import unicodedata

from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.text import folded

_DNI = re.compile(r"[0-9]{8}")
_CE = re.compile(r"[0-9A-Z]{9,12}")
_PASSPORT = re.compile(r"[0-9A-Z]{5,15}")
_PHONE = re.compile(r"\+?[0-9()\-. ]{6,24}")
_NAME_SIGNS = frozenset(" -.'’‘ʼ´`‐·")
_SEPARATORS = re.compile(r"[\s.\-/]+")


def first_status(capacity: int | None, *, taken: int) -> RegistrationStatus:
    """Return where a newcomer lands: in the room, or on the waitlist."""
    is_full = capacity is not None and taken >= capacity
    return RegistrationStatus.WAITLISTED if is_full else RegistrationStatus.CONFIRMED


def normalise_document(kind: DocumentType, number: str) -> str:
    """Return a document number as it is kept: capitals, without spaces, dots and dashes. A DNI keeps its zeros."""
    return _SEPARATORS.sub("", number).upper() if kind != DocumentType.NONE else ""


def is_document(kind: DocumentType, number: str) -> bool:
    """Return whether a normalised number has the form of its kind.

    DNI: 8 digits (Reglamento Nacional de Identificación). Carné de extranjería: 9 digits, of which newer ones may be
    longer and have letters. The form says nothing about whether the document exists.
    """
    match kind:
        case DocumentType.DNI:
            return _DNI.fullmatch(number) is not None
        case DocumentType.CE:
            return _CE.fullmatch(number) is not None
        case DocumentType.PASSPORT:
            return _PASSPORT.fullmatch(number) is not None
        case DocumentType.NONE:
            return number == ""


def identity(
    *, document_type: DocumentType, document_number: str, email: str, full_name: str, entity: str
) -> str:
    """Return who a registration is for: the same document; where none is given the same e-mail and names (a family
    may share an address); where that lacks too, the same names and community.
    """
    if document_type != DocumentType.NONE:
        return f"{document_type}:{document_number}"
    if email:
        return f"mail:{email.lower()}|{folded(full_name)}"
    return f"name:{folded(full_name)[:190]}|{entity_key(entity)}"


def entity_key(entity: str) -> str:
    """Return an institution or community as it is counted by: however it is written."""
    return folded(entity)[:200]


def is_phone(text: str) -> bool:
    """Return whether text can be a telephone number: digits with the usual separators."""
    return _PHONE.fullmatch(text) is not None


def is_name(name: str) -> bool:
    """Return whether text can stand as a name on a certificate: letters of any script, with their marks, spaces,
    hyphens, dots and apostrophes (Awajún writes the glottal stop as one). Piles of combining marks are refused.
    """
    categories = [unicodedata.category(char) for char in name]
    letters = sum(category.startswith("L") for category in categories)
    marks = sum(category.startswith("M") for category in categories)
    allowed = all(
        category[0] in "LM" or char in _NAME_SIGNS for char, category in zip(name, categories, strict=True)
    )
    return allowed and letters > 0 and marks <= 2 * letters


def sort_key(listed_name: str) -> str:
    """Return a key that sorts names as Spanish does: accents ignored, ñ a letter of its own after n."""
    return folded(unicodedata.normalize("NFC", listed_name).casefold().replace("ñ", "n\uffff"))


def fold(registration: Registration) -> None:
    """Fill in what is derived from a registration's names, document, community and code.

    The institution by which it is counted is not: that asks which one has the RUC (services.entities).
    """
    registration.identity = identity(
        document_type=DocumentType(registration.document_type),
        document_number=registration.document_number,
        email=registration.email,
        full_name=registration.full_name,
        entity=registration.entity or "",
    )
    registration.sort_key = sort_key(registration.listed_name)[:400]
    words = (registration.full_name, registration.document_number, registration.code, registration.email)
    registration.search_text = folded(" ".join(words))[:600]
