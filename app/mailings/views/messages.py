"""The back office: messages to a choice of an event's people."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import instant, whole
from app.mail.pages import letter_page
from app.mailings import emails, labels, tasks
from app.mailings.catalogue import MESSAGE_FIELDS
from app.mailings.forms import MailingForm, SendForm
from app.mailings.models import Mailing, MailingStatus
from app.mailings.queries import audience
from app.mailings.queries import mailings as queries
from app.mailings.queries.mailings import Result
from app.mailings.rules import Audience
from app.mailings.services import mailings as services
from app.mailings.views.people import person_asked, person_or_404
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import queries as registrations
from app.security import allow_in_policy

bp = Blueprint("messages", __name__, url_prefix="/gestion/eventos/<slug>/mensajes")


@bp.get("")
@requires(Permission.REGISTRATION_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """List the messages of an event."""
    event = events.managed_event_or_404(slug)
    return render_template(
        "mailings/index.html", event=event, mailings=queries.of_event(event), labels=labels
    )


@bp.route("/nuevo", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def add(slug: str) -> ResponseReturnValue:
    """Write a message."""
    event = events.managed_event_or_404(slug, agenda=True)
    form = MailingForm.of(event)
    if not form.validate_on_submit():
        return _form_page(event, form)
    try:
        mailing = services.draft(event, form.message(), by=current_user, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _form_page(event, form)
    return redirect(url_for(".show", slug=slug, mailing_id=mailing.id), 303)


def _form_page(event: Event, form: MailingForm, mailing: Mailing | None = None) -> Response:
    return form_page(
        "mailings/form.html",
        event=event,
        form=form,
        mailing=mailing,
        fields=MESSAGE_FIELDS,
        asks_about_notices=audience.asks_about_notices(event),
    )


@bp.route("/<int:mailing_id>/editar", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def edit(slug: str, mailing_id: int) -> ResponseReturnValue:
    """Change a draft."""
    event = events.managed_event_or_404(slug, agenda=True)
    mailing = queries.of_event_or_404(event, mailing_id)
    form = MailingForm.of(event, mailing)
    if not form.validate_on_submit():
        return _form_page(event, form, mailing)
    try:
        services.change(mailing, form.message())
    except DomainError as error:
        form.with_error(error)
        return _form_page(event, form, mailing)
    return redirect(url_for(".show", slug=slug, mailing_id=mailing_id), 303)


@bp.get("/<int:mailing_id>")
@requires(Permission.REGISTRATION_EDIT)
def show(slug: str, mailing_id: int) -> ResponseReturnValue:
    """Show a draft before it is sent, or how far a message has come."""
    event = events.managed_event_or_404(slug, agenda=True)
    return _show(event, queries.of_event_or_404(event, mailing_id))


def _show(event: Event, mailing: Mailing, *, form: SendForm | None = None, error: Any = None) -> Response:
    chosen = Audience.of(mailing.audience)
    values: dict[str, Any] = {
        "event": event,
        "mailing": mailing,
        "error": error,
        "labels": labels,
        "said": labels.audience(
            event, chosen, forms=registrations.forms_of(event), fields=audience.choice_fields(event)
        ),
    }
    if mailing.status in {MailingStatus.DRAFT, MailingStatus.SCHEDULED}:
        allow_in_policy("frame-src", "'self'")
        return form_page(
            "mailings/draft.html", form=form or SendForm(formdata=None), **_draft(event, mailing), **values
        )
    asked = request.args.get("resultado", "")
    result = Result(asked) if asked in set(Result) else None
    return form_page(
        "mailings/progress.html",
        result=result,
        results=queries.results(mailing),
        page=queries.recipients(mailing, result=result, number=whole(request.args.get("pagina"))),
        **values,
    )


def _draft(event: Event, mailing: Mailing) -> dict[str, Any]:
    chosen, is_notice = Audience.of(mailing.audience), mailing.is_notice
    return {
        "number": audience.count(event, chosen, is_notice=is_notice),
        "people": audience.some(event, chosen, is_notice=is_notice),
        "person": person_asked(),
        "asks_about_notices": audience.asks_about_notices(event),
    }


@bp.get("/<int:mailing_id>/avance")
@requires(Permission.REGISTRATION_EDIT)
def progress(slug: str, mailing_id: int) -> Response:
    """Answer how far a message is, for the page that watches it."""
    event = events.managed_event_or_404(slug)
    mailing = queries.of_event_or_404(event, mailing_id)
    results = queries.results(mailing)
    total, waiting = sum(results.values()), results[Result.WAITING]
    is_at_work = mailing.status in {MailingStatus.SENDING, MailingStatus.FINISHED}
    return jsonify(
        percent=100 * (total - waiting) // total if total else 100,
        done=total - waiting,
        finished=not (waiting and is_at_work),
    )


@bp.get("/<int:mailing_id>/vista")
@requires(Permission.REGISTRATION_EDIT)
def preview(slug: str, mailing_id: int) -> ResponseReturnValue:
    """Show a message as one person gets it, or as a made-up one would."""
    event = events.managed_event_or_404(slug)
    mailing = queries.of_event_or_404(event, mailing_id)
    person = person_or_404(event)
    return letter_page(emails.message(mailing, person))


@bp.post("/<int:mailing_id>/prueba")
@requires(Permission.REGISTRATION_EDIT)
def try_out(slug: str, mailing_id: int) -> ResponseReturnValue:
    """Send a message to oneself."""
    event = events.managed_event_or_404(slug)
    mailing = queries.of_event_or_404(event, mailing_id)
    emails.try_message(mailing, to=current_user, language=str(get_locale()))
    flash(_("We write to %(email)s.", email=current_user.email), "success")
    return redirect(url_for(".show", slug=slug, mailing_id=mailing_id), 303)


@bp.post("/<int:mailing_id>/enviar")
@requires(Permission.REGISTRATION_EDIT)
def send(slug: str, mailing_id: int) -> ResponseReturnValue:
    """Begin to send a draft, or schedule it."""
    event = events.managed_event_or_404(slug, agenda=True)
    mailing = queries.of_event_or_404(event, mailing_id)
    form = SendForm()
    if not form.validate():
        return _show(event, mailing, form=form)
    send_at = instant(form.send_at.data, event.timezone)
    try:
        number = services.send(mailing, expected=form.expected.data, send_at=send_at, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _show(event, mailing, form=form, error=None if error.field else error)
    if send_at is None:
        tasks.wake(mailing.id)
        flash(
            ngettext(
                "Letters to %(num)s person begin to leave.",
                "Letters to %(num)s people begin to leave.",
                number,
            ),
            "success",
        )
    return redirect(url_for(".show", slug=slug, mailing_id=mailing_id), 303)


@bp.post("/<int:mailing_id>/estado")
@requires(Permission.REGISTRATION_EDIT)
def set_status(slug: str, mailing_id: int) -> ResponseReturnValue:
    """Pause, resume or stop a message."""
    event = events.managed_event_or_404(slug, agenda=True)
    mailing = queries.of_event_or_404(event, mailing_id)
    steps = {
        "pausar": MailingStatus.PAUSED,
        "seguir": MailingStatus.SENDING,
        "detener": MailingStatus.CANCELLED,
    }
    step = steps.get(request.form.get("paso", ""))
    if step is not None:
        try:
            services.set_status(mailing, step, at=clock.now())
        except DomainError as error:
            return _show(event, mailing, error=error)
        if step == MailingStatus.SENDING:
            tasks.wake(mailing.id)
    return redirect(url_for(".show", slug=slug, mailing_id=mailing_id), 303)


@bp.post("/<int:mailing_id>/borrar")
@requires(Permission.REGISTRATION_EDIT)
def delete(slug: str, mailing_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    event = events.managed_event_or_404(slug, agenda=True)
    mailing = queries.of_event_or_404(event, mailing_id)
    try:
        services.delete_draft(mailing)
    except DomainError as error:
        return _show(event, mailing, error=error)
    return redirect(url_for(".index", slug=slug), 303)
