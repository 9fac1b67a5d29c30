"""How people whom somebody else registers agreed that their data are used."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import DataRequired, ValidationError

from app import signing
from app.forms import Form, date_field, options, text_field
from app.registration.forms.person import OfficePersonForm, no_disguise, sound_key
from app.registration.models import ConsentKind
from app.registration.services import Consent


class AgreementForm(Form):
    """The agreement of whoever is registered: aloud before a witness, or in writing; where, and when."""

    consent_kind = RadioField(
        _l("How they agreed"),
        choices=options(
            [
                (str(ConsentKind.ORAL), _l("By word of mouth, before a witness")),
                (str(ConsentKind.WRITTEN), _l("In writing: the signed sheet is kept")),
            ]
        ),
        default=str(ConsentKind.ORAL),
        invalid_choice_message=_l("Choose one from the list."),
    )
    consent_witness = text_field(_l("Witness"), no_disguise, limit=200)
    consent_place = text_field(_l("Place"), no_disguise, limit=200)
    consent_on = date_field(_l("Date"), is_required=True)
    consent = BooleanField(
        _l("Each of these people heard or read the notice, and agreed."),
        [DataRequired(_l("Nobody can be registered without their agreement."))],
    )

    latest: date  # the event's today: nobody agreed after it

    def validate_consent_on(self, field: Any) -> None:
        """Refuse a day that is still to come."""
        if field.data and field.data > self.latest:
            raise ValidationError(_("This day is still to come."))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check everything, and that somebody witnessed what was said aloud."""
        is_good = super().validate(extra_validators)
        # Not a validator of the field: those of an empty one are not asked.
        is_witnessed = self.consent_kind.data != ConsentKind.ORAL or bool(self.consent_witness.data)
        if not is_witnessed:
            self.consent_witness.errors = [_("Write who witnessed that they agreed.")]
        return is_good and is_witnessed

    def agreement(self) -> Consent:
        """Return how they agreed. Only after `validate()`."""
        return Consent(
            consent_kind=ConsentKind(self.consent_kind.data),
            consent_witness=self.consent_witness.data or "",
            consent_place=self.consent_place.data or "",
            consent_on=self.consent_on.data,
        )


class ByHandForm(OfficePersonForm, AgreementForm):
    """A person whom an office registers: it answers for their consent."""

    consent = BooleanField(
        _l("The person heard or read the notice, and agreed that their data are used for this."),
        [DataRequired(_l("Nobody can be registered without their agreement."))],
    )
    idempotency_key = HiddenField(default=signing.new_token)

    def key(self) -> str:
        """Return the submission's key; a missing or odd one is replaced."""
        return sound_key(self.idempotency_key.data)
