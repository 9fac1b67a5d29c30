"""What the services of this package refuse."""

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


class FileGone(DomainError):
    """A file was sent too long ago, or belongs to somebody else."""

    message = _l("This file is no longer here. Choose it once more.")
