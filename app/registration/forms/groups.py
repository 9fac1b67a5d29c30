"""Groups: who coordinates one, and the table in which its people are written down."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FieldList, FileField, FormField, HiddenField, StringField

from app import signing
from app.errors import DomainError
from app.events.models import Event
from app.forms import Form, choice_field, email_field, optional_id, options, text_field
from app.registration import queries, rules
from app.registration.errors import RowsRefused
from app.registration.forms.agreement import AgreementForm
from app.registration.forms.person import (
    OfficePersonForm,
    PersonForm,
    core_controls,
    no_disguise,
    sound_key,
)
from app.registration.forms.questions import QuestionsForm, asking, said
from app.registration.labels import LANGUAGES, LETTER_LANGUAGES
from app.registration.models import (
    Asked,
    DocumentType,
    FieldKind,
    RegistrationForm,
    RegistrationGroup,
)
from app.registration.rules.seats import Choice
from app.registration.services import GroupFacts, Person
from app.registration.sheets import Row, look
from app.registration.sheets.people import guesses, names_in
from app.registration.ubigeo import District, find
from app.text import tidy

ROWS = 10  # lines that stand there at first, and that are added at a time
_TYPED = ("document_number", "given_names", "first_surname", "second_surname", "phone", "email")
# In the narrow column of a table.
_SHORT_LABELS = {
    DocumentType.DNI: _l("DNI"),
    DocumentType.CE: _l("CE"),
    DocumentType.PASSPORT: _l("Passport"),
    DocumentType.NONE: _l("None"),
}


class GroupForm(Form):
    """A group and its coordinator."""

    name = text_field(_l("Name of the group"), no_disguise, limit=200, is_required=True)
    coordinator_name = text_field(_l("Who coordinates it"), no_disguise, limit=200)
    coordinator_email = email_field(_l("E-mail"))
    coordinator_phone = text_field(_l("Mobile phone"), no_disguise, limit=30)
    coordinator_language = choice_field(_l("Language of the letters"), LETTER_LANGUAGES, default="es")
    form_id = choice_field(_l("Form that its people fill in"), coerce=optional_id)

    validate_coordinator_phone = PersonForm.validate_phone

    def facts(self) -> GroupFacts:
        """Return what was typed. Only after `validate()`."""
        texts = [name for name in GroupFacts.__dataclass_fields__ if name != "form_id"]
        form_id = self.form_id.data if self.form_id is not None else None
        return GroupFacts(**{name: self[name].data or "" for name in texts}, form_id=form_id)

    @classmethod
    def of(cls, event: Event, group: RegistrationGroup | None = None) -> "GroupForm":
        """Return the form with what is known of a group; which form is asked only where there are several."""
        form, forms = cls(obj=group), queries.forms_of(event)
        if len(forms) < 2:
            del form.form_id
        else:
            form.form_id.choices = options([(str(one.id), said(one.title)) for one in forms])
        return form


class NamesForm(Form):
    """The names of somebody, which a coordinator corrects."""

    given_names = OfficePersonForm.given_names
    first_surname = OfficePersonForm.first_surname
    second_surname = OfficePersonForm.second_surname

    def person(self) -> Person:
        """Return what was typed. Only after `validate()`."""
        return Person(
            document_type=DocumentType.NONE,
            document_number="",
            given_names=self.given_names.data,
            first_surname=self.first_surname.data,
            second_surname=self.second_surname.data or "",
        )


class RowForm(QuestionsForm):
    """One line of the table: a person with what the form asks of each, or nothing."""

    document_type = choice_field(
        _l("Document"), [(str(kind), label) for kind, label in _SHORT_LABELS.items()], default="dni"
    )
    document_number = OfficePersonForm.document_number
    given_names = OfficePersonForm.given_names
    first_surname = OfficePersonForm.first_surname
    second_surname = OfficePersonForm.second_surname
    phone = text_field(_l("Mobile phone"), no_disguise, limit=30)
    email = email_field(_l("E-mail"))
    position = None

    validate_document_number = PersonForm.validate_document_number
    validate_phone = PersonForm.validate_phone
    kind = PersonForm.kind
    _given = PersonForm._given

    @property
    def is_empty(self) -> bool:
        """Whether nobody was written in this line."""
        typed = [self._given(name) for name in (*_TYPED, "position")]
        answers = [answer[-1] if isinstance(answer, list) else answer for answer in self.typed().values()]
        return not any(str(text or "").strip() for text in (*typed, *answers))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the person; a line without one is fine."""
        return self.is_empty or super().validate(extra_validators)


