"""Base45 (RFC 9285): bytes in the 45 characters that a QR symbol packs tightest. Two bytes make three characters."""

import struct

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Return bytes as text."""
    characters = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, value = divmod(number, 45)
            characters.append(ALPHABET[value])
    return "".join(characters)


def decode(text: str) -> bytes:
    """Return the bytes of a text. Raises ValueError for another alphabet, a length or a group that encodes nothing."""
    if len(text) % 3 == 1:
        raise ValueError("a group that encodes nothing")
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        raise ValueError("not in the alphabet") from None
    # All threes at once: a door reads them by the thousand.
    pairs = [
        low + 45 * middle + 2025 * high
        for low, middle, high in zip(values[::3], values[1::3], values[2::3], strict=False)
    ]
    single = [values[-2] + 45 * values[-1]] if len(values) % 3 else []
    try:
        return struct.pack(f">{len(pairs)}H{len(single)}B", *pairs, *single)
    except struct.error:
        raise ValueError("a group that encodes nothing") from None
