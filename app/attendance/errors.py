"""What the services of this package refuse."""

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class RoomClosed(DomainError):
    """A beat came before the room opened or after the session ended."""

    message = _l("The room is not open now.")


class NobodyChosen(DomainError):
    """A mark needs people."""

    message = _l("Choose at least one person.")
    field = "people"


class NotOfThisEvent(DomainError):
    """A day, a session or a person belongs to another event or does not exist."""

    message = _l("Choose a day or a session of this event.")
    field = "scope"


class ReasonMissing(DomainError):
    """What is written by hand says why."""

    message = _l("Write the reason, for example: signature sheet.")
    field = "reason"


class AlreadyCorrected(DomainError):
    """A row of the ledger is corrected once; what should hold instead is a row of its own."""

    message = _l("This was corrected already. Write down anew what holds.")
    field = "reason"


class MalformedScan(DomainError):
    """A door sent what is no reading; the message says which part."""


class NoDays(DomainError):
    """An event without days has no doors."""

    message = _l("The event has no days yet.")


class PairingLapsed(DomainError):
    """The address that pairs a device was used before, or its time is over."""

    message = _l("This code was used already, or its time is over. Ask the office for another.")


class MalformedBatch(DomainError):
    """A device sent what cannot be taken, of which nothing was; `row` counts its scans from 1."""

    row: int | None = None

    def __init__(self, message: object, field: str, row: int | None = None) -> None:
        super().__init__(message, field)
        self.row = row
