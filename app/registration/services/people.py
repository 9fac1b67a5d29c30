"""A person as the services take one."""

from dataclasses import dataclass

from app.registration import rules
from app.registration.errors import IdentityTaken, SamePerson
from app.registration.models import DocumentType


@dataclass(frozen=True)
class Person:
    """What somebody told of themselves, tidied and valid."""

    document_type: DocumentType
    document_number: str
    given_names: str
    first_surname: str
    second_surname: str = ""
    email: str = ""
    phone: str = ""
    entity: str = ""
    position: str = ""
    ubigeo: str = ""

    @property
    def identity(self) -> str:
        """Who this is, for telling a second registration."""
        names = " ".join(part for part in (self.given_names, self.first_surname, self.second_surname) if part)
        return rules.identity(
            document_type=self.document_type,
            document_number=self.document_number,
            email=self.email,
            full_name=names,
            entity=self.entity,
        )


def taken(person: Person) -> IdentityTaken | SamePerson:
    """Say why a person cannot be told from another one of the event."""
    return IdentityTaken() if person.document_type != DocumentType.NONE else SamePerson()
