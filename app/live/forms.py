"""Forms of the moderator of a room."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, TextAreaField
from wtforms.validators import Length

from app.forms import Form, choice_field, https_field, paragraphs_field, required, text_field, whole_field
from app.live.models import LinkKind
from app.live.providers import bigbluebutton, jitsi


class SettingsForm(Form):
    """How people take part in a room."""

    takes_questions = BooleanField(_l("People may ask questions"))
    takes_hands = BooleanField(_l("People may raise their hand"))
    is_moderated = BooleanField(_l("I look at each question before the others see it"))
    is_anonymous = BooleanField(_l("The others do not see who asks"))


class ChatForm(Form):
    """Whether a room has a chat."""

    takes_chat = BooleanField(_l("There is a chat in this room"))
    allows_links = BooleanField(_l("Links may be written in it"))


class AnnouncementForm(Form):
    """A word to all rooms of an event."""

    message = text_field(_l("Words for all rooms"), limit=300, is_required=True)


class PollForm(Form):
    """A poll that is being written."""

    text = text_field(_l("Question"), limit=300, is_required=True)
    options = paragraphs_field(_l("Answers, one on each line"), limit=2000, is_required=True)
    is_multiple = BooleanField(_l("Several answers may be chosen"))


class RoomForm(Form):
    """How many a room takes, and since when."""

    capacity = whole_field(_l("Places at once (empty: as many as come)"), 1, 100_000)
    opens_minutes = whole_field(_l("Minutes before the session at which it opens"), 0, 120, is_required=True)
    asks_presence = BooleanField(_l("Ask people now and then whether they are still there"))


class LinkForm(Form):
    """An address beside a room."""

    kind = choice_field(
        _l("What it is"),
        [
            (LinkKind.MATERIAL, _l("Material: slides, a document, a page")),
            (LinkKind.RECORDING, _l("Recording, for afterwards")),
            (LinkKind.AUDIO, _l("Audio alone, for weak lines")),
            (LinkKind.ALTERNATIVE, _l("Another way in, if the room fails")),
            (LinkKind.CHANNEL, _l("The same stream in another language")),
        ],
    )
    label = text_field(_l("Name"), limit=120, is_required=True)
    url = https_field(_l("Address"))


class FileForm(Form):
    """A file beside a room."""

    file = FileField(_l("File"))
    title = text_field(_l("Name that people see (empty: the file's own)"), limit=120)

    def content(self) -> tuple[bytes, str]:
        """Return what the file holds and what it was called; nothing where none was chosen."""
        if not (given := self.file.data):
            return b"", ""
        with given.stream:
            return given.read(), given.filename or ""


_secret_checks = [required(), Length(max=8000)]


class BigBlueButtonForm(Form):
    """An account with a server of BigBlueButton."""

    address = https_field(_l("Address of the server"), limit=300)
    secret = PasswordField(_l("Shared secret"), validators=_secret_checks)
    algorithm = choice_field(_l("Kind of checksum"), [(one, one.upper()) for one in bigbluebutton.ALGORITHMS])


class JitsiForm(Form):
    """An account with a server of Jitsi that asks for tokens."""

    address = https_field(_l("Address of the server"), limit=300)
    app_id = text_field(_l("Application's name (iss)"), limit=200, is_required=True)
    subject = text_field(_l("Tenant (sub); empty: the server's name"), limit=200)
    algorithm = choice_field(_l("Kind of signature"), [(one, one) for one in jitsi.ALGORITHMS])
    key_id = text_field(_l("Key's name (kid), with RS256"), limit=200)
    secret = TextAreaField(_l("Shared secret, or private key in PEM"), validators=_secret_checks)


ACCOUNT_FORMS: dict[str, type[BigBlueButtonForm] | type[JitsiForm]] = {
    "bigbluebutton": BigBlueButtonForm,
    "jitsi": JitsiForm,
}
