"""What the services of this package refuse."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class RegistrationClosed(DomainError):
    """The window for registering is not open."""

    message = _l("Registration is not open now.")


class AlreadyCancelled(DomainError):
    """The registration was cancelled before."""

    message = _l("This registration was already cancelled.")


class EventOver(DomainError):
    """The event has ended: its records stay as they are."""

    message = _l("The event has ended, so the registration can no longer be cancelled.")


class NotUnderReview(DomainError):
    """The office has decided about this registration already, or nothing was asked of the person."""

    message = _l("This registration no longer waits for a review.")


class NobodyToReview(DomainError):
    """None of those chosen waits for a review."""

    message = _l("None of these people waits for a review.")


class NotePlease(DomainError):
    """Whoever is turned down or asked for more must read why."""

    message = _l("Write what is missing, or why not: the person reads it.")
    field = "note"


class InvitationNeeded(DomainError):
    """The form is for the invited alone."""

    message = _l("This form is for invited people. Open the address in the invitation that you received.")


class InvitationUsed(DomainError):
    """Somebody has registered with this invitation."""

    message = _l("This invitation was already used.")


class InvitationEnded(DomainError):
    """The invitation was taken back, or its time is over."""

    message = _l("This invitation can no longer be used.")


class IdentityTaken(DomainError):
    """Another active registration of the event is for the same person."""

    message = _l("Another registration of this event has the same document.")
    field = "document_number"


class SamePerson(DomainError):
    """Somebody without a document has the names and the e-mail of another active registration of the event."""

    message = _l(
        "Somebody with these names and this e-mail is registered already. Add a document or the second surname."
    )
    field = "given_names"


class NotPublished(DomainError):
    """Nobody is registered for a draft, or for an event that was called off."""

    message = _l("People can be registered once the event is published, and while it is not cancelled.")


class NoAddress(DomainError):
    """The person gave no e-mail address."""

    message = _l("This person gave no e-mail address. Hand the link over instead.")


class NobodyChosen(DomainError):
    """What is done to several people needs people."""

    message = _l("Choose at least one person.")


class BadAnswer(DomainError):
    """What somebody answered to a field cannot be taken. `field` is the field's key, `message` says why."""


class UnknownField(DomainError):
    """An answer to something that the form does not ask."""

    def __init__(self, key: str) -> None:
        super().__init__(_l("This form has no field called %(key)s.", key=key[:40]))


class TooManyFiles(BadAnswer):
    """More files wait for their forms than the disk should hold."""

    message = _l("Too many files were sent just now. Try again in an hour.")


class FileGone(BadAnswer):
    """A file was sent too long ago, or belongs to somebody else."""

    message = _l("This file is no longer here. Choose it once more.")


class FormSlugTaken(DomainError):
    """Another form of the event has this address."""

    message = _l("Another form of this event has this address. Choose a different one.")
    field = "slug"


class FormWindowOutOfOrder(DomainError):
    """A form would close before it opens."""

    message = _l("The form must close after it opens.")
    field = "closes_at"


class FormWindowOutside(DomainError):
    """A form would be open while the event's registration is not."""

    message = _l("This lies outside the time in which the event takes registrations. See its settings.")
    field = "opens_at"


class SurveyClosed(DomainError):
    """A survey is not open, or not for this person."""

    message = _l("This survey cannot be answered now.")


class SurveyAnswered(DomainError):
    """Somebody answered a survey already."""

    message = _l("You answered this survey already. Thank you.")


class FormInUse(DomainError):
    """People registered by the form."""

    message = _l(
        "People registered with this form or answered it, so it cannot be deleted. You can close it instead."
    )


class NeverRequired(DomainError):
    """Sensitive data are given freely, or not at all (Ley N.° 29733)."""

    message = _l("A sensitive question is never required.")
    field = "is_required"


class _AboutFields(DomainError):
    """Says which fields stand in the way."""

    @classmethod
    def naming(cls, labels: Iterable[str]) -> Self:
        """Return the error with the names of fields."""
        names = ", ".join(f"«{label}»" for label in labels)
        return cls(cls.sentence(names))

    @staticmethod
    def sentence(fields: str) -> Any:
        """Return what is said of fields, in the present language."""
        raise NotImplementedError


class OutOfOrder(_AboutFields):
    """A condition looks at a field that stands later, at itself, or in a circle."""

    field = "shown_if"

    @staticmethod
    def sentence(fields: str) -> Any:
        """Return what to do."""
        return _l("The condition of %(fields)s must look at a field that stands before it.", fields=fields)


class FieldInCondition(_AboutFields):
    """Other fields are shown depending on the field."""

    @staticmethod
    def sentence(fields: str) -> Any:
        """Return what to do."""
        return _l(
            "This field decides whether %(fields)s is shown. Change that condition first.", fields=fields
        )


