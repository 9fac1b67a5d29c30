"""Words for what the door answers and what the ledger holds."""

from datetime import timedelta

from flask_babel import gettext as _

from app.attendance.models import SEVERAL, Checkpoint, Direction, LedgerKind, LedgerSource, ScanResult
from app.attendance.queries import Matter, PassHolder
from app.attendance.rules import DeviceState
from app.attendance.rules.matching import How
from app.attendance.services import Answer
from app.localisation import day as format_day
from app.localisation import local
from app.registration.models import DocumentType, RegistrationStatus


def answer_words(answer: Answer, zone: str) -> tuple[str, str]:
    """Return the door's word in large letters, and what to add to it."""
    match answer.result:
        case ScanResult.ADMITTED | ScanResult.FORCED:
            return (_("GOOD-BYE") if answer.direction is Direction.OUT else _("COME IN")), ""
        case ScanResult.ALREADY:
            clock = f"{local(answer.first_at, zone):%-H:%M}" if answer.first_at else ""
            detail = _("If this is not the same person, ask for the document.")
            return _("ALREADY IN %(time)s", time=clock), detail
        case _:
            return _("MAY NOT PASS"), refusal(answer.result, answer.holder.status if answer.holder else None)


def refusal(result: ScanResult, status: RegistrationStatus | None = None) -> str:
    """Return why a pass lets nobody in; `status` is that of its registration."""
    words = {
        ScanResult.WAITLISTED: _("On the waitlist: there is no seat yet."),
        ScanResult.CANCELLED: _("The registration was cancelled."),
        ScanResult.OTHER_EVENT: _("This pass is of another event."),
        ScanResult.DAMAGED: _("The symbol was not read whole. Read it again, or type the code below it."),
        ScanResult.UNKNOWN_KEY: _(
            "This pass is signed with a key that is no longer in force. Type the code below it."
        ),
        ScanResult.FORGED: _("This pass is not genuine. Ask for the document and search the person by name."),
        ScanResult.EXPIRED: _("This pass has run out."),
        ScanResult.REPLACED: _("This pass was replaced by a newer one, or revoked."),
        ScanResult.CLOSED: _("This door is closed at this hour."),
        ScanResult.OTHER_DAY: _("This door is not for today."),
        ScanResult.OTHER_FORM: _("This door is not for how this person registered."),
        ScanResult.NO_PLACE: _("This person has no place in the session."),
        ScanResult.NOT_CHOSEN: _("This person did not choose this."),
    }
    if result in {ScanResult.WAITLISTED, ScanResult.CANCELLED} and status in (reasons := _reasons()):
        return reasons[status]
    return words.get(result) or _("We do not know this code. Search the person by name.")


def _reasons() -> dict[RegistrationStatus | None, str]:
    return {
        RegistrationStatus.PENDING: _("The office has not approved this registration yet."),
        RegistrationStatus.RETURNED: _("The office has not approved this registration yet."),
        RegistrationStatus.OFFERED: _("A seat is offered to this person and not taken yet."),
        RegistrationStatus.REJECTED: _("The registration was not accepted."),
    }


def result_words(result: ScanResult) -> str:
    """Return what a scan came to, in a few words for a list."""
    words = {
        ScanResult.ADMITTED: _("Let in"),
        ScanResult.ALREADY: _("Was in already"),
        ScanResult.FORCED: _("Let in against the rules"),
        ScanResult.WAITLISTED: _("Refused: no seat yet"),
        ScanResult.CANCELLED: _("Refused: cancelled or not accepted"),
        ScanResult.OTHER_EVENT: _("Refused: another event"),
        ScanResult.UNKNOWN: _("Refused: unknown code"),
    }
    not_genuine, not_now = _("Refused: not a genuine pass"), _("Refused: door closed")
    words |= dict.fromkeys((ScanResult.DAMAGED, ScanResult.UNKNOWN_KEY, ScanResult.FORGED), not_genuine)
    words |= dict.fromkeys((ScanResult.EXPIRED, ScanResult.REPLACED), _("Refused: the pass no longer holds"))
    words |= dict.fromkeys((ScanResult.CLOSED, ScanResult.OTHER_DAY), not_now)
    return words.get(result) or _("Refused: not for this person")


