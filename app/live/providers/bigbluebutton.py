"""BigBlueButton: its API with checksums, meetings made before each entry, who is inside, recordings."""

import contextlib
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from app import outgoing
from app.imports import lazily
from app.live.providers.base import (
    Access,
    Guest,
    Meeting,
    MeetingGone,
    Place,
    Provider,
    ProviderFailed,
    Recording,
    SecretRefused,
)

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET
else:
    ET = lazily("xml.etree.ElementTree")

ALGORITHMS = ("sha256", "sha1", "sha384", "sha512")
_SECONDS, _LARGEST = 5, 2_000_000  # an answer that tells of a thousand people is smaller


def checksum(call: str, query: str, secret: str, algorithm: str) -> str:
    """Return the hash that proves a call: of its name, its query and the secret, with nothing between."""
    return hashlib.new(algorithm, f"{call}{query}{secret}".encode()).hexdigest()


@dataclass(frozen=True)
class Room(Place):
    """A meeting on a server of BigBlueButton, made when the first one enters."""

    is_personal: ClassVar[bool] = True
    knows_presence: ClassVar[bool] = True
    provider: Provider = Provider.BIGBLUEBUTTON
    access: Access = field(kw_only=True)

    def address(self, call: str, values: dict[str, str]) -> str:
        """Return the address of a call with its checksum."""
        query = urlencode(values)
        proof = checksum(call, query, self.access.secret, self.access.algorithm)
        joined = f"{query}&checksum={proof}" if query else f"checksum={proof}"
        return f"{self.access.address.rstrip('/')}/api/{call}?{joined}"

    def prepare(self, meeting: Meeting) -> None:
        """Make the meeting; a second time changes nothing, and a meeting that stood empty comes back to life."""
        minutes = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
        values = {
            "meetingID": meeting.uid,
            "name": meeting.title,
            "moderatorPW": meeting.key,
            "logoutURL": meeting.leads_back_to,
            "record": "true",
            "autoStartRecording": "false",
            "duration": str(minutes + 120),
            "muteOnStart": "true",
        }
        self._ask("create", values)
        # Without its webhooks a server does all the rest: then the page's own beats count alone.
        with contextlib.suppress(ProviderFailed):
            self._ask("hooks/create", {"callbackURL": meeting.hears_at, "meetingID": meeting.uid})

    def join(self, meeting: Meeting, guest: Guest, *, at: datetime) -> str:
        """Return the address by which a guest goes in."""
        values = {
            "meetingID": meeting.uid,
            "fullName": guest.name,
            "userID": guest.id,
            "role": "MODERATOR" if guest.is_moderator else "VIEWER",
        }
        return self.address("join", values)

    def end(self, meeting: Meeting) -> None:
        """Send everybody out; a meeting that is over already is."""
        try:
            self._ask("end", {"meetingID": meeting.uid, "password": meeting.key})
        except MeetingGone:
            return

    def presence(self, meeting: Meeting) -> list[str]:
        """Return the ids of those inside; nobody is in a meeting that is over."""
        try:
            answer = self._ask("getMeetingInfo", {"meetingID": meeting.uid})
        except MeetingGone:
            return []
        return [one.findtext("userID") or "" for one in answer.iterfind("attendees/attendee")]

    def recordings(self, meeting: Meeting) -> list[Recording]:
        """Return what the server has published of the meeting, and can be watched over https."""
        answer = self._ask("getRecordings", {"meetingID": meeting.uid})
        found = []
        for part in answer.iterfind("recordings/recording/playback/format"):
            url, length = (part.findtext("url") or "").strip(), part.findtext("length") or "0"
            if url.startswith("https://"):
                found.append(Recording(url, int(length) if length.isdecimal() else 0))
        return found

    def check(self) -> None:
        """Ask for the list of meetings, which only the right secret gets."""
        self._ask("getMeetings", {})

    def _ask(self, call: str, values: dict[str, str]) -> "ET.Element":
        try:
            body = outgoing.get(self.address(call, values), {}, seconds=_SECONDS, largest=_LARGEST)
        except OSError as error:
            raise ProviderFailed from error
        return understood(body)


def understood(body: bytes) -> "ET.Element":
    """Return an answer of the API. Raises ProviderFailed, SecretRefused and MeetingGone."""
    if any(odd in body for odd in (b"<!DOCTYPE", b"<!ENTITY", b"\0")):  # HTML or worse: the API sends neither
        raise ProviderFailed
    try:
        answer = ET.fromstring(body)
    except (ET.ParseError, ValueError) as error:
        raise ProviderFailed from error
    if answer.tag == "response" and answer.findtext("returncode") == "SUCCESS":
        return answer
    raise {"checksumError": SecretRefused, "notFound": MeetingGone}.get(
        answer.findtext("messageKey") or "", ProviderFailed
    )