class ChoiceInCondition(_AboutFields):
    """Other fields are shown depending on a choice that would go."""

    field = "choices"

    @staticmethod
    def sentence(fields: str) -> Any:
        """Return what to do."""
        return _l(
            "One of these choices decides whether %(fields)s is shown. Change that condition first.",
            fields=fields,
        )


class ChoiceFull(DomainError):
    """No place is left of an option that somebody chose. The field is that of the form."""

    message = _l("No place is left of what you chose.")


class EntityFull(DomainError):
    """An institution has all the seats that it may have."""

    message = _l("Every seat of this institution is taken.")
    field = "entity"


class RucTaken(DomainError):
    """Another institution of the event has this RUC."""

    message = _l("Another institution of the list has this RUC.")
    field = "ruc"


class EntityNotListed(DomainError):
    """Only people of the institutions that the organiser named may register."""

    message = _l("Only people of the institutions that the organiser named can register.")
    field = "entity"


class OfferGone(DomainError):
    """The offer was answered before, or its time has run out."""

    message = _l("This offer is no longer open.")


class RowsRefused(DomainError):
    """Of several people who are registered together some cannot be: `rows` says why, by their place from 0."""

    message = _l("Nobody was registered yet: some lines need a correction.")

    def __init__(self, rows: Mapping[int, DomainError]) -> None:
        super().__init__()
        self.rows = rows


class NamedTwice(DomainError):
    """The same person stands in two lines."""

    field = "given_names"

    def __init__(self, *, line: int) -> None:
        super().__init__(_("This is the same person as in line %(line)s.", line=line))


class NotForYou(DomainError):
    """A coordinator names somebody who is registered already, elsewhere. The words are meant to say no more."""

    message = _l("This person cannot be added here. Ask the office.")
    field = "given_names"


class LinkClosed(DomainError):
    """The coordinator's link of a group is not open."""

    message = _l("This group has no link that works. Open one first.")


class NoCoordinatorAddress(DomainError):
    """The coordinator of a group gave no e-mail address."""

    message = _l("The coordinator has no e-mail address here. Write it down, or hand the link over.")


class EventBegun(DomainError):
    """Names are corrected by a coordinator before the event begins."""

    message = _l("The event has begun. Ask the office to correct the name.")


class NoSlips(DomainError):
    """Slips are for people with a seat, five hundred at a time."""

    message = _l("None of these people has a seat: there is no pass to print.")


class TooManySlips(DomainError):
    """More slips than one file takes."""

    def __init__(self, *, most: int) -> None:
        super().__init__(_("A file holds up to %(most)s slips. Choose fewer people.", most=most))


class EnrolmentClosed(DomainError):
    """The session has begun, or nothing of its event takes place any more."""

    message = _l("This session has begun or does not take place, so nothing can be changed.")


class NotConfirmed(DomainError):
    """Only who has a seat of the event has one of a session."""

    message = _l("You can choose sessions once you have a seat of the event.")


class SessionsClash(DomainError):
    """The participant has a place in a session that is on at the same time."""

    message = _l("You have a place in a session that is on at the same time.")


class SessionTaken(DomainError):
    """People have a place in the session: it cannot be opened to all, or they would not know."""

    message = _l("People have a place in this session. Give it more seats instead.")


class NoSuchSession(DomainError):
    """The session is not one of the event's that people could enrol in."""

    message = _l("Choose a session of this event.")
    field = "session_id"


class NothingChanged(DomainError):
    """A correction asks for what is written already."""

    message = _l("This is what is written already. Change what is wrong.")
    field = "given_names"


class AlreadyDecided(DomainError):
    """Somebody else decided about a request, or the person took it back."""

    message = _l("Somebody has decided about this request meanwhile, or the person changed it.")


class EditingOver(DomainError):
    """The time in which people may change what they told has passed."""

    message = _l("These data can no longer be changed here. Write to the organiser of the event.")


class SameAddress(DomainError):
    """The new e-mail address is the present one."""

    message = _l("This is your e-mail already. Write the new one.")
    field = "email"


class TooManyChanges(DomainError):
    """Somebody asks for one change of e-mail address after the other."""

    message = _l("You asked for several changes today. Try again tomorrow.")
    field = "email"


class AddressInUse(DomainError):
    """Another registration of the event has the new address and the same names, and no document tells them apart."""

    message = _l("This change cannot be made here. Write to the organiser of the event.")


class ImportOver(DomainError):
    """The import was begun, or has ended, meanwhile."""

    message = _l("This import has begun or ended already.")


class PuzzleSpent(DomainError):
    """A solved puzzle was sent a second time."""

    message = _l("Please send the form once more. Everything you wrote is still there.")


class NoWayToConfirm(DomainError):
    """Without JavaScript and without an e-mail address nobody can show that they are no robot."""

    message = _l(
        "Because of robots we need a sign of you. Write an e-mail address with which to confirm, or allow JavaScript."
    )
    field = "email"
