"""What the services of this package refuse."""

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class WrongCredentials(DomainError):
    """E-mail and password do not belong together; which of the two is wrong is not told."""

    message = _l("The e-mail or the password is not right. Check both and try again.")


class LinkNotUsable(DomainError):
    """A one-time address was used, has expired or never existed."""

    message = _l("This address has expired or was already used. Ask for a new one.")


class EmailTaken(DomainError):
    """Another person signs in with this address."""

    message = _l("Somebody already signs in with this e-mail.")
    field = "email"


class SlugTaken(DomainError):
    """Another organisation has this short address."""

    message = _l("Another organisation already uses this name.")
    field = "name"


class LastAdministrator(DomainError):
    """Without this grant nobody could administer the installation."""

    message = _l("At least one administrator of the installation must remain.")


class WrongPresentPassword(DomainError):
    """Whoever changes a password must know the present one."""

    message = _l("This is not your present password.")
    field = "present"


class UnitTaken(DomainError):
    """The organisation has a unit of this name."""

    message = _l("The organisation already has a unit of this name.")
    field = "name"


class OwnAccess(DomainError):
    """Nobody can lock themselves out."""

    message = _l("You cannot take away your own access. Ask another administrator.")


class OutOfScope(DomainError):
    """What was asked reaches further than the grants of the person who asks."""

    message = _l("You cannot grant this role there.")
    field = "scope"
