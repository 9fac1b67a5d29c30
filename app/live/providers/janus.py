"""The room of this server: Janus, which the application configures, and lets people in by tokens that it signs.

Those who speak publish (VideoRoom plugin); each is forwarded to a place of their own in one stream, which everybody
watches (Streaming plugin), those who speak included. Rooms are made and kept in order over Janus's Admin API, which
listens on this machine alone; browsers talk to Janus by a WebSocket.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import current_app
from flask_babel import lazy_gettext as _l

from app import clock, outgoing, signing
from app.live.providers.base import Guest, Meeting, Place, Provider, ProviderFailed

SLOTS = 6  # people who can be on stage at once
STAGE, AUDIENCE = "janus.plugin.videoroom", "janus.plugin.streaming"
RENEW = timedelta(minutes=5)  # after which a page asks for another token
TOKEN_LASTS, JOIN_LASTS = timedelta(minutes=12), timedelta(minutes=1)
TURN_LASTS = timedelta(hours=12)
BITRATE = 700_000  # of one camera, in bits a second
_AUDIO, _VIDEO = 111, 96  # payload types, ours to choose
_NO_ROOM, _ROOM_STANDS, _NOBODY = 426, 427, 428  # what Janus answers, by its numbers
_NO_STREAM, _STREAM_STANDS = 455, 456
_SECONDS, _LARGEST = 5, 2_000_000


class NotOnStage(ProviderFailed):
    """The person whom something should happen to is not publishing."""

    message = _l("This person is not on stage now.")


def secret(purpose: str) -> str:
    """Return one of the secrets that Janus and its relay share with us; they are derived, so that nobody keeps them."""
    return signing.derive("janus", purpose, length=24).hex()


def _sign(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha1).digest()).decode()


def api_token(key: str, until: datetime, *plugins: str) -> str:
    """Return what every message to Janus must bring: which plugins its sender may use, and until when."""
    text = ",".join([str(int(until.timestamp())), "janus", *plugins])
    return f"{text}:{_sign(key, text)}"


def room_token(key: str, until: datetime, room: str) -> str:
    """Return what joining a room of those who speak takes."""
    text = f"{int(until.timestamp())},{STAGE},room={room}"
    return f"{text}:{_sign(key, text)}"


def relay_access(key: str, until: datetime, guest: str) -> tuple[str, str]:
    """Return name and password at a TURN relay with a shared secret (its REST convention)."""
    name = f"{int(until.timestamp())}:{guest}"
    return name, _sign(key, name)


@dataclass(frozen=True)
class Room(Place):
    """A room of this server. `removed` are the speakers sent out of it: its stage has a word that they never saw."""

    is_own: ClassVar[bool] = True
    provider: Provider = Provider.JANUS
    removed: tuple[int, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether this installation has a Janus."""
        return bool(current_app.config["JANUS_URL"])

    def stage_word(self, meeting: Meeting) -> str:
        """Return the word that joining the stage takes; it is another one for each set of people removed."""
        return signing.derive("janus-stage", meeting.uid, *sorted(self.removed)).hex()

    def prepare(self, meeting: Meeting) -> None:
        """Make the stage and the stream that forwards it, where they are not yet."""
        _ask(
            STAGE,
            _ROOM_STANDS,
            request="create",
            room=meeting.uid,
            admin_key=secret("admin-key"),
            secret=meeting.key,
            pin=self.stage_word(meeting),
            is_private=True,
            signed_tokens=True,
            publishers=SLOTS,
            bitrate=BITRATE,
            bitrate_cap=True,
            lock_record=True,  # else whoever publishes could have Janus write files
            fir_freq=10,
            audiocodec="opus",
            videocodec="vp8",
        )
        stream = _ask(
            AUDIENCE,
            _STREAM_STANDS,
            request="create",
            type="rtp",
            id=meeting.uid,
            admin_key=secret("admin-key"),
            secret=meeting.key,
            pin=_watch_word(meeting),
            is_private=True,
            metadata=meeting.ends_at.isoformat(),
            media=[one for slot in range(SLOTS) for one in _media(slot)],
        )
        if "error_code" not in stream:
            _sweep()

    def watch(self, meeting: Meeting, guest: Guest, *, at: datetime) -> dict[str, Any]:
        """Return what the page of somebody who watches needs; whoever speaks gets `speak` besides."""
        plugins = [AUDIENCE, STAGE] if guest.is_moderator else [AUDIENCE]
        return {
            "url": current_app.config["JANUS_URL"],
            "token": api_token(secret("token"), at + TOKEN_LASTS, *plugins),
            "room": meeting.uid,
            "pin": _watch_word(meeting),
            "guest": guest.id,
            "opaque": f"{guest.id}@{meeting.uid}",
            "ice": _relays(guest, at=at),
            "renew": int(RENEW.total_seconds()),
        }

    def speak(self, meeting: Meeting, guest: Guest, *, at: datetime) -> dict[str, Any]:
        """Return what the page of somebody who speaks needs."""
        return self.watch(meeting, guest, at=at) | {
            "name": guest.name,
            "stage": {
                "token": room_token(secret("token"), at + JOIN_LASTS, meeting.uid),
                "pin": self.stage_word(meeting),
            },
        }

    def go_on_air(self, meeting: Meeting, guest: str, slot: int) -> None:
        """Forward what somebody publishes to their place in the stream; a second time changes nothing.

        Raises ProviderFailed, and NotOnStage for somebody who publishes nothing.
        """
        known = _ask(STAGE, request="listforwarders", room=meeting.uid, secret=meeting.key)
        if any(one.get("publisher_id") == guest for one in known.get("publishers", [])):
            return
        info = _ask(AUDIENCE, request="info", id=meeting.uid, secret=meeting.key)
        ports = {one["mid"]: one for one in info.get("info", {}).get("media", [])}
        audio, video = ports.get(f"a{slot}"), ports.get(f"v{slot}")
        if not audio or not video:
            raise ProviderFailed
        _ask_of(
            guest,
            meeting,
            request="rtp_forward",
            publisher_id=guest,
            admin_key=secret("admin-key"),
            host="127.0.0.1",
            host_family="ipv4",
            streams=[
                {"mid": "0", "port": audio["port"], "pt": _AUDIO},
                {"mid": "1", "port": video["port"], "rtcp_port": video["rtcpport"], "pt": _VIDEO},
            ],
        )

    def silence(self, meeting: Meeting, guest: str, *, is_silent: bool) -> None:
        """Take the sound from somebody on stage, or give it back. Raises ProviderFailed and NotOnStage."""
        _ask_of(guest, meeting, request="moderate", id=guest, mid="0", mute=is_silent)

    def remove(self, meeting: Meeting, guest: str) -> None:
        """Send somebody off the stage, whose word `removed` has changed already. Raises ProviderFailed."""
        self.change_word(meeting)
        _ask(STAGE, _NO_ROOM, _NOBODY, request="kick", room=meeting.uid, secret=meeting.key, id=guest)

    def change_word(self, meeting: Meeting) -> None:
        """Let the stage ask for its present word. Raises ProviderFailed."""
        word = self.stage_word(meeting)
        _ask(STAGE, _NO_ROOM, request="edit", room=meeting.uid, secret=meeting.key, new_pin=word)

    def make_way(self, meeting: Meeting, guest: str) -> None:
        """Let somebody join anew whose former page may not have left, and whom Janus may have forgotten with the room.

        Raises ProviderFailed.
        """
        answer = _ask(
            STAGE, _NO_ROOM, _NOBODY, request="kick", room=meeting.uid, secret=meeting.key, id=guest
        )
        if answer.get("error_code") == _NO_ROOM:
            self.prepare(meeting)

    def on_stage(self, meeting: Meeting) -> list[str]:
        """Return the ids of those on stage. Raises ProviderFailed."""
        answer = _ask(STAGE, _NO_ROOM, request="listparticipants", room=meeting.uid)
        return [str(one["id"]) for one in answer.get("participants", []) if one.get("publisher")]

    def end(self, meeting: Meeting) -> None:
        """Send everybody out and take the room away."""
        _destroy(meeting.uid, meeting.key)

    def check(self) -> None:
        """Ask for the list of streams, which only the right secret gets."""
        _ask(AUDIENCE, request="list", admin_key=secret("admin-key"))


