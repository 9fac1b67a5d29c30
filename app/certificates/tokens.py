"""Keys that never leave their token (PKCS#11): a card, a USB token or a security module, by its maker's library.

Which library that is, the server's environment alone says (PKCS11_LIBRARY), for it becomes a part of the process. Each
signature opens the token, signs in and closes it, one at a time: being signed in is a state of the whole process, and
so a token that was pulled out, or one whose PIN was changed, is noticed at once.

It loads slowly, and most processes sign nothing: import it by app.imports.lazily.
"""

import asyncio
import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from flask import current_app

from app import vault
from app.certificates.errors import (
    KeySealed,
    TokenFailed,
    TokenKeyLacking,
    TokenLocked,
    TokenMissing,
    TokenPinRefused,
    TokensNotServed,
)
from app.imports import lazily

if TYPE_CHECKING:
    import pkcs11
    from pyhanko.sign import pkcs11 as pyhanko_pkcs11
else:
    # From requirements-pkcs11.txt, which is installed only where tokens are used.
    pkcs11 = lazily("pkcs11")
    pyhanko_pkcs11 = lazily("pyhanko.sign.pkcs11")

_PURPOSE = "organisation-tokens"
_TRIAL = b"Tinkuy tries whether this key signs."
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Access:
    """What opens a key: the labels of its token and of itself, and the PIN."""

    token: str
    key: str
    pin: str


@dataclass(frozen=True)
class TokenKey:
    """A key on a token, with its certificate and those that vouch for it as far as the token has them (DER)."""

    access: Access
    certificates: tuple[bytes, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """The key's own certificate."""
        return x509.load_der_x509_certificate(self.certificates[0])


def found(access: Access) -> TokenKey:
    """Return a key on a token, once it has shown that it signs.

    Raises TokensNotServed, TokenMissing, TokenPinRefused, TokenLocked, TokenKeyLacking and TokenFailed.
    """
    with _opened(access) as session:
        key = TokenKey(access, _certificates(session, access))
        _try(session, key)
    return key


def sealed(key: TokenKey) -> bytes:
    """Return what opens a key as it is kept: encrypted under the server's key."""
    plain = {
        "token": key.access.token,
        "key": key.access.key,
        "pin": key.access.pin,
        "certificates": [b64encode(one).decode() for one in key.certificates],
    }
    return vault.seal(json.dumps(plain).encode(), purpose=_PURPOSE)


def unsealed(kept: bytes) -> TokenKey:
    """Undo `sealed`. Raises KeySealed where the server's key has changed since."""
    try:
        plain = json.loads(vault.unseal(kept, purpose=_PURPOSE))
    except vault.CannotUnseal as error:
        raise KeySealed from error
    access = Access(plain["token"], plain["key"], plain["pin"])
    return TokenKey(access, tuple(map(b64decode, plain["certificates"])))


def try_out(kept: bytes) -> None:
    """Have a key that was sealed sign something. Raises KeySealed and what `found` raises."""
    key = unsealed(kept)
    with _opened(key.access) as session:
        _try(session, key)


@contextmanager
def signer(kept: bytes) -> Iterator["pyhanko_pkcs11.PKCS11Signer"]:
    """Yield what signs with a key that was sealed, while its token is open. Raises what `try_out` raises."""
    key = unsealed(kept)
    with _opened(key.access) as session:
        yield _signer(session, key)


@contextmanager
def _opened(access: Access) -> Iterator["pkcs11.Session"]:
    """Sign in to a token, and say in our own words what goes wrong until it is closed."""
    path = _library()
    with _one_at_a_time, _told():
        token = pkcs11.lib(path).get_token(token_label=access.token)
        # One wrong PIN more would lock it, and nobody but its maker's tool opens it then.
        if token.flags & (pkcs11.TokenFlag.USER_PIN_FINAL_TRY | pkcs11.TokenFlag.USER_PIN_LOCKED):
            raise TokenLocked
        with token.open(user_pin=access.pin) as session:
            yield session


def _library() -> str:
    """Return the path of the library that talks to tokens. Raises TokensNotServed."""
    path: str = current_app.config["PKCS11_LIBRARY"]
    if not path or find_spec("pkcs11") is None:
        raise TokensNotServed
    return path


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
        raise TokenPinRefused from error
    except pkcs11.PinLocked as error:
        raise TokenLocked from error
    except (pkcs11.NoSuchToken, pkcs11.TokenNotPresent, pkcs11.MultipleTokensReturned) as error:
        raise TokenMissing from error
    except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned) as error:
        raise TokenKeyLacking from error
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        current_app.logger.error("a token failed: %r", error)
        raise TokenFailed from error


def _certificates(session: "pkcs11.Session", access: Access) -> tuple[bytes, ...]:
    """Return the certificate of a key, then its issuer's and so on. Raises TokenKeyLacking where there is none.

    A key and its certificate bear the same id; where a token gives none, the same label.
    """
    key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=access.key)
    kept = list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}))
    own = [one for one in kept if key.id and one[pkcs11.Attribute.ID] == key.id] or [
        one for one in kept if one[pkcs11.Attribute.LABEL] == access.key
    ]
    if not own:
        raise TokenKeyLacking
    others = [x509.load_der_x509_certificate(one[pkcs11.Attribute.VALUE]) for one in kept]
    chain = [x509.load_der_x509_certificate(own[0][pkcs11.Attribute.VALUE])]
    while issuers := [one for one in others if one not in chain and _vouches(one, chain[-1])]:
        chain.append(issuers[0])
    return tuple(one.public_bytes(Encoding.DER) for one in chain)


def _vouches(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _signer(session: "pkcs11.Session", key: TokenKey) -> "pyhanko_pkcs11.PKCS11Signer":
    own, *others = (asn1_x509.Certificate.load(one) for one in key.certificates)
    return pyhanko_pkcs11.PKCS11Signer(
        session,
        signing_cert=own,
        ca_chain=others,
        key_label=key.access.key,
        # Many tokens sign a hash with an elliptic curve, but make none.
        use_raw_mechanism=own.public_key.algorithm == "ec",
    )


def _try(session: "pkcs11.Session", key: TokenKey) -> None:
    """Have a key sign something. Raises TokenKeyLacking where the certificate is another key's."""
    signature = asyncio.run(_signer(session, key).async_sign_raw(_TRIAL, "sha256"))
    public = key.certificate.public_key()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, _TRIAL, ec.ECDSA(SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, _TRIAL, padding.PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise TokenKeyLacking from error
