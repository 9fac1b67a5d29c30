"""How rooms are run: accounts with servers, places, ways in, what stands by a room."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app import audit, signing, vault
from app.accounts.models import Organisation
from app.addresses import absolute
from app.attendance.rules import Attendee, Timed
from app.events.models import Event, Session
from app.extensions import db
from app.live import providers, queries
from app.live.errors import LinkMissing, RoomFull, RoomNotOpen
from app.live.models import LinkKind, RoomAccount, RoomEntry, RoomLink, RoomSettings
from app.live.rules import HOLDS_PLACE, STAGE_OPENS
from app.outgoing import AddressRefused
from app.upserts import insert_into
from app.vault import CannotUnseal

_PREPARED, _FAILED = (
    60.0,
    15.0,
)  # seconds for which a process remembers that a meeting stands, or that a server fails


@dataclass
class _Memory:
    """What this process knows of meetings elsewhere, so that a hundred who enter at once ask a server once."""

    until: dict[str, float] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        return self.until.get(name, 0) > time.monotonic()

    def keep(self, name: str, seconds: float) -> None:
        now = time.monotonic()
        self.until = {one: end for one, end in self.until.items() if end > now} | {name: now + seconds}


_stands, _fails = _Memory(), _Memory()


def save_account(
    organisation: Organisation,
    kind: str,
    address: str,
    secret: str,
    *,
    algorithm: str,
    app_id: str = "",
    subject: str = "",
    key_id: str = "",
    at: datetime,
) -> RoomAccount:
    """Keep an organisation's account with a server of rooms, in place of the one it had with it."""
    address = address.rstrip("/")
    account = next((one for one in queries.accounts_of(organisation.id) if one.address == address), None)
    if account is None:
        account = RoomAccount(organisation_id=organisation.id, address=address)
        db.session.add(account)
    account.kind = kind
    account.sealed = vault.seal(secret.encode(), purpose=queries.SECRETS)
    account.algorithm = algorithm
    account.app_id, account.subject, account.key_id = app_id, subject, key_id
    account.added_at = at
    audit.record("room_account.saved", account, organisation=organisation, at=at, kind=kind)
    return account


def remove_account(organisation: Organisation, account: RoomAccount, *, at: datetime) -> None:
    """Forget an account and its secret; sessions on that server become plain links."""
    audit.record("room_account.removed", account, organisation=organisation, at=at, kind=account.kind)
    db.session.delete(account)


def check_account(account: RoomAccount) -> None:
    """Try the connection to a server. Raises ProviderFailed, SecretRefused and AddressRefused."""
    try:
        access = queries.access_of(account)
    except CannotUnseal as error:
        raise providers.SecretRefused from error
    providers.place(account.address, access).check()


def settle_room(
    event: Event,
    session: Session,
    *,
    capacity: int | None,
    opens_minutes: int,
    asks_presence: bool = False,
    at: datetime,
) -> None:
    """Decide how many a room takes, how long before it opens, and whether people are asked if they are there."""
    settings = queries.settings_of(session.id)
    settings.capacity, settings.opens_minutes = capacity, opens_minutes
    settings.asks_presence = asks_presence
    db.session.add(settings)
    audit.record("room.places_settled", session, event=event, at=at)


def add_link(
    event: Event, session: Session, kind: LinkKind, label: str, url: str, *, at: datetime
) -> RoomLink:
    """Put an address beside a room. Raises LinkMissing."""
    if not label or not url:
        raise LinkMissing
    link = RoomLink(session_id=session.id, kind=kind, label=label, url=url)
    db.session.add(link)
    audit.record("room.link_added", link, event=event, at=at, kind=kind)
    return link


def remove_link(event: Event, link: RoomLink, *, at: datetime) -> None:
    """Take an address away from a room."""
    audit.record("room.link_removed", link, event=event, at=at, kind=link.kind)
    db.session.delete(link)


