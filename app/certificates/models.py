"""Certificates and what belongs to them. What was issued is only ever added to, never changed.

Database triggers refuse UPDATE and DELETE on `certificates`, `certificate_endings` and `certificate_designs`
(migration 20261121_1000). Whether a certificate still holds is read from its ending, if it has one.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypedDict

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.columns import UtcDateTime
from app.events.models import Event, HourUnit
from app.extensions import Model
from app.registration.models import DocumentType, Registration


class CertificateKind(StrEnum):
    """What a certificate says: that somebody took part (constancia)."""

    PARTICIPATION = "participation"


class CertificateRole(StrEnum):
    """As what somebody took part."""

    ATTENDEE = "attendee"
    SPEAKER = "speaker"
    MODERATOR = "moderator"
    ORGANISER = "organiser"


class EndingKind(StrEnum):
    """How a certificate ceased to hold."""

    REPLACED = "replaced"
    ANNULLED = "annulled"


class RunStatus(StrEnum):
    """How far an issue in batch has come."""

    RUNNING = "running"
    FINISHED = "finished"


class Signatory(TypedDict):
    """Who signs, and as what."""

    name: str
    position: str


class CertificateSettings(Model):
    """What the certificates of an event will say. Hours and minimum attendance stand with the event."""

    __tablename__ = "certificate_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    opening: Mapped[str] = mapped_column(String(300))
    wording: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(100), default="")
    year_name: Mapped[str] = mapped_column(String(200), default="")
    signatories: Mapped[list[Signatory]] = mapped_column(JSON, default=list)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()


class CertificateDesign(Model):
    """A version of everything that the certificates of an event show besides the person: never changed."""

    __tablename__ = "certificate_designs"
    __table_args__ = (UniqueConstraint("event_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    version: Mapped[int]
    template: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Certificate(Model):
    """A certificate as it was issued: with its design, all that its PDF is made of, byte for byte.

    `edition` counts the certificates of one registration, kind and role; its uniqueness is what keeps two
    processes from issuing the same one.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("registration_id", "kind", "role", "edition"),
        Index("ix_certificates_event_id_registration_id", "event_id", "registration_id"),
        Index("uq_certificates_status_place", "status_place", unique=True),
        CheckConstraint("hours > 0", name="hours_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    kind: Mapped[CertificateKind] = mapped_column(String(20))
    role: Mapped[CertificateRole] = mapped_column(String(12))
    edition: Mapped[int]
    printed_name: Mapped[str] = mapped_column(String(400))
    document_type: Mapped[DocumentType] = mapped_column(String(10))
    document_number: Mapped[str] = mapped_column(String(20))
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    hour_unit: Mapped[HourUnit] = mapped_column(String(16))
    rule_result: Mapped[dict[str, Any]] = mapped_column(JSON)
    design_id: Mapped[int] = mapped_column(ForeignKey("certificate_designs.id"))
    # The address of the verification page when this was issued: part of the QR, so part of the bytes.
    verify_url: Mapped[str] = mapped_column(String(300))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    # The verifiable credential inside the file, and its place in the status lists; none before there were any.
    credential: Mapped[str] = mapped_column(Text, default="", server_default=text("''"), deferred=True)
    status_place: Mapped[int | None]

    event: Mapped[Event] = relationship()
    registration: Mapped[Registration] = relationship()
    design: Mapped[CertificateDesign] = relationship()
    ending: Mapped["CertificateEnding | None"] = relationship(
        foreign_keys="CertificateEnding.certificate_id", back_populates="certificate"
    )
    signed_file: Mapped["SignedFile | None"] = relationship(viewonly=True)

    @property
    def holds(self) -> bool:
        """Whether it was neither replaced nor annulled."""
        return self.ending is None


class CertificateEnding(Model):
    """The end of a certificate: replaced by a corrected one, or annulled."""

    __tablename__ = "certificate_endings"
    __table_args__ = (
        CheckConstraint("(kind = 'replaced') = (replaced_by_id IS NOT NULL)", name="replacement"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), unique=True)
    kind: Mapped[EndingKind] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    certificate: Mapped[Certificate] = relationship(foreign_keys=certificate_id, back_populates="ending")
    replaced_by: Mapped[Certificate | None] = relationship(foreign_keys=replaced_by_id)


_IN_FORCE = text("retired_at IS NULL")


class SigningKey(Model):
    """A body's key for signing certificates, sealed under the server's key. At most one is in force."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        Index(
            "uq_signing_keys_in_force",
            "organisation_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    timestamp_url: Mapped[str | None] = mapped_column(String(300))  # of a time-stamp server (RFC 3161)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignedFile(Model):
    """The file of a signed certificate. A signature is never the same twice, so it is kept as it was handed out."""

    __tablename__ = "signed_files"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_keys.id"))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    key: Mapped[SigningKey] = relationship()


class OutsideFile(Model):
    """The file of a certificate as it came back signed from outside: the issued bytes and what was added to them."""

    __tablename__ = "outside_files"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    signers: Mapped[str] = mapped_column(String(300))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Design(Model):
    """A design of a body's own making: a finished one with its colours, pictures and people, or its own source."""

    __tablename__ = "designs"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class DesignVersion(Model):
    """What a design was from a certain time on: never changed (a trigger refuses it).

    `files` names kept files by their place: {"logo": "<sha256>.png"}.
    """

    __tablename__ = "design_versions"
    __table_args__ = (UniqueConstraint("design_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("designs.id"))
    number: Mapped[int]
    template: Mapped[str] = mapped_column(String(20))
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    design: Mapped[Design] = relationship()


class DesignFile(Model):
    """A picture or a source that designs name: `name` is the SHA-256 of `data` and an ending. Never changed."""

    __tablename__ = "design_files"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class EventDesign(Model):
    """Which design the certificates of an event take; without a row it is the plain one."""

    __tablename__ = "event_designs"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("designs.id"), index=True)

    design: Mapped[Design] = relationship()


_UNFINISHED = text("finished_at IS NULL")


class IssueRun(Model):
    """An issue in batch and how far it has come. An event has at most one that is not finished.

    A worker holds it until `claimed_until`, under its own `claim`; where it was killed, the next takes over.
    `problems` lists what could not be printed: {"registration_id": int, "text": str}.
    """

    __tablename__ = "issue_runs"
    __table_args__ = (
        Index(
            "uq_issue_runs_unfinished",
            "event_id",
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("certificate_designs.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[RunStatus] = mapped_column(String(10), default=RunStatus.RUNNING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    design: Mapped[CertificateDesign] = relationship()

    @property
    def percent(self) -> int:
        """How much of it is done, in whole per cent."""
        return 100 if not self.total else min(100, (self.done + self.failed) * 100 // self.total)
