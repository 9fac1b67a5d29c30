"""The back office: who is registered for an event, one by one and many at once."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, codes, qr
from app.accounts import queries as accounts
from app.attendance import queries as attendance
from app.attendance.forms import MarkForm
from app.attendance.labels import result_words
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.events.rules import today
from app.forms import Form, whole
from app.mail.services import letters_about
from app.organisers import queries
from app.organisers.forms import ChosenForm, ReviewForm
from app.organisers.labels import letter_name, letter_state
from app.organisers.queries import Filters
from app.organisers.views.asked import filters_asked_for, place_in_list
from app.organisers.views.attendance import write_down
from app.pages import attachment, form_page
from app.permissions import Permission, requires
from app.registration import emails, labels, services, ubigeo
from app.registration import queries as registrations
from app.registration.errors import NobodyChosen
from app.registration.forms import by_hand_form, office_form
from app.registration.models import Registration, RegistrationStatus
from app.registration.receipts import receipts
from app.security import keep_private

bp = Blueprint("registration_office", __name__, url_prefix="/gestion/eventos/<slug>/inscripciones")


@bp.get("")
@requires(Permission.REGISTRATION_VIEW)
def index(slug: str) -> ResponseReturnValue:
    """Show the numbers of an event's registrations, and a part of them as a list."""
    return _index(events.managed_event_or_404(slug))


def _index(event: Event, *, error: object = None) -> Response:
    filters, now = filters_asked_for(), today(event, at=clock.now())
    numbers = queries.numbers(event)
    has_begun = event.starts_on is not None and event.starts_on <= now
    present_day = next((day for day in event.days if day.date == now), None)
    page = queries.page(event, filters, number=whole(request.args.get("pagina")))
    forms = registrations.forms_of(event)
    questions = registrations.questions_of(event) if forms else []
    return form_page(
        "organisers/registrations/index.html",
        event=event,
        error=error,
        filters=filters,
        place=place_in_list(),
        numbers=numbers,
        nowhere=queries.NOWHERE,
        departments=sorted(numbers.by_department, key=labels.department),
        present_day=present_day,
        attended=queries.attended(event, present_day) if has_begun else None,
        page=page,
        forms=forms,
        questions=[question for question in questions if question.choices],
        slip_files=_slip_files(event, filters, page.total),
        slips_each=services.MOST_SLIPS,
        is_over=services.is_over(event, at=clock.now()),
        reasons=queries.cancel_reasons(event) if filters.status == RegistrationStatus.CANCELLED else [],
        labels=labels,
    )


