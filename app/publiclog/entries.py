"""What stands in the log for a certificate. Pure: whoever checks one from outside runs the same code."""

import hashlib
import json
from datetime import datetime


def digest(code: str, file_sha256: str) -> str:
    """Return what stands in the log for a certificate: whoever holds the file can compute it, and nobody guess it.

    `code` is the stored one, without dashes, and `file_sha256` the hexadecimal hash of the file as it was issued.
    """
    return hashlib.sha256(f"tinkuy certificate\n{code}\n{file_sha256}\n".encode()).hexdigest()


def entry_data(kind: str, digest_: str, *, at: datetime, logged_at: datetime) -> str:
    """Return a leaf's text: JSON with sorted keys and without spaces; moments in UTC to the second."""
    fields = {"at": _moment(at), "digest": digest_, "kind": str(kind), "logged": _moment(logged_at)}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
