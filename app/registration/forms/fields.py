"""What an office fills in to ask something: one form for each kind of field."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Self

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms.validators import ValidationError

from app.forms import (
    Form,
    amount_field,
    choice_field,
    date_field,
    options,
    paragraphs_field,
    text_field,
    whole,
    whole_field,
)
from app.registration import rules
from app.registration.forms.editing import LARGEST_CAPACITY, LONGEST_LABEL, apart, both
from app.registration.models import FieldKind, FieldVersion
from app.registration.rules.answers import words
from app.registration.services import FieldFacts

MOST_CHOICES = 60
_SPARE_LINES = 2
_LARGEST = 10**9
_YES_NO = {"si": True, "no": False}
_STEPS = {"antes": -1, "despues": 1}


class AskingForm(Form):
    """What every field has: its words, and when it is shown."""

    label_es = text_field(_l("In Spanish"), limit=LONGEST_LABEL, is_required=True)
    label_en = text_field(_l("In English"), limit=LONGEST_LABEL)
    help_es = paragraphs_field(_l("Help in Spanish"), limit=500)
    help_en = paragraphs_field(_l("Help in English"), limit=500)
    shown_if = choice_field(_l("Show it"))

    kind: FieldKind

    @classmethod
    def of(
        cls, kind: FieldKind, version: FieldVersion | None, earlier: Sequence[FieldVersion], **given: Any
    ) -> Self:
        """Return the form of a field, or of a new one, with the `earlier` fields that it may depend on."""
        form = cls(data=None if version is None else cls.known(version), **given)
        form.kind = kind
        form.shown_if.choices = options(_conditions(earlier))
        return form

    @classmethod
    def known(cls, version: FieldVersion) -> dict[str, Any]:
        """Return what a field asks, as it is typed."""
        return {
            **apart("label", version.label),
            **apart("help", version.help),
            "shown_if": _condition_typed(version.shown_if),
        }

    def facts(self) -> FieldFacts:
        """Return what was written. Only after `validate()`."""
        return FieldFacts(
            kind=self.kind,
            label=both(self, "label"),
            help=both(self, "help"),
            is_required=self.needed(),
            choices=self.chosen(),
            shown_if=_condition(self.shown_if.data),
            settings=self.own_settings(),
        )

    def needed(self) -> bool:
        """Return whether an answer is required."""
        return False

    def chosen(self) -> list[dict[str, Any]]:
        """Return the choices."""
        return []

    def own_settings(self) -> dict[str, Any]:
        """Return what the kind has of its own."""
        return {}


def _conditions(earlier: Sequence[FieldVersion]) -> list[tuple[str, str]]:
    """Return the answers that a field may wait for, each with the question to which it is given."""
    language = str(get_locale())
    return [
        ("", _("Always")),
        *(
            (
                f"{one.field.key}={_word(value)}",
                _("If «%(label)s» is: %(value)s", label=words(one.label, language), value=text),
            )
            for one in earlier
            if one.kind in rules.DECIDING_KINDS
            for value, text in _answers(one, language)
        ),
    ]


def _answers(version: FieldVersion, language: str) -> list[tuple[Any, str]]:
    if version.kind == FieldKind.YES_NO:
        return [(True, _("Yes")), (False, _("No"))]
    return [(choice["key"], words(choice["label"], language)) for choice in version.choices]


def _word(value: Any) -> str:
    return next((word for word, known in _YES_NO.items() if known is value), str(value))


def _condition_typed(condition: dict[str, Any] | None) -> str:
    return "" if condition is None else f"{condition['field']}={_word(condition['is'])}"


def _condition(text: str | None) -> dict[str, Any] | None:
    key, _sign, word = (text or "").partition("=")
    return {"field": key, "is": _YES_NO.get(word, word)} if key else None


class SectionForm(AskingForm):
    """A heading with a text."""


class QuestionForm(AskingForm):
    """A field that takes an answer."""

    is_required = BooleanField(_l("An answer is needed"))
    is_sensitive = BooleanField(_l("Sensitive: health, disability, ethnic origin, beliefs …"))

    @classmethod
    def known(cls, version: FieldVersion) -> dict[str, Any]:
        """Return what a field asks, as it is typed."""
        own = {
            "is_required": version.is_required,
            "is_sensitive": version.settings.get("is_sensitive", False),
        }
        return super().known(version) | own

    def needed(self) -> bool:
        """Return whether an answer is required."""
        return bool(self.is_required.data)

    def own_settings(self) -> dict[str, Any]:
        """Return what the kind has of its own."""
        return {"is_sensitive": True} if self.is_sensitive.data else {}


class _LimitedForm(QuestionForm):
    """A field whose answer has a least and a most."""

    @classmethod
    def known(cls, version: FieldVersion) -> dict[str, Any]:
        """Return what a field asks, as it is typed."""
        limits = {name: _limit_typed(version, version.settings.get(name)) for name in ("min", "max")}
        return super().known(version) | limits

    def own_settings(self) -> dict[str, Any]:
        """Return the limits that were written."""
        limits = {name: _limit(self[name].data) for name in ("min", "max") if name in self}
        return super().own_settings() | {name: one for name, one in limits.items() if one is not None}

    def validate_max(self, field: Any) -> None:
        """Refuse limits in the wrong order."""
        least = self["min"].data if "min" in self else None
        if field.data is not None and least is not None and field.data < least:
            raise ValidationError(_("The most cannot be less than the least."))


def _limit_typed(version: FieldVersion, limit: Any) -> Any:
    if limit is None:
        return None
    return date.fromisoformat(limit) if version.kind == FieldKind.DATE else limit


def _limit(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return (
        float(value) if isinstance(value, Decimal) and value % 1 else (None if value is None else int(value))
    )


class TextForm(_LimitedForm):
    """A text."""

    max = whole_field(_l("Longest answer, in characters"), 1, 4000)


class NumberForm(_LimitedForm):
    """A number."""

    min = amount_field(_l("Least"), -_LARGEST, _LARGEST)
    max = amount_field(_l("Most"), -_LARGEST, _LARGEST)


class DateForm(_LimitedForm):
    """A date."""

    min = date_field(_l("Not before"))
    max = date_field(_l("Not after"))


class ChoiceForm(Form):
    """A choice. Its key stays, whatever it is called."""

    key = HiddenField()
    label_es = text_field(_l("Choice in Spanish"), limit=LONGEST_LABEL)
    label_en = text_field(_l("Choice in English"), limit=LONGEST_LABEL)
    seats = whole_field(_l("Seats"), 0, LARGEST_CAPACITY)


class OneOfForm(QuestionForm):
    """A choice among several."""

    choices = FieldList(FormField(ChoiceForm), max_entries=MOST_CHOICES)

    @classmethod
    def known(cls, version: FieldVersion) -> dict[str, Any]:
        """Return what a field asks, as it is typed."""
        lines = [
            {"key": one["key"], "seats": one.get("seats"), **apart("label", one["label"])}
            for one in version.choices
        ]
        return super().known(version) | {"choices": lines}

    def add_spare_lines(self) -> None:
        """Leave empty lines for more choices."""
        filled = sum(bool(line.form.label_es.data) for line in self.choices)
        while len(self.choices) < min(filled + _SPARE_LINES, MOST_CHOICES):
            self.choices.append_entry()

    def move(self, wish: str) -> int | None:
        """Put a line one place earlier or later, as a button asks: "antes-3" is the third. Returns its new place.

        None where no button asks for it. What is typed stays as it is typed: nothing is saved.
        """
        way, _dash, place = wish.partition("-")
        number = whole(place)
        other = number + _STEPS.get(way, 0)
        places = range(1, len(self.choices) + 1)
        if other == number or number not in places or other not in places:
            return None
        for one, another in zip(self.choices[number - 1].form, self.choices[other - 1].form, strict=True):
            one.data, another.data = another.data, one.data
            one.raw_data, another.raw_data = another.raw_data, one.raw_data
        return other

    def validate_choices(self, field: Any) -> None:
        """Ask for two choices at least, each in Spanish, and each once."""
        lines = [line.form for line in field]
        if any(line.label_en.data and not line.label_es.data for line in lines):
            raise ValidationError(_("Write each choice in Spanish too."))
        names = [rules.folded(line.label_es.data) for line in lines if line.label_es.data]
        if len(names) < 2:
            raise ValidationError(_("Write at least two choices."))
        if len(names) != len(set(names)):
            raise ValidationError(_("Two choices have the same name."))

    def chosen(self) -> list[dict[str, Any]]:
        """Return the choices that were written, in order."""
        return [
            {"key": line.form.key.data, "label": both(line.form, "label"), "seats": line.form.seats.data}
            for line in self.choices
            if line.form.label_es.data
        ]


class ConsentForm(QuestionForm):
    """A box with a text to agree to."""

    text_es = paragraphs_field(_l("What people agree to, in Spanish"), limit=3000, is_required=True)
    text_en = paragraphs_field(_l("What people agree to, in English"), limit=3000)
    is_sensitive = None

    @classmethod
    def known(cls, version: FieldVersion) -> dict[str, Any]:
        """Return what a field asks, as it is typed."""
        return super().known(version) | apart("text", version.settings.get("text", {}))

    def own_settings(self) -> dict[str, Any]:
        """Return the text."""
        return {"text": both(self, "text")}


_FORMS: dict[FieldKind, type[AskingForm]] = {
    FieldKind.SECTION: SectionForm,
    FieldKind.SHORT_TEXT: TextForm,
    FieldKind.LONG_TEXT: TextForm,
    FieldKind.NUMBER: NumberForm,
    FieldKind.DATE: DateForm,
    FieldKind.ONE_OF: OneOfForm,
    FieldKind.SOME_OF: OneOfForm,
    FieldKind.CONSENT: ConsentForm,
}


def field_form(kind: FieldKind) -> type[AskingForm]:
    """Return the form by which a kind of field is edited."""
    return _FORMS.get(kind, QuestionForm)
