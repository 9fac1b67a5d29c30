"""Who may do what: one list of permissions, one table of roles, one decorator on every view."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, g
from flask_login import current_user

from app.extensions import login_manager

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """Something that a signed-in person may be allowed to do."""

    EVENT_VIEW = "event.view"
    EVENT_EDIT = "event.edit"
    EVENT_PUBLISH = "event.publish"
    REGISTRATION_VIEW = "registration.view"
    REGISTRATION_EDIT = "registration.edit"
    REGISTRATION_EXPORT = "registration.export"
    CHECK_IN = "attendance.check_in"
    FORCE_ENTRY = "attendance.force"
    ATTENDANCE_VIEW = "attendance.view"
    ATTENDANCE_EDIT = "attendance.edit"
    ROOM_MODERATE = "room.moderate"
    CERTIFICATE_VIEW = "certificate.view"
    CERTIFICATE_ISSUE = "certificate.issue"
    DESIGN_EDIT = "design.edit"
    DESIGN_SOURCE = "design.source"  # Typst of one's own
    ORGANISATION_EDIT = "organisation.edit"
    PEOPLE_EDIT = "people.edit"
    AUDIT_VIEW = "audit.view"


class Role(StrEnum):
    """A named bundle of permissions, granted for the installation, an organisation or one event."""

    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    DOOR = "door"
    READER = "reader"


_READING = frozenset(
    {
        Permission.EVENT_VIEW,
        Permission.REGISTRATION_VIEW,
        Permission.ATTENDANCE_VIEW,
        Permission.CERTIFICATE_VIEW,
    }
)
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.ORGANISER: frozenset(Permission)
    - {
        Permission.DESIGN_SOURCE,
        Permission.ORGANISATION_EDIT,
        Permission.PEOPLE_EDIT,
        Permission.AUDIT_VIEW,
    },
    # The door sees a person's name and institution in its own answers, never the list of registrations.
    Role.DOOR: frozenset({Permission.EVENT_VIEW, Permission.CHECK_IN}),
    Role.READER: _READING,
}


def roles_with(permission: Permission) -> list[Role]:
    """Return the roles that include `permission`."""
    return [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]


def may(permission: Permission | str, event: Any) -> bool:
    """Return whether the signed-in person holds `permission` for an event: for templates and views."""
    return current_user.is_authenticated and bool(
        current_user.may(permission, organisation_id=event.organisation_id, event_id=event.id)
    )


def public(view: View) -> View:
    """Declare that anyone may open this view."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def participant(view: View) -> View:
    """Declare that the unguessable token in the address is the permission."""
    view.access = "participant"  # type: ignore[attr-defined]
    return view


def device(view: View) -> View:
    """Declare that the bearer token of a device at the door is the permission: the view asks for it."""
    view.access = "device"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Declare that whoever has signed in may open this view."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return login_manager.unauthorized()
        return view(*args, **kwargs)

    guarded.access = "signed_in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view needs.

    The decorator turns away whoever holds it nowhere. What a view loads is then narrowed to the scope of the grants
    by `events.queries.managed_event_or_404` and its like, which read the declared permission from `g.permission`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            if not current_user.may_somewhere(permission):
                abort(403)
            g.permission = permission
            return view(*args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def init_app(app: Flask) -> None:
    """Let the templates ask what the signed-in person may do."""
    app.jinja_env.globals["may"] = may
