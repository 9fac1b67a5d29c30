"""What the services of this package refuse."""

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class SlugTaken(DomainError):
    """Another event has this address."""

    message = _l("Another event already has this address. Choose a different one.")
    field = "slug"


class SlugReserved(DomainError):
    """The address is one of the application's own pages."""

    message = _l("This address is used by Tinkuy itself. Choose a different one.")
    field = "slug"


class SlugFixed(DomainError):
    """The address of a published event stands on posters and in letters."""

    message = _l("The address of a published event stays as it is: it has been shared.")
    field = "slug"


class WindowOutOfOrder(DomainError):
    """Registration would close before it opens."""

    message = _l("Registration must close after it opens.")
    field = "registration_closes_at"


class DaysOutOfOrder(DomainError):
    """The last day would come before the first."""

    message = _l("The last day cannot come before the first.")
    field = "last_day"


class TooManyDays(DomainError):
    """A programme of many weeks has its days added one by one."""

    message = _l(
        "At most %(num)s days in a row. For a longer programme, add its days one by one in the agenda.",
        num=31,
    )
    field = "last_day"


class DayTaken(DomainError):
    """The event has this day."""

    message = _l("The event already has this day.")
    field = "date"


class DayInUse(DomainError):
    """Something hangs on the day."""

    message = _l("This day still has sessions or attendance. Move or delete its sessions first.")


class SessionOutOfOrder(DomainError):
    """A session would end before it begins."""

    message = _l("The session must end after it begins.")
    field = "ends"


class OutsideEvent(DomainError):
    """The session's day is none of the event's."""

    message = _l("Choose one of the days of the event.")
    field = "day_id"


class SessionInUse(DomainError):
    """People attended the session, so that it stays on record."""

    message = _l("People have already attended this session, so it cannot be deleted.")


class RoomTaken(DomainError):
    """The event has a room of this name."""

    message = _l("The event already has a room of this name.")
    field = "name"


class RoomInUse(DomainError):
    """Sessions take place in the room."""

    message = _l("Sessions take place in this room. Give them another room first.")


class SpeakerInUse(DomainError):
    """Sessions name the speaker."""

    message = _l("Sessions name this person. Take the name out of them first.")


class NothingToPublish(DomainError):
    """An event without a day has no date to be listed under."""

    message = _l("Add at least one day to the agenda before you publish.")


class PeopleRegistered(DomainError):
    """Whoever registered relies on the event's page."""

    message = _l("People are registered, so the event cannot be taken back to draft. You can cancel it.")


class WrongStatus(DomainError):
    """The event is not in the state from which this step leads on."""

    message = _l("The event is no longer in that state. Look at it again.")
