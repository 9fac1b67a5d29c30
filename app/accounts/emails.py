"""The letter to people who sign in."""

from flask_babel import gettext as _

from app import clock, mail
from app.accounts import queries
from app.accounts.models import User
from app.addresses import absolute
from app.band import band_png
from app.mail.letters import Inline, Letter, rendered
from app.theme import brand

_ACCENT = "#9e1b42"


def invitation(user: User) -> None:
    """Tell a person that they may work in the back office, and how to sign in."""
    mail.queue("accounts.invitation", to=user.email, payload={"user_id": user.id})


def password_url(token: str) -> str:
    """Return the whole address at which a person chooses a password."""
    return absolute("accounts.choose_password", token=token)


@mail.letter("accounts.invitation")
def write_invitation(user_id: int) -> Letter | None:
    """Write the invitation; the one-time address in it is derived now and stands in no row."""
    user = queries.user_by_id(user_id)
    if user is None or not user.is_enabled:
        return None
    link = queries.open_link(user, purpose="password", at=clock.now())
    if link is None and user.password_hash is None:
        return None
    return rendered(
        "accounts/invitation",
        pictures=(Inline("band", band_png("tinkuy", brand(_ACCENT), width=560, cell=6)),),
        user=user,
        heading=_("You can now work with Tinkuy"),
        address=absolute("accounts.sign_in") if link is None else password_url(queries.link_token(link)),
        is_new=link is not None,
        accent=brand(_ACCENT),
        sender_name="Tinkuy",
        reply_to=None,
    )
