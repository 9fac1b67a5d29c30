"""The fields of an event's own form, made from their versions. `rules.answers` decides about what is typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from flask import current_app, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import escape
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    Field,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)

from app import clock
from app.errors import DomainError
from app.forms import Form, options
from app.registration import queries, ubigeo
from app.registration.errors import BadAnswer
from app.registration.models import Answer, DocumentType, FieldKind, FieldVersion, Upload, Words
from app.registration.rules.answers import as_text, read_all, words
from app.registration.rules.files import LARGEST
from app.registration.rules.seats import Choice
from app.registration.services import uploads

DOCUMENT_LABELS = {
    DocumentType.DNI: _l("DNI (national identity card)"),
    DocumentType.CE: _l("CE (foreigner's card)"),
    DocumentType.PASSPORT: _l("Passport"),
    DocumentType.NONE: _l("I have none at hand"),
}
_FEW = 7  # choices that are shown at once; more stand in a list
_INPUT_TYPES = {FieldKind.EMAIL: "email", FieldKind.PHONE: "tel", FieldKind.DATE: "date"}


class _Said(LazyString):
    """What an office wrote, said late. A LazyString is taken for markup as it is: this one is escaped."""

    def __html__(self) -> str:
        return str(escape(str(self)))


def said(text: Words) -> Any:
    """Return a text that is said in the language of the page on which it stands."""
    return _Said(lambda: words(text, str(get_locale())))


class _Needed:
    """Marks a field with a star. Whether an answer is needed depends on the others, so that the rules ask for it."""

    field_flags = {"required": True}

    def __call__(self, _form: Any, _field: Any) -> None:
        """Check nothing."""


class _Boxes(SelectMultipleField):
    """Several of a few, as boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class Section(NamedTuple):
    """A part of a form: its heading, if it has one, and what is asked under it."""

    heading: FieldVersion | None
    questions: list[FieldVersion]


class Condition(NamedTuple):
    """When a field is asked: while a control has a value, and how both are called."""

    control: str
    value: str
    question: str
    answer: str


