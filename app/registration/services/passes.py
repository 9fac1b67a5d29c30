"""Writes about passes: the keys that sign them, and new versions that make the old ones void."""

import os
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, select, update

from app import audit, codes, vault
from app.accounts.models import Organisation
from app.extensions import db
from app.registration import passes, queries, rules
from app.registration.models import PassKey, Registration
from app.upserts import insert_into

CODE_LENGTH = 8
_KEY = 32  # bytes


def ensure_key(organisation_id: int, *, at: datetime) -> None:
    """Let an organisation sign passes if it cannot yet. Of several that do this at once, one key stays."""
    held = select(PassKey.id).where(PassKey.organisation_id == organisation_id)
    if db.session.scalar(held.limit(1)) is None:
        _add_key(organisation_id, 1, at=at)


def _add_key(organisation_id: int, number: int, *, at: datetime) -> None:
    private_key = os.urandom(_KEY)
    statement = insert_into(cast(Table, PassKey.__table__)).values(
        organisation_id=organisation_id,
        number=number,
        public_key=passes.public_key_of(private_key),
        sealed=vault.seal(private_key, purpose=queries.SEALED_FOR),
        valid_from=at,
    )
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["organisation_id", "number"]))


def rotate_keys(organisation: Organisation, *, at_once: bool, at: datetime) -> int:
    """Sign passes with a new key from now on; return its number.

    What the earlier keys signed holds until the last pass of the organisation has run out; with `at_once`, as after a
    theft, it holds no more, and the doors take the short codes of passes that are out already.
    """
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())
    newest = db.session.scalar(
        select(func.max(PassKey.number)).where(PassKey.organisation_id == organisation.id)
    )
    end = at if at_once else max(at + rules.GRACE, queries.newest_end(organisation) or at)
    in_force = (
        PassKey.valid_until.is_(None)
        if not at_once
        else PassKey.valid_until.is_(None) | (PassKey.valid_until > at)
    )
    db.session.execute(
        update(PassKey).where(PassKey.organisation_id == organisation.id, in_force).values(valid_until=end)
    )
    number = (newest or 0) + 1
    _add_key(organisation.id, number, at=at)
    audit.record("pass_keys.rotated", organisation=organisation, at=at, number=number, at_once=at_once)
    return number


def give_code(registration: Registration, organisation_id: int) -> bool:
    """Give a registration a code that nobody has; return whether the organisation can sign passes.

    Two codes alike come up once in billions.
    """
    is_taken, has_key, code = True, False, ""
    while is_taken:  # before the registration has it, or it would find itself
        code = codes.generate(CODE_LENGTH)
        is_taken, has_key = queries.code_state(code, organisation_id)
    registration.code = code
    return has_key


def renew_pass(registration: Registration, *, at: datetime) -> None:
    """Make the passes of a registration void that are out, printed ones too, and give it a new one."""
    registration.pass_version = min(registration.pass_version + 1, passes.LARGEST_VERSION)
    give_code(registration, registration.event.organisation_id)
    rules.fold(registration)
    audit.record(
        "registration.pass_renewed",
        registration,
        event=registration.event,
        at=at,
        version=registration.pass_version,
    )
