"""Who gets a seat, who is the same person, and how a person is written."""

import re
import unicodedata

from app.registration.models import DocumentType, Registration, RegistrationStatus

_DNI = re.compile(r"\d{8}")
_CE = re.compile(r"[0-9A-Z]{9,12}")
_PASSPORT = re.compile(r"[0-9A-Z]{5,15}")
_SEPARATORS = re.compile(r"[\s.\-/]+")
# Control characters, zero-width and bidirectional marks: none belongs into a name, some disguise it.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


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


def identity(*, document_type: DocumentType, document_number: str, email: str, full_name: str) -> str:
    """Return who a registration is for: the same document; where none is given, the same e-mail and names."""
    if document_type != DocumentType.NONE:
        return f"{document_type}:{document_number}"
    return f"mail:{email.lower()}|{folded(full_name)}"


def tidy(text: str) -> str:
    """Return typed text in NFC, its spaces made single, without invisible and bidirectional control characters."""
    composed = unicodedata.normalize("NFC", text)
    visible = (" " if char in "\t\r\n" else char for char in composed)
    kept = "".join(char for char in visible if unicodedata.category(char) not in _INVISIBLE)
    return " ".join(kept.split())


def has_letters(name: str) -> bool:
    """Return whether a name holds at least one letter of any script."""
    return any(unicodedata.category(char).startswith("L") for char in name)


def folded(text: str) -> str:
    """Return text for comparing and searching: small letters, without accents (ñ counts as n here)."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(char for char in decomposed if unicodedata.category(char) != "Mn").split())


def sort_key(listed_name: str) -> str:
    """Return a key that sorts names as Spanish does: accents ignored, ñ a letter of its own after n."""
    return folded(unicodedata.normalize("NFC", listed_name).casefold().replace("ñ", "n\uffff"))


def fold(registration: Registration) -> None:
    """Fill in what is derived from a registration's names, document and code."""
    registration.identity = identity(
        document_type=DocumentType(registration.document_type),
        document_number=registration.document_number,
        email=registration.email,
        full_name=registration.full_name,
    )
    registration.sort_key = sort_key(registration.listed_name)[:400]
    words = (registration.full_name, registration.document_number, registration.code, registration.email)
    registration.search_text = folded(" ".join(words))[:600]
