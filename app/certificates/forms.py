"""Forms of certificates."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FieldList, FormField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.certificates.composition import Terms
from app.certificates.models import CertificateRole, Signatory
from app.certificates.wording import figures
from app.events.models import HourUnit
from app.forms import (
    Form,
    amount_field,
    choice_field,
    paragraphs_field,
    password_field,
    text_field,
    whole_field,
)

_LARGEST_KEY = 100 * 1024  # bytes of a PKCS#12 file
SIGNATORIES = 4  # as many as stand side by side on the page


class SignatoryForm(PlainForm):
    """Somebody who signs. A position without a name leaves room for whoever holds it."""

    name = text_field(_l("Name"), limit=80)
    position = text_field(_l("Position"), limit=120)


class TermsForm(Form):
    """What the certificates of an event will say."""

    hours = amount_field(_l("Hours"), 0.5, 999)
    hour_unit = choice_field(
        _l("Kind of hours"),
        [
            (HourUnit.CHRONOLOGICAL.value, _l("Chronological (60 minutes)")),
            (HourUnit.ACADEMIC.value, _l("Academic (45 minutes)")),
        ],
    )
    minimum_percent = whole_field(_l("Minimum attendance, in per cent"), 0, 100, is_required=True)
    title = text_field(_l("Title"), limit=120, is_required=True)
    opening = text_field(_l("Words before the name"), limit=300, is_required=True)
    wording = paragraphs_field(_l("Words after the name"), limit=1200, is_required=True)
    place = text_field(_l("Place of issue"), limit=100)
    year_name = text_field(_l("Official name of the year"), limit=200)
    signatories = FieldList(FormField(SignatoryForm), min_entries=SIGNATORIES, max_entries=SIGNATORIES)

    @classmethod
    def of(cls, terms: Terms) -> "TermsForm":
        """Return the form filled with what was settled before."""
        empty: Signatory = {"name": "", "position": ""}
        lines = [*terms.signatories, *[empty] * SIGNATORIES][:SIGNATORIES]
        return cls(
            formdata=None,
            hours=Decimal(figures(terms.hours)) if terms.hours else None,
            hour_unit=str(terms.hour_unit),
            minimum_percent=terms.minimum_percent,
            title=terms.title,
            opening=terms.opening,
            wording=terms.wording,
            place=terms.place,
            year_name=terms.year_name,
            signatories=lines,
        )

    def terms(self) -> Terms:
        """Return what was typed."""
        return Terms(
            hours=self.hours.data or Decimal(0),
            hour_unit=HourUnit(self.hour_unit.data),
            minimum_percent=self.minimum_percent.data,
            title=self.title.data,
            opening=self.opening.data,
            wording=" ".join(self.wording.data.split()),
            place=self.place.data or "",
            year_name=self.year_name.data or "",
            signatories=tuple(
                Signatory(name=line["name"] or "", position=line["position"] or "")
                for line in self.signatories.data
                if line["name"] or line["position"]
            ),
        )


class KeyForm(Form):
    """A signing key as a PKCS#12 file, and the password that opens it."""

    file = FileField(_l("Key file (.p12 or .pfx)"))
    password = password_field(_l("Password of the file"))

    content = b""

    def validate_file(self, field: Any) -> None:
        """Ask for a file of at most 100 KB."""
        self.content = field.data.read(_LARGEST_KEY + 1) if field.data else b""
        if not self.content:
            raise ValidationError(_l("Choose the file of the key."))
        if len(self.content) > _LARGEST_KEY:
            raise ValidationError(_l("A key file has at most 100 KB."))


class TokenForm(Form):
    """A key on a token, and the PIN that opens it."""

    token = text_field(_l("Label of the token"), limit=64, is_required=True)
    key = text_field(_l("Label of the key"), limit=200, is_required=True)
    pin = password_field(_l("PIN of the token"))

    def validate_pin(self, field: Any) -> None:
        """Ask for it: an empty one would be counted as a wrong one."""
        if not field.data:
            raise ValidationError(_l("Type the PIN of the token."))


def is_web_address(_form: Any, field: Any) -> None:
    """Refuse what is no plain http or https address: time-stamp servers sign what they say, so http will do."""
    if field.data and not re.fullmatch(r"https?://[^\s@\\\"<>]+", field.data):
        raise ValidationError(_l("Write an address that begins with https:// or http://"))


class TimeStampForm(Form):
    """The address of a time-stamp server."""

    time_stamps = text_field(_l("Address of the time-stamp server (RFC 3161)"), is_web_address, limit=300)


class ArchiveForm(Form):
    """A ZIP of signed files."""

    file = FileField(_l("Signed files (ZIP)"))

    def validate_file(self, field: Any) -> None:
        """Ask for a file."""
        if not field.data:
            raise ValidationError(_l("Choose a ZIP file with the signed PDF files, at most 1,000 of them."))


class ReasonForm(Form):
    """Why a certificate is declared void."""

    reason = text_field(_l("Reason"), limit=300, is_required=True)


ROLES = [
    (CertificateRole.ATTENDEE.value, _l("Participant")),
    (CertificateRole.SPEAKER.value, _l("Speaker")),
    (CertificateRole.MODERATOR.value, _l("Moderator")),
    (CertificateRole.ORGANISER.value, _l("Organiser")),
]


class CorrectionForm(Form):
    """A corrected name or role, and why. Stands on one page with the form above, hence ids of its own."""

    name = text_field(_l("Name as it must be printed"), limit=360, is_required=True)
    role = choice_field(_l("Role"), ROLES, default=CertificateRole.ATTENDEE.value)
    reason = text_field(_l("Reason"), limit=300, is_required=True, id="correction-reason")


class AgainForm(Form):
    """The name of somebody whose annulled certificate is issued again."""

    name = text_field(_l("Name as it must be printed"), limit=360, is_required=True)


def named(form: type[Any], name: str) -> Any:
    """Return a form of this kind, not sent yet, that proposes a name."""
    return form(formdata=None, name=name)
