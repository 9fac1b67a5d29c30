"""Forms about an event and its programme."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import time
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField
from wtforms.validators import ValidationError

from app.accounts.models import Organisation, Unit
from app.accounts.rules import slugify
from app.events import labels, rules
from app.events.models import (
    OWN_ROOM,
    Day,
    Event,
    EventStatus,
    HourUnit,
    Modality,
    Room,
    Session,
    SessionKind,
    SpeakerRole,
)
from app.events.services import EventFacts, Part, RoomFacts, SessionFacts, SpeakerFacts
from app.forms import (
    Form,
    amount_field,
    choice_field,
    date_field,
    email_field,
    https_field,
    instant,
    moment_field,
    optional_id,
    paragraphs_field,
    text_field,
    time_field,
    typed,
    whole_field,
)

LARGEST_CAPACITY = 1_000_000
SPEAKERS_AT_MOST = 20
_SPARE_LINES = 2


def check_slug(_form: Any, field: Any) -> None:
    """Refuse what cannot stand in an address."""
    if not rules.is_slug(field.data):
        raise ValidationError(_("Use small letters without accents, digits and dashes: semana-abierta-2026"))


class EventForm(Form):
    """What an office tells of an event."""

    title = text_field(_l("Title"), limit=200, is_required=True)
    slug = text_field(_l("Address"), check_slug, limit=80)
    summary = text_field(_l("Summary"), limit=400)
    description = paragraphs_field(_l("Description"), limit=10_000)
    modality = choice_field(_l("How people take part"), default=Modality.VIRTUAL)
    venue_name = text_field(_l("Venue"), limit=200)
    venue_address = text_field(_l("Address of the venue"), limit=300)
    accessibility = text_field(_l("Accessibility"), limit=300)
    timezone = text_field(_l("Time zone"), limit=60, is_required=True, default="America/Lima")
    contact_email = email_field(_l("E-mail for questions"))
    capacity = whole_field(_l("Capacity"), 0, LARGEST_CAPACITY)
    registration_opens_at = moment_field(_l("Registration opens"))
    registration_closes_at = moment_field(_l("Registration closes"))
    hours = amount_field(_l("Hours on the certificate"), 0.25, 5000)
    hour_unit = choice_field(_l("Kind of hours"), default=HourUnit.CHRONOLOGICAL)
    minimum_percent = whole_field(_l("Minimum attendance, per cent"), 0, 100, is_required=True, default=80)
    unit = choice_field(_l("Unit"), coerce=optional_id)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modality.choices = [(value.value, labels.modality(value)) for value in Modality]
        self.hour_unit.choices = [(value.value, labels.hour_unit(value)) for value in HourUnit]

    @classmethod
    def of(cls, event: Event, units: Iterable[Unit]) -> "EventForm":
        """Return the form of an existing event; moments are shown in its zone."""
        known = {field.name: getattr(event, field.name) for field in fields(EventFacts)}
        for name in ("registration_opens_at", "registration_closes_at"):
            known[name] = typed(known[name], event.timezone)
        if event.hours is not None:
            known["hours"] = Decimal(f"{event.hours:f}".rstrip("0").rstrip("."))
        form = cls(data=known | {"unit": event.unit_id})
        form.unit.choices = [("", _("The whole organisation")), *((unit.id, unit.name) for unit in units)]
        if event.status != EventStatus.DRAFT or not form.slug.data:
            form.slug.data = event.slug
        return form

    def validate_timezone(self, field: Any) -> None:
        """Refuse a zone that does not exist."""
        if field.data not in rules.zones():
            raise ValidationError(_("Choose a zone from the list, such as America/Lima."))

    def validate_registration_closes_at(self, field: Any) -> None:
        """Refuse a window that closes before it opens."""
        opens = self.registration_opens_at.data
        if field.data and opens and field.data <= opens:
            raise ValidationError(_("Registration must close after it opens."))

    def facts(self) -> EventFacts:
        """Return what was written; an address left empty is made of the title."""
        zone = self.timezone.data
        return EventFacts(
            unit_id=self.chosen_unit(),
            slug=self.slug.data or slugify(self.title.data, limit=80),
            title=self.title.data,
            summary=self.summary.data or "",
            description=self.description.data or "",
            modality=Modality(self.modality.data),
            timezone=zone,
            venue_name=self.venue_name.data or "",
            venue_address=self.venue_address.data or "",
            accessibility=self.accessibility.data or "",
            contact_email=self.contact_email.data or "",
            capacity=self.capacity.data,
            registration_opens_at=instant(self.registration_opens_at.data, zone),
            registration_closes_at=instant(self.registration_closes_at.data, zone),
            hours=None if self.hours.data is None else self.hours.data.quantize(Decimal("0.01")),
            hour_unit=HourUnit(self.hour_unit.data),
            minimum_percent=self.minimum_percent.data,
        )

    def chosen_unit(self) -> int | None:
        """Return the unit that was chosen."""
        return self.unit.data


class NewEventForm(EventForm):
    """A new event: besides, who organises it and on which days."""

    owner = choice_field(_l("Organised by"))
    first_day = date_field(_l("First day"), is_required=True)
    last_day = date_field(_l("Last day"), is_required=True)
    unit = None

    @classmethod
    def for_organisations(cls, organisations: Iterable[Organisation]) -> "NewEventForm":
        """Return the form with the organisations for which one may create events, and their units."""
        form = cls()
        form.organisations = {organisation.id: organisation for organisation in organisations}
        form.owner.choices = [
            choice for organisation in form.organisations.values() for choice in _owners(organisation)
        ]
        return form

    def validate_last_day(self, field: Any) -> None:
        """Refuse days in the wrong order."""
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError(_("The last day cannot come before the first."))

    def organisation(self) -> Organisation:
        """Return the organisation that was chosen."""
        return self.organisations[int(self.owner.data.partition("-")[0])]

    def chosen_unit(self) -> int | None:
        """Return the unit that was chosen, if any."""
        return optional_id(self.owner.data.partition("-")[2])


def _owners(organisation: Organisation) -> list[tuple[str, str]]:
    units = [
        (f"{organisation.id}-{unit.id}", f"{organisation.label} · {unit.name}") for unit in organisation.units
    ]
    return [(str(organisation.id), organisation.name), *units]


class DuplicateForm(Form):
    """A copy of an event, on other days."""

    title = text_field(_l("Title"), limit=200, is_required=True)
    slug = text_field(_l("Address"), check_slug, limit=80)
    first_day = date_field(_l("First day"), is_required=True)


class DayTitleForm(Form):
    """The title of a day."""

    title = text_field(_l("Title of the day"), limit=200)


class DayForm(DayTitleForm):
    """A further day."""

    date = date_field(_l("Date"), is_required=True)


class PartForm(Form):
    """A line of a session's speakers."""

    name = text_field(_l("Name"), limit=160)
    role = choice_field(_l("Role"), default=SpeakerRole.SPEAKER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(value.value, labels.speaker_role(value)) for value in SpeakerRole]


