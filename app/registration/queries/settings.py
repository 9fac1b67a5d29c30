"""How an event handles its registrations."""

from app.events.models import Event
from app.extensions import db
from app.registration.models import Clashes, Promotion, ProofOfWork, RegistrationSettings


def settings_of(event: Event) -> RegistrationSettings:
    """Return an event's settings of registration; the defaults, which no session keeps, where it has none."""
    return db.session.get(RegistrationSettings, event.id) or RegistrationSettings(
        event_id=event.id,
        promotion=Promotion.AUTOMATIC,
        offer_hours=24,
        clashes=Clashes.WARN,
        proof_of_work=ProofOfWork.IN_A_FLOOD,
        only_listed_entities=False,
    )
