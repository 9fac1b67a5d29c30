"""Short codes that people read aloud and type: an unambiguous alphabet and a check character.

The alphabet leaves out 0 and O, 1, I and L, U (heard and read as V) and Z (written like 2). Twenty-nine
characters, a prime number, make the check character that of a pure system of ISO/IEC 7064, MOD 29,2, built as
its MOD 37,2: every single wrong character and every swap of two different ones is caught.
"""

import secrets

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_2

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"
_FORGIVEN = str.maketrans({"U": "V", "Z": "2", " ": "", "-": "", "\u00a0": "", "–": "", "·": ""})


def generate(length: int) -> str:
    """Return a random code of `length` characters, the last of which is the check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + mod_37_2.calc_check_digit(body, alphabet=ALPHABET)


def normalise(text: str) -> str:
    """Return a typed code as it is stored: capitals, without spaces and dashes."""
    return text.strip().upper().translate(_FORGIVEN)


def is_valid(code: str, *, length: int) -> bool:
    """Return whether a normalised code has the right length, alphabet and check character."""
    if len(code) != length:
        return False
    try:
        mod_37_2.validate(code, alphabet=ALPHABET)
    except (ValidationError, ValueError):
        return False
    return True


def grouped(code: str) -> str:
    """Return a code as it is shown, in groups of four: `7XK2-M9QW`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
