"""The forms of an event: what is asked, in which words, and what each person answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model
from app.registration.models.registrations import Registration

Words = dict[str, str]  # a text by language: {"es": "Institución", "en": "Institution"}


class Access(StrEnum):
    """Who may use a form. SURVEY is for those who take part, once the event has begun: nobody registers by it."""

    OPEN = "open"
    INVITED = "invited"
    SURVEY = "survey"


class FieldKind(StrEnum):
    """What a field takes. A section is a heading with a text: it takes nothing."""

    SECTION = "section"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    UBIGEO = "ubigeo"
    DOCUMENT = "document"
    RUC = "ruc"
    EMAIL = "email"
    PHONE = "phone"
    FILE = "file"
    CONSENT = "consent"


class Asked(StrEnum):
    """Whether a form asks for one of the facts that every registration has a place for."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NO = "no"


class RegistrationForm(Model):
    """A way to register for an event (attendees, speakers, press), or an organisation's template of one.

    An event without any has the plain form: the person's facts and nothing else. `core` says of `document`, `email`,
    `phone`, `entity`, `position` and `ubigeo` whether they are asked (Asked) and by which name:
    {"entity": {"asked": "required", "label": {"es": "Comunidad", "en": "Community"}}}; what is missing is as in the
    plain form. The window narrows the event's.
    """

    __tablename__ = "registration_forms"
    __table_args__ = (
        UniqueConstraint("event_id", "slug"),
        CheckConstraint("(event_id IS NULL) <> (organisation_id IS NULL)", name="event_or_template"),
        CheckConstraint(
            "closes_at IS NULL OR opens_at IS NULL OR opens_at < closes_at", name="window_in_order"
        ),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[Words] = mapped_column(JSON)
    intro: Mapped[Words] = mapped_column(JSON, default=dict)
    position: Mapped[int] = mapped_column(default=0)
    core: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    access: Mapped[Access] = mapped_column(String(12), default=Access.OPEN)
    is_moderated: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    event: Mapped[Event | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    fields: Mapped[list["FormField"]] = relationship(
        order_by="(FormField.position, FormField.id)", back_populates="form", cascade="all, delete-orphan"
    )


class FormField(Model):
    """A place in a form. What it asks is its newest version; one that was taken out keeps its answers."""

    __tablename__ = "form_fields"
    __table_args__ = (UniqueConstraint("form_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("registration_forms.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    form: Mapped[RegistrationForm] = relationship(back_populates="fields")
    versions: Mapped[list["FieldVersion"]] = relationship(
        order_by="FieldVersion.number", back_populates="field", cascade="all, delete-orphan"
    )


class FieldVersion(Model):
    """What a field asked for a time. It is never changed: a change makes the next version.

    `choices` are [{"key": "mesa-1", "label": Words, "seats": 20 or null}], `shown_if` is {"field": key, "is": value}
    (a choice's key, or true or false for a yes or no), `settings` what the kind has of its own (min, max, text).
    """

    __tablename__ = "field_versions"
    __table_args__ = (UniqueConstraint("field_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("form_fields.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[FieldKind] = mapped_column(String(12))
    label: Mapped[Words] = mapped_column(JSON)
    help: Mapped[Words] = mapped_column(JSON, default=dict)
    is_required: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    shown_if: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    field: Mapped[FormField] = relationship(back_populates="versions")


class Answer(Model):
    """What a person answered to a field, under the version that was in force then."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("registration_id", "field_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    field_id: Mapped[int] = mapped_column(ForeignKey("form_fields.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("field_versions.id"))
    value: Mapped[Any] = mapped_column(JSON)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    registration: Mapped[Registration] = relationship()
    version: Mapped[FieldVersion] = relationship()


class SurveyReply(Model):
    """That somebody answered a survey: once. What they answered stands under `answers`, like all answers."""

    __tablename__ = "survey_replies"
    __table_args__ = (UniqueConstraint("form_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("registration_forms.id"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    replied_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChosenOption(Model):
    """One option that an answer chose: what seats per choice are counted by."""

    __tablename__ = "chosen_options"
    __table_args__ = (Index("ix_chosen_options_field_id_option", "field_id", "option"),)

    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True)
    option: Mapped[str] = mapped_column(String(40), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("form_fields.id"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
