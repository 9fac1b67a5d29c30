"""The attendance office: who was there, by what evidence, and what is written down by hand."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import clock
from app.attendance import queries, services
from app.attendance.forms import MarkForm
from app.attendance.labels import kind_words, result_words, source_words, status_words
from app.attendance.views.blueprint import bp
from app.attendance.views.corrections import CorrectionForm
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.events.rules import today
from app.forms import whole
from app.localisation import day as format_day
from app.permissions import Permission, requires
from app.registration import queries as registrations
from app.registration.models import Registration, RegistrationStatus

SCANS = 200  # how many of the last scans are listed


@bp.get("/asistencia")
@requires(Permission.ATTENDANCE_VIEW)
def index(slug: str) -> ResponseReturnValue:
    """Show the numbers of days and sessions, and people with what is known of their days."""
    event = events.managed_event_or_404(slug, agenda=True)
    return _index(event, MarkForm(formdata=None))


@bp.post("/asistencia")
@requires(Permission.ATTENDANCE_EDIT)
def mark(slug: str) -> ResponseReturnValue:
    """Write down by hand that the ticked people were there, or were not."""
    event = events.managed_event_or_404(slug, agenda=True)
    form = MarkForm().for_event(event)
    if not _mark(event, form):
        return _index(event, form), 422
    return redirect(url_for(".index", slug=slug, **_where()), 303)


@bp.get("/asistencia/<int:registration_id>")
@requires(Permission.ATTENDANCE_VIEW)
def person(slug: str, registration_id: int) -> ResponseReturnValue:
    """Show what is recorded about one person and what it counts for."""
    event = events.managed_event_or_404(slug, agenda=True)
    return _person(event, queries.person_or_404(event, registration_id), MarkForm(formdata=None))


@bp.post("/asistencia/<int:registration_id>")
@requires(Permission.ATTENDANCE_EDIT)
def mark_person(slug: str, registration_id: int) -> ResponseReturnValue:
    """Write down by hand that one person was there, or was not."""
    event = events.managed_event_or_404(slug, agenda=True)
    registration = queries.person_or_404(event, registration_id)
    form = MarkForm().for_event(event)
    form.people.data = [registration.id]
    if not _mark(event, form):
        return _person(event, registration, form), 422
    return redirect(url_for(".person", slug=slug, registration_id=registration_id), 303)


@bp.post("/asistencia/<int:registration_id>/correcciones")
@requires(Permission.ATTENDANCE_EDIT)
def correct(slug: str, registration_id: int) -> ResponseReturnValue:
    """Declare, with a reason, that a row of a person's history does not hold."""
    event = events.managed_event_or_404(slug, agenda=True)
    registration = queries.person_or_404(event, registration_id)
    form = CorrectionForm()
    if form.validate():
        try:
            services.ledger.correct(
                event,
                registration,
                form.row.data or 0,
                reason=form.reason.data or "",
                by=current_user.id,
                at=clock.now(),
            )
        except DomainError as error:
            form.with_error(error)
        else:
            flash(_("Corrected. What it said counts no more."), "success")
            return redirect(
                url_for(".person", slug=slug, registration_id=registration_id, _anchor="historia"), 303
            )
    return _person(event, registration, MarkForm(formdata=None), form), 422


@bp.get("/asistencia/lecturas")
@requires(Permission.ATTENDANCE_VIEW)
def scans(slug: str) -> ResponseReturnValue:
    """List the last scans of the doors, refused ones too."""
    event = events.managed_event_or_404(slug)
    refused = request.args.get("solo") == "rechazadas"
    return render_template(
        "attendance/scans.html",
        event=event,
        refused=refused,
        limit=SCANS,
        scans=queries.recent_scans(event, limit=SCANS, refused=refused),
        result_words=result_words,
    )


def _mark(event: Event, form: MarkForm) -> bool:
    """Write the mark; return False, with the reason in the form, where it cannot be taken."""
    people = form.people.data
    if not form.validate():
        return False
    present = form.present.data == "yes"
    try:
        number = services.mark(
            event,
            people,
            present=present,
            reason=form.reason.data or "",
            by=current_user.id,
            at=clock.now(),
            **form.day_or_session,
        )
    except DomainError as error:
        form.with_error(error)
        return False
    flash(ngettext("Written down for %(num)s person.", "Written down for %(num)s people.", number), "success")
    return True


def _where() -> dict[str, Any]:
    """Return which part of the list is looked at."""
    return {"q": request.args.get("q", "")[:100] or None, "pagina": whole(request.args.get("pagina"))}


def _index(event: Event, form: MarkForm) -> str:
    where = _where()
    page = queries.people(event, text=where["q"] or "", page=where["pagina"])
    return render_template(
        "attendance/index.html",
        event=event,
        form=form.for_event(event),
        page=page,
        text=where["q"] or "",
        states=queries.per_day(event, [row.id for row in page.items]),
        numbers=queries.by_day(event),
        on_screen=queries.on_screen_by_session(event),
        marked=queries.marked_sessions(event),
        confirmed=registrations.counts(event.id)[RegistrationStatus.CONFIRMED],
        today=today(event, at=clock.now()),
        recent=queries.recent_scans(event, limit=6),
        result_words=result_words,
        status_words=status_words,
    )


def _scope_names(event: Event) -> dict[tuple[str, int], str]:
    """Return how the days, sessions and rooms that a row may be about are called."""
    rooms = {("room", room.id): room.name for room in events.rooms_of(event)}
    days = {("day", day.id): format_day(day.date, year=False) for day in event.days}
    return days | rooms | {("session", one.id): one.title for day in event.days for one in day.sessions}


def _person(
    event: Event, registration: Registration, form: MarkForm, correction: CorrectionForm | None = None
) -> str:
    return render_template(
        "attendance/person.html",
        event=event,
        registration=registration,
        form=form.for_event(event),
        shares=queries.session_shares(event, [registration.id]).get(registration.id, {}),
        attended=queries.attended_minutes_of(registration),
        programme=queries.programme_minutes(event),
        states=queries.per_day(event, [registration.id])[registration.id],
        scope_names=_scope_names(event),
        refused=[scan for scan in queries.scans_of(registration) if scan.result not in queries.LET_IN],
        history=queries.history(registration),
        correction=correction or CorrectionForm(formdata=None),
        kind_words=kind_words,
        source_words=source_words,
        result_words=result_words,
        status_words=status_words,
    )
