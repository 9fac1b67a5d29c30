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
