"""A person as the services take one."""

from dataclasses import dataclass
from datetime import date

from app.registration import queries, rules
from app.registration.errors import IdentityTaken, SamePerson
from app.registration.models import ConsentKind, DocumentType, Registration


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


@dataclass(frozen=True)
class Consent:
    """How people whom somebody else registers agreed, and on which day: those of a group all in the same way."""

    consent_kind: ConsentKind
    consent_witness: str
    consent_place: str
    consent_on: date


def taken(person: Person) -> IdentityTaken | SamePerson:
    """Say why a person cannot be told from another one of the event."""
    return IdentityTaken() if person.document_type != DocumentType.NONE else SamePerson()


def is_taken(registration: Registration, *, email: str | None = None, entity: str | None = None) -> bool:
    """Return whether another address or institution would make a registration the same person as another one."""
    identity = rules.identity(
        document_type=DocumentType(registration.document_type),
        document_number=registration.document_number,
        email=registration.email if email is None else email,
        full_name=registration.full_name,
        entity=registration.entity if entity is None else entity,
    )
    is_other = registration.is_active and identity != registration.identity
    return is_other and queries.active_by_identity(registration.event, identity) is not None