class _Rows(FieldList):
    """Lines numbered by plain figures; anything else that a request names so is no line."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        start = f"{prefix}-"
        for name in formdata:
            number = name.removeprefix(start).partition("-")[0]
            if name.startswith(start) and number.isascii() and number.isdecimal() and len(number) < 4:
                yield int(number)


class GroupPeopleForm(AgreementForm):
    """The people of a group, what they have in common, and how they agreed."""

    entity = text_field(_l("Community or institution of all"), no_disguise, limit=200)
    ubigeo = text_field(_l("District of all"), limit=120)
    ubigeo_choice = HiddenField()
    language = choice_field(_l("Language they prefer"), list(LANGUAGES.items()), default="es")
    rows = _Rows(FormField(RowForm), max_entries=rules.MOST_ROWS)
    pasted = StringField(_l("Lines of a spreadsheet"))
    file = FileField(_l("Or a file (CSV or Excel)"))
    idempotency_key = HiddenField(default=signing.new_token)

    district_choices: list[District]
    validate_ubigeo = PersonForm.validate_ubigeo

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district_choices = []

    @classmethod
    def of(cls, group: RegistrationGroup, *, day: date) -> "GroupPeopleForm":
        """Return the form as it was sent, or with what the group's last people had in common. `day` is today."""
        form = cls(
            entity=group.name,
            consent_kind=str(group.consent_kind),
            consent_witness=group.consent_witness or group.coordinator_name,
            consent_place=group.consent_place,
            consent_on=day,
        )
        form.latest = day
        if not form.rows.entries:
            form.add_rows()
        return form

    def add_rows(self, number: int = ROWS) -> None:
        """Add empty lines, as many as there is room for."""
        for _index in range(min(number, rules.MOST_ROWS - len(self.rows.entries))):
            self.rows.append_entry()

    def take_pasted(self) -> int:
        """Put what was pasted, and what a file holds, into the empty lines, and more lines where these are too few.

        Returns how many. Raises UnreadableFile. A workbook takes seconds to read: no lock is to be held meanwhile.
        """
        people = rules.pasted(self.pasted.data or "") + self._filed()
        empty = [entry.form for entry in self.rows.entries if entry.form.is_empty]
        room = rules.MOST_ROWS - len(self.rows.entries)
        self.add_rows(min(max(0, len(people) - len(empty)), room))
        empty = [entry.form for entry in self.rows.entries if entry.form.is_empty]
        for form, person in zip(empty, people, strict=False):
            form.process(data=person)
        return min(len(empty), len(people))

    def _filed(self) -> list[dict[str, str]]:
        sent = self.file.data
        if not isinstance(sent, FileStorage) or not sent.filename:
            return []
        with TemporaryDirectory() as folder:
            path = Path(folder) / "people"
            sent.save(path)
            seen = look(path, tidy(sent.filename)[:120], most=rules.MOST_ROWS)
        columns = {target: place for place, target in guesses(seen.headings).items()}
        if len(columns) > 1:
            return [_of_row(row, columns) for row in seen.rows]
        lines = [seen.headings, *(row.cells for row in seen.rows)]
        return rules.pasted("\n".join("\t".join(cells) for cells in lines))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check everything, and that there is somebody."""
        is_good = super().validate(extra_validators)
        if not self.filled:
            self.form_errors.append(_("Write at least one person."))
        return is_good and bool(self.filled)

    @property
    def has_limited_choices(self) -> bool:
        """Whether there are only so many places of a choice."""
        return any(entry.form.has_limited_choices for entry in self.rows.entries[:1])

    def tell_left(self, left: Mapping[Choice, int]) -> None:
        """Say beside each choice how many places are left of it."""
        for entry in self.rows.entries:
            entry.form.tell_left(left)

    @property
    def filled(self) -> list[RowForm]:
        """The lines in which somebody stands."""
        return [entry.form for entry in self.rows.entries if not entry.form.is_empty]

    def people(self) -> list[Person]:
        """Return who was written down. Only after `validate()`."""
        district = find(self.ubigeo.data)[0].code if self.ubigeo.data else ""
        return [
            Person(
                document_type=row.kind or DocumentType.NONE,
                **{name: row._given(name) for name in (*_TYPED, "position")},
                entity=self.entity.data or "",
                ubigeo=district,
            )
            for row in self.filled
        ]

    def answers(self) -> list[dict[str, Any]]:
        """Return what each of them answered. Only after `validate()`."""
        return [row.values for row in self.filled]

    def with_error(self, error: DomainError) -> Form:
        """Put what was refused of a line beside its field."""
        if not isinstance(error, RowsRefused):
            return super().with_error(error)
        for index, form in enumerate(self.filled):
            if index in error.rows:
                form.with_error(error.rows[index])
        self.form_errors.append(str(error))
        return self

    def key(self) -> str:
        """Return the submission's key; a missing or odd one is replaced."""
        return sound_key(self.idempotency_key.data)


