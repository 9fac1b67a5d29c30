"""The keys that bodies sign with: added, checked before each issue, retired."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from app import audit
from app.accounts.models import Organisation
from app.certificates import queries
from app.certificates.errors import KeyNotValidNow
from app.certificates.models import SignedFile, SigningKey
from app.extensions import db
from app.imports import lazily

if TYPE_CHECKING:
    from app.certificates import signatures, tokens
else:
    signatures = lazily("app.certificates.signatures")
    tokens = lazily("app.certificates.tokens")


@dataclass(frozen=True)
class Signature:
    """What signs the certificates of a body, as plain values that outlive a transaction."""

    key_id: int
    sealed: bytes
    name: str
    subject: str  # whom the key's certificate names
    time_stamps: str | None = None  # address of a time-stamp server
    is_on_token: bool = False

    def on(self, pdf: bytes) -> bytes:
        """Return a PDF with the body's signature. Raises what signatures.signed raises."""
        return signatures.signed(
            pdf, self.sealed, name=self.name, time_stamps=self.time_stamps, is_on_token=self.is_on_token
        )

    def kept(self, data: bytes) -> SignedFile:
        """Return the row that keeps a signed file, once its certificate has a number."""
        return SignedFile(key_id=self.key_id, data=data)


def add(organisation: Organisation, data: bytes, password: str, *, at: datetime) -> SigningKey:
    """Let a body sign with a key from a PKCS#12 file from now on; the one before is retired.

    Raises what signatures.opened and facts_of raise, and KeyNotValidNow.
    """
    found = signatures.opened(data, password)
    facts = signatures.facts_of(found)
    _check_validity(facts.not_before, facts.not_after, at=at)
    return _kept(organisation, facts, signatures.sealed(found), at=at)


def on_token(access: "tokens.Access", *, at: datetime) -> "tokens.TokenKey":
    """Return a key on a token that a body may sign with; asks the token, and no database.

    Raises what tokens.found and signatures.facts_of_certificate raise, and KeyNotValidNow.
    """
    found = tokens.found(access)
    facts = signatures.facts_of_certificate(found.certificate)
    _check_validity(facts.not_before, facts.not_after, at=at)
    return found


def add_on_token(organisation: Organisation, found: "tokens.TokenKey", *, at: datetime) -> SigningKey:
    """Let a body sign with a key on a token from now on; the one before is retired."""
    facts = signatures.facts_of_certificate(found.certificate)
    return _kept(organisation, facts, tokens.sealed(found), at=at, token=found.access.token)


def _kept(
    organisation: Organisation,
    facts: "signatures.KeyFacts",
    sealed: bytes,
    *,
    at: datetime,
    token: str | None = None,
) -> SigningKey:
    retire(organisation, at=at)
    key = SigningKey(
        organisation_id=organisation.id,
        subject=facts.subject,
        issuer=facts.issuer,
        fingerprint=facts.fingerprint,
        not_before=facts.not_before,
        not_after=facts.not_after,
        sealed=sealed,
        token=token,
        added_at=at,
    )
    db.session.add(key)
    audit.record("signing_key.added", key, organisation=organisation, at=at)
    return key


def retire(organisation: Organisation, *, at: datetime) -> bool:
    """Sign no more with the present key; what it signed stays signed. Returns whether there was one."""
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())
    key = queries.key_in_force(organisation.id)
    if key is None:
        return False
    key.retired_at = at
    audit.record("signing_key.retired", key, organisation=organisation, at=at)
    return True


def set_time_stamps(organisation: Organisation, address: str, *, at: datetime) -> None:
    """Let the key in force ask this server for time stamps from now on, or none."""
    key = queries.key_in_force(organisation.id)
    if key is None:
        return
    key.timestamp_url = address or None
    audit.record("signing_key.time_stamps_set", key, organisation=organisation, at=at)


def check_time_stamps(address: str) -> None:
    """Ask a server for a time stamp. Raises TimeStampFailed."""
    signatures.check_time_stamps(address)


def _check_validity(not_before: datetime, not_after: datetime, *, at: datetime) -> None:
    if not not_before <= at < not_after:
        raise KeyNotValidNow


def signature_for(organisation: Organisation, *, at: datetime) -> Signature | None:
    """Return what signs a body's certificates now, or None where it has no key.

    Raises KeyNotValidNow for a key whose certificate has run out, and KeySealed where the server's own key has
    changed since the key was added.
    """
    key = queries.key_in_force(organisation.id)
    if key is None:
        return None
    _check_validity(key.not_before, key.not_after, at=at)
    if key.token is None:
        signatures.signer(key.sealed)
    else:
        tokens.unsealed(key.sealed)
    return Signature(
        key_id=key.id,
        sealed=key.sealed,
        name=organisation.name,
        subject=key.subject,
        time_stamps=key.timestamp_url,
        is_on_token=key.token is not None,
    )


def try_out(organisation: Organisation, *, at: datetime) -> None:
    """Have a body's key on a token sign something before anything is begun with it.

    A token takes its time: call it where no lock is held. Raises what signature_for and tokens.try_out raise.
    """
    signature = signature_for(organisation, at=at)
    if signature and signature.is_on_token:
        tokens.try_out(signature.sealed)
