"""Organisations, their units, the people who sign in, and what they were granted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.identity import Entitled, Reach, SignedIn
from app.columns import UtcDateTime
from app.extensions import Model
from app.permissions import Role


class Organisation(Model):
    """A public body: it owns events, and answers for the personal data that they gather."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    ruc: Mapped[str] = mapped_column(String(11), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    accent: Mapped[str] = mapped_column(String(7), default="#9e1b42")
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_type: Mapped[str | None] = mapped_column(String(40))
    year_name: Mapped[str] = mapped_column(String(200), default="")
    data_bank: Mapped[str] = mapped_column(String(200), default="")
    data_bank_code: Mapped[str] = mapped_column(String(60), default="")
    data_retention: Mapped[str] = mapped_column(String(200), default="")
    rights_channel: Mapped[str] = mapped_column(String(200), default="")
    data_officer: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    units: Mapped[list["Unit"]] = relationship(back_populates="organisation", order_by="Unit.name")

    @property
    def label(self) -> str:
        """The short name where there is one, else the whole."""
        return self.short_name or self.name


class Unit(Model):
    """A part of an organisation (secretaría, gerencia, oficina) that runs events."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(200))

    organisation: Mapped[Organisation] = relationship(back_populates="units")


class User(Entitled, Model):
    """Somebody who signs in to the back office. Participants need no account and are never users."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    # Part of the login cookie: changing it ends every sign-in of this person.
    login_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When somebody proved to read this address: by a link that stood in a letter to it and nowhere else.
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="user", lazy="selectin")

    @property
    def is_active(self) -> bool:
        """Whether this person may sign in at all (asked by Flask-Login)."""
        return self.is_enabled


class RoleGrant(Reach, Model):
    """A role given to a person: for the installation (neither set), an organisation or one event."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint("organisation_id IS NULL OR event_id IS NULL", name="one_scope"),
        UniqueConstraint("user_id", "role", "organisation_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(String(20))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(back_populates="grants")
    organisation: Mapped[Organisation | None] = relationship()


# Whoever does something in the back office.
Actor = User | SignedIn


class OneTimeLink(Model):
    """An address that works once: to set the installation up, or to choose a password.

    Its token is derived from the row and the server's key (queries.link_token); only its hash is kept.
    """

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User | None] = relationship()


class ConsentText(Model):
    """A version of the privacy notice that people agreed to: never changed, only followed by the next version."""

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("organisation_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
