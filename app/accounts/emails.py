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


def invitation(user: User, *, offered: str = "") -> None:
    """Tell a person that they may work in the back office, and how to sign in; or which role awaits them."""
    mail.queue(
        "accounts.invitation",
        to=user.email,
        payload={"user_id": user.id} | ({"offered": offered} if offered else {}),
    )


def password_url(token: str, *, offered: str = "", proof: str = "") -> str:
    """Return the whole address at which a person chooses a password; in a letter to them, with its proof."""
    return absolute("accounts.choose_password", token=token, rol=offered or None, carta=proof or None)


@mail.letter("accounts.invitation")
def write_invitation(user_id: int, offered: str = "") -> Letter | None:
    """Write the invitation; the one-time address in it is derived now and stands in no row."""
    user = queries.user_by_id(user_id)
    if user is None or not user.is_enabled:
        return None
    link = queries.open_link(user, purpose="password", at=clock.now())
    if link is None and (offered or user.password_hash is None):
        return None
    address = absolute("accounts.sign_in")
    if link is not None:
        proof = queries.proof_of(link, offered)
        address = password_url(queries.link_token(link), offered=offered, proof=proof)
    return rendered(
        "accounts/invitation",
        pictures=(Inline("band", band_png("tinkuy", brand(_ACCENT), width=560, cell=6)),),
        user=user,
        heading=_("You can now work with Tinkuy"),
        address=address,
        is_offered=bool(offered),
        is_new=link is not None,
        accent=brand(_ACCENT),
        sender_name="Tinkuy",
        reply_to=None,
    )
