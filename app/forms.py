"""What every form shares: clean text, words that say what to do, errors of the domain beside their field."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import has_request_context, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    DecimalField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app import text
from app.errors import DomainError
from app.text import tidy, tidy_lines

LARGEST_ID = 2**31 - 1
_TOO_LONG = _l("Write at most %(max)d characters.")


class _Words:
    """What WTForms itself says of choices that nobody was offered, in the language of the page."""

    def gettext(self, text: str) -> str:
        """Say a text of WTForms."""
        return _("Choose one from the list.") if "choice" in text.lower() else text

    def ngettext(self, one: str, _many: str, _number: int) -> str:
        """Say a text of WTForms about one or many."""
        return self.gettext(one)


class Form(FlaskForm):
    """A form. CSRFProtect checks every unsafe request, so that forms carry no token of their own."""

    class Meta(FlaskForm.Meta):
        csrf = False

        def get_translations(self, _form: Any) -> Any:
            """Return the words of WTForms: its fields have messages of their own for everything else."""
            return _Words()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read forms alone: Flask-WTF would take JSON of any shape for one, and fail on most."""
            if formdata is not None and has_request_context() and request.is_json:
                return request.form
            return super().wrap_formdata(form, formdata)

    def with_error(self, error: DomainError) -> "Form":
        """Put what a service refused beside its field, or above the form where it belongs to none."""
        field = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(str(error))
        else:
            field.errors = [*field.errors, str(error)]
        return self


def required() -> InputRequired:
    """Ask for an answer."""
    return InputRequired(_l("Fill in this field."))


def not_blank(_form: Any, field: Any) -> None:
    """Refuse an answer of which nothing is left once it is tidied."""
    if not field.data:
        raise ValidationError(_("Fill in this field."))


