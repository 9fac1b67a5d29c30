"""What the back office's own pages send: people chosen in a list, roles given."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, ValidationError

from app.forms import LARGEST_ID, Form, choice_field, email_field, options, paragraphs_field, text_field
from app.organisers import labels
from app.organisers.people import Scope
from app.permissions import Role
from app.registration.rules.reviews import NOTE_LENGTH, Verdict

MOST = 200  # people chosen at once: four pages of the list


def _id(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 10 or int(text) > LARGEST_ID:
        raise ValueError("not the id of a row")
    return int(text)


class ChosenForm(Form):
    """The people who were ticked in a list."""

    people = SelectMultipleField(_l("People"), validate_choice=False, coerce=_id)

    def __init__(self, *args: Any, most: int = MOST, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def validate_people(self, field: SelectMultipleField) -> None:
        """Refuse more people than the list can show."""
        if len(field.data or ()) > self.most:
            raise ValidationError(_l("Choose at most %(max)s people at once.", max=self.most))


class ReviewForm(Form):
    """The office's word on registrations, and what it writes to those people."""

    verdict = RadioField(
        _l("Decision"),
        choices=options(
            [
                (Verdict.APPROVE.value, _l("Approve")),
                (Verdict.ASK.value, _l("Ask for more")),
                (Verdict.REJECT.value, _l("Do not accept")),
            ]
        ),
        default=Verdict.APPROVE.value,
        invalid_choice_message=_l("Choose one from the list."),
    )
    note = paragraphs_field(_l("Message to the person"), limit=NOTE_LENGTH)


class NoteForm(Form):
    """What the office writes to a person about a correction, if it writes anything."""

    note = paragraphs_field(_l("Note to the person"), limit=400)


class DeclineForm(NoteForm):
    """Why the office declines a correction: the person is told."""

    note = paragraphs_field(_l("Note to the person"), limit=400, is_required=True)


class RoleForm(Form):
    """A role, and where it holds."""

    role = choice_field(_l("Role"), default=Role.ORGANISER)
    scope = choice_field(_l("Where it holds"))

    @classmethod
    def within(cls, scopes: dict[str, Scope], **options: Any) -> Self:
        """Return the form with the places where the administrator may grant roles."""
        form = cls(**options)
        form.role.choices = [(role.value, labels.role(role)) for role in Role]
        form.scope.choices = [(value, labels.scope(scope)) for value, scope in scopes.items()]
        return form


class NewPersonForm(RoleForm):
    """Somebody who shall sign in, with a first role."""

    email = email_field(_l("E-mail"), is_required=True)
    name = text_field(_l("Name and surnames"), limit=200, is_required=True)
