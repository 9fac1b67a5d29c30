"""Forms about people who sign in and about organisations."""

import re
from dataclasses import fields
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from stdnum.exceptions import ValidationError as NumberError
from stdnum.pe import ruc
from wtforms import BooleanField, ColorField, HiddenField
from wtforms.validators import EqualTo, Optional, ValidationError

from app import logos
from app.accounts.models import Organisation
from app.accounts.rules import MINIMUM_PASSWORD, password_problem
from app.accounts.services import OrganisationFacts
from app.forms import Form, email_field, paragraphs_field, password_field, text_field

_PASSWORD_PROBLEMS = {
    "short": _l("Use at least %(num)s characters.", num=MINIMUM_PASSWORD),
    "common": _l("This password is among the first that anybody tries. Choose another."),
    "personal": _l("Choose a password that is not your e-mail."),
}
_LOGO_PROBLEMS = {
    "type": _l("Choose a picture in PNG or JPEG."),
    "size": _l("Choose a picture of at most 500 KB."),
    "dimensions": _l("Choose a picture of at most 4000 by 4000 pixels."),
}


class SignInForm(Form):
    """E-mail and password."""

    email = email_field(_l("E-mail"), is_required=True)
    password = password_field(_l("Password"))
    next = HiddenField()


class NewPasswordForm(Form):
    """A new password, twice."""

    password = password_field(_l("New password"))
    again = password_field(_l("The same password again"), EqualTo("password", _l("The two do not match.")))

    def __init__(self, *args: Any, email_of_owner: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = email_of_owner

    def validate_password(self, field: Any) -> None:
        """Refuse what is easily guessed."""
        problem = password_problem(field.data, email=self.owner)
        if problem is not None:
            raise ValidationError(str(_PASSWORD_PROBLEMS[problem]))


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one twice."""

    present = password_field(_l("Present password"))


class SetUpForm(NewPasswordForm):
    """The first organisation and its first administrator."""

    organisation = text_field(_l("Name of the organisation"), limit=200, is_required=True)
    name = text_field(_l("Your name"), limit=200, is_required=True)
    email = email_field(_l("Your e-mail"), is_required=True)

    def validate_password(self, field: Any) -> None:
        """Refuse what is easily guessed, the e-mail typed beside it included."""
        self.owner = self.email.data or ""
        super().validate_password(field)


class NewOrganisationForm(Form):
    """A further public body."""

    name = text_field(_l("Name of the organisation"), limit=200, is_required=True)
    short_name = text_field(_l("Short name"), limit=40)


class OrganisationForm(NewOrganisationForm):
    """What an organisation tells of itself, and how its pages look."""

    ruc = text_field("RUC", limit=15)
    address = text_field(_l("Address"), limit=200)
    accent = ColorField(_l("Colour"))
    logo = FileField(_l("Logo"), validators=[Optional()])
    remove_logo = BooleanField(_l("Remove the present logo"))
    year_name = text_field(_l("Official name of the year"), limit=200)
    data_bank = text_field(_l("Name of the data bank"), limit=200)
    data_bank_code = text_field(_l("RNPDP code"), limit=60)
    data_retention = text_field(_l("How long data are kept"), limit=200)
    rights_channel = text_field(_l("Where people exercise their rights"), limit=200)
    data_officer = text_field(_l("Data protection officer"), limit=200)

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationForm":
        """Return the form with what is known, or with what was just sent."""
        return cls(obj=_Shown(organisation))

    def facts(self) -> OrganisationFacts:
        """Return what was written."""
        return OrganisationFacts(
            **{name: self[name].data or "" for name in (field.name for field in fields(OrganisationFacts))}
        )

    def validate_ruc(self, field: Any) -> None:
        """Refuse a number whose check digit is wrong."""
        if not field.data:
            return
        try:
            field.data = ruc.validate(field.data)
        except NumberError:
            raise ValidationError(_("Check the RUC: it has 11 digits, and the last one must fit.")) from None

    def validate_accent(self, field: Any) -> None:
        """Refuse what is no colour."""
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", field.data or ""):
            raise ValidationError(_("Choose a colour, such as #9e1b42."))
        field.data = field.data.lower()

    def validate_logo(self, field: Any) -> None:
        """Refuse what is no picture, or too large a one; keep its bytes as the field's data."""
        if not field.data or isinstance(field.data, str):
            field.data = None
            return
        content = field.data.read()
        problem = logos.problem(content) if content else None
        if problem is not None:
            raise ValidationError(str(_LOGO_PROBLEMS[problem]))
        field.data = content or None


class _Shown:
    """An organisation as its form shows it: the stored logo is no file that was sent."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self.logo = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._organisation, name)


class UnitForm(Form):
    """A part of an organisation."""

    name = text_field(_l("Name of the unit"), limit=200, is_required=True)


class ConsentForm(Form):
    """The privacy notice that people agree to."""

    text = paragraphs_field(_l("Text of the privacy notice"), limit=8000, is_required=True)
