"""Signing credentials with the installation's key."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import select

from app import signing
from app.credentials import rules
from app.credentials.models import CredentialKey, StatusCounter
from app.extensions import db
from app.imports import lazily
from app.upserts import insert_into

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ed25519
else:
    ed25519 = lazily("cryptography.hazmat.primitives.asymmetric.ed25519")


def did() -> str:
    """Return who this installation is to those who check its credentials."""
    return rules.did_of(current_app.config["BASE_URL"])


def _private() -> bytes:
    return signing.derive("credentials", length=32)


def _public() -> bytes:
    return ed25519.Ed25519PrivateKey.from_private_bytes(_private()).public_key().public_bytes_raw()


def register_key(*, at: datetime) -> None:
    """Remember the key that signs from now on: who holds a credential can check it when another one has followed."""
    public = _public()
    if db.session.get(CredentialKey, public) is None:
        db.session.add(CredentialKey(public=public, since=at))


def signed(payload: Mapping[str, Any]) -> str:
    """Return a payload as a JWT of this installation."""
    return rules.signed(payload, _private())


def reserve_places(count: int) -> int:
    """Take `count` places of the status lists that follow each other, and return the first."""
    statement = insert_into(StatusCounter).values(id=1, taken=count)
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_={"taken": StatusCounter.taken + count}
    )
    return int(db.session.execute(statement.returning(StatusCounter.taken)).scalar_one()) - count


def newest_list() -> int:
    """Return the number of the last status list in which a place is taken, -1 where there is none."""
    taken = db.session.scalar(select(StatusCounter.taken)) or 0
    return (taken - 1) // rules.LIST_LENGTH


def did_document() -> dict[str, Any]:
    """Return the DID document: the present key first, then those that signed before."""
    former = db.session.scalars(select(CredentialKey.public).order_by(CredentialKey.since.desc()))
    return rules.did_document(did(), dict.fromkeys([_public(), *former]))
