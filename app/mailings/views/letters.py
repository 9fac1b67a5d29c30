"""The back office: an event's or an organisation's own words for letters."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Organisation
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.mail import templates
from app.mail.models import LetterTemplate
from app.mail.pages import letter_page
from app.mailings import defaults, emails, samples
from app.mailings.catalogue import LETTERS
from app.mailings.forms import WordsForm
from app.mailings.services import templates as services
from app.mailings.views.people import (
    INVITATIONS,
    TO_COORDINATORS,
    person_asked,
    person_or_404,
    readers,
)
from app.pages import form_page
from app.permissions import Permission, requires
from app.security import allow_in_policy

bp = Blueprint("letters", __name__)
_EVENT = "/gestion/eventos/<slug>/cartas"
_ORGANISATION = "/gestion/entidad/<slug>/cartas"


def _language() -> str:
    asked = request.args.get("idioma", "")
    return asked if asked in {"es", "en"} else str(get_locale())


def _words(owner: Event | Organisation, letter: str) -> tuple[str, str, bool]:
    """Return subject, body, and whether they are the owner's own."""
    if letter not in LETTERS:
        abort(404)
    language = _language()
    own = templates.find(letter, language, **services.owner_id(owner))
    if own is not None:
        return own.subject, own.body, True
    if isinstance(owner, Event):
        above = templates.find(letter, language, organisation_id=owner.organisation_id)
        if above is not None:
            return above.subject, above.body, False
    return *defaults.source(letter, language), False


@bp.get(_EVENT)
@requires(Permission.EVENT_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """List the letters of an event."""
    event = events.managed_event_or_404(slug)
    return render_template(
        "mailings/letters.html",
        event=event,
        letters=LETTERS,
        own=_languages(templates.own(event_id=event.id)),
        above=_languages(templates.own(organisation_id=event.organisation_id)),
    )


def _languages(rows: list[LetterTemplate]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.letter, []).append(row.language)
    return found


@bp.route(f"{_EVENT}/<letter>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def edit(slug: str, letter: str) -> ResponseReturnValue:
    """Write an event's own words for a letter."""
    event = events.managed_event_or_404(slug)
    form, is_own = _form(event, letter)
    if _saved(event, letter, form):
        return _back("edit", slug, letter)
    people = readers(event, letter)
    # A letter that only some get is looked at as one of them; most others, as somebody made up.
    first = people[0].id if people and letter in {*INVITATIONS, TO_COORDINATORS} else 0
    return _page(
        "mailings/letter.html",
        letter,
        form,
        is_own=is_own,
        event=event,
        people=people,
        person=person_asked(first),
    )


def _form(owner: Event | Organisation, letter: str) -> tuple[WordsForm, bool]:
    """Return the form of a letter's words, and whether they are the owner's own."""
    subject, body, is_own = _words(owner, letter)
    return WordsForm(subject=subject, body=body), is_own


def _saved(owner: Event | Organisation, letter: str, form: WordsForm) -> bool:
    if not form.validate_on_submit():
        return False
    try:
        services.save(
            owner, letter, _language(), subject=form.subject.data, body=form.body.data, at=clock.now()
        )
    except DomainError as error:
        form.with_error(error)
        return False
    flash(_("Saved."), "success")
    return True


def _page(template: str, letter: str, form: WordsForm, **shown: Any) -> Response:
    allow_in_policy("frame-src", "'self'")
    return form_page(
        template,
        letter=letter,
        editable=LETTERS[letter],
        form=form,
        fields=LETTERS[letter].merge_fields,
        language=_language(),
        **shown,
    )


def _back(endpoint: str, slug: str, letter: str) -> ResponseReturnValue:
    return redirect(url_for(f".{endpoint}", slug=slug, letter=letter, idioma=_language()), 303)


@bp.post(f"{_EVENT}/<letter>/restaurar")
@requires(Permission.EVENT_EDIT)
def restore(slug: str, letter: str) -> ResponseReturnValue:
    """Take the default words again."""
    _restore(events.managed_event_or_404(slug), letter)
    return _back("edit", slug, letter)


def _restore(owner: Event | Organisation, letter: str) -> None:
    _words(owner, letter)
    services.restore(owner, letter, _language(), at=clock.now())


@bp.get(f"{_EVENT}/<letter>/vista")
@requires(Permission.EVENT_EDIT)
def preview(slug: str, letter: str) -> Response:
    """Show a letter as one of its readers gets it, or as a made-up one would."""
    event = events.managed_event_or_404(slug)
    subject, body, _is_own = _words(event, letter)
    with force_locale(_language()):
        reader = person_or_404(event, letter)
        return letter_page(samples.letter(letter, event, reader, subject=subject, body=body))


@bp.post(f"{_EVENT}/<letter>/prueba")
@requires(Permission.EVENT_EDIT)
def try_out(slug: str, letter: str) -> ResponseReturnValue:
    """Send a letter to oneself."""
    _try(events.managed_event_or_404(slug), letter)
    return _back("edit", slug, letter)


def _try(owner: Event | Organisation, letter: str) -> None:
    subject, body, _is_own = _words(owner, letter)
    emails.try_letter(owner, letter, subject=subject, body=body, to=current_user, language=_language())
    flash(_("We write to %(email)s.", email=current_user.email), "success")


@bp.get(_ORGANISATION)
@requires(Permission.ORGANISATION_EDIT)
def of_organisation(slug: str) -> ResponseReturnValue:
    """List the letters of an organisation."""
    organisation = accounts.managed_organisation_or_404(slug)
    return render_template(
        "mailings/organisation_letters.html",
        active="organisations",
        organisation=organisation,
        letters=LETTERS,
        own=_languages(templates.own(organisation_id=organisation.id)),
    )


@bp.route(f"{_ORGANISATION}/<letter>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def edit_of_organisation(slug: str, letter: str) -> ResponseReturnValue:
    """Write an organisation's own words for a letter."""
    organisation = accounts.managed_organisation_or_404(slug)
    form, is_own = _form(organisation, letter)
    if _saved(organisation, letter, form):
        return _back("edit_of_organisation", slug, letter)
    owner = {"active": "organisations", "organisation": organisation}
    return _page("mailings/organisation_letter.html", letter, form, is_own=is_own, **owner)


@bp.post(f"{_ORGANISATION}/<letter>/restaurar")
@requires(Permission.ORGANISATION_EDIT)
def restore_of_organisation(slug: str, letter: str) -> ResponseReturnValue:
    """Take the default words again."""
    _restore(accounts.managed_organisation_or_404(slug), letter)
    return _back("edit_of_organisation", slug, letter)


@bp.get(f"{_ORGANISATION}/<letter>/vista")
@requires(Permission.ORGANISATION_EDIT)
def preview_of_organisation(slug: str, letter: str) -> Response:
    """Show a letter as a made-up person of a made-up event would get it."""
    organisation = accounts.managed_organisation_or_404(slug)
    subject, body, _is_own = _words(organisation, letter)
    with force_locale(_language()):
        event = samples.event(organisation)
        return letter_page(samples.letter(letter, event, samples.person(event), subject=subject, body=body))


@bp.post(f"{_ORGANISATION}/<letter>/prueba")
@requires(Permission.ORGANISATION_EDIT)
def try_out_of_organisation(slug: str, letter: str) -> ResponseReturnValue:
    """Send a letter to oneself."""
    _try(accounts.managed_organisation_or_404(slug), letter)
    return _back("edit_of_organisation", slug, letter)