def _on_text(clean: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: clean(value) if isinstance(value, str) else value


def _checks(*validators: Any, limit: int, is_required: bool) -> list[Any]:
    first: list[Any] = [required(), not_blank] if is_required else [Optional()]
    return [*first, Length(max=limit, message=_TOO_LONG), *validators]


def text_field(label: Any, *validators: Any, limit: int, is_required: bool = False, **kwargs: Any) -> Any:
    """Return a field for one line of text, tidied, of at most `limit` characters."""
    checks = _checks(*validators, limit=limit, is_required=is_required)
    return StringField(label, validators=checks, filters=[_on_text(tidy)], **kwargs)


def paragraphs_field(label: Any, *, limit: int, is_required: bool = False, **kwargs: Any) -> Any:
    """Return a field for several paragraphs of plain text."""
    checks = _checks(limit=limit, is_required=is_required)
    return TextAreaField(label, validators=checks, filters=[_on_text(tidy_lines)], **kwargs)


def is_email(_form: Any, field: Any) -> None:
    """Refuse what has not the form of an e-mail address. Asks no network."""
    if not text.is_email(field.data):
        raise ValidationError(_("Write an e-mail address such as nombre@entidad.gob.pe."))


def email_field(label: Any, *, is_required: bool = False, **kwargs: Any) -> Any:
    """Return a field for an e-mail address, in small letters."""
    checks = _checks(is_email, limit=254, is_required=is_required)
    return EmailField(
        label, validators=checks, filters=[_on_text(lambda value: tidy(value).lower())], **kwargs
    )


def password_field(label: Any, *validators: Any) -> Any:
    """Return a field for a password, kept as it is typed."""
    return PasswordField(label, validators=[required(), Length(max=200, message=_TOO_LONG), *validators])


def is_https(_form: Any, field: Any) -> None:
    """Refuse an address that is not a plain https one: no other scheme, no user name in it, no odd signs."""
    try:
        parts = urlsplit(field.data)
        is_good = (
            parts.scheme == "https" and "." in (parts.hostname or "").strip(".") and "@" not in parts.netloc
        )
        is_good = is_good and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good or any(sign in field.data for sign in ' \\"<>'):
        raise ValidationError(_("Write an address that begins with https://"))


def https_field(label: Any, *, limit: int = 500) -> Any:
    """Return a field for an https address."""
    checks = _checks(is_https, limit=limit, is_required=False)
    return URLField(label, validators=checks, filters=[_on_text(tidy)])


def _presence(is_required: bool) -> Any:
    return required() if is_required else Optional()


def whole_field(
    label: Any, lowest: int, highest: int, *, is_required: bool = False, default: int | None = None
) -> Any:
    """Return a field for a whole number within bounds."""
    bounds = NumberRange(lowest, highest, message=_l("Write a whole number from %(min)s to %(max)s."))
    return IntegerField(
        label,
        validators=[_presence(is_required), bounds],
        default=default,
        invalid_value_message=_l("Write a whole number from %(min)s to %(max)s.", min=lowest, max=highest),
    )


def amount_field(label: Any, lowest: float, highest: float) -> Any:
    """Return a field for a number with two decimals, within bounds."""
    bounds = NumberRange(lowest, highest, message=_l("Write a number from %(min)s to %(max)s."))
    return DecimalField(
        label, places=None, validators=[Optional(), bounds], invalid_value_message=_l("Write a number.")
    )


def in_our_time(_form: Any, field: Any) -> None:
    """Refuse a slip such as the year 0206; the calendar's far ends have no time zones either."""
    if field.data is not None and not 2000 <= field.data.year < 2100:
        raise ValidationError(_("Choose a year from 2000 to 2099."))


def date_field(label: Any, *, is_required: bool = False) -> Any:
    """Return a field for a date."""
    return DateField(
        label,
        validators=[_presence(is_required), in_our_time],
        invalid_value_message=_l("Choose a date of the calendar."),
    )


def time_field(label: Any, *, is_required: bool = False) -> Any:
    """Return a field for a time of day."""
    return TimeField(
        label,
        format=["%H:%M", "%H:%M:%S"],
        validators=[_presence(is_required)],
        invalid_value_message=_l("Write a time such as 09:30."),
    )


def moment_field(label: Any) -> Any:
    """Return a field for a date and a time, without a zone."""
    return DateTimeLocalField(
        label,
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        validators=[Optional(), in_our_time],
        invalid_value_message=_l("Choose a date and a time."),
    )


def options(choices: Iterable[str | tuple[Any, Any]] | None) -> list[SelectChoice] | None:
    """Return values, or pairs of value and label, as the choices of a field."""
    if choices is None:
        return None
    return [SelectChoice(one) if isinstance(one, str) else SelectChoice(*one) for one in choices]


def choice_field(
    label: Any,
    choices: Iterable[str | tuple[Any, Any]] | None = None,
    *,
    coerce: Callable[[str], Any] = str,
    **kwargs: Any,
) -> Any:
    """Return a field for one of a list; anything else is refused in words."""
    message = _l("Choose one from the list.")
    return SelectField(
        label,
        choices=options(choices),
        coerce=coerce,
        invalid_value_message=message,
        invalid_choice_message=message,
        **kwargs,
    )


def optional_id(text: Any) -> int | None:
    """Read the value of a choice that may be left empty."""
    return int(text) if text not in {None, "", "None"} else None


def instant(value: datetime | None, zone: str) -> datetime | None:
    """Return a date and time typed in the time of an IANA zone as an instant."""
    return None if value is None else value.replace(tzinfo=ZoneInfo(zone))


def typed(value: datetime | None, zone: str) -> datetime | None:
    """Return an instant as it is typed in the time of an IANA zone."""
    return None if value is None else value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def whole(text: str | None, *, default: int = 1) -> int:
    """Return a whole number of a query string, from 1 to the largest id; `default` for anything else."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 10:
        return default
    return min(max(int(text), 1), LARGEST_ID)
