"""What participants type on pages of their own."""

from flask_babel import lazy_gettext as _l

from app.forms import Form, email_field


class AddressForm(Form):
    """The e-mail address to which a link shall go."""

    email = email_field(_l("Your e-mail"), is_required=True)
