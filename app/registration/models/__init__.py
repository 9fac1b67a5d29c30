"""The tables of registrations."""

from app.registration.models.registrations import DocumentType, Registration, RegistrationStatus

__all__ = ["DocumentType", "Registration", "RegistrationStatus"]
