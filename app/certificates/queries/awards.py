"""Reads of awards: what an event gives, who gets it without having registered, what was decided by hand."""

from sqlalchemy import select

from app.certificates.models import (
    FIRST,
    Award,
    AwardDecision,
    CertificateKind,
    CertificateRole,
    IssuePolicy,
    Recipient,
)
from app.certificates.queries.certificates import not_found
from app.certificates.rules import ByHand
from app.events.models import Appearance, Event, Session, Speaker, SpeakerRole
from app.extensions import db
from app.registration.models import Registration

AWARDS = 40  # awards of one event at most: a page that lists them stays readable
_PARTS = {
    CertificateRole.SPEAKER: SpeakerRole.SPEAKER,
    CertificateRole.MODERATOR: SpeakerRole.MODERATOR,
}


def first_award(event: Event) -> Award:
    """Return the award that every event has; where nothing was written about it yet, as it begins, not stored."""
    statement = select(Award).where(Award.event_id == event.id, Award.position == FIRST)
    return db.session.scalar(statement) or Award(
        event=event,
        event_id=event.id,
        position=FIRST,
        kind=CertificateKind.PARTICIPATION,
        role=CertificateRole.ATTENDEE,
        name="",
        title="",
        wording="",
        rule=None,
        sessions=[],
        hours=None,
        credits_attended=False,
        created_at=event.created_at,
        retired_at=None,
    )


def awards_of(event: Event) -> list[Award]:
    """Return the awards of an event that are not retired, the first one first."""
    statement = (
        select(Award)
        .where(Award.event_id == event.id, Award.position > FIRST, Award.retired_at.is_(None))
        .order_by(Award.position)
    )
    first = first_award(event)
    return [*([] if first.retired_at else [first]), *db.session.scalars(statement)]


def award_of_event_or_404(event: Event, award_id: int | None) -> Award:
    """Return an award of this event, retired ones too, or answer 404; without an id the first one."""
    if award_id is None:
        return first_award(event)
    statement = select(Award).where(Award.id == award_id, Award.event_id == event.id)
    return db.session.scalar(statement) or not_found()


def recipients_of(event: Event, role: CertificateRole) -> list[Recipient]:
    """Return who gets this role's awards, by name."""
    statement = select(Recipient).where(
        Recipient.event_id == event.id, Recipient.role == role, Recipient.removed_at.is_(None)
    )
    return list(db.session.scalars(statement.order_by(Recipient.name, Recipient.id)))


def recipient_of_event_or_404(event: Event, recipient_id: int) -> Recipient:
    """Return a recipient of this event who was not removed, or answer 404."""
    statement = select(Recipient).where(
        Recipient.id == recipient_id, Recipient.event_id == event.id, Recipient.removed_at.is_(None)
    )
    return db.session.scalar(statement) or not_found()


def outside_the_list(event: Event, role: CertificateRole) -> list[Speaker]:
    """Return the agenda's speakers or moderators who are not yet in the list of this role's recipients.

    Whoever was removed by hand does not come back by this way.
    """
    part = _PARTS.get(role)
    if part is None:
        return []
    listed = select(Recipient.speaker_id).where(
        Recipient.event_id == event.id, Recipient.role == role, Recipient.speaker_id.is_not(None)
    )
    statement = (
        select(Speaker)
        .where(
            Speaker.id.in_(
                select(Appearance.speaker_id)
                .join(Session, Session.id == Appearance.session_id)
                .where(Session.event_id == event.id, Appearance.role == part)
            ),
            Speaker.id.not_in(listed),
        )
        .order_by(Speaker.name, Speaker.id)
    )
    return list(db.session.scalars(statement))


def by_hand_of(award: Award) -> dict[int, ByHand]:
    """Return what was last decided by hand about an award, by registration."""
    statement = (
        select(AwardDecision.registration_id, AwardDecision.verdict)
        .where(AwardDecision.award_id == award.id)
        .order_by(AwardDecision.id)
    )
    return {person: ByHand(verdict) for person, verdict in db.session.execute(statement)}


def by_hand_for(registration: Registration) -> dict[int, ByHand]:
    """Return what was last decided by hand about a person, by award."""
    statement = (
        select(AwardDecision.award_id, AwardDecision.verdict)
        .where(AwardDecision.registration_id == registration.id)
        .order_by(AwardDecision.id)
    )
    return {award: ByHand(verdict) for award, verdict in db.session.execute(statement)}


def decisions_of(award: Award, registration: Registration) -> list[AwardDecision]:
    """Return all that was decided by hand about a person's award, the newest first."""
    statement = select(AwardDecision).where(
        AwardDecision.award_id == award.id, AwardDecision.registration_id == registration.id
    )
    return list(db.session.scalars(statement.order_by(AwardDecision.id.desc())))


def participant_or_404(event: Event, registration_id: int) -> Registration:
    """Return a registration of this event, or answer 404."""
    statement = select(Registration).where(
        Registration.id == registration_id, Registration.event_id == event.id
    )
    return db.session.scalar(statement) or not_found()


def needs_second_person(organisation_id: int) -> bool:
    """Return whether a second person has to confirm an organisation's issues in batch."""
    policy = db.session.get(IssuePolicy, organisation_id)
    return policy is not None and policy.needs_second_person