def enter(person: Attendee, session: Timed, *, at: datetime) -> None:
    """Give somebody a place in a room with few of them, or keep theirs. Raises RoomNotOpen and RoomFull.

    The room's row is locked while its places are counted, so that two at once cannot both get the last one. A place
    is free again once its holder was not heard of for five minutes.
    """
    if queries.state(session, at=at) != queries.RoomState.OPEN:
        raise RoomNotOpen
    capacity = db.session.scalar(
        select(RoomSettings.capacity).where(RoomSettings.session_id == session.id).with_for_update()
    )
    if capacity is not None and not keep_place(person, session, at=at):
        held = select(func.count()).where(
            RoomEntry.session_id == session.id, RoomEntry.seen_at > at - HOLDS_PLACE
        )
        if (db.session.scalar(held) or 0) >= capacity:
            raise RoomFull
        row = {"session_id": session.id, "registration_id": person.id, "seen_at": at}
        db.session.execute(
            insert_into(RoomEntry)
            .values(row)
            .on_conflict_do_update(index_elements=["session_id", "registration_id"], set_={"seen_at": at})
        )


def keep_place(person: Attendee, session: Timed, *, at: datetime) -> bool:
    """Note that whoever holds a place in a room was heard of; return whether they hold one."""
    kept = (
        update(RoomEntry)
        .where(
            RoomEntry.session_id == session.id,
            RoomEntry.registration_id == person.id,
            RoomEntry.seen_at > at - HOLDS_PLACE,
        )
        .values(seen_at=at)
        .returning(RoomEntry.session_id)
    )
    return bool(db.session.execute(kept).all())


def meeting_of(event: Event, session: Session) -> providers.Meeting:
    """Return a session as its provider comes to know it."""
    return providers.Meeting(
        uid=session.uid,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        leads_back_to=absolute("events.show", slug=event.slug),
        key=signing.to_text(signing.derive("meeting-key", session.uid)),
        hears_at=absolute("live_hooks.hear", session_id=session.id, key=queries.hook_key(session.id)),
    )


def way_in(event: Event, session: Session, guest: providers.Guest, *, at: datetime) -> str:
    """Return the address by which a guest enters a room now. Raises RoomNotOpen and ProviderFailed."""
    with standing(event, session, guest, at=at) as (place, meeting):
        return place.join(meeting, guest, at=at)


@contextmanager
def standing(
    event: Event, session: Session, guest: providers.Guest, *, at: datetime
) -> Iterator[tuple[providers.Place, providers.Meeting]]:
    """Give a room that a guest may enter now and its meeting, made where it was not.

    Raises RoomNotOpen, and ProviderFailed for a server that does not do its part; for a quarter of a minute after it
    failed it is not asked again, so that no visitor waits for what another has waited for.
    """
    early = queries.opens_at(session) - (STAGE_OPENS if guest.is_moderator else timedelta())
    if not early <= at < session.ends_at:
        raise RoomNotOpen
    if _fails.holds(session.uid):
        raise providers.ProviderFailed
    try:
        place = queries.place_of(event, session)
        meeting = meeting_of(event, session)
        if not _stands.holds(session.uid):
            place.prepare(meeting)
            _stands.keep(session.uid, _PREPARED)
        yield place, meeting
    except (providers.ProviderFailed, AddressRefused, CannotUnseal) as error:
        _fails.keep(session.uid, _FAILED)
        if isinstance(error, providers.ProviderFailed):
            raise
        raise providers.ProviderFailed from error


def end_meeting(event: Event, session: Session) -> None:
    """Send everybody out of the meeting in its server; `note_ended` writes it down. Raises ProviderFailed.

    Nothing is written here: whoever calls holds no lock while a slow server thinks.
    """
    _asked(event, session).end(meeting_of(event, session))
    _stands.until.pop(session.uid, None)


def note_ended(event: Event, session: Session, *, at: datetime) -> None:
    """Write down that somebody ended the meeting for everybody."""
    audit.record("room.meeting_ended", session, event=event, at=at)


def recordings_of(event: Event, session: Session) -> list[providers.Recording]:
    """Return what the room's server has recorded, without writing anything. Raises ProviderFailed."""
    return _asked(event, session).recordings(meeting_of(event, session))


def note_recordings(event: Event, session: Session, found: list[providers.Recording], *, at: datetime) -> int:
    """Put recordings beside the room; return how many are new."""
    known = {one.url for one in queries.links_of(session.id)[LinkKind.RECORDING]}
    fresh = [one for one in found if one.url not in known and len(one.url) <= 500]
    for one in fresh:
        add_link(event, session, LinkKind.RECORDING, session.title[:120], one.url, at=at)
    return len(fresh)


def _asked(event: Event, session: Session) -> providers.Place:
    try:
        return queries.place_of(event, session)
    except CannotUnseal as error:
        raise providers.SecretRefused from error
