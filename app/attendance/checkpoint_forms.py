"""What the office says of a checkpoint."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.attendance.models import Checkpoint, CheckpointKind, HowOften, Ways
from app.attendance.services import CheckpointFacts
from app.events.models import Event
from app.forms import Form, choice_field, text_field, time_field
from app.localisation import day as format_day
from app.registration import queries as registrations
from app.registration.models import Words

_EVERYBODY = ("", _l("Everybody"))


class CheckpointForm(Form):
    """A checkpoint: what it leads into, and who may pass."""

    name = text_field(_l("Name"), limit=80, is_required=True)
    place = choice_field(_l("Where it leads"))
    ways = choice_field(
        _l("Which way"), [("in", _l("In")), ("out", _l("Out")), ("both", _l("In and out"))], default="in"
    )
    how_often = choice_field(
        _l("How often a person may come in"),
        [("any", _l("Any number of times")), ("daily", _l("Once a day")), ("once", _l("Once"))],
        default="any",
    )
    form = choice_field(_l("Who registered with"), [_EVERYBODY], default="")
    choice = choice_field(_l("Who chose"), [_EVERYBODY], default="")
    needs_place = BooleanField(_l("Only people with a place in the session"))
    admits_waiting = BooleanField(_l("People on the waitlist may come in too"))
    opens_at = time_field(_l("Opens"))
    closes_at = time_field(_l("Closes"))

    def for_event(self, event: Event, words: Callable[[Words], str]) -> "CheckpointForm":
        """Offer the places, forms and choices of an event; `words` says a text in the reader's language."""
        self.place.choices = [
            ("event", _("The event")),
            *((f"day-{day.id}", format_day(day.date, year=False, weekday=True)) for day in event.days),
            *((f"room-{room.id}", room.name) for room in event.rooms),
            *((f"session-{one.id}", one.title) for day in event.days for one in day.sessions),
        ]
        found = registrations.forms_of(event)
        self.form.choices = [_EVERYBODY, *((str(one.id), words(one.title)) for one in found)]
        self.choice.choices = [
            _EVERYBODY,
            *(
                (f"{version.field_id}:{option['key']}", f"{words(version.label)}: {words(option['label'])}")
                for one in found
                for version in registrations.current_fields(one)
                for option in version.choices
            ),
        ]
        return self

    def of(self, checkpoint: Checkpoint) -> "CheckpointForm":
        """Show what a checkpoint is."""
        number = checkpoint.day_id or checkpoint.session_id or checkpoint.room_id
        self.place.data = checkpoint.kind if number is None else f"{checkpoint.kind}-{number}"
        for name in ("name", "ways", "how_often", "needs_place", "admits_waiting", "opens_at", "closes_at"):
            self[name].data = getattr(checkpoint, name)
        self.form.data = str(checkpoint.form_ids[0]) if checkpoint.form_ids else ""
        self.choice.data = f"{checkpoint.field_id}:{checkpoint.option}" if checkpoint.field_id else ""
        return self

    def facts(self) -> CheckpointFacts:
        """Return what was chosen."""
        kind, _dash, number = (self.place.data or "event").partition("-")
        field_id, _colon, option = (self.choice.data or "").partition(":")
        places = {f"{kind}_id": int(number)} if number else {}
        return CheckpointFacts(
            name=self.name.data or "",
            kind=CheckpointKind(kind),
            ways=Ways(self.ways.data),
            how_often=HowOften(self.how_often.data),
            admits_waiting=self.admits_waiting.data,
            form_ids=[int(self.form.data)] if self.form.data else [],
            needs_place=self.needs_place.data,
            field_id=int(field_id) if field_id else None,
            option=option or None,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            **places,
        )