def place_words(checkpoint: Checkpoint) -> str:
    """Return what a checkpoint leads into."""
    if checkpoint.room is not None:
        return checkpoint.room.name
    if checkpoint.session is not None:
        return checkpoint.session.title
    if checkpoint.day is not None:
        return format_day(checkpoint.day.date, year=False)
    return _("The event")


def status_words(status: RegistrationStatus) -> str:
    """Return where a registration stands."""
    match status:
        case RegistrationStatus.CONFIRMED:
            return _("Confirmed")
        case RegistrationStatus.WAITLISTED:
            return _("On the waitlist")
        case RegistrationStatus.CANCELLED:
            return _("Cancelled")
        case RegistrationStatus.REJECTED:
            return _("Not accepted")
        case RegistrationStatus.OFFERED:
            return _("A seat is offered")
        case RegistrationStatus.PENDING | RegistrationStatus.RETURNED:
            return _("To be reviewed")


def masked_document(holder: PassHolder) -> str:
    """Return enough of a document to tell two people of one name apart: "DNI ••001"."""
    if holder.document_type == DocumentType.NONE:
        return ""
    return f"{holder.document_type.upper()} ••{holder.document_number[-3:]}"


def device_state_words(state: DeviceState) -> tuple[str, str]:
    """Return where a device at the door stands, as the state of a chip and in words."""
    match state:
        case DeviceState.UNPAIRED:
            return "warn", _("To be paired")
        case DeviceState.LAPSED:
            return "", _("Not paired in time")
        case DeviceState.WORKING:
            return "ok", _("Works")
        case DeviceState.ENDED:
            return "", _("Its time is over")
        case DeviceState.REVOKED:
            return "bad", _("Withdrawn")


def matter_words() -> dict[Matter, str]:
    """Return the matters of the merge report in words."""
    return {
        Matter.DUPLICATES: _("Let in twice"),
        Matter.DIFFERING: _("Other answer now"),
        Matter.REFUSED: _("Refused"),
        Matter.FORCED: _("Exceptions"),
        Matter.CLOCKS: _("Clocks"),
    }


def seconds_words(correction: timedelta) -> str:
    """Return by how much a clock was put right: "+3 h 5 s"."""
    sign = "−" if correction < timedelta() else "+"
    minutes, seconds = divmod(round(abs(correction).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return sign + " ".join(f"{number} {unit}" for number, unit in parts if number)


def kind_words(kind: LedgerKind) -> str:
    """Return what a row of the ledger says."""
    return {
        LedgerKind.ARRIVAL: _("Came in"),
        LedgerKind.DEPARTURE: _("Went out"),
        LedgerKind.INTERVAL: _("Seen for a time"),
        LedgerKind.PRESENT: _("Was there"),
        LedgerKind.ABSENT: _("Was not there"),
        LedgerKind.VOID: _("Correction"),
    }[kind]


def source_words(source: str) -> str:
    """Return how a row of the ledger came to be known, or the minutes of a session."""
    return {
        LedgerSource.SCAN: _("scan at the door"),
        LedgerSource.HAND: _("written by hand"),
        LedgerSource.PRESENCE: _("presence in the room on screen"),
        LedgerSource.IMPORT: _("attendance file"),
        LedgerSource.SHEET: _("signature sheet"),
        LedgerSource.SELF_CHECK_IN: _("self check-in"),
        LedgerSource.SESSION_CODE: _("code of the session"),
        LedgerSource.CLOSE: _("nightly close"),
        SEVERAL: _("several"),
    }[LedgerSource(source) if source != SEVERAL else SEVERAL]


def match_words(how: str) -> str:
    """Return by what a row of a meeting's file was matched with a registration."""
    return (
        {
            How.EMAIL: _("by e-mail"),
            How.CODE: _("by code"),
            How.DOCUMENT: _("by document"),
            How.NAME: _("by name"),
            How.HAND: _("by hand"),
        }.get(How(how), "")
        if how
        else ""
    )
