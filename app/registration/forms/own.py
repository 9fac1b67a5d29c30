"""What people type to look after their own registration: parts of the registration form."""

from flask_babel import lazy_gettext as _l

from app.forms import paragraphs_field
from app.registration.forms.person import PersonForm
from app.registration.models import DocumentType, Registration
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
    """What a person may change by themselves."""

    document_type = document_number = given_names = first_surname = second_surname = email = None

    @classmethod
    def of(cls, registration: Registration) -> "FactsForm":
        """Return the form with what is known, or with what was sent."""
        return cls(
            phone=registration.phone,
            entity=registration.entity,
            position=registration.position,
            ubigeo=typed(registration.ubigeo),
        )

    def facts(self) -> Facts:
        """Return what was typed. Only after `validate()`."""
        return Facts(
            phone=self.phone.data or "",
            entity=self.entity.data or "",
            position=self.position.data or "",
            ubigeo=find(self.ubigeo.data)[0].code if self.ubigeo.data else "",
        )
