"""What the services of this package refuse."""

from flask_babel import gettext as _
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


class NoSessionChosen(DomainError):
    """A file of a meeting tells of at least one session."""

    message = _l("Choose the sessions that the file tells of.")
    field = "sessions"


class TimesMissing(DomainError):
    """Somebody's row tells how long they were there and not when, so that it can be of one session alone."""

    message = _l("The file does not say when people were there, only how long: choose one session.")
    field = "sessions"


class FileSettled(DomainError):
    """A file that was imported or taken back meanwhile."""

    message = _l("This file was imported or taken back meanwhile. Look at it again.")


class NobodyExpected(DomainError):
    """A signature sheet needs lines."""

    message = _l("Nobody is expected there yet: nobody has a seat.")
    field = "scope"


class TooManyLines(DomainError):
    """More people than a sheet is printed for."""

    field = "scope"

    def __init__(self, *, most: int) -> None:
        super().__init__(_("A sheet has at most %(most)s lines. Print one for each session.", most=most))


class NoSeat(DomainError):
    """Somebody without a seat checks in."""

    message = _l("This registration has no seat. Ask at the desk.")
    field = "code"


class CodeRunOut(DomainError):
    """A code that no screen shows now: run out, mistyped, or of a session that is over."""

    message = _l("This code is not the one on the screen now. Look at it and try again.")
    field = "code"


class NoPhone(DomainError):
    """A browser that keeps no cookie cannot be told from another's."""

    message = _l("Your browser keeps no cookies, so that we cannot tell your phone. Ask at the desk.")
    field = "code"


class AnothersPhone(DomainError):
    """One phone checks in one person, but for a facilitator's group."""

    message = _l(
        "Somebody else checked in with this phone. Each person uses their own; whoever has none asks at the desk."
    )
    field = "code"


class UnknownPass(DomainError):
    """A code of no pass of the event. The words are the same whatever is wrong with it."""

    message = _l("We do not know this code. It is the one on your pass, such as 7XK2-M9QW.")
    field = "code"


class HoursReversed(DomainError):
    """A door cannot close before it opens."""

    message = _l("The door has to close later than it opens.")
    field = "closes_at"


class CheckpointNeedsASession(DomainError):
    """Only a session has places of its own."""

    message = _l("Only the door of a session can ask for a place in it.")
    field = "needs_place"
