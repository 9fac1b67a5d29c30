"""The forms of an import: the file, what its columns hold, and how it shall be done."""

from collections.abc import Mapping as Mapping_
from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField
from wtforms.validators import DataRequired, ValidationError

from app.forms import Form, choice_field, options, text_field
from app.registration.errors import BadAnswer
from app.registration.models import FieldKind, FieldVersion
from app.registration.rules.answers import read, words
from app.registration.services.imports import FIELD, Mapping
from app.registration.sheets import DELIMITERS, ENCODINGS, column_letter
from app.registration.sheets.people import GIVEN_FIRST, SURNAMES_FIRST, TARGETS

_ENCODING_NAMES = {
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows-1252 (Latin-1)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp850": "CP850 (MS-DOS)",
    "mac-roman": "Mac Roman",
}
_DELIMITER_NAMES = {",": _l("Comma ( , )"), ";": _l("Semicolon ( ; )"), "\t": _l("Tab")}
_CONSTANTS = ("entity", "position", "ubigeo")
_OWN = "same_"  # begins the name of what all rows answer alike to a field of the form
_WITH_CHOICES = {FieldKind.ONE_OF, FieldKind.YES_NO, FieldKind.CONSENT}


class UploadForm(Form):
    """The file with people."""

    file = FileField(_l("File with the people (CSV or XLSX)"))

    def validate_file(self, field: FileField) -> None:
        """Ask for a file."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a file."))


class ReadingForm(Form):
    """How a file is read, where it was guessed wrong."""

    form = choice_field(_l("Form"), validate_choice=False)
    sheet = choice_field(_l("Sheet"), validate_choice=False)
    encoding = choice_field(_l("Encoding"), [(one, _ENCODING_NAMES[one]) for one in ENCODINGS])
    delimiter = choice_field(
        _l("What parts the columns"), [(one, _DELIMITER_NAMES[one]) for one in DELIMITERS]
    )


class MappingForm(Form):
    """What the columns hold. `of` adds a field for each column."""

    order = RadioField(
        _l("Full names in one column, without a comma"),
        choices=options(
            [
                (SURNAMES_FIRST, _l("Surnames first: Quispe Mamani Rosa")),
                (GIVEN_FIRST, _l("Given names first: Rosa Quispe Mamani")),
            ]
        ),
        default=SURNAMES_FIRST,
    )
    entity = text_field(TARGETS["entity"], limit=200)
    position = text_field(TARGETS["position"], limit=160)
    ubigeo = text_field(TARGETS["ubigeo"], limit=120)
    width = 0
    own: Mapping_[str, FieldVersion] = {}

    @classmethod
    def of(
        cls,
        headings: Sequence[str],
        mapping: Mapping,
        known: Mapping_[str, Any],
        asked: Sequence[FieldVersion] = (),
    ) -> "MappingForm":
        """Return the form for a file's columns, with what is known or was sent; `known` are targets by label, `asked`
        the fields of the event's own form.
        """
        own = {FIELD + one.field.key: one for one in asked if FIELD + one.field.key in known}
        fields: dict[str, Any] = {"width": len(headings), "own": own}
        for target, version in own.items():
            fields[_name(target)] = _same_for_all(version, known[target])
        targets = [("", _l("Leave out")), *known.items()]
        for place, heading in enumerate(headings):
            fields[f"column_{place}"] = choice_field(
                f"{heading} ({column_letter(place)})", targets, default=mapping.columns.get(place, "")
            )
        form: MappingForm = type("FileMappingForm", (cls,), fields)(
            data={"order": mapping.order, **{_name(key): text for key, text in mapping.constants.items()}}
        )
        return form

    @property
    def constants(self) -> list[Any]:
        """The fields for what all rows have alike: those of a person, then those of the form."""
        return [self[_name(key)] for key in (*_CONSTANTS, *self.own)]

    @property
    def columns(self) -> list[Any]:
        """The fields of the columns, in the file's order."""
        return [self[f"column_{place}"] for place in range(self.width)]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check that the names are there, and that no two columns hold the same."""
        is_good = super().validate(*args, **kwargs)
        chosen: set[str] = set()
        for field in self.columns:
            if field.data and field.data in chosen:
                field.errors = [*field.errors, _("Another column holds this already.")]
                is_good = False
            chosen.add(field.data)
        if not (
            "full_name" in chosen or ("given_names" in chosen and chosen & {"surnames", "first_surname"})
        ):
            self.form_errors.append(_("Say which columns hold the given names and the surnames."))
            is_good = False
        return self._constants_fit() and is_good

    def _constants_fit(self) -> bool:
        """Check what all rows answer alike as the form itself would, so that not every row is refused for it."""
        is_good = True
        for target, version in self.own.items():
            field = self[_name(target)]
            try:
                if field.data:
                    read(version, field.data)
            except BadAnswer as problem:
                field.errors = [*field.errors, str(problem)]
                is_good = False
        return is_good

    def mapping(self) -> Mapping:
        """Return what was settled. Only after `validate()`."""
        columns = {place: field.data for place, field in enumerate(self.columns) if field.data}
        constants = {key: self[_name(key)].data for key in (*_CONSTANTS, *self.own) if self[_name(key)].data}
        return Mapping(columns, constants, self.order.data)


def _name(target: str) -> str:
    return f"{_OWN}{target.removeprefix(FIELD)}" if target.startswith(FIELD) else target


def _same_for_all(version: FieldVersion, label: Any) -> Any:
    """Return the control for one answer of all rows: written as in a cell, or chosen."""
    if version.kind not in _WITH_CHOICES:
        return text_field(label, limit=500)
    choices = [("yes", _l("Yes")), ("no", _l("No"))]
    if version.kind == FieldKind.ONE_OF:
        choices = [(one["key"], words(one["label"], str(get_locale()))) for one in version.choices]
    return choice_field(label, [("", _l("As the rows say")), *choices])


class StartForm(Form):
    """How an import shall be done."""

    rows = RadioField(
        _l("If some rows have errors"),
        choices=options(
            [
                ("all", _l("Import nobody until every row is right")),
                ("good", _l("Import the rows that are right, and give me the others in a file")),
            ]
        ),
        default="all",
    )
    existing = RadioField(
        _l("Whoever is registered already"),
        choices=options(
            [
                ("leave", _l("Leave as they are")),
                ("update", _l("Update with what the file says; empty cells change nothing")),
            ]
        ),
        default="leave",
    )
    letters = BooleanField(_l("Send each newcomer the letter with their pass or their place in the waitlist"))
    consent = BooleanField(
        _l("The people agreed, in writing or by word of mouth, that their data are used for this."),
        [DataRequired(_l("Nobody can be registered without their agreement."))],
    )
