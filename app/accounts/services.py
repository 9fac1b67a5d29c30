"""Writes about people, organisations and what they may do."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app import audit, signing
from app.accounts import queries
from app.accounts.errors import EmailTaken, LastAdministrator, LinkNotUsable, SlugTaken, WrongCredentials
from app.accounts.models import ConsentText, OneTimeLink, Organisation, RoleGrant, Unit, User
from app.accounts.rules import slugify
from app.extensions import db
from app.permissions import Role

SETUP = "setup"
PASSWORD = "password"  # noqa: S105 - the purpose of a link, not a secret
LINK_LIFETIME = timedelta(days=3)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's smallest argon2id setting
# Compared against when the e-mail is unknown, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody")


def sign_in(email: str, password: str, *, at: datetime) -> User:
    """Return the person whose password this is. Raises WrongCredentials."""
    user = queries.user_by_email(email)
    stored = user.password_hash if user is not None and user.password_hash else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        raise WrongCredentials from None
    if user is None or not user.password_hash or not user.is_enabled:
        raise WrongCredentials
    if _hasher.check_needs_rehash(stored):
        user.password_hash = _hasher.hash(password)
    user.last_sign_in_at = at
    audit.record("user.signed_in", user, at=at)
    return user


def set_password(user: User, password: str) -> None:
    """Store a new password and end every sign-in made with the old one."""
    user.password_hash = _hasher.hash(password)
    user.login_version += 1


def create_organisation(name: str, *, at: datetime, short_name: str = "") -> Organisation:
    """Add a public body. Raises SlugTaken where its short address exists."""
    organisation = Organisation(name=name, short_name=short_name, slug=slugify(short_name or name), created_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(organisation)
    except IntegrityError:
        raise SlugTaken from None
    audit.record("organisation.created", organisation, organisation=organisation, at=at)
    return organisation


def add_unit(organisation: Organisation, name: str) -> Unit:
    """Add a part of an organisation."""
    unit = Unit(organisation=organisation, name=name)
    db.session.add(unit)
    audit.record("unit.created", unit, organisation=organisation)
    return unit


def create_user(email: str, name: str, *, at: datetime, password: str | None = None) -> User:
    """Add somebody who signs in. Raises EmailTaken."""
    user = User(email=email.strip().lower(), name=name, created_at=at, login_version=1, grants=[])
    if password is not None:
        user.password_hash = _hasher.hash(password)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise EmailTaken from None
    audit.record("user.created", user, at=at)
    return user


def grant(
    user: User,
    role: Role,
    *,
    at: datetime,
    organisation: Organisation | None = None,
    event_id: int | None = None,
) -> RoleGrant:
    """Give a role for the installation, an organisation or one event; giving it twice changes nothing."""
    organisation_id = None if organisation is None else organisation.id
    for given in user.grants:
        if (given.role, given.organisation_id, given.event_id) == (role, organisation_id, event_id):
            return given
    new = RoleGrant(user=user, role=role, organisation=organisation, event_id=event_id, created_at=at)
    db.session.add(new)
    audit.record("role.granted", user, organisation=organisation, at=at, role=str(role), event_id=event_id)
    return new


def revoke(given: RoleGrant, *, at: datetime) -> None:
    """Take a role back. Raises LastAdministrator where nobody would be left to administer the installation."""
    is_global = given.role == Role.ADMINISTRATOR and given.organisation_id is None and given.event_id is None
    if is_global and _installation_administrators() == 1:
        raise LastAdministrator
    audit.record(
        "role.revoked", given.user, organisation=given.organisation, at=at, role=str(given.role), event_id=given.event_id
    )
    given.user.grants.remove(given)
    db.session.delete(given)


def _installation_administrators() -> int:
    statement = (
        select(func.count())
        .select_from(RoleGrant)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.organisation_id.is_(None), RoleGrant.event_id.is_(None)
        )
    )
    return db.session.scalar(statement) or 0


def make_link(purpose: str, *, at: datetime, user: User | None = None) -> str:
    """Return the token of a fresh one-time address; older ones of the same purpose and person stop working."""
    db.session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.user_id == (user.id if user else None),
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=at)
    )
    token = signing.new_token()
    db.session.add(
        OneTimeLink(
            purpose=purpose,
            token_hash=signing.hashed(token),
            user_id=user.id if user else None,
            created_at=at,
            expires_at=at + LINK_LIFETIME,
        )
    )
    return token


def check_link(purpose: str, token: str, *, at: datetime) -> OneTimeLink:
    """Return the one-time address that a token opens. Raises LinkNotUsable."""
    link = db.session.scalar(
        select(OneTimeLink).where(OneTimeLink.purpose == purpose, OneTimeLink.token_hash == signing.hashed(token))
    )
    if link is None or link.used_at is not None or link.expires_at <= at:
        raise LinkNotUsable
    return link


def use_link(link: OneTimeLink, *, at: datetime) -> None:
    """Close a one-time address. Raises LinkNotUsable where somebody was faster."""
    used = db.session.execute(
        update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None)).values(used_at=at)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkNotUsable


def set_up(*, organisation_name: str, name: str, email: str, password: str, at: datetime) -> User:
    """Make the first organisation and the first administrator. Raises LinkNotUsable where there is one already."""
    if not queries.is_empty():
        raise LinkNotUsable
    create_organisation(organisation_name, at=at)
    user = create_user(email, name, at=at, password=password)
    grant(user, Role.ADMINISTRATOR, at=at)
    return user


def write_consent_text(organisation: Organisation, text: str, *, at: datetime) -> ConsentText:
    """Put a new version of the privacy notice in force; an unchanged text makes no new version."""
    present = queries.newest_consent_text(organisation.id)
    if present is not None and present.text == text:
        return present
    version = 1 if present is None else present.version + 1
    new = ConsentText(organisation_id=organisation.id, version=version, text=text, created_at=at)
    db.session.add(new)
    audit.record("consent_text.written", new, organisation=organisation, at=at, version=version)
    return new


def consent_text_in_force(organisation: Organisation, *, at: datetime) -> ConsentText:
    """Return the privacy notice in force as the row that a consent refers to; the default becomes version 1."""
    written = queries.newest_consent_text(organisation.id)
    return written or write_consent_text(organisation, queries.consent_in_force(organisation), at=at)
