"""Subjects and grades. Who entered or changed grades stands in the audit log."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class Subject(Model):
    """Something that an event gives grades for: a subject of a programme, or the final examination."""

    __tablename__ = "subjects"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]


class Grade(Model):
    """A participant's grade in a subject, from 0 to 20 with two decimals."""

    __tablename__ = "grades"
    __table_args__ = (
        UniqueConstraint("registration_id", "subject_id"),
        CheckConstraint("value >= 0 AND value <= 20", name="from_0_to_20"),
        Index("ix_grades_subject_id", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"))
    value: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
