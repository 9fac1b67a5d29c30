"""The back office: what kinds of certificates an event gives, what each asks for, who gets it, words by hand."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.certificates import labels, queries, rules, services
from app.certificates.award_forms import AwardForm, ByHandForm, ConditionForm, RecipientForm
from app.certificates.models import Award, CertificateRole
from app.certificates.rules import AllOf, AnyOf, ByHand, Condition, Percent
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import Form
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration.models import DocumentType

bp = Blueprint("awards", __name__, url_prefix="/gestion/eventos/<slug>/constancias/tipos")


def _award(event: Event, award_id: int) -> Award:
    """Return an award of this event; 0 stands for the first, which may have no row yet."""
    return queries.award_of_event_or_404(event, award_id or None)


@bp.get("")
@requires(Permission.CERTIFICATE_ISSUE)
def index(slug: str) -> ResponseReturnValue:
    """List the kinds of certificates that an event gives."""
    event = events.managed_event_or_404(slug)
    awards = queries.awards_of(event)
    asked = {
        award.position: labels.asked(queries.requirements_of(award).condition, labels.names_of(event))
        for award in awards
    }
    return form_page(
        "certificates/office/awards.html", event=event, awards=awards, asked=asked, labels=labels
    )


@bp.route("/nuevo", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE)
def new(slug: str) -> ResponseReturnValue:
    """Let the event give one more kind."""
    event = events.managed_event_or_404(slug)
    form = AwardForm.about(event)
    if not form.validate_on_submit():
        return form_page("certificates/office/award_new.html", event=event, form=form)
    try:
        award = services.add_award(event, form.facts(), at=clock.now())
    except DomainError as error:
        return form_page("certificates/office/award_new.html", event=event, form=form.with_error(error))
    flash(_("Added. Now set what it asks for."), "success")
    return redirect(url_for(".show", slug=slug, award_id=award.id), 303)


@bp.route("/<int:award_id>", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE)
def show(slug: str, award_id: int) -> ResponseReturnValue:
    """Show and change what an award says, asks for and who gets it."""
    event = events.managed_event_or_404(slug)
    award = _award(event, award_id)
    form = AwardForm.about(event, award)
    if not form.validate_on_submit():
        return _page(event, award, form=form)
    try:
        services.change_award(award, form.facts(), at=clock.now())
    except DomainError as error:
        return _page(event, award, form=form.with_error(error))
    flash(_("Saved. Certificates issued from now on will look like this."), "success")
    return redirect(url_for(".show", slug=slug, award_id=award.id), 303)


def _page(
    event: Event,
    award: Award,
    *,
    form: Form | None = None,
    condition: Form | None = None,
    recipient: Form | None = None,
) -> Response:
    names = labels.names_of(event)
    return form_page(
        "certificates/office/award.html",
        event=event,
        award=award,
        form=form or AwardForm.about(event, award, is_shown=True),
        condition=condition or ConditionForm.about(event, is_shown=True),
        recipient=recipient or RecipientForm(formdata=None),
        tree=labels.drawn(_tree(award), names),
        is_default=award.rule is None,
        recipients=[] if award.is_for_participants else queries.recipients_of(event, award.role),
        outside=queries.outside_the_list(event, CertificateRole(award.role)),
        labels=labels,
        names=names,
    )


def _tree(award: Award) -> Condition:
    """Return what an award asks for as a group that conditions can be added to."""
    if award.rule is None:
        return AllOf((Percent(award.event.minimum_percent),) if award.is_for_participants else ())
    kept = rules.from_json(award.rule)
    return kept if isinstance(kept, AllOf | AnyOf) else AllOf((kept,))


def _path() -> tuple[int, ...]:
    """Return the way to a condition as the form names it: "", "1" or "1.0"."""
    parts = request.form.get("path", "")[:20].split(".")
    return tuple(int(part) for part in parts if part.isascii() and part.isdecimal())


def _change_rule(
    slug: str, award_id: int, change: Callable[[Condition], Condition | None]
) -> ResponseReturnValue:
    event = events.managed_event_or_404(slug)
    award = _award(event, award_id)
    try:
        services.set_rule(award, change(_tree(award)), at=clock.now())
    except LookupError:
        flash(_("Somebody changed this rule meanwhile. This is how it stands now."), "warning")
    except DomainError as error:
        return _page(event, award, condition=ConditionForm.about(event, is_shown=True).with_error(error))
    return redirect(url_for(".show", slug=slug, award_id=award.id or 0, _anchor="rule"), 303)


@bp.post("/<int:award_id>/condiciones")
@requires(Permission.CERTIFICATE_ISSUE)
def add_condition(slug: str, award_id: int) -> ResponseReturnValue:
    """Ask for one thing more."""
    event = events.managed_event_or_404(slug)
    form = ConditionForm.about(event)
    if not form.validate():
        return _page(event, _award(event, award_id), condition=form)
    path, asked = _path(), form.condition()
    return _change_rule(slug, award_id, lambda tree: rules.with_added(tree, path, asked))


@bp.post("/<int:award_id>/condiciones/quitar")
@requires(Permission.CERTIFICATE_ISSUE)
def remove_condition(slug: str, award_id: int) -> ResponseReturnValue:
    """Ask for one thing less."""
    path = _path()
    return _change_rule(slug, award_id, lambda tree: rules.without(tree, path))


@bp.post("/<int:award_id>/condiciones/modo")
@requires(Permission.CERTIFICATE_ISSUE)
def switch(slug: str, award_id: int) -> ResponseReturnValue:
    """Ask for all, for one, or for the event's minimum attendance alone."""
    mode = request.form.get("mode", "")

    def change(tree: Condition) -> Condition | None:
        if mode == "default" or not isinstance(tree, AllOf | AnyOf):
            return None
        return AnyOf(tree.parts) if mode == "any" else AllOf(tree.parts)

    return _change_rule(slug, award_id, change)