def _slip_files(event: Event, filters: Filters, total: int) -> int:
    """Return how many files the slips of a list take; one that fits into a file anyway is not counted through."""
    most = services.MOST_SLIPS
    return min(total, 1) if total <= most else -(-queries.with_seat(event, filters) // most)


@bp.get("/<int:registration_id>")
@requires(Permission.REGISTRATION_VIEW)
def show(slug: str, registration_id: int) -> ResponseReturnValue:
    """Show all that is known of one registration."""
    event = events.managed_event_or_404(slug, agenda=True)
    return _show(event, registrations.of_event_or_404(event, registration_id))


def _show(event: Event, registration: Registration, *, error: DomainError | None = None) -> Response:
    waits = registration.status == RegistrationStatus.WAITLISTED
    return form_page(
        "organisers/registrations/show.html",
        event=event,
        registration=registration,
        error=error,
        review=ReviewForm(formdata=None),
        namesakes=registrations.namesakes(registration) if registration.is_possible_duplicate else [],
        place_in_line=registrations.place_in_waitlist(registration) if waits else None,
        is_over=services.is_over(event, at=clock.now()),
        percent=queries.percent_of(registration),
        enrolments=registrations.enrolments_of(registration).values(),
        days=attendance.per_day(event, [registration.id])[registration.id],
        scans=attendance.scans_of(registration),
        certificates=queries.certificates_of(registration),
        letters=letters_about(registration, *registrations.invitations_behind(registration)),
        letter_name=letter_name,
        letter_state=letter_state,
        code=codes.grouped(registration.code),
        grouped=codes.grouped,
        district=ubigeo.label(registration.ubigeo),
        labels=labels,
        receipts=receipts(registration),
        result_words=result_words,
    )


@bp.route("/nueva", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def add(slug: str) -> ResponseReturnValue:
    """Register somebody who asked the office for it; then show what to hand over."""
    event = events.managed_event_or_404(slug)
    asked = registrations.main_form(event)
    form = by_hand_form(asked, witness=current_user.name, day=today(event, at=clock.now()))
    if not form.validate_on_submit():
        return _add_page(event, form)
    try:
        registration = services.register_by_hand(
            event,
            form.person(),
            form=asked,
            values=form.values,
            consent=form.agreement(),
            idempotency_key=form.key(),
            language=str(get_locale()),
            at=clock.now(),
        )
    except DomainError as error:
        return _add_page(event, form.with_error(error))
    flash(_registered(registration), "success")
    return redirect(url_for(".hand_over", slug=slug, registration_id=registration.id), 303)


def _add_page(event: Event, form: Form) -> Response:
    taken = registrations.counts(event.id)[RegistrationStatus.CONFIRMED]
    return form_page(
        "organisers/registrations/add.html",
        event=event,
        form=form,
        is_full=event.capacity is not None and taken >= event.capacity,
        notice=accounts.consent_in_force(event.organisation),
    )


def _registered(registration: Registration) -> str:
    waits = registration.status == RegistrationStatus.WAITLISTED
    said = _("On the waitlist: every seat is taken.") if waits else _("Registered.")
    sent = _("We write to %(email)s.", email=registration.email) if registration.email else ""
    return f"{said} {sent}".strip()


@bp.get("/<int:registration_id>/entrega")
@requires(Permission.REGISTRATION_EDIT)
def hand_over(slug: str, registration_id: int) -> ResponseReturnValue:
    """Show the pass, the code and the personal link of somebody, to print or to read aloud."""
    event = events.managed_event_or_404(slug)
    registration = registrations.of_event_or_404(event, registration_id)
    side, path = qr.svg_path(registrations.pass_text(registration))
    page = render_template(
        "organisers/registrations/hand_over.html",
        event=event,
        registration=registration,
        code=codes.grouped(registration.code),
        pass_side=side,
        pass_path=path,
        personal_url=emails.personal_url(registration),
    )
    return keep_private(Response(page))


@bp.route("/<int:registration_id>/corregir", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def correct(slug: str, registration_id: int) -> ResponseReturnValue:
    """Correct what is known of a person."""
    event = events.managed_event_or_404(slug)
    registration = registrations.of_event_or_404(event, registration_id)
    asked = registrations.form_by_id(event, registration.form_id) if registration.form_id else None
    form = office_form(registration, asked)
    values = {"event": event, "registration": registration, "form": form}
    if not form.validate_on_submit():
        return form_page("organisers/registrations/correct.html", **values)
    try:
        changed = services.correct(registration, form.person(), at=clock.now())
        if asked is not None:
            services.correct_answers(registration, asked, form.values, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return form_page("organisers/registrations/correct.html", **values)
    flash(_("Saved."), "success")
    if "email" in changed:
        flash(
            _("Whoever had the link before still has it. Renew it if the e-mail was somebody else's."),
            "warning",
        )
    return redirect(url_for(".show", slug=slug, registration_id=registration_id), 303)


@bp.post("/<int:registration_id>/enlace")
@requires(Permission.REGISTRATION_EDIT)
def send_link(slug: str, registration_id: int) -> ResponseReturnValue:
    """Send a person their personal link once more."""
    event = events.managed_event_or_404(slug, agenda=True)
    registration = registrations.of_event_or_404(event, registration_id)
    try:
        services.send_link_again(registration, at=clock.now())
    except DomainError as error:
        return _show(event, registration, error=error)
    flash(_("We send the link to %(email)s.", email=registration.email), "success")
    return redirect(url_for(".show", slug=slug, registration_id=registration_id), 303)


@bp.post("/<int:registration_id>/renovar")
@requires(Permission.REGISTRATION_EDIT)
def renew_link(slug: str, registration_id: int) -> ResponseReturnValue:
    """Make a person's link useless, and send or show the new one."""
    event = events.managed_event_or_404(slug)
    registration = registrations.of_event_or_404(event, registration_id)
    services.renew_link(registration, at=clock.now())
    if not registration.email:
        flash(_("The old link no longer works. This is the new one."), "success")
        return redirect(url_for(".hand_over", slug=slug, registration_id=registration_id), 303)
    flash(
        _("The old link no longer works. We send the new one to %(email)s.", email=registration.email),
        "success",
    )
    return redirect(url_for(".show", slug=slug, registration_id=registration_id), 303)


@bp.route("/<int:registration_id>/cancelar", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def cancel(slug: str, registration_id: int) -> ResponseReturnValue:
    """Ask whether a registration shall be cancelled, and cancel it."""
    event = events.managed_event_or_404(slug)
    registration = registrations.of_event_or_404(event, registration_id)
    if request.method != "POST":
        return _cancel_page(event, [registration])
    try:
        services.cancel(registration, at=clock.now(), by_participant=False)
    except DomainError as error:
        return _cancel_page(event, [registration], error=error)
    flash(_("The registration is cancelled."), "success")
    return redirect(url_for(".show", slug=slug, registration_id=registration_id), 303)


def _cancel_page(event: Event, people: list[Registration], *, error: DomainError | None = None) -> Response:
    is_asked = request.method == "POST" and "sure" not in request.form and error is None
    page = render_template(
        "organisers/registrations/cancel.html",
        event=event,
        people=people,
        error=error,
        place=place_in_list(),
        labels=labels,
        is_single=request.view_args is not None and "registration_id" in request.view_args,
        waiting=registrations.counts(event.id)[RegistrationStatus.WAITLISTED],
    )
    return Response(page, 200 if is_asked or request.method == "GET" else 422)


def _chosen(event: Event) -> list[Registration]:
    """Return the ticked people. Raises NobodyChosen, which also says where too many or other things were sent."""
    form = ChosenForm()
    if not form.validate():
        raise NobodyChosen(form.people.errors[0])
    found = registrations.several(event, form.people.data or ())
    if not found:
        raise NobodyChosen
    return found


@bp.post("/cancelar")
@requires(Permission.REGISTRATION_EDIT)
def cancel_chosen(slug: str) -> ResponseReturnValue:
    """Ask whether the ticked registrations shall be cancelled, and once that is sure cancel them."""
    event = events.managed_event_or_404(slug)
    try:
        people = _chosen(event)
    except DomainError as error:
        return _index(event, error=error)
    if "sure" not in request.form:
        return _cancel_page(event, people)
    try:
        number = services.cancel_many(event, [one.id for one in people], at=clock.now())
    except DomainError as error:
        return _cancel_page(event, people, error=error)
    flash(
        ngettext("%(num)s registration is cancelled.", "%(num)s registrations are cancelled.", number),
        "success",
    )
    return redirect(url_for(".index", slug=slug, **place_in_list()), 303)


@bp.post("/papeletas")
@requires(Permission.REGISTRATION_EDIT)
def slips(slug: str) -> ResponseReturnValue:
    """Return slips or badges of the ticked people, or else of a part of those in the list, as a PDF."""
    event = events.managed_event_or_404(slug)
    try:
        if "people" in request.form:
            people = _chosen(event)
        else:
            part = whole(request.form.get("parte"))
            people = queries.confirmed(event, filters_asked_for(), part=part, size=services.MOST_SLIPS)
        return _printed(event, people)
    except DomainError as error:
        return _index(event, error=error)


def _printed(event: Event, people: list[Registration]) -> Response:
    """Return what was asked for: badges on one of their sheets, or else slips. Raises NoSlips and TooManySlips."""
    asked, at = request.form.get("formato", ""), clock.now()
    if asked in set(services.Sheet):
        content, name = services.print_badges(event, people, services.Sheet(asked), at=at), "credenciales"
    else:
        content, name = services.print_slips(event, people, at=at), "papeletas"
    return attachment(content, f"{name}-{event.slug}.pdf", "application/pdf")


@bp.post("/asistencia")
@requires(Permission.ATTENDANCE_EDIT)
def mark_chosen(slug: str) -> ResponseReturnValue:
    """Ask for what and why the ticked people shall be written down as attending, and write it down."""
    event = events.managed_event_or_404(slug, agenda=True)
    try:
        people = _chosen(event)
    except DomainError as error:
        return _index(event, error=error)
    is_answer = "scope" in request.form
    form = (MarkForm() if is_answer else MarkForm(formdata=None)).for_event(event)
    if not is_answer or not write_down(event, [one.id for one in people], form):
        page = render_template(
            "organisers/registrations/mark.html", event=event, people=people, form=form, place=place_in_list()
        )
        return Response(page, 422 if is_answer else 200)
    return redirect(url_for(".index", slug=slug, **place_in_list()), 303)
