"""Certificates and what belongs to them. What was issued is only ever added to, never changed.

Database triggers refuse UPDATE and DELETE on `certificates`, `certificate_endings`, `certificate_designs`,
`award_decisions` and `signed_files`. Whether a certificate still holds is read from its ending, if it has one.
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
    """What a certificate says: that somebody took part (constancia), or that they passed (certificado)."""

    PARTICIPATION = "participation"
    APPROVAL = "approval"
    DAY = "day"
    SUBJECT = "subject"
    FINAL = "final"


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
    """How far an issue in batch has come. WAITING is for a second person's word."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """What became of one certificate of a run. SKIPPED is who cancelled, or got one meanwhile."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


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


FIRST = 1  # the position of an event's first award


class Award(Model):
    """A kind of certificate that an event gives, to whom, and what it asks for.

    The first of an event follows the event's own hours and minimum attendance and the settings' words, where nothing
    else is said here: an empty text, a rule that is None, hours that are None. `sessions` are the ids of those that it
    is about, none meaning all. A retired award issues nothing more.
    """

    __tablename__ = "awards"
    __table_args__ = (UniqueConstraint("event_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    position: Mapped[int]
    kind: Mapped[CertificateKind] = mapped_column(String(20))
    role: Mapped[CertificateRole] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    wording: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sessions: Mapped[list[int]] = mapped_column(JSON, default=list)
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    credits_attended: Mapped[bool] = mapped_column(default=False)
    design_id: Mapped[int | None] = mapped_column(ForeignKey("designs.id"), index=True)  # none: the event's
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()

    @property
    def is_first(self) -> bool:
        """Whether it follows the event's own settings."""
        return self.position == FIRST

    @property
    def is_for_participants(self) -> bool:
        """Whether those who registered get it, and not those who speak, moderate or organise."""
        return self.role == CertificateRole.ATTENDEE


class Recipient(Model):
    """Somebody who gets a certificate without having registered: a speaker, a moderator, an organiser."""

    __tablename__ = "certificate_recipients"
    __table_args__ = (
        UniqueConstraint("event_id", "role", "speaker_id"),
        Index("ix_certificate_recipients_speaker_id", "speaker_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    role: Mapped[CertificateRole] = mapped_column(String(12))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speakers.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(360))
    document_type: Mapped[DocumentType] = mapped_column(String(10))
    document_number: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def full_name(self) -> str:
        """The name as it is printed."""
        return self.name

    listed_name = full_name


class AwardDecision(Model):
    """An award granted or refused to one person by hand, or such a word withdrawn. The newest one holds."""

    __tablename__ = "award_decisions"
    __table_args__ = (Index("ix_award_decisions_award_id_registration_id", "award_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(12))  # of rules.ByHand
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class CertificateDesign(Model):
    """A version of everything that the certificates of an award show besides the person: never changed."""

    __tablename__ = "certificate_designs"
    __table_args__ = (UniqueConstraint("event_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), index=True)
    version: Mapped[int]  # counted within the event
    template: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Certificate(Model):
    """A certificate as it was issued: with its design, all that its PDF is made of, byte for byte.

    It belongs to a registration, or to a recipient who did not register. `edition` counts the certificates of one
    such person and award; its uniqueness is what keeps two processes from issuing the same one.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("registration_id", "award_id", "edition"),
        UniqueConstraint("recipient_id", "award_id", "edition"),
        Index("ix_certificates_award_id_issued_at", "award_id", "issued_at"),
        Index("ix_certificates_event_id_registration_id", "event_id", "registration_id"),
        Index("uq_certificates_status_place", "status_place", unique=True),
        CheckConstraint("hours > 0", name="hours_positive"),
        CheckConstraint("(registration_id IS NULL) <> (recipient_id IS NULL)", name="of_one_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_recipients.id"))
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
    award: Mapped[Award] = relationship()
    registration: Mapped[Registration | None] = relationship()
    recipient: Mapped[Recipient | None] = relationship()
    design: Mapped[CertificateDesign] = relationship()
    ending: Mapped["CertificateEnding | None"] = relationship(
        foreign_keys="CertificateEnding.certificate_id", back_populates="certificate"
    )
    signed_file: Mapped["SignedFile | None"] = relationship(viewonly=True)

    @property
    def person(self) -> Registration | Recipient:
        """Whom it was issued to."""
        return self.registration or self.recipient  # type: ignore[return-value]

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
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    certificate: Mapped[Certificate] = relationship(foreign_keys=certificate_id, back_populates="ending")
    replaced_by: Mapped[Certificate | None] = relationship(foreign_keys=replaced_by_id)


_IN_FORCE = text("retired_at IS NULL")


class SigningKey(Model):
    """A body's key for signing certificates, or what opens it on its token; both sealed. At most one is in force."""

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
    token: Mapped[str | None] = mapped_column(String(64))  # label of the PKCS#11 token that holds the key
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


class IssuePolicy(Model):
    """How an organisation wants certificates to be issued; without a row nothing special is asked."""

    __tablename__ = "issue_policies"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    needs_second_person: Mapped[bool]


_UNFINISHED = text("finished_at IS NULL")


class IssueRun(Model):
    """An issue in batch of one award and how far it has come. An event has at most one that is not finished.

    Whom it is for was settled at its start (IssueItem). Where the organisation wants a second person's word, it waits
    for that first. `search` tells by which words people were chosen; none means everybody who had earned it.
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
        Index("ix_issue_runs_award_id", "award_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    design_id: Mapped[int] = mapped_column(ForeignKey("certificate_designs.id"))
    search: Mapped[str | None] = mapped_column(String(100))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[RunStatus] = mapped_column(String(10), default=RunStatus.RUNNING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0, server_default="0")
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    award: Mapped[Award] = relationship()
    design: Mapped[CertificateDesign] = relationship()

    @property
    def percent(self) -> int:
        """How much of it is done, in whole per cent."""
        handled = self.done + self.failed + self.skipped
        return 100 if not self.total else min(100, handled * 100 // self.total)


class IssueItem(Model):
    """One certificate of a run, settled at its start: for whom, and why (`result`).

    Workers, of which there may be several, hold what they draw until `claimed_until` under a `claim` of their own;
    where one was killed, the next takes over. `problem` is what could not be printed.
    """

    __tablename__ = "issue_items"
    __table_args__ = (
        CheckConstraint("(registration_id IS NULL) <> (recipient_id IS NULL)", name="of_one_person"),
        Index("ix_issue_items_run_id_state_id", "run_id", "state", "id"),
        Index("ix_issue_items_claim", "claim"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("issue_runs.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_recipients.id"))
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[ItemState] = mapped_column(String(10), default=ItemState.WAITING)
    problem: Mapped[str] = mapped_column(String(400), default="")
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
