"""Writes of awards: what an event gives and asks for, who gets it besides participants, words by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from app import audit
from app.accounts.models import Actor, Organisation
from app.certificates import designing, queries, rules, wording
from app.certificates.errors import (
    CertificateError,
    FirstAwardStays,
    HoursNotSayable,
    NothingToWithdraw,
    RuleNotUsable,
    TooManyAwards,
)
from app.certificates.models import (
    Award,
    AwardDecision,
    CertificateKind,
    CertificateRole,
    IssuePolicy,
    Recipient,
)
from app.certificates.rules import AllOf, AnyOf, ByHand, Condition, Survey
from app.certificates.services.certificates import lock, stored
from app.events import queries as events
from app.events.models import Event
from app.extensions import db
from app.registration import queries as registrations
from app.registration.models import DocumentType, Registration

CONDITIONS = 40  # of one award at most


@dataclass(frozen=True)
class AwardFacts:
    """What an office says of an award. Empty texts and None mean the event's own or the kind's."""

    kind: CertificateKind
    role: CertificateRole
    name: str = ""
    title: str = ""
    wording: str = ""
    hours: Decimal | None = None
    credits_attended: bool = False
    sessions: tuple[int, ...] = ()
    design_id: int | None = None


def add_award(event: Event, facts: AwardFacts, *, at: datetime, rule: Condition | None = None) -> Award:
    """Let an event give one more kind of certificate.

    Raises UnknownMergeField, StrayBrace, HoursNotSayable and TooManyAwards. Speakers and moderators of the agenda get
    into its list at once.
    """
    _check(event, facts)
    lock(event)
    first = stored(queries.first_award(event))
    if len(queries.awards_of(event)) >= queries.AWARDS:
        raise TooManyAwards
    newest = db.session.scalar(select(func.max(Award.position)).where(Award.event_id == event.id))
    award = Award(event=event, position=(newest or first.position) + 1, created_at=at, rule=None)
    _apply(award, event, facts)
    if rule is not None:
        award.rule = rules.as_json(rule)
    db.session.add(award)
    audit.record("award.added", award, event=event, at=at, kind=str(facts.kind), role=str(facts.role))
    list_speakers(event, facts.role, at=at)
    return award


def change_award(award: Award, facts: AwardFacts, *, at: datetime) -> Award:
    """Change what an award says and is about. Certificates issued before stay as they are. Raises as add_award."""
    event = award.event
    _check(event, facts)
    lock(event)
    _apply(stored(award), event, facts)
    audit.record("award.changed", award, event=event, at=at)
    list_speakers(event, facts.role, at=at)
    return award


def _check(event: Event, facts: AwardFacts) -> None:
    try:
        wording.check_fields(facts.wording)
    except CertificateError as error:
        error.field = "wording"
        raise
    if facts.hours:
        try:
            wording.hours_in_words(facts.hours, event.hour_unit)
        except ValueError:
            raise HoursNotSayable from None


def _apply(award: Award, event: Event, facts: AwardFacts) -> None:
    known = {session.id for session in events.sessions_of(event.id) if session.counts}
    award.kind, award.role = facts.kind, facts.role
    award.name, award.title, award.wording = facts.name, facts.title, facts.wording
    award.hours, award.credits_attended = facts.hours, facts.credits_attended
    award.sessions = sorted(known & set(facts.sessions))
    designs = {design.id for design in designing.of_organisation(event.organisation)}
    award.design_id = facts.design_id if facts.design_id in designs else None


def set_rule(award: Award, condition: Condition | None, *, at: datetime) -> None:
    """Let an award ask for something else; None lets it follow the event's minimum attendance.

    Raises RuleNotUsable where it names sessions or surveys that are not the event's, or is too long.
    """
    if condition is not None:
        _check_condition(award.event, condition)
    lock(award.event)
    stored(award).rule = None if condition is None else rules.as_json(condition)
    audit.record("award.rule_changed", award, event=award.event, at=at)


def _check_condition(event: Event, condition: Condition) -> None:
    leaves = rules.leaves(condition)
    known = {session.id for session in events.sessions_of(event.id) if session.counts}
    named = {session_id for leaf in leaves for session_id in getattr(leaf, "sessions", ())}
    surveys = {leaf.survey_id for leaf in leaves if isinstance(leaf, Survey)}
    are_known = named <= known and surveys <= {one.id for one in registrations.surveys_of(event)}
    if len(leaves) > CONDITIONS or _depth(condition) > rules.DEEPEST or not are_known:
        raise RuleNotUsable


def _depth(condition: Condition) -> int:
    if isinstance(condition, AllOf | AnyOf):
        return 1 + max((_depth(part) for part in condition.parts), default=0)
    return 0


def retire_award(award: Award, *, at: datetime) -> None:
    """Give an award no more; its certificates go on holding. Raises FirstAwardStays for the event's first one."""
    if award.is_first:
        raise FirstAwardStays
    award.retired_at = award.retired_at or at
    audit.record("award.retired", award, event=award.event, at=at)


def list_speakers(event: Event, role: CertificateRole, *, at: datetime) -> int:
    """Enter the agenda's speakers or moderators who lack into the list of recipients. Returns how many they were."""
    lacking = queries.outside_the_list(event, role)
    for speaker in lacking:
        add_recipient(event, role, name=speaker.name, at=at, speaker_id=speaker.id)
    return len(lacking)


def add_recipient(
    event: Event,
    role: CertificateRole,
    *,
    name: str,
    at: datetime,
    speaker_id: int | None = None,
    document_type: DocumentType = DocumentType.NONE,
    document_number: str = "",
    email: str = "",
) -> Recipient:
    """Enter somebody who did not register into the list of those who get a role's awards."""
    recipient = Recipient(
        event_id=event.id,
        role=role,
        name=name,
        speaker_id=speaker_id,
        document_type=document_type,
        document_number=document_number,
        email=email,
        added_at=at,
    )
    db.session.add(recipient)
    audit.record("certificate_recipient.added", recipient, event=event, at=at)
    return recipient


def remove_recipient(event: Event, recipient: Recipient, *, at: datetime) -> None:
    """Take somebody off the list; what was issued to them goes on holding."""
    recipient.removed_at = at
    audit.record("certificate_recipient.removed", recipient, event=event, at=at)


def decide_by_hand(
    award: Award,
    registration: Registration,
    verdict: ByHand,
    *,
    reason: str,
    by: Actor | None,
    at: datetime,
) -> AwardDecision:
    """Grant or refuse an award to one person whatever the rule says, or let the rule speak again.

    Raises NothingToWithdraw where nothing was decided.
    """
    lock(award.event)
    made: Sequence[AwardDecision] = queries.decisions_of(stored(award), registration)
    if verdict == ByHand.WITHDRAWN and (not made or made[0].verdict == ByHand.WITHDRAWN):
        raise NothingToWithdraw
    decision = AwardDecision(
        award_id=award.id,
        registration_id=registration.id,
        verdict=verdict,
        reason=reason,
        at=at,
        by_id=None if by is None else by.id,
    )
    db.session.add(decision)
    audit.record(f"award.{verdict}_by_hand", decision, event=award.event, at=at)
    return decision


def ask_second_person(organisation: Organisation, *, needed: bool, at: datetime) -> None:
    """Settle whether a second person has to confirm an organisation's issues in batch."""
    policy = db.session.get(IssuePolicy, organisation.id) or IssuePolicy(organisation_id=organisation.id)
    policy.needs_second_person = needed
    db.session.add(policy)
    audit.record("certificates.second_person", organisation=organisation, at=at, needed=needed)
