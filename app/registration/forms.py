"""The registration form: what people type, and what is said at a field that cannot be taken."""

import re
import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from app import signing
from app.errors import DomainError
from app.registration import rules, ubigeo
from app.registration.models import DocumentType
from app.registration.services import Person

_PHONE = re.compile(r"\+?[0-9()\-. ]{6,24}")
NAME_LENGTH = 120
_BIDI = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}

DOCUMENT_LABELS = {
    DocumentType.DNI: _l("DNI (national identity card)"),
    DocumentType.CE: _l("CE (foreigner's card)"),
    DocumentType.PASSPORT: _l("Passport"),
    DocumentType.NONE: _l("I have none at hand"),
}


def plain(value: str | None) -> str:
    """Filter of every text field: NFC, single spaces, nothing invisible."""
    return rules.tidy(value) if isinstance(value, str) else ""


def no_disguise(_form: Any, field: StringField) -> None:
    """Refuse NUL and marks that turn the direction of writing: they show another text than the one that is stored."""
    raw = field.raw_data[0] if field.raw_data else ""
    if any(char == "\0" or unicodedata.bidirectional(char) in _BIDI for char in raw):
        raise ValidationError(_l("This holds invisible control characters. Type it again by hand."))


def person_name(_form: Any, field: StringField) -> None:
    """Refuse what cannot stand in a name on a certificate."""
    if field.data and not rules.is_name(field.data):
        raise ValidationError(_l("Write the name with letters; spaces, hyphens, dots and apostrophes are fine."))


def _text(label: Any, *, limit: int, required: bool = False, name: bool = False) -> StringField:
    validators: list[Any] = [no_disguise]
    if required:
        validators.append(DataRequired(_l("Fill in this field.")))
    validators.append(Length(max=limit, message=_l("At most %(max)d characters.")))
    if name:
        validators.append(person_name)
    return StringField(label, validators, filters=[plain], render_kw={"maxlength": limit})


class PersonForm(FlaskForm):
    """What is asked of a person. Without CSRF token: there is no account and no cookie that could be abused."""

    class Meta:
        csrf = False

    document_type = SelectField(
        _l("Document"),
        [DataRequired(_l("Choose one of the list."))],
        choices=[(str(kind), label) for kind, label in DOCUMENT_LABELS.items()],
        default=str(DocumentType.DNI),
    )
    document_number = _text(_l("Document number"), limit=20)
    given_names = _text(_l("Given names"), limit=NAME_LENGTH, required=True, name=True)
    first_surname = _text(_l("First surname"), limit=NAME_LENGTH, required=True, name=True)
    second_surname = _text(_l("Second surname"), limit=NAME_LENGTH, name=True)
    email = _text(_l("E-mail"), limit=254, required=True)
    phone = _text(_l("Mobile phone"), limit=30)
    entity = _text(_l("Institution or community"), limit=200)
    position = _text(_l("Post or role"), limit=160)
    ubigeo = _text(_l("District"), limit=120)

    district_choices: list[ubigeo.District]

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
            raise ValidationError(_DOCUMENT_PROBLEMS[kind])

    def validate_email(self, field: StringField) -> None:
        """Check the form of the address; no look-up on the network."""
        if not field.data:
            return
        try:
            checked = validate_email(field.data, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise ValidationError(_l("Write an e-mail such as name@institution.gob.pe.")) from None
        field.data = checked.normalized

    def validate_phone(self, field: StringField) -> None:
        """Take digits with the usual separators."""
        if field.data and not _PHONE.fullmatch(field.data):
            raise ValidationError(_l("Write the number with digits only, for example 987 654 321."))

    def validate_ubigeo(self, field: StringField) -> None:
        """Take a six-digit INEI code or the name of one district; offer a choice where several are called so."""
        if not field.data:
            return
        found = ubigeo.find(field.data)
        if not found:
            raise ValidationError(_l("We do not know this district. Write its name, or leave it empty."))
        if len(found) > 1:
            self.district_choices = found
            raise ValidationError(_l("There are several. Choose yours from the list below."))

    @property
    def kind(self) -> DocumentType | None:
        """The chosen kind of document, or None for something that is not in the list."""
        try:
            return DocumentType(self.document_type.data or "")
        except ValueError:
            return None

    def person(self) -> Person:
        """Return what was typed. Only after `validate()`."""
        district = ubigeo.find(self.ubigeo.data)[0].code if self.ubigeo.data else ""
        return Person(
            document_type=DocumentType(self.document_type.data),
            document_number=self.document_number.data,
            given_names=self.given_names.data,
            first_surname=self.first_surname.data,
            second_surname=self.second_surname.data,
            email=self.email.data,
            phone=self.phone.data,
            entity=self.entity.data,
            position=self.position.data,
            ubigeo=district,
        )

    def add_error(self, error: DomainError) -> None:
        """Show what a service refused, at its field where it has one."""
        if error.field and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, error.message]
        else:
            self.form_errors.append(error.message)


class RegistrationForm(PersonForm):
    """The public form: the person, their consent, and a key that makes a repeated submission harmless."""

    consent = BooleanField(
        _l("I agree that my data are used for this."),
        [DataRequired(_l("Without your agreement we cannot register you."))],
    )
    idempotency_key = HiddenField(default=signing.new_token)

    def key(self) -> str:
        """Return the submission's key; a missing or odd one is replaced."""
        given = self.idempotency_key.data or ""
        return given if given.isascii() and 8 <= len(given) <= 64 and given.isprintable() else signing.new_token()


_DOCUMENT_PROBLEMS = {
    DocumentType.DNI: _l("A DNI has 8 digits, zeros included."),
    DocumentType.CE: _l("A foreigner's card has 9 to 12 digits or letters."),
    DocumentType.PASSPORT: _l("A passport has 5 to 15 letters and digits."),
    DocumentType.NONE: "",
}
