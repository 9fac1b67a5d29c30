"""Base45 (RFC 9285): bytes in the 45 characters that a QR symbol packs tightest. Two bytes make three characters."""

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
    data = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        try:
            number = sum(_VALUES[character] * 45**place for place, character in enumerate(group))
        except KeyError:
            raise ValueError("not in the alphabet") from None
        if len(group) == 1 or number >= 256 ** (len(group) - 1):
            raise ValueError("a group that encodes nothing")
        data += number.to_bytes(len(group) - 1, "big")
    return bytes(data)