@bp.post("/<int:award_id>/retirar")
@requires(Permission.CERTIFICATE_ISSUE)
def retire(slug: str, award_id: int) -> ResponseReturnValue:
    """Give an award no more."""
    event = events.managed_event_or_404(slug)
    award = _award(event, award_id)
    try:
        services.retire_award(award, at=clock.now())
    except DomainError as error:
        return _page(event, award, form=AwardForm.about(event, award, is_shown=True).with_error(error))
    flash(_("It is issued no more. What was issued goes on holding."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/<int:award_id>/personas")
@requires(Permission.CERTIFICATE_ISSUE)
def add_recipient(slug: str, award_id: int) -> ResponseReturnValue:
    """Enter somebody who did not register into the list."""
    event = events.managed_event_or_404(slug)
    award = _award(event, award_id)
    form = RecipientForm()
    if not form.validate():
        return _page(event, award, recipient=form)
    services.add_recipient(
        event,
        CertificateRole(award.role),
        name=form.name.data,
        document_type=DocumentType(form.document_type.data),
        document_number=form.document_number.data or "",
        email=form.email.data or "",
        at=clock.now(),
    )
    return redirect(url_for(".show", slug=slug, award_id=award.id or 0, _anchor="people"), 303)


@bp.post("/<int:award_id>/personas/<int:recipient_id>/quitar")
@requires(Permission.CERTIFICATE_ISSUE)
def remove_recipient(slug: str, award_id: int, recipient_id: int) -> ResponseReturnValue:
    """Take somebody off the list."""
    event = events.managed_event_or_404(slug)
    services.remove_recipient(event, queries.recipient_of_event_or_404(event, recipient_id), at=clock.now())
    return redirect(url_for(".show", slug=slug, award_id=award_id, _anchor="people"), 303)


@bp.route("/<int:award_id>/participantes/<int:registration_id>", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE)
def by_hand(slug: str, award_id: int, registration_id: int) -> ResponseReturnValue:
    """Grant or refuse an award to one participant whatever the rule says."""
    event = events.managed_event_or_404(slug)
    award, person = _award(event, award_id), queries.participant_or_404(event, registration_id)
    form = ByHandForm()

    def page(shown: Form) -> Response:
        return form_page(
            "certificates/office/by_hand.html",
            event=event,
            award=award,
            person=person,
            decision=queries.decisions_for(person, [award])[award],
            made=queries.decisions_of(award, person) if award.id else [],
            form=shown,
            labels=labels,
            names=labels.names_of(event),
            name_of=queries.name_of,
        )

    if not form.validate_on_submit():
        return page(form)
    try:
        services.decide_by_hand(
            award, person, ByHand(form.verdict.data), reason=form.reason.data, by=current_user, at=clock.now()
        )
    except DomainError as error:
        return page(form.with_error(error))
    flash(_("Noted. It counts from the next issue on."), "success")
    return redirect(
        url_for("certificates_office.index", slug=slug, premio=award.id, q=person.document_number or None),
        303,
    )
