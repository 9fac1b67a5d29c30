"""Jitsi Meet on a server that lets in whoever brings a token signed with a key of ours.

The claims are those of Jitsi's token authentication (aud, iss, sub, room, exp, context.user) and of its hosted kin,
which adds the key's id; claims without a value are left out, because some versions refuse null.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, unquote, urlsplit

from flask_babel import lazy_gettext as _l

from app import outgoing
from app.imports import lazily
from app.live.providers.base import Access, Guest, Meeting, Place, Provider, ProviderFailed, host_of

if TYPE_CHECKING:
    import jwt
else:
    jwt = lazily("jwt")

ALGORITHMS = ("HS256", "RS256")
_LASTS = timedelta(hours=1)  # a token after the end of its session: talks run over
_SECONDS, _LARGEST = 5, 2_000_000


@dataclass(frozen=True)
class Room(Place):
    """A room on a server with tokens. Its name is that of the address, or the session's own where it names none."""

    is_personal: ClassVar[bool] = True
    provider: Provider = Provider.JITSI
    access: Access = field(kw_only=True)

    def join(self, meeting: Meeting, guest: Guest, *, at: datetime) -> str:
        """Return the room's address with a token for this guest. Raises ProviderFailed for a key that signs nothing."""
        path = urlsplit(self.url).path.strip("/") or meeting.uid
        base = self.access.address.rstrip("/")
        return f"{base}/{quote(unquote(path), safe='/')}?jwt={self._token(path, meeting, guest, at=at)}"

    def _token(self, path: str, meeting: Meeting, guest: Guest, *, at: datetime) -> str:
        headers = {"kid": self.access.key_id} if self.access.key_id else {}
        claims = claims_of(self.access, unquote(path.rpartition("/")[2]), meeting, guest, at=at)
        try:
            return jwt.encode(claims, self.access.secret, self.access.algorithm, headers)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise ProviderFailed(_l("The key for this server cannot sign.")) from error

    def check(self) -> None:
        """Sign something, and ask the server for its page; whether it takes the key, only entering tells."""
        someone = Guest("0", "0")
        nobody = Meeting("0", "0", _NEVER, _NEVER, "", "", "")
        self._token("0", nobody, someone, at=_NEVER)
        try:
            outgoing.get(self.access.address, {}, seconds=_SECONDS, largest=_LARGEST)
        except OSError as error:
            raise ProviderFailed from error


_NEVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def claims_of(access: Access, room: str, meeting: Meeting, guest: Guest, *, at: datetime) -> dict[str, Any]:
    """Return what a guest's token says."""
    return {
        "aud": "jitsi",
        "iss": access.app_id,
        "sub": access.subject or host_of(access.address),
        "room": room,
        "nbf": int(at.timestamp()) - 60,
        "exp": int((max(at, meeting.ends_at) + _LASTS).timestamp()),
        "context": {
            "user": {
                "id": guest.id,
                "name": guest.name,
                "moderator": "true" if guest.is_moderator else "false",
            }
        },
    }