def _of_row(row: Row, columns: Mapping[str, int]) -> dict[str, str]:
    cells = {target: tidy(row.cells[place]) for target, place in columns.items() if place < len(row.cells)}
    number = cells.get("document_number", "")
    if columns.get("document_number") in row.numeric:
        number = number.zfill(8)  # a number of a workbook has lost the zeros of a DNI
    person = dict.fromkeys(rules.COLUMNS, "") | names_in(cells)
    for name in ("phone", "email"):
        person[name] = cells.get(name, "")
    return person | {"document_number": number, "document_type": str(rules.kind_of(number))}


def people_form(asked: RegistrationForm | None) -> type[GroupPeopleForm]:
    """Return the class of tables that ask of each person what an event's form asks; None is the plain one.

    An e-mail and a phone are never needed: some of the people have none. Files cannot come in a table: each person
    sends them by the personal link.
    """
    if asked is None:
        return GroupPeopleForm
    versions = [one for one in queries.current_fields(asked) if one.kind != FieldKind.FILE]
    row = asking(RowForm, versions, form_id=asked.id, **_row_controls(asked.core))
    rows = _Rows(FormField(row), max_entries=rules.MOST_ROWS)
    maker: Any = type(GroupPeopleForm)
    made: type[GroupPeopleForm] = maker(GroupPeopleForm.__name__, (GroupPeopleForm,), {"rows": rows})
    return made


def _row_controls(core: Mapping[str, Any]) -> dict[str, Any]:
    """Return the controls of a line that are others than those of the plain form's."""
    lenient = {
        fact: {**wish, "asked": Asked.OPTIONAL}
        if fact in {"email", "phone"} and wish.get("asked") != Asked.NO
        else wish
        for fact, wish in core.items()
    }
    own = {"document_type", "document_number", "position", "phone", "email"}
    controls = {name: control for name, control in core_controls(lenient).items() if name in own}
    if controls.get("document_type") is not None:
        kinds = dict(_SHORT_LABELS)
        if core["document"].get("asked") == Asked.REQUIRED:
            del kinds[DocumentType.NONE]
        place = controls["document_type"].creation_counter
        label = controls["document_type"].args[0]
        controls["document_type"] = choice_field(label, [(str(kind), text) for kind, text in kinds.items()])
        controls["document_type"].creation_counter = place
    return controls
