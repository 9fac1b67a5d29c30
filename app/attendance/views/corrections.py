"""What a page sends to take a row of the ledger back."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.forms import LARGEST_ID, Form, text_field


class CorrectionForm(Form):
    """Why a row of the ledger does not hold."""

    row = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])
    reason = text_field(_l("Reason"), limit=200)
