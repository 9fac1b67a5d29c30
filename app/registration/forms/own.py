"""What people type to look after their own registration: parts of the registration form."""

from dataclasses import fields, replace
from typing import Any, Self

from flask_babel import lazy_gettext as _l

from app.forms import paragraphs_field
from app.registration import queries
from app.registration.forms.person import PersonForm, core_controls
from app.registration.forms.questions import asking
from app.registration.models import DocumentType, Registration, RegistrationForm
from app.registration.services.requests import Correction
from app.registration.services.upkeep import Facts
from app.registration.ubigeo import find, typed


class NameForm(PersonForm):
    """Names and document, as they should be."""

    email = phone = entity = position = ubigeo = ubigeo_choice = None
    reason = paragraphs_field(_l("What is wrong, if it needs saying"), limit=400)

    @classmethod
    def of(cls, registration: Registration) -> "NameForm":
        """Return the form with what is known, or with what was sent."""
        return cls(
            document_type=str(registration.document_type),
            document_number=registration.document_number,
            given_names=registration.given_names,
            first_surname=registration.first_surname,
            second_surname=registration.second_surname,
        )

    def correction(self) -> Correction:
        """Return what was typed. Only after `validate()`."""
        return Correction(
            document_type=DocumentType(self.document_type.data),
            document_number=self.document_number.data,
            given_names=self.given_names.data,
            first_surname=self.first_surname.data,
            second_surname=self.second_surname.data or "",
            reason=self.reason.data or "",
        )


class FactsForm(PersonForm):
    """What a person may change by themselves: not their name, document and e-mail address."""

    document_type = document_number = given_names = first_surname = second_surname = email = None

    @classmethod
    def of(cls, registration: Registration, **answers: Any) -> Self:
        """Return the form with what is known and was answered, or with what was sent."""
        return cls(
            phone=registration.phone,
            entity=registration.entity,
            position=registration.position,
            ubigeo=typed(registration.ubigeo),
            **answers,
        )

    def facts(self, registration: Registration) -> Facts:
        """Return what was typed, and what is known as far as this form does not ask. Only after `validate()`."""
        district = self._given("ubigeo")
        given = Facts(
            phone=self._given("phone"),
            entity=self._given("entity"),
            position=self._given("position"),
            ubigeo=find(district)[0].code if district else "",
        )
        kept = {
            field.name: getattr(registration, field.name)
            for field in fields(Facts)
            if getattr(self, field.name) is None
        }
        return replace(given, **kept)


def facts_form(asked: RegistrationForm | None) -> type[FactsForm]:
    """Return the class of forms in which somebody changes what an event's form asked; None is the plain one."""
    if asked is None:
        return FactsForm
    versions = queries.current_fields(asked)
    own = {field.name for field in fields(Facts)}
    controls = {name: made for name, made in core_controls(asked.core).items() if name in own}
    return asking(FactsForm, versions, **controls)
