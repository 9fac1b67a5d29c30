"""Rules about people who sign in."""

import re
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

from app.permissions import Role

MINIMUM_PASSWORD = (
    10  # characters; NIST SP 800-63B asks for length and a list of common ones, not for symbols
)
_COMMON = frozenset(
    {
        "1234567890",
        "contraseña",
        "contrasena",
        "password12",
        "password123",
        "qwertyuiop",
        "0123456789",
        "tinkuy1234",
    }
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


_RETENTION = "mientras dure el evento y el plazo legal de archivo; la constancia se conserva para que pueda verificarse"


def default_consent_text(
    *,
    name: str,
    ruc: str,
    address: str,
    data_bank: str,
    data_bank_code: str,
    retention: str,
    channel: str,
    officer: str,
) -> str:
    """Return a first privacy notice for an organisation to edit, in Spanish.

    It says what Ley N.° 29733, article 18, and its Reglamento (DS N.° 016-2024-JUS) ask for: who holds the data, why,
    in which data bank, who receives them, for how long, the consequences of refusing, and how to exercise one's rights.
    """
    holder = name + (f", RUC {ruc}" if ruc else "") + (f", con domicilio en {address}" if address else "")
    bank = f"el banco de datos «{data_bank or 'Participantes de eventos'}»"
    bank += f", código RNPDP {data_bank_code}" if data_bank_code else ""
    parts = [
        f"{holder}, tratará sus datos en {bank}, para gestionar su inscripción, asistencia y constancia, según la Ley "
        "N.° 29733 y su Reglamento (DS N.° 016-2024-JUS).",
        "Los campos con * son necesarios; sin ellos no podremos inscribirle.",
        "No los entregaremos a terceros, salvo obligación legal.",
        f"Conservación: {retention or _RETENTION}.",
        "Puede ejercer acceso, rectificación, cancelación, oposición y portabilidad, gratis"
        + (f", en {channel}." if channel else ", ante la entidad organizadora."),
    ]
    if officer:
        parts.append(f"Oficial de Datos Personales: {officer}.")
    return " ".join(parts)


def safe_next(address: str | None) -> str | None:
    """Return where to go after signing in, if that is a plain path of this site; else None.

    Browsers read `//host` and `/\\host` as another site's address, and drop tabs and line ends from any.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or any(ord(sign) < 32 or ord(sign) == 127 for sign in address):
        return None
    return address


def must_confirm(
    *,
    is_confirmed: bool,
    has_password: bool,
    organisations: Collection[int | None],
    organisation_id: int | None,
) -> bool:
    """Return whether whoever signs in with an e-mail must first prove that it is theirs, before a role is theirs.

    An administrator can make an account for any address, and choose its password by the link on the screen. What
    such an account holds in one organisation alone (`organisations` are those of its roles, None the installation)
    may be added to there; nobody else's role may go to it before its owner has answered a letter.
    """
    if is_confirmed or not has_password:
        return False
    return organisation_id is None or set(organisations) != {organisation_id}


class Offer(NamedTuple):
    """A role that awaits the owner of an address: in an organisation, in one of its events, or everywhere."""

    role: Role
    organisation_id: int | None = None
    event_id: int | None = None

    @property
    def text(self) -> str:
        """The offer as it stands in an address: organiser-3-12."""
        return f"{self.role}-{self.organisation_id or 0}-{self.event_id or 0}"

    @classmethod
    def read(cls, text: str) -> "Offer":
        """Read an offer whose seal was checked."""
        role, organisation_id, event_id = text.rsplit("-", 2)
        return cls(Role(role), int(organisation_id) or None, int(event_id) or None)