class QuestionsForm(Form):
    """A form that asks the fields of `versions`; `values` holds what was answered once it is valid.

    The control of a field is called by its key: `f_key`. A document has its kind in `f_key_kind`, an UBIGEO that
    several districts answer to a choice in `f_key_choice`, a file that was sent before its sealed id in `f_key_kept`.
    """

    form_id: int | None = None
    versions: Sequence[FieldVersion] = ()
    values: dict[str, Any]

    def control(self, version: FieldVersion, suffix: str = "") -> Field:
        """Return the control of a field."""
        return self[f"f_{version.field.key}{suffix}"]

    @property
    def has_files(self) -> bool:
        """Whether a file can be sent along."""
        return self.files() > 0

    @classmethod
    def files(cls) -> int:
        """Return how many files can be sent along."""
        return sum(version.kind == FieldKind.FILE for version in cls.versions)

    @classmethod
    def admit_files(cls) -> None:
        """Let this request bring as many files as the form asks; above what one may have, so that its field says so."""
        if files := cls.files():
            request.max_content_length = 2 * LARGEST * files + current_app.config["MAX_CONTENT_LENGTH"]

    def sections(self) -> list[Section]:
        """Return the fields by the headings under which they stand."""
        parts = [Section(None, [])]
        for version in self.versions:
            if version.kind == FieldKind.SECTION:
                parts.append(Section(version, []))
            else:
                parts[-1].questions.append(version)
        return [part for part in parts if part.heading is not None or part.questions]

    def condition(self, version: FieldVersion) -> Condition | None:
        """Return when a field is asked, None for always."""
        if version.shown_if is None:
            return None
        key, wanted = version.shown_if["field"], version.shown_if["is"]
        leader = next((one for one in self.versions if one.field.key == key), None)
        if leader is None:
            return None
        value = {True: "yes", False: "no"}[wanted] if isinstance(wanted, bool) else wanted
        language = str(get_locale())
        answer = as_text(leader, wanted, language)
        return Condition(self.control(leader).name, value, words(leader.label, language), answer)

    def typed(self) -> dict[str, Any]:
        """Return what was sent, by the fields' keys, for the rules to read."""
        return {version.field.key: self._typed(version) for version in self.versions if _takes(version)}

    def _typed(self, version: FieldVersion) -> Any:
        control = self.control(version)
        match version.kind:
            case FieldKind.SOME_OF | FieldKind.CONSENT:
                return control.data
            case FieldKind.DOCUMENT:
                return [self.control(version, "_kind").data or "dni", control.data or ""]
            case FieldKind.UBIGEO:
                chosen = ubigeo.by_code(self.control(version, "_choice").data or "")
                return chosen.code if chosen else control.data
            case FieldKind.FILE:
                return self._kept(version)
        return control.data

    def _kept(self, version: FieldVersion) -> str | None:
        """Return the id of the file that was kept for a field, now or when the form was sent before."""
        upload_id = uploads.unsealed(self.control(version, "_kept").data or "")
        return None if upload_id is None else str(upload_id)

    def kept_files(self) -> dict[str, int]:
        """Return the ids of the files that are kept, by the names of the controls that carry them along."""
        found = {}
        for version in self.versions:
            if version.kind == FieldKind.FILE and (kept := self._kept(version)) is not None:
                found[self.control(version, "_kept").name] = int(kept)
        return found

    def keep_files(self, *, at: datetime) -> list[BadAnswer]:
        """Store the files that came along, so that they are still there if the form comes back with an error."""
        problems = []
        for version in self.versions:
            sent = self.control(version).data if version.kind == FieldKind.FILE else None
            if not isinstance(sent, FileStorage) or not sent.filename:
                continue
            data = sent.stream.read(LARGEST + 1)
            try:
                upload_id = uploads.keep(version.field_id, data, sent.filename, at=at)
            except BadAnswer as problem:
                problems.append(BadAnswer(problem.message, version.field.key))
            else:
                self.control(version, "_kept").data = uploads.sealed(upload_id)
        return problems

    def keep_files_of_doubted(self, *, at: datetime) -> None:
        """Store the files of a form that is sent back unread, and say at its field what is no such file."""
        for problem in self.keep_files(at=at) if self.has_files else []:
            self.with_error(problem)

    def kept_file(self, version: FieldVersion) -> Upload | None:
        """Return the file that is kept for a field until the form is sent again."""
        upload_id = self._kept(version)
        return None if upload_id is None else queries.upload(int(upload_id))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the controls that every form has, then read the answers; what is wrong stands at its field."""
        is_valid = super().validate(extra_validators)
        unfit = self.keep_files(at=clock.now()) if self.has_files else []
        self.values, problems = read_all(self.versions, self.typed()) if self.versions else ({}, {})
        problems |= {str(problem.field): problem for problem in unfit}
        for problem in problems.values():
            self.with_error(problem)
        return is_valid and not problems

    def with_error(self, error: DomainError) -> Form:
        """Put what was refused beside its field, what is about an answer at its question."""
        control = f"f_{error.field}"
        if control in self._fields and (isinstance(error, BadAnswer) or error.field not in self._fields):
            return super().with_error(DomainError(error.message, control))
        return super().with_error(error)

    @property
    def has_limited_choices(self) -> bool:
        """Whether there are only so many places of a choice."""
        return any(one.get("seats") is not None for version in self.versions for one in version.choices)

    def tell_left(self, left: Mapping[Choice, int]) -> None:
        """Say beside each choice how many places are left of it."""
        for version in self.versions:
            if any((version.field_id, one["key"]) in left for one in version.choices):
                control = self.control(version)
                named = [
                    (value, f"{label} ({_left(left[version.field_id, value])})")
                    if (version.field_id, value) in left
                    else (value, label)
                    for value, label in ((one.value, one.label) for one in control.choices)
                ]
                control.choices = options(named)

    def districts(self, version: FieldVersion) -> list[ubigeo.District]:
        """Return the districts of which one must be chosen, where what was typed means several."""
        control = self.control(version)
        found = ubigeo.find(control.data) if control.errors and control.data else []
        return found if len(found) > 1 else []


def _left(places: int) -> str:
    if places == 0:
        return _("no place left")
    return ngettext("%(num)s place is free", "%(num)s places are free", places)


Made = TypeVar("Made", bound=QuestionsForm)


def asking(base: type[Made], versions: Iterable[FieldVersion], **more: Any) -> type[Made]:
    """Return a class of forms that asks, beyond what `base` does, the fields of these versions."""
    asked = tuple(versions)
    controls = {
        f"f_{version.field.key}{suffix}": control
        for version in asked
        if _takes(version)
        for suffix, control in _controls(version)
    }
    maker: Any = type(base)
    made: type[Made] = maker(base.__name__, (base,), {"versions": asked, **controls, **more})
    return made


def answered(answers: Iterable[Answer]) -> dict[str, Any]:
    """Return what was answered as the initial data of a form that asks it again."""
    data: dict[str, Any] = {}
    for answer in answers:
        name, value = f"f_{answer.version.field.key}", answer.value
        match FieldKind(answer.version.kind):
            case FieldKind.YES_NO:
                data[name] = "yes" if value else "no"
            case FieldKind.DOCUMENT:
                data[f"{name}_kind"], _space, data[name] = str(value).partition(" ")
            case FieldKind.UBIGEO:
                data[name] = ubigeo.typed(value)
            case FieldKind.SOME_OF | FieldKind.CONSENT:
                data[name] = value
            case FieldKind.FILE:
                data[f"{name}_kept"] = uploads.sealed(value)
            case _:
                data[name] = str(value)
    return data


def _takes(version: FieldVersion) -> bool:
    return version.kind != FieldKind.SECTION


def _controls(version: FieldVersion) -> list[tuple[str, Any]]:
    """Return the controls of a field, each with what its name ends on."""
    kind = FieldKind(version.kind)
    controls = [("", _MAKERS.get(kind, _text)(version))]
    match kind:
        case FieldKind.DOCUMENT:
            kinds = [(str(one), label) for one, label in DOCUMENT_LABELS.items() if one != DocumentType.NONE]
            controls.append(("_kind", _select(_l("Kind of document"), kinds)))
        case FieldKind.UBIGEO:
            controls.append(("_choice", HiddenField()))
        case FieldKind.FILE:
            controls.append(("_kept", HiddenField()))
    return controls


def _settings(version: FieldVersion) -> dict[str, Any]:
    return {"label": said(version.label), "validators": [_Needed()] if version.is_required else []}


def _text(version: FieldVersion) -> Any:
    kind = _INPUT_TYPES.get(FieldKind(version.kind))
    return StringField(**_settings(version), render_kw={"type": kind} if kind else None)


def _yes_no(version: FieldVersion) -> Any:
    return RadioField(
        **_settings(version), choices=options([("yes", _l("Yes")), ("no", _l("No"))]), validate_choice=False
    )


def _choices(version: FieldVersion) -> list[tuple[str, Any]]:
    return [(choice["key"], said(choice["label"])) for choice in version.choices]


def _one_of(version: FieldVersion) -> Any:
    choices = _choices(version)
    if len(choices) > _FEW:
        return _select(said(version.label), [("", _l("Choose")), *choices], _settings(version)["validators"])
    return RadioField(**_settings(version), choices=options(choices), validate_choice=False)


def _select(label: Any, choices: list[tuple[str, Any]], validators: Sequence[Any] = ()) -> Any:
    return SelectField(label, choices=options(choices), validate_choice=False, validators=list(validators))


def _some_of(version: FieldVersion) -> Any:
    return _Boxes(**_settings(version), choices=options(_choices(version)), validate_choice=False)


_MAKERS: dict[FieldKind, Callable[[FieldVersion], Any]] = {
    FieldKind.LONG_TEXT: lambda version: TextAreaField(**_settings(version)),
    FieldKind.YES_NO: _yes_no,
    FieldKind.ONE_OF: _one_of,
    FieldKind.SOME_OF: _some_of,
    FieldKind.FILE: lambda version: FileField(**_settings(version)),
    FieldKind.CONSENT: lambda version: BooleanField(**_settings(version), render_kw={"value": "yes"}),
}
