"""What can go wrong with mailings."""

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class Nobody(DomainError):
    """A mailing would reach nobody."""

    message = _l("Nobody with an e-mail matches. Choose other people.")


class NumberChanged(DomainError):
    """Other people match than those whose number was shown."""

    message = _l("The number of people has changed since you saw it. Look at it and send again.")


class NotADraft(DomainError):
    """A mailing was sent or scheduled since."""

    message = _l("This message was sent or scheduled already.")


class NotSendable(DomainError):
    """A mailing cannot be paused, resumed or cancelled any more."""

    message = _l("This is no longer possible: the state of the message has changed.")


class TooLate(DomainError):
    """A message is scheduled for a moment that has passed."""

    message = _l("Choose a moment that is still to come.")
    field = "send_at"


class SameReminder(DomainError):
    """The event has a reminder at that time already."""

    message = _l("There is a letter at this time already.")
    field = "amount"
