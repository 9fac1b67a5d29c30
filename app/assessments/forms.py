"""Forms of grades."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms.validators import ValidationError

from app.forms import Form, text_field

_LARGEST = 2 * 1024 * 1024  # bytes of a file of grades


class SubjectForm(Form):
    """Something that grades are given for."""

    name = text_field(_l("Subject of study"), limit=200, is_required=True)


class FileForm(Form):
    """A CSV file of grades."""

    file = FileField(_l("CSV file"))
    content = b""

    def validate_file(self, field: Any) -> None:
        """Ask for a file of at most 2 MB."""
        self.content = field.data.read(_LARGEST + 1) if field.data else b""
        if not self.content:
            raise ValidationError(_l("Choose a file."))
        if len(self.content) > _LARGEST:
            raise ValidationError(_l("A file of grades has at most 2 MB."))
