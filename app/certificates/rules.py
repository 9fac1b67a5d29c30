"""Rules of certificates: who has earned one, how its code is read, what of a document is shown."""

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

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


@dataclass(frozen=True)
class Decision:
    """Whether attendance was enough, and the figures that say why. All times in minutes."""

    minimum_percent: int
    programme_minutes: int
    attended_minutes: int
    required_minutes: int

    @property
    def qualifies(self) -> bool:
        """Whether the certificate is earned. A programme without any time that counts earns nobody one."""
        return self.programme_minutes > 0 and self.attended_minutes >= self.required_minutes

    @property
    def lacking_minutes(self) -> int:
        """How many minutes of attendance are still missing."""
        return max(0, self.required_minutes - self.attended_minutes)

    @property
    def percent(self) -> int:
        """How much of the programme was attended, in whole per cent, rounded down and never above 100."""
        if self.programme_minutes <= 0:
            return 0
        return min(100, self.attended_minutes * 100 // self.programme_minutes)

    def as_dict(self) -> dict[str, Any]:
        """Return what is kept with a certificate as the reason why it was issued."""
        return {**asdict(self), "percent": self.percent, "qualifies": self.qualifies}


def award(*, minimum_percent: int, programme_minutes: int, attended_minutes: int) -> Decision:
    """Decide on the certificate of somebody who attended so many of the programme's minutes.

    The minimum is a percentage of the programme's minutes, rounded up to a whole minute.
    """
    return Decision(
        minimum_percent=minimum_percent,
        programme_minutes=programme_minutes,
        attended_minutes=attended_minutes,
        required_minutes=ceil(programme_minutes * minimum_percent / 100),
    )


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
