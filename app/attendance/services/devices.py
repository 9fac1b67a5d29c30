"""Handing out devices for the door, pairing them, and taking their access back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update

from app import audit, signing
from app.accounts.models import User
from app.attendance import rules
from app.attendance.errors import NotOfThisEvent, PairingLapsed
from app.attendance.models import DoorDevice
from app.events.models import Event
from app.extensions import db


def add_device(
    event: Event, name: str, *, day_ids: Collection[int], expires_at: datetime, by: User, at: datetime
) -> DoorDevice:
    """Hand out a device, still to be paired, for some days of an event (none: for all of them).

    Raises NotOfThisEvent.
    """
    if not set(day_ids) <= {day.id for day in event.days}:
        raise NotOfThisEvent(field="days")
    device = DoorDevice(
        event_id=event.id,
        name=name,
        day_ids=sorted(set(day_ids)),
        pairing_hash="",
        pairing_expires_at=at + rules.PAIRING,
        expires_at=expires_at,
        created_at=at,
        made_by_id=by.id,
    )
    # Its address is derived from its number, which the database gives.
    device.pairing_hash = signing.new_token()
    db.session.add(device)
    db.session.flush()
    device.pairing_hash = signing.hashed(pairing_token(device))
    audit.record("door_device.made", event=event, at=at, device_id=device.id)
    return device


def pairing_token(device: DoorDevice) -> str:
    """Return the token of the address that pairs a device; another after each renewal."""
    return signing.to_text(
        signing.derive("door-pairing", device.id, device.pairing_expires_at.isoformat(), length=24)
    )


def renew_pairing(device: DoorDevice, *, at: datetime) -> None:
    """Make a new address for a device that was not paired in time; the old one works no more.

    Raises PairingLapsed where the device is paired, or was revoked.
    """
    if device.paired_at is not None or device.revoked_at is not None:
        raise PairingLapsed
    device.pairing_expires_at = at + rules.PAIRING
    db.session.flush()
    device.pairing_hash = signing.hashed(pairing_token(device))


def pair(token: str, *, at: datetime) -> tuple[DoorDevice, str]:
    """Pair the device that shows the token of its address; return it and the token that it shows from now on.

    One of several that try at once succeeds. Raises PairingLapsed.
    """
    own = signing.new_token()
    statement = (
        update(DoorDevice)
        .where(
            DoorDevice.pairing_hash == signing.hashed(token),
            DoorDevice.pairing_expires_at > at,
            DoorDevice.expires_at > at,
            DoorDevice.paired_at.is_(None),
            DoorDevice.revoked_at.is_(None),
        )
        .values(paired_at=at, token_hash=signing.hashed(own))
        .returning(DoorDevice.id)
    )
    found = db.session.execute(statement).scalar_one_or_none()
    if found is None:
        raise PairingLapsed
    device = db.session.get_one(DoorDevice, found, populate_existing=True)
    return device, own


def revoke_device(device: DoorDevice, event: Event, *, at: datetime) -> None:
    """Take a device's access back for good: it forgets everything when it next asks."""
    if device.revoked_at is None:
        device.revoked_at = at
        audit.record("door_device.revoked", event=event, at=at, device_id=device.id)
