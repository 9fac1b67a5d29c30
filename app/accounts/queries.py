"""Reads of people and organisations."""

from datetime import datetime
from typing import NoReturn

from flask import abort, g
from flask_login import current_user
from sqlalchemy import bindparam, func, outerjoin, select
from sqlalchemy.orm import selectinload, undefer

from app import signing
from app.accounts.identity import Grant, SignedIn
from app.accounts.models import Actor, ConsentText, OneTimeLink, Organisation, Unit, User
from app.accounts.rules import default_consent_text
from app.extensions import db
from app.permissions import Permission, Role

_users, _grants = User.metadata.tables["users"].c, User.metadata.tables["role_grants"].c
# Built once, for it is asked by every request of whoever is signed in: building costs more than asking.
_WITH_GRANTS = (
    select(
        _users.email,
        _users.name,
        _users.login_version,
        _grants.role,
        _grants.organisation_id,
        _grants.event_id,
    )
    .select_from(outerjoin(_users.id.table, _grants.user_id.table, _grants.user_id == _users.id))
    .where(_users.id == bindparam("user_id"))
)


def user_by_cookie(value: str) -> SignedIn | None:
    """Return whom a login cookie names and what they may do, unless the sign-in was ended since."""
    identifier, _, version = value.partition(".")
    if not identifier.isdecimal() or len(identifier) > 18:
        return None
    rows = db.session.connection().execute(_WITH_GRANTS, {"user_id": int(identifier)}).all()
    if not rows or str(rows[0].login_version) != version:
        return None
    email, name, login_version = rows[0][:3]
    grants = tuple(Grant(Role(row[3]), *row[4:]) for row in rows if row[3] is not None)
    return SignedIn(int(identifier), email, name, login_version, grants)


def user_by_id(user_id: int) -> User | None:
    """Return a person who signs in."""
    return db.session.get(User, user_id)


def user_by_email(email: str) -> User | None:
    """Return the person who signs in with an e-mail address, whatever its capitals."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def is_empty() -> bool:
    """Return whether nobody can sign in yet: a fresh installation."""
    return db.session.scalar(select(func.count()).select_from(User)) == 0


def organisations_for(user: Actor, permission: Permission) -> list[Organisation]:
    """Return the organisations for which a person holds `permission` as a whole."""
    statement = select(Organisation).options(selectinload(Organisation.units)).order_by(Organisation.name)
    ids = user.organisation_ids(permission)
    if ids is not None:
        statement = statement.where(Organisation.id.in_(ids))
    return list(db.session.scalars(statement))


def organisation_by_id(organisation_id: int) -> Organisation | None:
    """Return an organisation."""
    return db.session.get(Organisation, organisation_id)


def _not_found() -> NoReturn:
    abort(404)


def managed_organisation_or_404(slug: str) -> Organisation:
    """Return an organisation for which the signed-in person holds the permission that the view declared.

    A foreign organisation looks exactly like one that does not exist: 404.
    """
    statement = (
        select(Organisation).options(selectinload(Organisation.units)).where(Organisation.slug == slug)
    )
    ids = current_user.organisation_ids(g.permission)
    if ids is not None:
        statement = statement.where(Organisation.id.in_(ids))
    return db.session.scalar(statement) or _not_found()


def logo_or_404(slug: str) -> Organisation:
    """Return an organisation that has a logo, the picture included, or answer 404."""
    statement = (
        select(Organisation)
        .options(undefer(Organisation.logo))
        .where(Organisation.slug == slug, Organisation.logo.is_not(None))
    )
    return db.session.scalar(statement) or _not_found()


def unit_of(organisation: Organisation, unit_id: int) -> Unit | None:
    """Return a unit of this organisation."""
    return db.session.scalar(select(Unit).where(Unit.id == unit_id, Unit.organisation_id == organisation.id))


def link_token(link: OneTimeLink) -> str:
    """Return the token of a one-time address, which only this server can derive from its row."""
    return signing.to_text(signing.derive("one-time-link", link.id, link.created_at.isoformat()))


def proof_of(link: OneTimeLink, offered: str = "") -> str:
    """Return what a letter adds to a one-time address, so that it proves who reads the person's letters."""
    email = link.user.email if link.user else ""
    return signing.to_text(signing.derive("email-proof", link.id, email, offered))


def is_proof(link: OneTimeLink, given: str, offered: str = "") -> bool:
    """Return whether this stood in the letter with a one-time address and what was offered in it."""
    return signing.matches(proof_of(link, offered).encode(), given.encode())


def open_link(user: User, *, purpose: str, at: datetime) -> OneTimeLink | None:
    """Return the one-time address that a person has not used yet, if it still works."""
    return db.session.scalar(
        select(OneTimeLink)
        .where(
            OneTimeLink.user_id == user.id,
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
        )
        .order_by(OneTimeLink.id.desc())
        .limit(1)
    )


_NEWEST_CONSENT_TEXT = (
    select(ConsentText)
    .where(ConsentText.organisation_id == bindparam("organisation_id"))
    .order_by(ConsentText.version.desc())
    .limit(1)
)


def newest_consent_text(organisation_id: int) -> ConsentText | None:
    """Return the privacy notice in force, or None where the organisation has written none yet."""
    return db.session.scalar(_NEWEST_CONSENT_TEXT, {"organisation_id": organisation_id})


def consent_in_force(organisation: Organisation) -> str:
    """Return the privacy notice that people agree to now: the newest written one, else the default for the body."""
    written = newest_consent_text(organisation.id)
    if written is not None:
        return written.text
    return default_consent_text(
        name=organisation.name,
        ruc=organisation.ruc,
        address=organisation.address,
        data_bank=organisation.data_bank,
        data_bank_code=organisation.data_bank_code,
        retention=organisation.data_retention,
        channel=organisation.rights_channel,
        officer=organisation.data_officer,
    )
