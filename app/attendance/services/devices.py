"""Handing out devices for the door, pairing them, and taking their access back."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update

from app import audit, signing
from app.accounts.models import Actor
from app.attendance import queries, rules
from app.attendance.errors import NotOfThisEvent, PairingLapsed
from app.attendance.models import DoorDevice
from app.events.models import Event
from app.extensions import db


def add_device(
    event: Event,
    name: str,
    *,
    day_ids: Collection[int],
    checkpoint_ids: Collection[int] = (),
    forced_by: Actor | None = None,
    expires_at: datetime,
    by: Actor,
    at: datetime,
) -> DoorDevice:
    """Hand out a device, still to be paired, for days and checkpoints of an event (none: for all its days).

    `forced_by` lets people in against the rules with it; whoever calls has asked whether that person may.
    Raises NotOfThisEvent.
    """
    if not set(day_ids) <= {day.id for day in event.days}:
        raise NotOfThisEvent(field="days")
    if not set(checkpoint_ids) <= {one.id for one in queries.checkpoints_of(event)}:
        raise NotOfThisEvent(field="checkpoints")
    device = DoorDevice(
        event_id=event.id,
        name=name,
        day_ids=sorted(set(day_ids)),
        checkpoint_ids=sorted(set(checkpoint_ids)),
        forced_by_id=forced_by.id if forced_by else None,
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


def force_pin(device: DoorDevice) -> str:
    """Return the six figures that open the way for an exception on a device: for whoever allowed it to make any."""
    number = int.from_bytes(signing.derive("door-force", device.id, device.created_at.isoformat()), "big")
    return f"{number % 10**rules.PIN_LENGTH:0{rules.PIN_LENGTH}d}"


def sealed_pin(device: DoorDevice) -> dict[str, str | int] | None:
    """Return what a device checks those figures by without a network; None where it makes no exceptions."""
    if device.forced_by_id is None:
        return None
    salt = signing.derive("door-force-salt", device.id, length=16)
    digest = hashlib.pbkdf2_hmac("sha256", force_pin(device).encode(), salt, rules.PIN_ROUNDS)
    return {"salt": salt.hex(), "digest": digest.hex(), "rounds": rules.PIN_ROUNDS}


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
