"""The registration form: what people type, and what is said at a field that cannot be taken."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, ValidationError

from app import signing
from app.forms import choice_field, email_field, text_field
from app.registration import rules
from app.registration.forms.questions import DOCUMENT_LABELS, QuestionsForm, said
from app.registration.models import Asked, DocumentType, Registration
from app.registration.rules.reading import DOCUMENT_PROBLEMS
from app.registration.services import Person
from app.registration.ubigeo import District, by_code, find, typed
from app.text import is_disguised

NAME_LENGTH = 120


def no_disguise(_form: Any, field: StringField) -> None:
    """Refuse NUL and marks that turn the direction of writing: they show another text than the one that is stored."""
    raw = field.raw_data[0] if field.raw_data else ""
    if is_disguised(raw):
        raise ValidationError(_l("This holds invisible control characters. Type it again by hand."))


def person_name(_form: Any, field: StringField) -> None:
    """Refuse what cannot stand in a name on a certificate."""
    if field.data and not rules.is_name(field.data):
        raise ValidationError(
            _l("Write the name with letters; spaces, hyphens, dots and apostrophes are fine.")
        )


def _name(label: Any, *, is_required: bool = False) -> StringField:
    return text_field(label, no_disguise, person_name, limit=NAME_LENGTH, is_required=is_required)


def _document_type(label: Any, is_required: bool) -> Any:
    kinds = [
        (str(kind), text)
        for kind, text in DOCUMENT_LABELS.items()
        if not (is_required and kind == DocumentType.NONE)
    ]
    return choice_field(label, kinds, default=str(DocumentType.DNI))


def _line(limit: int, *checks: Any) -> Callable[[Any, bool], Any]:
    return lambda label, is_required: text_field(label, *checks, limit=limit, is_required=is_required)


# What every registration has a place for: its control, how it is called, and whether the plain form needs it.
_CORE: dict[str, tuple[Callable[[Any, bool], Any], Any, bool]] = {
    "document_type": (_document_type, _l("Document"), False),
    "email": (lambda label, is_required: email_field(label, is_required=is_required), _l("E-mail"), True),
    "phone": (_line(30, no_disguise), _l("Mobile phone"), False),
    "entity": (_line(200, no_disguise), _l("Institution or community"), False),
    "position": (_line(160, no_disguise), _l("Post or role"), False),
    "ubigeo": (_line(120), _l("District"), False),
}


def _plain(name: str) -> Any:
    make, label, is_needed = _CORE[name]
    return make(label, is_needed)


def core_controls(core: Mapping[str, Any]) -> dict[str, Any]:
    """Return the controls of a form that asks the facts of a person otherwise than the plain form; None for none.

    `core` is as RegistrationForm has it.
    """
    controls: dict[str, Any] = {}
    for fact, wish in core.items():
        name = "document_type" if fact == "document" else fact
        make, plain_label, is_needed = _CORE[name]
        asked = wish.get("asked") or (Asked.REQUIRED if is_needed else Asked.OPTIONAL)
        if asked == Asked.NO:
            controls |= {name: None, "document_number": None} if fact == "document" else {name: None}
            continue
        label = said(wish["label"]) if any((wish.get("label") or {}).values()) else plain_label
        controls[name] = make(label, asked == Asked.REQUIRED)
        # Controls stand in the order in which they were made; this one takes the place of the plain form's.
        controls[name].creation_counter = getattr(PersonForm, name).creation_counter
    return controls


class PersonForm(QuestionsForm):
    """What is asked of a person. A form of an event's own may lack the document and all below the names."""

    document_type = _plain("document_type")
    document_number = StringField(_l("Document number"), [no_disguise], filters=[lambda typed: typed or ""])
    given_names = _name(_l("Given names"), is_required=True)
    first_surname = _name(_l("First surname"), is_required=True)
    second_surname = _name(_l("Second surname"))
    email = _plain("email")
    phone = _plain("phone")
    entity = _plain("entity")
    position = _plain("position")
    ubigeo = _plain("ubigeo")
    # The answer to "which of these is yours?", asked where several districts have one name.
    ubigeo_choice = HiddenField()

    district_choices: list[District]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district_choices = []

    def validate_document_number(self, field: StringField) -> None:
        """Check the form of the number against the kind of document; only DNI, CE and passport have one."""
        kind = self.kind
        if kind is None:
            return
        field.data = rules.normalise_document(kind, field.data or "")
        if kind != DocumentType.NONE and not field.data:
            raise ValidationError(_l("Write the number of the document."))
        if not rules.is_document(kind, field.data):
            raise ValidationError(DOCUMENT_PROBLEMS[kind])

    def validate_phone(self, field: StringField) -> None:
        """Take digits with the usual separators."""
        if field.data and not rules.is_phone(field.data):
            raise ValidationError(_l("Write the number with digits only, for example 987 654 321."))

    def validate_ubigeo(self, field: StringField) -> None:
        """Take a six-digit INEI code or the name of one district; offer a choice where several are called so."""
        if chosen := by_code(self.ubigeo_choice.data or ""):
            field.data = chosen.label
        if not field.data:
            return
        found = find(field.data)
        if not found:
            raise ValidationError(_l("We do not know this district. Write its name, or leave it empty."))
        if len(found) > 1:
            self.district_choices = found
            raise ValidationError(_l("There are several. Choose yours from the list below."))

    @property
    def kind(self) -> DocumentType | None:
        """The chosen kind of document, none where it is not asked, or None for something that is not in the list."""
        if self.document_type is None:
            return DocumentType.NONE
        try:
            return DocumentType(self.document_type.data or "")
        except ValueError:
            return None

    def person(self) -> Person:
        """Return what was typed. Only after `validate()`."""
        district = self._given("ubigeo")
        return Person(
            document_type=self.kind or DocumentType.NONE,
            document_number=self._given("document_number"),
            given_names=self.given_names.data,
            first_surname=self.first_surname.data,
            second_surname=self._given("second_surname"),
            email=self._given("email"),
            phone=self._given("phone"),
            entity=self._given("entity"),
            position=self._given("position"),
            ubigeo=find(district)[0].code if district else "",
        )

    def invited(self, email: str) -> Person:
        """Return what was typed, with the address to which the invitation went. Only after `validate()`."""
        return replace(self.person(), email=email)

    def person_like(self, registration: Registration) -> Person:
        """Return what was typed, and what is known of somebody as far as this form does not ask. After `validate()`."""
        kept = {
            name: getattr(registration, name)
            for name in Person.__dataclass_fields__
            if getattr(self, name) is None
        }
        return replace(self.person(), **kept)

    def _given(self, name: str) -> str:
        """Return what was typed into a control, the empty text where the form does not have it."""
        control = getattr(self, name)
        return "" if control is None else control.data or ""


