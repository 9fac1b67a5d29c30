"""What the office and a coordinator do alike: the table in which many are registered at once, and slips."""

from collections.abc import Callable, Sequence

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import clock, unit_of_work
from app.errors import DomainError
from app.events.models import Event
from app.pages import attachment
from app.registration import services
from app.registration.forms import GroupPeopleForm
from app.registration.models import Registration, RegistrationForm, RegistrationGroup, RegistrationStatus
from app.registration.sheets import UnreadableFile


def rows_answer(
    group: RegistrationGroup,
    form: GroupPeopleForm,
    *,
    asked: RegistrationForm | None,
    page: Callable[..., Response],
    done: str,
    by_link: bool = False,
) -> ResponseReturnValue:
    """Answer a request for the table: more lines, lines of a spreadsheet, or everybody registered and on to `done`.

    The view reads first: files are read and people are checked before anybody waits for the database.
    """
    if request.method != "POST":
        return page(added=None)
    match request.form.get("action"):
        case "more":
            form.add_rows()
            return _unsaved(page(added=None))
        case "paste":
            return _taken_over(form, page)
    if not form.validate():
        return page(added=None)
    unit_of_work.start_writing()
    try:
        people = services.register_group(
            group,
            form.people(),
            form.agreement(),
            form=asked,
            answers=form.answers(),
            idempotency_key=form.key(),
            language=form.language.data,
            at=clock.now(),
            by_link=by_link,
        )
    except DomainError as error:
        form.with_error(error)
        return page(added=None)
    flash(_said(people), "success")
    return redirect(done, 303)


def _taken_over(form: GroupPeopleForm, page: Callable[..., Response]) -> Response:
    """Answer with the lines of a spreadsheet in the table, or with why its file cannot be read."""
    try:
        added = form.take_pasted()
    except UnreadableFile as error:
        form.with_error(error)
        return page(added=None)
    return _unsaved(page(added=added))


def _unsaved(answer: Response) -> Response:
    """Answer 200: nothing was wrong, there is only more to fill in."""
    answer.status_code = 200
    return answer


def _said(people: list[Registration]) -> str:
    waiting = sum(person.status == RegistrationStatus.WAITLISTED for person in people)
    pending = sum(person.status == RegistrationStatus.PENDING for person in people)
    said = ngettext("%(num)s person is registered.", "%(num)s people are registered.", len(people))
    if pending:
        looked_at = ngettext(
            "The organisers look at %(num)s registration first.",
            "The organisers look at %(num)s registrations first.",
            pending,
        )
        return f"{said} {looked_at}"
    if not waiting:
        return said
    waits = ngettext("%(num)s of them waits for a seat.", "%(num)s of them wait for a seat.", waiting)
    return f"{said} {waits}"


def slips_file(event: Event, people: Sequence[Registration]) -> Response:
    """Return the slips of people as a file to be saved. Raises NoSlips and TooManySlips."""
    slips = services.print_slips(event, people, at=clock.now())
    return attachment(slips, f"papeletas-{event.slug}.pdf", "application/pdf")