class SessionForm(Form):
    """A session of the programme."""

    title = text_field(_l("Title"), limit=200, is_required=True)
    kind = choice_field(_l("Kind"), default=SessionKind.TALK)
    day_id = choice_field(_l("Day"), coerce=int)
    starts = time_field(_l("Begins"), is_required=True)
    ends = time_field(_l("Ends"), is_required=True)
    room_id = choice_field(_l("Room"), coerce=optional_id)
    abstract = paragraphs_field(_l("What it is about"), limit=5000)
    online_url = https_field(_l("Address of the video room"))
    own_room = BooleanField(_l("The video room of this server"))
    speakers = FieldList(FormField(PartForm), max_entries=SPEAKERS_AT_MOST)

    @classmethod
    def of(
        cls,
        event: Event,
        session: Session | None,
        rooms: Iterable[Room],
        *,
        day: Day | None = None,
        **options: Any,
    ) -> "SessionForm":
        """Return the form of a session, or of a new one on `day`. `formdata=None` ignores what was sent."""
        known = _known(event, session) if session else {"day_id": day.id if day else None}
        form = cls(data=known, **options)
        if not (current_app.config["JANUS_URL"] or form.own_room.data):
            del form.own_room
        form.day_id.choices = [(each.id, labels.day(each)) for each in event.days]
        form.room_id.choices = [("", _("No room")), *((room.id, room.name) for room in rooms)]
        form.kind.choices = [(value.value, labels.session_kind(value)) for value in SessionKind]
        return form

    def add_spare_lines(self) -> None:
        """Leave empty lines for more speakers."""
        filled = sum(bool(line.form.name.data) for line in self.speakers)
        while len(self.speakers) < min(filled + _SPARE_LINES, SPEAKERS_AT_MOST):
            self.speakers.append_entry()

    def validate_ends(self, field: Any) -> None:
        """Refuse an end that does not come after the beginning."""
        if field.data in {None, time.min} or self.starts.data is None:
            return
        if field.data <= self.starts.data:
            raise ValidationError(_("The session must end after it begins."))

    def validate_speakers(self, field: Any) -> None:
        """Refuse the same person twice."""
        names = [part.name for part in self.parts()]
        if len(names) != len(set(names)):
            raise ValidationError(_("The same person is listed twice."))

    def parts(self) -> list[Part]:
        """Return who speaks, in order."""
        return [
            Part(line.form.name.data, SpeakerRole(line.form.role.data))
            for line in self.speakers
            if line.form.name.data and line.form.role.data in list(SpeakerRole)
        ]

    def _is_own_room(self) -> bool:
        return "own_room" in self and self.own_room.data

    def validate_online_url(self, field: Any) -> None:
        """Refuse an address besides the room of this server."""
        if field.data and self._is_own_room():
            raise ValidationError(_("Choose one: the room of this server, or an address."))

    def facts(self, event: Event) -> SessionFacts:
        """Return what was written, its times as instants."""
        day = next(day for day in event.days if day.id == self.day_id.data)
        return SessionFacts(
            day_id=day.id,
            room_id=self.room_id.data,
            title=self.title.data,
            abstract=self.abstract.data or "",
            kind=SessionKind(self.kind.data),
            starts_at=rules.at_time(day.date, self.starts.data, zone=event.timezone),
            ends_at=rules.end_at(day.date, self.ends.data, zone=event.timezone),
            online_url=OWN_ROOM if self._is_own_room() else self.online_url.data or "",
        )


