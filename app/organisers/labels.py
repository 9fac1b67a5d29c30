"""How the back office calls things."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
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
    if "role" in kept:
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


# What the audit log calls each action.
ACTIONS = {
    "user.signed_in": _l("Signed in"),
    "user.created": _l("Person added"),
    "user.password_set": _l("Password set"),
    "user.disabled": _l("Person blocked"),
    "user.enabled": _l("Person admitted again"),
    "role.granted": _l("Role given"),
    "role.offered": _l("Role that awaits its owner"),
    "user.email_confirmed": _l("E-mail confirmed"),
    "role.revoked": _l("Role taken back"),
    "organisation.created": _l("Organisation added"),
    "organisation.updated": _l("Organisation changed"),
    "organisation.logo_set": _l("Logo changed"),
    "unit.created": _l("Unit added"),
    "unit.renamed": _l("Unit renamed"),
    "consent_text.written": _l("Privacy notice written"),
    "event.created": _l("Event created"),
    "event.duplicated": _l("Event duplicated"),
    "event.updated": _l("Event changed"),
    "event.published": _l("Event published"),
    "event.unpublished": _l("Event taken back to draft"),
    "event.cancelled": _l("Event cancelled by the office"),
    "day.added": _l("Day added"),
    "day.updated": _l("Day changed"),
    "day.removed": _l("Day removed"),
    "session.created": _l("Session added"),
    "session.updated": _l("Session changed"),
    "session.deleted": _l("Session deleted"),
    "speaker.created": _l("Speaker added"),
    "speaker.updated": _l("Speaker changed"),
    "speaker.deleted": _l("Speaker deleted"),
    "room.created": _l("Room added"),
    "room.updated": _l("Room changed"),
    "room.deleted": _l("Room deleted"),
    "form.created": _l("Form created"),
    "form.updated": _l("Form changed"),
    "form.moved": _l("Form moved"),
    "form.copied": _l("Form made from a template or an earlier event"),
    "form.deleted": _l("Form deleted"),
    "form.template_saved": _l("Form kept as a template"),
    "form.template_deleted": _l("Template of a form deleted"),
    "form.field_added": _l("Question added to a form"),
    "form.field_changed": _l("Question of a form changed"),
    "form.field_moved": _l("Question of a form moved"),
    "form.field_removed": _l("Question taken out of a form"),
    "registration.created": _l("Registration received"),
    "registration.answers_changed": _l("Answers to the form changed"),
    "registration.promoted": _l("Registration promoted from the waitlist"),
    "registration.offered": _l("Seat offered to the next of the waitlist"),
    "registration.offer_accepted": _l("Offered seat accepted"),
    "registration.offer_declined": _l("Offered seat declined"),
    "registration.offer_expired": _l("Offered seat not answered in time"),
    "enrolment.enrolled": _l("Enrolled in a session"),
    "enrolment.waiting": _l("In the line of a session"),
    "enrolment.left": _l("Left a session"),
    "enrolment.promoted": _l("Promoted from the line of a session"),
    "enrolment.offered": _l("Place in a session offered"),
    "enrolment.offer_accepted": _l("Offered place in a session accepted"),
    "enrolment.offer_declined": _l("Offered place in a session declined"),
    "enrolment.offer_expired": _l("Offered place in a session not answered in time"),
    "seats.settings_saved": _l("Settings of the seats saved"),
    "seats.quota_saved": _l("Seats of an institution saved"),
    "seats.quota_removed": _l("Seats of an institution no longer limited"),
    "seats.session_saved": _l("Enrolment in a session saved"),
    "seats.session_opened": _l("Session opened to everybody"),
    "registration.cancelled": _l("Registration cancelled by somebody"),
    "registration.reviewed": _l("Registration reviewed"),
    "invitations.added": _l("People put on the list of the invited"),
    "invitations.sent": _l("Invitations sent"),
    "invitations.reminded": _l("Reminders of invitations sent"),
    "invitations.revoked": _l("Invitation taken back"),
    "registration.resubmitted": _l("Registration completed by the person"),
    "registration.corrected": _l("Registration corrected"),
    "registration.told_apart": _l("Two registrations told apart"),
    "registration.facts_changed": _l("Data changed by the participant"),
    "name_request.asked": _l("Correction of a name asked for"),
    "name_request.accepted": _l("Correction of a name accepted"),
    "name_request.declined": _l("Correction of a name declined"),
    "email_change.asked": _l("Change of e-mail asked for"),
    "email_change.applied": _l("E-mail changed by the participant"),
    "email_change.taken_back": _l("Change of e-mail taken back"),
    "registration.link_renewed": _l("Personal link renewed"),
    "registration.link_sent": _l("Personal link sent again"),
    "group.created": _l("Group made"),
    "group.updated": _l("Group changed"),
    "group.link_opened": _l("Coordinator's link opened"),
    "group.link_closed": _l("Coordinator's link closed"),
    "group.link_sent": _l("Coordinator's link sent"),
    "group.people_registered": _l("People of a group registered"),
    "registrations.slips_printed": _l("Slips printed"),
    "letter.sent_again": _l("Letter sent again"),
    "letter.written": _l("Words of a letter written"),
    "letter.restored": _l("Default words of a letter restored"),
    "mailing.begun": _l("Message sent"),
    "mailing.scheduled": _l("Message scheduled"),
    "mailing.paused": _l("Message paused"),
    "mailing.sending": _l("Message continued"),
    "mailing.cancelled": _l("Message stopped"),
    "reminder.added": _l("Reminder added"),
    "reminder.removed": _l("Reminder removed"),
    "notices.stopped": _l("Notices of other events stopped"),
    "registrations.exported": _l("Attendees exported"),
    "registrations.import_started": _l("Import of people begun"),
    "registrations.imported": _l("People imported from a file"),
    "registrations.import_cancelled": _l("Import of people stopped"),
    "attendance.marked": _l("Attendance marked by hand"),
    "attendance.corrected": _l("Attendance corrected"),
    "attendance.exported": _l("Attendance exported"),
    "attendance.file_received": _l("Attendance file received"),
    "attendance.file_imported": _l("Attendance file imported"),
    "attendance.file_matched": _l("Row of an attendance file matched by hand"),
    "attendance.file_taken_back": _l("Attendance file taken back"),
    "attendance.sheet_printed": _l("Signature sheet made"),
    "attendance.screen_opened": _l("Screen for checking in opened"),
    "attendance.screen_closed": _l("Screen for checking in closed"),
    "attendance.code_made": _l("Code of a stream made"),
    "attendance.code_closed": _l("Code of a stream closed"),
    "attendance.phones_shared": _l("Groups that share a phone changed"),
    "attendance.sheet_transcribed": _l("Signature sheet transcribed"),
    "certificates.settings_saved": _l("Wording of the certificates saved"),
    "certificates.issue_started": _l("Issue of certificates begun"),
    "certificates.issued": _l("Certificates issued"),
    "certificate.issued_again": _l("Certificate issued again"),
    "certificate.replaced": _l("Certificate replaced"),
    "signing_key.added": _l("Signing key added"),
    "signing_key.retired": _l("Signing key retired"),
    "certificate.annulled": _l("Certificate annulled"),
}


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