def _watch_word(meeting: Meeting) -> str:
    return signing.derive("janus-watch", meeting.uid).hex()


def _media(slot: int) -> Iterable[dict[str, Any]]:
    here = {"port": 0, "iface": "127.0.0.1"}
    yield {"type": "audio", "mid": f"a{slot}", "label": f"a{slot}", "pt": _AUDIO, "codec": "opus", **here}
    yield {
        "type": "video",
        "mid": f"v{slot}",
        "label": f"v{slot}",
        "pt": _VIDEO,
        "codec": "vp8",
        "rtcpport": 0,
        **here,
    }


def _relays(guest: Guest, *, at: datetime) -> list[dict[str, str]]:
    if not (address := current_app.config["TURN_URL"]):
        return []
    name, password = relay_access(secret("turn"), at + TURN_LASTS, guest.id)
    return [{"urls": address, "username": name, "credential": password}]


def _sweep() -> None:
    """Take away rooms whose session ended an hour ago: Janus itself keeps them until it is started anew."""
    listed = _ask(AUDIENCE, request="list", admin_key=secret("admin-key")).get("list", [])
    for one in listed:
        if datetime.fromisoformat(one["metadata"]) + timedelta(hours=1) < clock.now():
            _destroy(one["id"], signing.to_text(signing.derive("meeting-key", one["id"])))


def _destroy(uid: str, key: str) -> None:
    _ask(STAGE, _NO_ROOM, request="destroy", room=uid, secret=key)
    _ask(AUDIENCE, _NO_STREAM, request="destroy", id=uid, secret=key)


def _ask_of(guest: str, meeting: Meeting, **request: Any) -> None:
    """Ask something of one person on stage. Raises NotOnStage where they, or the whole room, are not there."""
    answer = _ask(STAGE, _NO_ROOM, _NOBODY, room=meeting.uid, secret=meeting.key, **request)
    if "error_code" in answer:
        raise NotOnStage


def _ask(plugin: str, *_tolerated: int, **request: Any) -> dict[str, Any]:
    """Return what a plugin answers, which may be one of the errors `_tolerated`. Raises ProviderFailed."""
    asked = {
        "janus": "message_plugin",
        "transaction": "tinkuy",
        "admin_secret": secret("admin"),
        "plugin": plugin,
        "request": request,
    }
    address = f"http://127.0.0.1:{current_app.config['JANUS_PORT'] + 1}/admin"
    headers = {"Content-Type": "application/json"}
    try:
        # The address is of our own settings, and of this machine.
        body = outgoing.post(
            address, json.dumps(asked).encode(), headers, seconds=_SECONDS, largest=_LARGEST, is_own=True
        )
        answer = json.loads(body)["response"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProviderFailed from error
    if not isinstance(answer, dict) or answer.get("error_code", 0) not in {0, *_tolerated}:
        raise ProviderFailed
    return answer
