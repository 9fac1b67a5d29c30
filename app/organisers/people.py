"""People who sign in, as far as an administrator may see and change what they were granted."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from flask import abort
from sqlalchemy import ColumnElement, or_, select, true

from app.accounts import queries as accounts
from app.accounts import rules, services
from app.accounts.errors import OutOfScope, OwnAccess
from app.accounts.models import Actor, Organisation, RoleGrant, User
from app.events import queries as events
from app.events.models import Event
from app.extensions import db
from app.permissions import Permission, Role

EVERYWHERE = "all"


@dataclass(frozen=True)
class Scope:
    """Where a role holds: an organisation, an event, or (neither) the whole installation."""

    organisation: Organisation | None = None
    event: Event | None = None

    @property
    def owner_id(self) -> int | None:
        """The organisation whose role it would be, None for the installation."""
        if self.event is not None:
            return self.event.organisation_id
        return None if self.organisation is None else self.organisation.id

    @property
    def value(self) -> str:
        """What stands for it in a form."""
        if self.event is not None:
            return f"e{self.event.id}"
        return EVERYWHERE if self.organisation is None else f"o{self.organisation.id}"


@dataclass(frozen=True)
class Held:
    """A role that somebody holds within what the administrator may see."""

    grant: RoleGrant
    scope: Scope


@dataclass(frozen=True)
class Person:
    """Somebody who signs in. `is_ours`: everything that they hold lies within the administrator's own reach."""

    user: User
    held: list[Held]
    is_ours: bool


def _not_found() -> NoReturn:
    abort(404)


def scopes(administrator: Actor) -> dict[str, Scope]:
    """Return where an administrator may grant roles; the installation last, so that it is nobody's default."""
    found = [Scope(body) for body in accounts.organisations_for(administrator, Permission.PEOPLE_EDIT)]
    found += [Scope(event=event) for event in events.managed_events(administrator, Permission.PEOPLE_EDIT)]
    if _is_global(administrator):
        found.append(Scope())
    return {scope.value: scope for scope in found}


def _visible(administrator: Actor) -> ColumnElement[bool]:
    """Return the condition on grants that an administrator may see."""
    if _is_global(administrator):
        return true()
    organisations = administrator.organisation_ids(Permission.PEOPLE_EDIT) or set()
    owned = select(Event.id).where(Event.organisation_id.in_(organisations))
    return or_(
        RoleGrant.organisation_id.in_(organisations),
        RoleGrant.event_id.in_(owned),
        RoleGrant.event_id.in_(administrator.event_ids(Permission.PEOPLE_EDIT)),
    )


def _is_global(administrator: Actor) -> bool:
    return administrator.organisation_ids(Permission.PEOPLE_EDIT) is None


def people(administrator: Actor) -> list[Person]:
    """Return the people whom an administrator may see, by name, in a fixed number of queries."""
    statement = select(User).order_by(User.name, User.id)
    if not _is_global(administrator):
        statement = statement.where(User.id.in_(select(RoleGrant.user_id).where(_visible(administrator))))
    return _with_roles(administrator, list(db.session.scalars(statement)))


def person_or_404(administrator: Actor, user_id: int) -> Person:
    """Return one of these people, or answer 404."""
    statement = select(User).where(User.id == user_id)
    if not _is_global(administrator):
        statement = statement.where(User.id.in_(select(RoleGrant.user_id).where(_visible(administrator))))
    user = db.session.scalar(statement) or _not_found()
    return _with_roles(administrator, [user])[0]


def _with_roles(administrator: Actor, users: list[User]) -> list[Person]:
    reach = scopes(administrator)
    return [_person(administrator, user, reach) for user in users]


def _person(administrator: Actor, user: User, reach: dict[str, Scope]) -> Person:
    values = [(grant, _value(grant)) for grant in user.grants]
    held = [Held(grant, reach[value]) for grant, value in values if value in reach]
    held.sort(key=lambda one: (one.scope.value, one.grant.role))
    is_ours = _is_global(administrator) or (bool(held) and len(held) == len(values))
    return Person(user, held, is_ours)


def _value(grant: RoleGrant) -> str:
    if grant.event_id is not None:
        return f"e{grant.event_id}"
    return EVERYWHERE if grant.organisation_id is None else f"o{grant.organisation_id}"


def held_or_404(person: Person, grant_id: int) -> Held:
    """Return a role that a person holds within what the administrator may see, or answer 404."""
    return next((one for one in person.held if one.grant.id == grant_id), None) or _not_found()


def one_time_url_of(person: Person, *, at: datetime) -> str | None:
    """Return the token with which a person may choose a password, for an administrator to hand over.

    Nobody sees the token of somebody who holds roles elsewhere: whoever has it can sign in as them.
    """
    if not person.is_ours:
        return None
    link = accounts.open_link(person.user, purpose=services.PASSWORD, at=at)
    return None if link is None else accounts.link_token(link)


def add(
    administrator: Actor, *, email: str, name: str, role: Role, scope: str, at: datetime
) -> tuple[User, bool]:
    """Give somebody a role and write to them; a person is made where nobody signs in with this e-mail.

    Where another organisation may have made the account, the role awaits its owner (see rules.must_confirm); then
    the administrator may not see the person yet. Returns them and whether the role was given. Raises OutOfScope.
    """
    where = _own_scope(administrator, scope)
    user = accounts.user_by_email(email) or services.create_user(email, name, at=at)
    is_given = _give(user, where, role, at=at)
    if is_given:
        services.invite(user, at=at)
    return user, is_given


def grant(administrator: Actor, person: Person, *, role: Role, scope: str, at: datetime) -> bool:
    """Give a person a further role. Returns False where it awaits them (see add). Raises OutOfScope."""
    return _give(person.user, _own_scope(administrator, scope), role, at=at)


def _give(user: User, where: Scope, role: Role, *, at: datetime) -> bool:
    """Give a role at once, or have it await the owner of the e-mail. Returns whether it was given."""
    if not rules.must_confirm(
        is_confirmed=user.email_confirmed_at is not None,
        has_password=user.password_hash is not None,
        organisations=_organisations_of(user),
        organisation_id=where.owner_id,
    ):
        services.grant(user, role, at=at, organisation=where.organisation, event=where.event)
        return True
    services.offer_role(user, role, at=at, organisation=where.organisation, event=where.event)
    return False


def _organisations_of(user: User) -> set[int | None]:
    """Return the organisations in which somebody holds roles, None for the installation."""
    of_events = [given.event_id for given in user.grants if given.event_id is not None]
    owners = select(Event.organisation_id).where(Event.id.in_(of_events))
    found: set[int | None] = set(db.session.scalars(owners)) if of_events else set()
    return found | {given.organisation_id for given in user.grants if given.event_id is None}


def _own_scope(administrator: Actor, value: str) -> Scope:
    scope = scopes(administrator).get(value)
    if scope is None:
        raise OutOfScope
    return scope


def revoke(administrator: Actor, held: Held, *, at: datetime) -> None:
    """Take a role back. Raises OwnAccess, LastAdministrator."""
    if held.grant.user_id == administrator.id:
        raise OwnAccess
    services.revoke(held.grant, at=at, event=held.scope.event)
