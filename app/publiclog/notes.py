"""Checkpoints: a tree's size and root as a signed note (C2SP tlog-checkpoint and signed-note, Ed25519)."""

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.imports import lazily

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.asymmetric import ed25519
else:
    exceptions = lazily("cryptography.exceptions")
    ed25519 = lazily("cryptography.hazmat.primitives.asymmetric.ed25519")

_ED25519 = b"\x01"


class BadNote(ValueError):
    """The note is not one, or nobody trusted signed it."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log vouches for: this many entries, under this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The body that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, key: "ed25519.Ed25519PublicKey") -> str:
    """Return a public key as signed notes name one: "name+id+base64"."""
    public = key.public_bytes_raw()
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def signed(checkpoint: Checkpoint, key: "ed25519.Ed25519PrivateKey") -> str:
    """Return the note of a checkpoint, signed under its origin's name."""
    name, text = checkpoint.origin, checkpoint.text
    signature = _key_id(name, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{text}\n\N{EM DASH} {name} {base64.b64encode(signature).decode()}\n"


def opened(note: str, verifier: str) -> Checkpoint:
    """Return the checkpoint of a note that the holder of this key signed. Raises BadNote for any other."""
    try:
        name, _id, encoded = verifier.split("+", 2)
        public = base64.b64decode(encoded, validate=True).removeprefix(_ED25519)
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        origin, size, root = text.removesuffix("\n").split("\n")[:3]
        wanted = f"\N{EM DASH} {name} "
        for line in signatures.splitlines():
            raw = (
                base64.b64decode(line.removeprefix(wanted), validate=True) if line.startswith(wanted) else b""
            )
            if raw[:4] == _key_id(name, public):
                ed25519.Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
                return _checked(Checkpoint(origin, int(size), base64.b64decode(root, validate=True)), text)
    except (ValueError, exceptions.InvalidSignature) as error:
        raise BadNote("the checkpoint is malformed, or its signature is wrong") from error
    raise BadNote(f"the checkpoint bears no signature of {name}")


def _checked(checkpoint: Checkpoint, text: str) -> Checkpoint:
    if not text.startswith(checkpoint.text) or checkpoint.size < 0:
        raise BadNote("the checkpoint is spelt in an unusual way")
    return checkpoint
