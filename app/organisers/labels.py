"""How the back office calls things."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.audit import AuditEntry
from app.events.models import EventStatus
from app.events.rules import Missing
from app.mail.models import OutgoingLetter
from app.mail.services import WITHDRAWN
from app.mailings.catalogue import LETTERS
from app.organisers.people import Scope
from app.permissions import Role
from app.registration.models import RequestStatus
from app.registration.rules.reviews import Verdict


def status(value: EventStatus | str) -> tuple[str, str]:
    """Return the chip of an event's status: its state and its word."""
    match EventStatus(value):
        case EventStatus.DRAFT:
            return "warn", _("Draft")
        case EventStatus.PUBLISHED:
            return "ok", _("Published")
        case EventStatus.CANCELLED:
            return "bad", _("Cancelled event")


def request_outcome(value: RequestStatus | str) -> tuple[str, str]:
    """Return the chip of a correction that somebody asked for: its state and its word."""
    return {
        RequestStatus.WAITING: ("warn", _("Waits for the office")),
        RequestStatus.APPLIED: ("ok", _("Corrected at once")),
        RequestStatus.ACCEPTED: ("ok", _("Accepted")),
        RequestStatus.DECLINED: ("bad", _("Declined")),
        RequestStatus.WITHDRAWN: ("", _("Replaced by a newer one")),
    }[RequestStatus(value)]


def missing(value: Missing) -> str:
    """Return what an event lacks, as something to do."""
    return {
        Missing.DAY: _("Add a day to the agenda."),
        Missing.SESSION: _("Add a session to the agenda."),
        Missing.SUMMARY: _("Write a summary in one or two sentences."),
        Missing.VENUE: _("Say where it takes place."),
        Missing.ONLINE_URL: _("Give at least one session the address of its room."),
        Missing.CONTACT: _("Give an e-mail for questions."),
        Missing.HOURS: _("Say how many hours the certificate states."),
    }[value]


def role(value: Role | str) -> str:
    """Return what a role is called."""
    return {
        Role.ADMINISTRATOR: _("Administrator"),
        Role.ORGANISER: _("Organiser"),
        Role.DOOR: _("Door"),
        Role.READER: _("Reader"),
    }[Role(value)]


def role_in_full(value: Role | str) -> str:
    """Return what a role may do."""
    return {
        Role.ADMINISTRATOR: _("Does everything, gives roles and edits the organisation."),
        Role.ORGANISER: _("Makes events, sees registrations, exports and issues certificates."),
        Role.DOOR: _("Scans passes at the door, and sees no list of people."),
        Role.READER: _("Looks at everything and changes nothing."),
    }[Role(value)]


def scope(value: Scope) -> str:
    """Return where a role holds."""
    if value.event is not None:
        return _("Event: %(event)s", event=value.event.title)
    return _("The whole installation") if value.organisation is None else value.organisation.name


def verdict(value: Verdict | str) -> str:
    """Return what an office said of a registration."""
    return {
        Verdict.APPROVE: _("Approved"),
        Verdict.ASK: _("More was asked for"),
        Verdict.REJECT: _("Not accepted"),
    }[Verdict(value)]


def details(entry: AuditEntry) -> str:
    """Return what an entry of the audit log holds beyond its action, as far as it can be said in a few words."""
    kept = entry.details
    words = []
    if kept.get("role") in set(Role):  # certificates have roles of another kind
        words.append(role(kept["role"]))
    if "verdict" in kept:
        words.append(verdict(kept["verdict"]))
    if "people" in kept:
        words.append(ngettext("%(num)s person", "%(num)s people", kept["people"]))
    if "issued" in kept:
        words.append(ngettext("%(num)s certificate", "%(num)s certificates", kept["issued"]))
    if "version" in kept:
        words.append(_("version %(number)s", number=kept["version"]))
    if "kind" in kept and "columns" in kept:
        words.append(f"{str(kept['kind']).upper()}: {', '.join(kept['columns'])}")
    if "reason" in kept:
        words.append(str(kept["reason"]))
    return " · ".join(words)


def letter_name(letter: OutgoingLetter) -> str:
    """Return what a letter to a participant brings."""
    names = {
        "registration.received": _("Confirmation"),
        "registration.promoted": _("A seat became free"),
        "registration.offered": _("A seat is offered"),
        "registration.offer_expired": _("Offer not answered in time"),
        "registration.session": _("Place in a session"),
        "registration.session_moved": _("Session changed"),
        "registration.again": _("Personal link, once more"),
        "registration.link_renewed": _("New personal link"),
        "registration.cancelled": _("Cancellation"),
        "registration.held": _("Request to confirm"),
        "registration.invitation": _("Invitation"),
        "registration.invitation_reminder": _("Reminder of the invitation"),
        "registration.group_link": _("Link of the group"),
        "registration.name_corrected": _("Correction made"),
        "registration.name_declined": _("Correction declined"),
        "registration.confirm_new_address": _("Question to the new e-mail"),
        "registration.confirm_old_address": _("Question to the former e-mail"),
        "registration.address_changed": _("E-mail changed"),
        "registration.address_left": _("E-mail changed, to the former one"),
        "registration.event_cancelled": _("Event cancelled"),
        "registration.approved": _("Approval"),
        "registration.returned": _("More is asked for"),
        "registration.rejected": _("Not accepted"),
        "certificates.available": _("Certificate"),
        "mailings.message": _("Message"),
        "mailings.reminder": _("Reminder"),
        "mailings.thanks": _("Thanks and survey"),
    }
    return names.get(letter.letter, letter.letter)


def letter_state(letter: OutgoingLetter) -> tuple[str, str]:
    """Return the chip of a letter: its state and its word."""
    if letter.bounced_at is not None:
        return "bad", _("Came back")
    if letter.last_error == WITHDRAWN:
        return "", _("Not sent any more")
    if letter.sent_at is not None:
        return "ok", _("Sent")
    if letter.failed_at is not None:
        return "bad", _("Not delivered")
    return ("warn", _("Trying again")) if letter.last_error else ("", _("On its way"))


def may_go_again(letter: OutgoingLetter) -> bool:
    """Return whether a letter may be sent once more to a person's present address.

    Those that prove whose an address is go to none but the one that they were written for.
    """
    editable = LETTERS.get(letter.letter)
    return letter.letter == "mailings.message" if editable is None else not editable.for_address
