"""Loads the demonstration into an empty database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from app.accounts import services as accounts
from app.accounts.models import Organisation, Unit, User
from app.attendance import services as attendance
from app.attendance.models import CheckpointKind, HowOften, PresenceInterval, ScanSource, Ways
from app.attendance.services import CheckpointFacts, Reading
from app.certificates import issuing
from app.certificates import services as certificates
from app.cli.demo import awards, forms, people, programme
from app.cli.demo.programme import Body, DayPlan, EventPlan, SessionPlan
from app.errors import DomainError
from app.events.models import Appearance, Day, Event, EventStatus, Room, Session, Speaker, SpeakerRole
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.permissions import Role
from app.registration import services as registration
from app.registration.models import Registration, RegistrationForm

LIMA = ZoneInfo("America/Lima")
PASSWORD = "tinkuy-demo"  # noqa: S105 - printed at every start of the demonstration, and good for nothing else
SIGN_INS = (
    (Role.ADMINISTRATOR, "admin@demo.example", "Ana Administradora"),
    (Role.ORGANISER, "organiza@demo.example", "Óscar Organizador"),
    (Role.DOOR, "puerta@demo.example", "Paula Puerta"),
    (Role.READER, "lectura@demo.example", "Leo Lector"),
)


class HoldsOtherData(DomainError):
    """The database is somebody's own."""

    message = "This database holds other data: the demonstration is only loaded into an empty one."


def is_loaded() -> bool:
    """Return whether the demonstration is there. Raises HoldsOtherData where something else is."""
    if db.session.scalar(select(Organisation.id).where(Organisation.slug == programme.PCM)) is not None:
        return True
    if db.session.scalar(select(func.count()).select_from(Organisation)) or db.session.scalar(
        select(func.count()).select_from(User)
    ):
        raise HoldsOtherData
    return False


def load(*, at: datetime) -> None:
    """Write the bodies, the people who sign in, the events and their participants."""
    bodies = {body.slug: _body(body, at=at) for body in programme.BODIES}
    _sign_ins(bodies[programme.PCM], at=at)
    today = at.astimezone(LIMA)
    past = _event(
        programme.PAST, bodies, first=programme.PAST_FIRST_DAY, at=_lima(date(2024, 4, 15), time(10))
    )
    present = _event(
        programme.TODAY, bodies, first=today.date(), at=at - timedelta(days=21), shift=_shift(today)
    )
    workshop = _event(
        programme.WORKSHOP, bodies, first=today.date() + timedelta(days=9), at=at - timedelta(days=14)
    )
    course = _event(
        programme.PROGRAMME, bodies, first=today.date() - timedelta(days=56), at=at - timedelta(days=90)
    )
    _register(past, count=40, first=1, at=_lima(date(2024, 5, 20), time(11)))
    _register(present, count=36, first=1, at=at - timedelta(days=16), every=timedelta(hours=10))
    form = forms.for_workshop(workshop, at=at - timedelta(days=14))
    _register(workshop, count=18, first=40, at=at - timedelta(days=3), form=form, answers=forms.of_leader)
    _checkpoints(workshop, at=at - timedelta(days=3))
    form = forms.for_programme(course, at=at - timedelta(days=90))
    _register(course, count=30, first=60, at=at - timedelta(days=70), form=form, answers=forms.of_official)
    _watched(past)
    _certify(past, at=_lima(date(2024, 5, 31), time(10)))
    _scanned(course, until=at)
    db.session.flush()
    awards.of_programme(course, _registrations(course), at=at - timedelta(days=7))
    _keep_one_letter(present)


def _checkpoints(workshop: Event, *, at: datetime) -> None:
    """Give the workshop an entrance for both days, and a room that is entered and left."""
    entrance = CheckpointFacts("Entrada del taller", CheckpointKind.EVENT, how_often=HowOften.DAILY)
    attendance.add_checkpoint(workshop, entrance, at=at)
    room = workshop.rooms[0]
    attendance.add_checkpoint(
        workshop,
        CheckpointFacts(room.name, CheckpointKind.ROOM, room_id=room.id, ways=Ways.BOTH),
        at=at,
    )


def _lima(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, LIMA)


