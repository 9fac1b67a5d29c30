"""Reads of people and organisations."""

from sqlalchemy import func, select

from app.accounts.models import ConsentText, Organisation, User
from app.accounts.rules import default_consent_text
from app.extensions import db
from app.permissions import Permission


def user_by_cookie(value: str) -> User | None:
    """Return the person whom a login cookie names, unless the sign-in was ended since."""
    identifier, _, version = value.partition(".")
    if not identifier.isdecimal() or len(identifier) > 18:
        return None
    user = db.session.get(User, int(identifier))
    return user if user is not None and str(user.login_version) == version else None


def user_by_email(email: str) -> User | None:
    """Return the person who signs in with an e-mail address, whatever its capitals."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def is_empty() -> bool:
    """Return whether nobody can sign in yet: a fresh installation."""
    return db.session.scalar(select(func.count()).select_from(User)) == 0


def organisations_for(user: User, permission: Permission) -> list[Organisation]:
    """Return the organisations for which a person holds `permission` as a whole."""
    statement = select(Organisation).order_by(Organisation.name)
    ids = user.organisation_ids(permission)
    if ids is not None:
        statement = statement.where(Organisation.id.in_(ids))
    return list(db.session.scalars(statement))


def newest_consent_text(organisation_id: int) -> ConsentText | None:
    """Return the privacy notice in force, or None where the organisation has written none yet."""
    return db.session.scalar(
        select(ConsentText)
        .where(ConsentText.organisation_id == organisation_id)
        .order_by(ConsentText.version.desc())
        .limit(1)
    )


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
