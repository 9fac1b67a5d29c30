"""Forms of the moderator of a room."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.forms import Form, paragraphs_field, text_field


class SettingsForm(Form):
    """How a room takes questions."""

    takes_questions = BooleanField(_l("People may ask questions"))
    is_moderated = BooleanField(_l("I look at each question before the others see it"))
    is_anonymous = BooleanField(_l("The others do not see who asks"))


class PollForm(Form):
    """A poll that is being written."""

    text = text_field(_l("Question"), limit=300, is_required=True)
    options = paragraphs_field(_l("Answers, one on each line"), limit=2000, is_required=True)
    is_multiple = BooleanField(_l("Several answers may be chosen"))