class OfficePersonForm(PersonForm):
    """What an office knows of a person, who may have no e-mail address."""

    email = email_field(_l("E-mail"))

    @classmethod
    def of(cls, registration: Registration, **answers: Any) -> Self:
        """Return the form with what is known of a person and of their answers, or with what was sent."""
        known = {
            field: getattr(registration, field)
            for field in Person.__dataclass_fields__
            if field not in {"ubigeo", "document_type"}
        }
        return cls(
            **known,
            document_type=str(registration.document_type),
            ubigeo=typed(registration.ubigeo),
            **answers,
        )


class PublicForm(PersonForm):
    """The public form: the person, their consent, and a key that makes a repeated submission harmless.

    There is no CSRF token: without an account and a cookie there is nothing that a forged request could abuse.
    """

    consent = BooleanField(
        _l("I agree that my data are used for this."),
        [DataRequired(_l("Without your agreement we cannot register you."))],
    )
    idempotency_key = HiddenField(default=signing.new_token)

    def key(self) -> str:
        """Return the submission's key; a missing or odd one is replaced."""
        return sound_key(self.idempotency_key.data)


def sound_key(given: str | None) -> str:
    """Return a submission's key; a missing or odd one is replaced."""
    key = given or ""
    is_sound = key.isascii() and 8 <= len(key) <= 64 and key.isprintable()
    return key if is_sound else signing.new_token()