def first_hour(now: datetime) -> time:
    """Return when today's sessions begin, so that a room of theirs can be entered at `now` (local time).

    They last three and a half hours: from 8 p.m. on they begin at 8 p.m., and in the day's last half hour, when those
    would be over, at 8:30 p.m.
    """
    return time(min(now.hour, 20), 30 if now.time() >= time(23, 30) else 0)


def _shift(now: datetime) -> timedelta:
    begin = first_hour(now)
    return timedelta(hours=begin.hour - 9, minutes=begin.minute)


def _body(plan: Body, *, at: datetime) -> Organisation:
    body = accounts.create_organisation(plan.name, at=at, short_name=plan.short_name)
    body.slug, body.accent, body.address = plan.slug, plan.accent, plan.address
    for name in plan.units:
        accounts.add_unit(body, name)
    db.session.flush()
    return body


def _sign_ins(body: Organisation, *, at: datetime) -> None:
    for role, email, name in SIGN_INS:
        user = accounts.create_user(email, name, at=at, password=PASSWORD)
        accounts.grant(user, role, at=at, organisation=None if role == Role.ADMINISTRATOR else body)


def _event(
    plan: EventPlan,
    bodies: dict[str, Organisation],
    *,
    first: date,
    at: datetime,
    shift: timedelta = timedelta(),
) -> Event:
    body = bodies[plan.organisation]
    event = Event(
        organisation=body,
        unit=db.session.scalar(select(Unit).where(Unit.organisation_id == body.id, Unit.name == plan.unit)),
        slug=plan.slug,
        title=plan.title,
        summary=plan.summary,
        description=plan.description,
        modality=plan.modality,
        timezone="America/Lima",
        venue_name=plan.venue_name,
        venue_address=plan.venue_address,
        accessibility=plan.accessibility,
        contact_email=plan.contact_email,
        status=EventStatus.PUBLISHED,
        capacity=plan.capacity,
        hours=plan.hours,
        minimum_percent=plan.minimum_percent,
        created_at=at,
        published_at=at,
    )
    db.session.add(event)
    db.session.flush()
    rooms = {name: Room(event_id=event.id, name=name, capacity=seats) for name, seats in plan.rooms}
    speakers: dict[str, Speaker] = {}
    db.session.add_all(rooms.values())
    db.session.flush()
    for day_plan in plan.days:
        moved = shift if day_plan.offset == 0 else timedelta()
        _day(event, day_plan, first + timedelta(days=day_plan.offset), rooms, speakers, shift=moved, at=at)
    db.session.flush()
    db.session.refresh(event)
    return event


def _day(
    event: Event,
    plan: DayPlan,
    on: date,
    rooms: dict[str, Room],
    speakers: dict[str, Speaker],
    *,
    shift: timedelta,
    at: datetime,
) -> None:
    day = Day(event_id=event.id, date=on, title=plan.title)
    db.session.add(day)
    db.session.flush()
    for session_plan in plan.sessions:
        session = Session(
            event_id=event.id,
            day_id=day.id,
            room=rooms.get(session_plan.room),
            title=session_plan.title,
            abstract=session_plan.abstract,
            kind=session_plan.kind,
            starts_at=_lima(on, session_plan.start) + shift,
            ends_at=_lima(on, session_plan.end) + shift,
            online_url=f"https://meet.jit.si/tinkuy-demo-{event.slug}" if session_plan.online else "",
            updated_at=at,
        )
        session.appearances = _appearances(event, session_plan, speakers)
        db.session.add(session)


def _appearances(event: Event, plan: SessionPlan, speakers: dict[str, Speaker]) -> list[Appearance]:
    parts = [(name, SpeakerRole.SPEAKER) for name in plan.speakers]
    if plan.moderator:
        parts.append((plan.moderator, SpeakerRole.MODERATOR))
    return [
        Appearance(
            speaker=speakers.setdefault(name, Speaker(event_id=event.id, name=name)),
            role=role,
            position=position,
        )
        for position, (name, role) in enumerate(parts)
    ]


