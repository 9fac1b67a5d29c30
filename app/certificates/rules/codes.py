"""Rules of what a certificate shows: how its code is made and read, and what of a document strangers see."""

from app import codes
from app.registration.models import DocumentType

CODE_LENGTH = 12  # eleven random characters of 29: 53 bits; and the check character
_SHOWN = 3  # characters of a document number that the verification page shows
_DOCUMENT_NAMES = {
    DocumentType.DNI: "DNI",
    DocumentType.CE: "CE",
    DocumentType.PASSPORT: "Pasaporte",
    DocumentType.NONE: "",
}


def new_code() -> str:
    """Return a fresh code as it is stored, without dashes. It cannot be guessed."""
    return codes.generate(CODE_LENGTH)


def normalise_code(text: str) -> str | None:
    """Return what somebody typed, scanned or pasted as a stored code, or None where it cannot be one.

    Forgives small letters, spaces, dashes, look-alikes and a whole address around the code.
    """
    code = codes.normalise(text.strip().rstrip("/").rpartition("/")[2][:100])
    return code if codes.is_valid(code, length=CODE_LENGTH) else None


def masked_document(document_type: DocumentType, number: str) -> str:
    """Return a document as strangers may see it: "DNI •••••001"; an empty text where there is none.

    Three characters are shown, fewer of a short number: never as much as half.
    """
    if document_type == DocumentType.NONE or not number:
        return ""
    shown = min(_SHOWN, (len(number) - 1) // 2)
    return f"{_DOCUMENT_NAMES[document_type]} {'•' * (len(number) - shown)}{number[len(number) - shown :]}"
