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
