"""The tables of registrations."""

from app.registration.models.forms import (
    Access,
    Answer,
    Asked,
    ChosenOption,
    FieldKind,
    FieldVersion,
    FormField,
    RegistrationForm,
    SurveyReply,
    Words,
)
from app.registration.models.groups import ConsentKind, RegistrationGroup
from app.registration.models.imports import Import, ImportMapping, ImportRow, ImportStatus, RowOutcome
from app.registration.models.invitations import Invitation
from app.registration.models.passes import PassKey
from app.registration.models.registrations import (
    ACTIVE,
    ENDED,
    HOLDING_A_SEAT,
    UNDER_REVIEW,
    DocumentType,
    Registration,
    RegistrationStatus,
    SeatCount,
)
from app.registration.models.requests import CancelReason, EmailChange, NameRequest, RequestStatus
from app.registration.models.robots import HeldSubmission, SpentPuzzle
from app.registration.models.seats import EnrollableSession, Enrolment, EnrolmentStatus, EntityQuota
from app.registration.models.settings import Clashes, Promotion, ProofOfWork, RegistrationSettings
from app.registration.models.uploads import Upload

__all__ = [
    "ACTIVE",
    "ENDED",
    "HOLDING_A_SEAT",
    "UNDER_REVIEW",
    "Access",
    "Answer",
    "Asked",
    "CancelReason",
    "ChosenOption",
    "Clashes",
    "ConsentKind",
    "DocumentType",
    "EmailChange",
    "EnrollableSession",
    "Enrolment",
    "EnrolmentStatus",
    "EntityQuota",
    "FieldKind",
    "FieldVersion",
    "FormField",
    "HeldSubmission",
    "Import",
    "ImportMapping",
    "ImportRow",
    "ImportStatus",
    "Invitation",
    "NameRequest",
    "PassKey",
    "Promotion",
    "ProofOfWork",
    "Registration",
    "RegistrationForm",
    "RegistrationGroup",
    "RegistrationSettings",
    "RegistrationStatus",
    "RequestStatus",
    "RowOutcome",
    "SeatCount",
    "SpentPuzzle",
    "SurveyReply",
    "Upload",
    "Words",
]