def _known(event: Event, session: Session) -> dict[str, Any]:
    starts, ends = typed(session.starts_at, event.timezone), typed(session.ends_at, event.timezone)
    return {
        "title": session.title,
        "kind": session.kind,
        "day_id": session.day_id,
        "starts": starts.time() if starts else None,
        "ends": ends.time() if ends else None,
        "room_id": session.room_id,
        "abstract": session.abstract,
        "online_url": "" if session.online_url == OWN_ROOM else session.online_url,
        "own_room": session.online_url == OWN_ROOM,
        "speakers": [{"name": part.speaker.name, "role": part.role} for part in session.appearances],
    }


class SpeakerForm(Form):
    """A speaker."""

    name = text_field(_l("Name"), limit=160, is_required=True)
    position = text_field(_l("Post"), limit=160)
    entity = text_field(_l("Institution"), limit=200)

    def facts(self) -> SpeakerFacts:
        """Return what was written."""
        return SpeakerFacts(
            name=self.name.data, position=self.position.data or "", entity=self.entity.data or ""
        )


class RoomForm(Form):
    """A room."""

    name = text_field(_l("Name"), limit=120, is_required=True)
    capacity = whole_field(_l("People it holds"), 1, LARGEST_CAPACITY)

    def facts(self) -> RoomFacts:
        """Return what was written."""
        return RoomFacts(name=self.name.data, capacity=self.capacity.data)
