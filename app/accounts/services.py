"""Writes about people, organisations and what they may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import NamedTuple, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import func, select, update

from app import audit, changes, logos, pictures, signing
from app.accounts import emails, queries
from app.accounts.errors import (
    EmailTaken,
    LastAdministrator,
    LinkNotUsable,
    OwnAccess,
    SlugTaken,
    UnitTaken,
    WrongCredentials,
    WrongPresentPassword,
)
from app.accounts.models import Actor, ConsentText, OneTimeLink, Organisation, RoleGrant, Unit, User
from app.accounts.rules import Offer, slugify
from app.extensions import db
from app.permissions import Role

SETUP = "setup"
PASSWORD = "password"  # noqa: S105 - the purpose of a link, not a secret
LINK_LIFETIME = timedelta(days=3)
_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1
)  # OWASP's smallest argon2id setting
# Compared against when the e-mail is unknown, so that the answer takes as long.
_nobody = cache(partial(_hasher.hash, "nobody"))


class OwnedEvent(Protocol):
    """What a grant needs to know of an event; this package knows no more of events."""

    @property
    def id(self) -> int:
        """Its row."""

    @property
    def organisation_id(self) -> int:
        """Who owns it."""


class EventOf(NamedTuple):
    """An event by its row and its owner."""

    id: int
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationFacts:
    """What an organisation tells of itself."""

    name: str
    short_name: str
    ruc: str
    address: str
    accent: str
    year_name: str
    data_bank: str
    data_bank_code: str
    data_retention: str
    rights_channel: str
    data_officer: str


def authenticate(email: str, password: str) -> User:
    """Return the person whose password this is. Writes nothing, and takes as long for an unknown e-mail.

    Raises WrongCredentials.
    """
    user = queries.user_by_email(email)
    stored = user.password_hash if user is not None and user.password_hash else _nobody()
    try:
        _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        raise WrongCredentials from None
    if user is None or not user.password_hash or not user.is_enabled:
        raise WrongCredentials
    return user


def record_sign_in(user: User, password: str, *, at: datetime) -> None:
    """Note that a person has signed in, and keep their password under today's hash."""
    if user.password_hash and _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    user.last_sign_in_at = at
    audit.record("user.signed_in", user, at=at)


def set_password(user: User, password: str, *, at: datetime) -> None:
    """Store a new password and end every sign-in made with the old one."""
    user.password_hash = _hasher.hash(password)
    user.login_version += 1
    audit.record("user.password_set", user, at=at)


def change_password(user: User, present: str, password: str, *, at: datetime) -> None:
    """Change one's own password. Raises WrongPresentPassword."""
    try:
        authenticate(user.email, present)
    except WrongCredentials:
        raise WrongPresentPassword from None
    set_password(user, password, at=at)


def choose_password(token: str, password: str, *, at: datetime, offered: str = "", proof: str = "") -> User:
    """Set the password of the person to whom a one-time address belongs. Raises LinkNotUsable.

    A `proof` stands in the letter alone, never on an administrator's screen: whoever brings it reads the address.
    The role `offered` in that letter is theirs then.
    """
    link = check_link(PASSWORD, token, at=at)
    if proof and not queries.is_proof(link, proof, offered):
        raise LinkNotUsable
    use_link(link, at=at)
    user = link.user
    if user is None or not user.is_enabled:
        raise LinkNotUsable
    if proof:
        user.email_confirmed_at = at
        audit.record("user.email_confirmed", user, at=at)
    set_password(user, password, at=at)
    if proof and offered:
        _grant_offered(user, Offer.read(offered), at=at)
    return user


def _grant_offered(user: User, offer: Offer, *, at: datetime) -> None:
    body = queries.organisation_by_id(offer.organisation_id) if offer.organisation_id else None
    if offer.event_id is None:
        grant(user, offer.role, at=at, organisation=body)
    elif body is not None:
        grant(user, offer.role, at=at, event=EventOf(offer.event_id, body.id))


def create_organisation(name: str, *, at: datetime, short_name: str = "") -> Organisation:
    """Add a public body. Raises SlugTaken where its short address exists."""
    organisation = Organisation(
        name=name, short_name=short_name, slug=slugify(short_name or name), created_at=at
    )
    with changes.refused_as(SlugTaken):
        db.session.add(organisation)
    audit.record("organisation.created", organisation, organisation=organisation, at=at)
    return organisation


def update_organisation(organisation: Organisation, facts: OrganisationFacts) -> None:
    """Write what an organisation tells of itself."""
    changed = changes.apply(organisation, facts)
    if changed:
        audit.record("organisation.updated", organisation, organisation=organisation, changed=changed)


def set_logo(organisation: Organisation, content: bytes | None) -> None:
    """Keep a picture (as logos.problem accepts it) as the logo of an organisation, or none.

    One in the colours of print (CMYK) is drawn anew: archives (PDF/A) take those of screens alone.
    """
    if content and logos.is_for_print(content):
        content = pictures.sound(content, longest_side=logos.LARGEST_SIDE).data
    found = logos.picture(content) if content else None
    organisation.logo = content
    organisation.logo_type = None if found is None else found.mimetype
    audit.record("organisation.logo_set", organisation, organisation=organisation, size=len(content or b""))


