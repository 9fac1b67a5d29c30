"""What somebody of the back office may do, and who has signed in, as every request needs to know it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_login import UserMixin

from app.permissions import ROLE_PERMISSIONS, Permission, Role


class Reach:
    """What a grant reaches: the installation (neither id set), an organisation or one event."""

    if TYPE_CHECKING:
        organisation_id: Any
        event_id: Any

    def covers(self, organisation_id: int | None, event_id: int | None) -> bool:
        """Return whether this grant reaches an organisation or an event of it."""
        if self.event_id is not None:
            return bool(self.event_id == event_id)
        return self.organisation_id is None or bool(self.organisation_id == organisation_id)


class Entitled(UserMixin):
    """Somebody who was granted roles."""

    if TYPE_CHECKING:
        id: Any
        login_version: Any
        grants: Any

    def get_id(self) -> str:
        """Return what the login cookie holds."""
        return f"{self.id}.{self.login_version}"

    def may_somewhere(self, permission: Permission) -> bool:
        """Return whether any grant of any scope includes `permission`."""
        return any(permission in ROLE_PERMISSIONS[grant.role] for grant in self.grants)

    def may(
        self, permission: Permission, *, organisation_id: int | None = None, event_id: int | None = None
    ) -> bool:
        """Return whether `permission` is held for an organisation or one of its events."""
        return any(
            permission in ROLE_PERMISSIONS[grant.role] and grant.covers(organisation_id, event_id)
            for grant in self.grants
        )

    def organisation_ids(self, permission: Permission) -> set[int] | None:
        """Return the organisations for which `permission` is held as a whole; None means all of them."""
        grants = [grant for grant in self.grants if permission in ROLE_PERMISSIONS[grant.role]]
        if any(grant.organisation_id is None and grant.event_id is None for grant in grants):
            return None
        return {grant.organisation_id for grant in grants if grant.organisation_id is not None}

    def event_ids(self, permission: Permission) -> set[int]:
        """Return the single events for which `permission` was granted."""
        return {
            grant.event_id
            for grant in self.grants
            if grant.event_id is not None and permission in ROLE_PERMISSIONS[grant.role]
        }


@dataclass(frozen=True, slots=True)
class Grant(Reach):
    """A role that whoever has signed in holds."""

    role: Role
    organisation_id: int | None
    event_id: int | None


@dataclass(frozen=True, slots=True, eq=False)
class SignedIn(Entitled):
    """Who has signed in. Not the row: mapping it and its grants would cost a scan a sixth of its time."""

    id: int
    email: str
    name: str
    login_version: int
    grants: tuple[Grant, ...]