def _register(
    event: Event,
    *,
    count: int,
    first: int,
    at: datetime,
    every: timedelta = timedelta(minutes=47),
    form: RegistrationForm | None = None,
    answers: forms.Values = lambda _number: {},
) -> None:
    for number, person in enumerate(people.invented(count, first=first)):
        registration.register(
            event,
            person,
            form=form,
            values=answers(number),
            idempotency_key=f"demo-{number}",
            language="es",
            at=at + number * every,
        )


def _registrations(event: Event) -> list[Registration]:
    return list(
        db.session.scalars(
            select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
        )
    )


def _watched(event: Event) -> None:
    """Let three in four of an event's participants have watched it all, and the others only the beginning."""
    for number, person in enumerate(_registrations(event)):
        for day in event.days if number % 4 else event.days[:1]:
            for session in day.sessions:
                if session.counts:
                    late = timedelta(minutes=number % 5)
                    db.session.add(
                        PresenceInterval(
                            event_id=event.id,
                            registration_id=person.id,
                            session_id=session.id,
                            device=f"demo-{number}",
                            starts_at=session.starts_at + late,
                            ends_at=session.ends_at,
                        )
                    )


def _scanned(event: Event, *, until: datetime) -> None:
    """Let most of an event's participants have come to each day that has passed, and of late to today's."""
    today = until.astimezone(LIMA).date()
    for day in event.days:
        if day.date > today:
            continue
        for number, person in enumerate(_registrations(event)):
            if (number + day.id) % 6 == 0:
                continue
            came = _lima(day.date, time(8, 40)) + timedelta(seconds=23 * number)
            if day.date == today:
                came = until - timedelta(seconds=40 + 7 * number * number)
            reading = Reading(person.code, f"demo-{day.id}-{person.id}", came, ScanSource.CAMERA)
            attendance.scan(event.id, day.id, reading, by=None, at=came)


def _certify(event: Event, *, at: datetime) -> None:
    db.session.flush()
    terms = replace(certificates.terms_of(event), signatories=programme.SIGNATORIES)
    certificates.save_terms(event, terms, at=at)
    issuing.issue_here(event, by=None, at=at)


def _keep_one_letter(event: Event) -> None:
    """Leave only the first participant's letter in the outbox: the others' mailboxes do not exist."""
    rosa = _registrations(event)[0]
    for letter in db.session.scalars(select(OutgoingLetter)):
        if letter.payload.get("registration_id") != rosa.id:
            db.session.execute(delete(OutgoingLetter).where(OutgoingLetter.id == letter.id))


def bring_to_today(*, at: datetime) -> bool:
    """Let the present event begin now if it began on an earlier day, or if today's sessions are over unvisited.

    Returns whether it was moved.
    """
    event = db.session.scalars(select(Event).where(Event.slug == programme.TODAY.slug)).one()
    today = at.astimezone(LIMA)
    if event.starts_on is None or (event.starts_on >= today.date() and not _is_spent(event.days[0], at=at)):
        return False
    days = today.date() - event.starts_on
    for day in reversed(event.days):
        day.date += days
        db.session.flush()
        _move(day.sessions, days, at=at)
    if sessions := event.days[0].sessions:
        begin = _lima(today.date(), first_hour(today))
        _move(sessions, begin - min(session.starts_at for session in sessions), at=at)
    return True


def _is_spent(day: Day, *, at: datetime) -> bool:
    if any(session.ends_at > at for session in day.sessions):
        return False
    ids = [session.id for session in day.sessions]
    return db.session.scalar(select(PresenceInterval.id).where(PresenceInterval.session_id.in_(ids))) is None


def keep_up_to_date(*, at: datetime) -> bool:
    """Bring the demonstration to today where it is loaded, and do nothing elsewhere. Returns whether it was moved."""
    slug = programme.TODAY.slug
    is_there = db.session.scalar(select(Event.id).where(Event.slug == slug)) is not None
    return is_there and bring_to_today(at=at)


def _move(sessions: Iterable[Session], by: timedelta, *, at: datetime) -> None:
    for session in sessions:
        session.starts_at += by
        session.ends_at += by
        session.updated_at = at


def main_participant() -> Registration:
    """Return the participant whose personal link is shown at the start."""
    event = db.session.scalars(select(Event).where(Event.slug == programme.TODAY.slug)).one()
    return _registrations(event)[0]