def add_unit(organisation: Organisation, name: str) -> Unit:
    """Add a part of an organisation. Raises UnitTaken."""
    unit = Unit(organisation_id=organisation.id, name=name)
    with changes.refused_as(UnitTaken):
        db.session.add(unit)
    audit.record("unit.created", unit, organisation=organisation)
    return unit


def rename_unit(unit: Unit, name: str) -> None:
    """Give a part of an organisation another name. Raises UnitTaken."""
    with changes.refused_as(UnitTaken):
        unit.name = name
    audit.record("unit.renamed", unit, organisation=unit.organisation)


def create_user(email: str, name: str, *, at: datetime, password: str | None = None) -> User:
    """Add somebody who signs in. Raises EmailTaken."""
    user = User(email=email.strip().lower(), name=name, created_at=at, login_version=1, grants=[])
    if password is not None:
        user.password_hash = _hasher.hash(password)
    with changes.refused_as(EmailTaken):
        db.session.add(user)
    audit.record("user.created", user, at=at)
    return user


def grant(
    user: User,
    role: Role,
    *,
    at: datetime,
    organisation: Organisation | None = None,
    event: OwnedEvent | None = None,
) -> RoleGrant:
    """Give a role for the installation, an organisation or one event; giving it twice changes nothing."""
    organisation_id = None if organisation is None else organisation.id
    event_id = None if event is None else event.id
    for given in user.grants:
        if (given.role, given.organisation_id, given.event_id) == (role, organisation_id, event_id):
            return given
    new = RoleGrant(user=user, role=role, organisation=organisation, event_id=event_id, created_at=at)
    db.session.add(new)
    audit.record("role.granted", user, organisation=organisation, event=event, at=at, role=str(role))
    return new


def revoke(given: RoleGrant, *, at: datetime, event: OwnedEvent | None = None) -> None:
    """Take a role back. Raises LastAdministrator where nobody could administer the installation any more."""
    if _is_for_installation(given) and _installation_administrators() == 1:
        raise LastAdministrator
    audit.record(
        "role.revoked", given.user, organisation=given.organisation, event=event, at=at, role=str(given.role)
    )
    given.user.grants.remove(given)
    db.session.delete(given)


def set_enabled(user: User, *, enabled: bool, by: Actor, at: datetime) -> None:
    """Let a person sign in or not; switching off ends every sign-in. Raises OwnAccess, LastAdministrator."""
    if user.id == by.id:
        raise OwnAccess
    if not enabled and any(map(_is_for_installation, user.grants)) and _installation_administrators() == 1:
        raise LastAdministrator
    user.is_enabled = enabled
    user.login_version += 1
    audit.record("user.enabled" if enabled else "user.disabled", user, at=at)


def offer_role(
    user: User,
    role: Role,
    *,
    at: datetime,
    organisation: Organisation | None = None,
    event: OwnedEvent | None = None,
) -> None:
    """Write to the owner of an address what role awaits them: it is theirs once they choose a new password by the
    letter, which ends what anybody else may have begun with their address. Until then nothing changes.
    """
    body = event.organisation_id if event is not None else None if organisation is None else organisation.id
    offer = Offer(role, body, None if event is None else event.id)
    make_link(PASSWORD, at=at, user=user)
    audit.record("role.offered", user, organisation=organisation, event=event, at=at, role=str(role))
    emails.invitation(user, offered=offer.text)


def invite(user: User, *, at: datetime) -> None:
    """Write to a person how to choose a password, or, where they have one, that they may do more now."""
    if user.password_hash is None:
        make_link(PASSWORD, at=at, user=user)
    emails.invitation(user)


def _is_for_installation(given: RoleGrant) -> bool:
    is_wide = given.organisation_id is None and given.event_id is None
    return is_wide and given.role == Role.ADMINISTRATOR


def _installation_administrators() -> int:
    statement = (
        select(func.count(User.id.distinct()))
        .join(User.grants)
        .where(
            User.is_enabled,
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.organisation_id.is_(None),
            RoleGrant.event_id.is_(None),
        )
    )
    return db.session.scalar(statement) or 0


def make_link(purpose: str, *, at: datetime, user: User | None = None) -> str:
    """Return the token of a fresh one-time address; older ones of the same purpose and person end."""
    db.session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.user_id == (user.id if user else None),
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=at)
    )
    link = OneTimeLink(
        purpose=purpose,
        # The token is derived from the row's number, so it is known only once the row stands.
        token_hash=signing.hashed(signing.new_token()),
        user_id=user.id if user else None,
        created_at=at,
        expires_at=at + LINK_LIFETIME,
    )
    db.session.add(link)
    db.session.flush()
    token = queries.link_token(link)
    link.token_hash = signing.hashed(token)
    return token


def check_link(purpose: str, token: str, *, at: datetime) -> OneTimeLink:
    """Return the one-time address that a token opens. Raises LinkNotUsable."""
    link = db.session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.purpose == purpose, OneTimeLink.token_hash == signing.hashed(token)
        )
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
    _lock(organisation)
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
    if written is None:
        _lock(organisation)  # the first registrations of two events may come at once
        written = queries.newest_consent_text(organisation.id)
    return written or write_consent_text(organisation, queries.consent_in_force(organisation), at=at)


def _lock(organisation: Organisation) -> None:
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())
