"""What an office settles about seats."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import ValidationError

from app.events.models import Event, Session
from app.forms import Form, choice_field, options, text_field, whole, whole_field
from app.localisation import clock_time, day_short, local
from app.registration.errors import BadAnswer
from app.registration.models import Clashes, Promotion, ProofOfWork, RegistrationSettings
from app.registration.rules import reading
from app.registration.services import SeatFacts

MOST_SEATS = 1_000_000


def _number(typed: object) -> int:
    return whole(str(typed), default=0)


class SeatsForm(Form):
    """How many seats an event has, and what happens with those that become free."""

    capacity = whole_field(_l("Seats of the event"), 0, MOST_SEATS)
    promotion = RadioField(
        _l("When a seat becomes free"),
        choices=options(
            [
                (Promotion.AUTOMATIC.value, _l("The next on the waitlist has it at once")),
                (Promotion.OFFER.value, _l("It is offered to the next, who has to accept it in time")),
            ]
        ),
    )
    offer_hours = whole_field(_l("Hours to accept an offer"), 1, 720, is_required=True)
    clashes = RadioField(
        _l("When somebody chooses two sessions at the same time"),
        choices=options(
            [
                (Clashes.WARN.value, _l("Warn them")),
                (Clashes.FORBID.value, _l("Do not let them")),
            ]
        ),
    )
    proof_of_work = RadioField(
        _l("Against robots: a puzzle that browsers solve by themselves"),
        choices=options(
            [
                (ProofOfWork.IN_A_FLOOD.value, _l("When many robots come")),
                (ProofOfWork.ALWAYS.value, _l("Always")),
                (ProofOfWork.NEVER.value, _l("Never")),
            ]
        ),
    )
    only_listed_entities = BooleanField(_l("Only people of the institutions below may register"))

    @classmethod
    def of(cls, event: Event, settings: RegistrationSettings) -> "SeatsForm":
        """Return the form of what holds now."""
        return cls(obj=settings, capacity=event.capacity)

    def facts(self) -> SeatFacts:
        """Return what was settled."""
        return SeatFacts(
            promotion=Promotion(self.promotion.data),
            offer_hours=self.offer_hours.data,
            clashes=Clashes(self.clashes.data),
            proof_of_work=ProofOfWork(self.proof_of_work.data),
            only_listed_entities=self.only_listed_entities.data,
        )


class QuotaForm(Form):
    """The seats of an institution."""

    entity = text_field(_l("Institution or community"), limit=200, is_required=True)
    ruc = text_field("RUC", limit=20)
    seats = whole_field(_l("Seats"), 0, MOST_SEATS, is_required=True)

    def validate_ruc(self, field: Any) -> None:
        """Tidy the RUC and check its last digit."""
        try:
            field.data = reading.ruc_number(field.data) if field.data else ""
        except BadAnswer as error:
            raise ValidationError(str(error)) from None


class SessionSeatsForm(Form):
    """A session that people enrol in, and its seats."""

    # The service knows which sessions there are: those that are listed already are given other seats by it too.
    session_id = choice_field(_l("Session"), coerce=_number, validate_choice=False)
    session_seats = whole_field(_l("Seats"), 0, MOST_SEATS)

    def among(self, sessions: Iterable[Session], zone: str) -> "SessionSeatsForm":
        """Offer these sessions, named with their day and time in the event's zone."""
        named = [(one.id, f"{_when(one, zone)} · {one.title}") for one in sessions]
        self.session_id.choices = options([("", _("Choose a session")), *named])
        return self


def _when(session: Session, zone: str) -> str:
    return f"{day_short(local(session.starts_at, zone).date())}, {clock_time(session.starts_at, zone)}"
