"""The form that asks what an export shall hold."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.forms import Form, options
from app.registration import labels
from app.registration.models import RegistrationStatus
from app.reports.attendance import What
from app.reports.columns import USUAL, Column
from app.reports.services import Export

CHOOSE = _l("Choose at least one.")


def _some(_form: Any, field: SelectMultipleField) -> None:
    if not field.data:
        raise ValidationError(CHOOSE)


class _Boxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


_FORMATS = [("xlsx", _l("Excel (XLSX)")), ("csv", _l("CSV, for any program"))]


class AttendanceExportForm(Form):
    """What of the attendance, in which format."""

    what = RadioField(
        _l("What"),
        [DataRequired(_l("Choose from the list."))],
        choices=options(
            [
                (str(What.SUMMARIES), _l("Minutes of each person and session")),
                (str(What.LEDGER), _l("The ledger: arrivals, departures, intervals, marks and corrections")),
                (str(What.SCANS), _l("Scans of the doors, refused ones too")),
            ]
        ),
        default=str(What.SUMMARIES),
    )
    format = RadioField(
        _l("Format"), [DataRequired(_l("Choose a format."))], choices=options(_FORMATS), default="xlsx"
    )


class ExportForm(Form):
    """Which columns, of whom, in which format."""

    columns = _Boxes(
        _l("Columns"), [_some], invalid_choice_message=_l("One of these columns does not exist.")
    )
    statuses = _Boxes(
        _l("People"),
        [_some],
        default=[str(RegistrationStatus.CONFIRMED)],
        invalid_choice_message=_l("Choose from the list."),
    )
    kind = RadioField(
        _l("Format"),
        [DataRequired(_l("Choose a format."))],
        choices=options(_FORMATS),
        default="xlsx",
    )

    def __init__(self, available: Mapping[str, Column], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.available = available
        self.statuses.choices = options(
            [(status.value, labels.status(status)[1]) for status in RegistrationStatus]
        )
        self.columns.choices = options([(key, column.heading) for key, column in available.items()])
        if not self.is_submitted():
            self.columns.data = [key for key in USUAL if key in available]

    def export(self) -> Export:
        """Return what was asked for. Only after `validate()`."""
        return Export(
            columns=tuple(
                self.available[key] for key in self.available if key in set(self.columns.data or ())
            ),
            statuses=tuple(self.statuses.data or ()),
        )
