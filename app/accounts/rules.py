"""Rules about people who sign in."""

import re
import unicodedata

MINIMUM_PASSWORD = 10  # characters; NIST SP 800-63B asks for length and a list of common ones, not for symbols
_COMMON = frozenset(
    {"1234567890", "contraseña", "contrasena", "password12", "password123", "qwertyuiop", "0123456789", "tinkuy1234"}
)


def password_problem(password: str, *, email: str) -> str | None:
    """Return "short", "common" or "personal" for a password that will not do, else None."""
    if len(password) < MINIMUM_PASSWORD:
        return "short"
    if password.lower() in _COMMON or len(set(password)) < 4:
        return "common"
    if password.lower() == email.lower():
        return "personal"
    return None


def slugify(text: str, *, limit: int = 60) -> str:
    """Return a part of an address made from a title: plain lower-case ASCII letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].strip("-")
    return slug or "evento"
