"""What participants type on pages of their own."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from app.forms import Form, email_field, options, text_field
from app.registration import labels
from app.registration.models import CancelReason

_OTHER = "other"


class AddressForm(Form):
    """The e-mail address to which a link shall go."""

    email = email_field(_l("Your e-mail"), is_required=True)


class NewAddressForm(Form):
    """The e-mail address that shall take the place of the present one."""

    email = email_field(_l("New e-mail"), is_required=True)


class CancelForm(Form):
    """Why somebody cancels, if they want to say it."""

    reason = RadioField(_l("Why, if you want to say it"), validate_choice=False)
    words = text_field(_l("Another reason"), limit=300)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = options(
            [*((str(one), labels.cancel_reason(one)) for one in CancelReason), (_OTHER, _l("Another reason"))]
        )

    @property
    def given(self) -> str:
        """Return the reason as it is kept: one of the list, the person's own words, or nothing."""
        chosen = self.reason.data or ""
        return chosen if chosen in set(CancelReason) else self.words.data or ""
