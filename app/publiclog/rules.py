"""The Merkle tree of the log: hashes and proofs of RFC 6962 (section 2.1) over tiles of C2SP tlog-tiles.

A tree is known by its tiles: `read(level, first, count)` returns hashes of one level of tiles, of which level 0 holds
the leaves and each next one the roots of 256 neighbours of the level below. All functions are pure, so that whoever
follows the log from outside runs the same code over what was published.
"""

import hashlib
from collections.abc import Callable, Sequence
from itertools import pairwise

WIDTH_BITS = 8
WIDTH = 1 << WIDTH_BITS  # hashes of a full tile
EMPTY_ROOT = hashlib.sha256(b"").digest()

Read = Callable[[int, int, int], Sequence[bytes]]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def folded(hashes: Sequence[bytes]) -> bytes:
    """Return the root over neighbours whose number is a power of two."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(*pair) for pair in list(pairwise(level))[::2]]
    return level[0]


def root(read: Read, size: int) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _range_root(read, 0, size) if size else EMPTY_ROOT


def _range_root(read: Read, start: int, end: int) -> bytes:
    """Return the root over the leaves from `start` to before `end`, a range as the recursion of RFC 6962 makes them."""
    size = end - start
    if size & (size - 1):
        middle = start + _split(size)
        return node_hash(_range_root(read, start, middle), _range_root(read, middle, end))
    height = size.bit_length() - 1
    level, rest = divmod(height, WIDTH_BITS)
    return folded(read(level, start >> (level * WIDTH_BITS), 1 << rest))


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(read: Read, index: int, size: int) -> list[bytes]:
    """Return the audit path of the leaf `index` in the tree of the first `size` leaves (RFC 6962, 2.1.1).

    Raises ValueError for a leaf that is not in it.
    """
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_root(read, middle, end))
            end = middle
        else:
            proof.append(_range_root(read, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(read: Read, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `new` leaves begins with that of `old` ones (RFC 6962, 2.1.2).

    Raises ValueError where the old tree is the larger one.
    """
    if not 0 <= old <= new:
        raise ValueError("the old tree is larger than the new one")
    if old in {0, new}:
        return []
    proof: list[bytes] = []
    start, end, is_whole = 0, new, True
    while old != end - start:
        middle = _split(end - start)
        if old <= middle:
            proof.append(_range_root(read, start + middle, end))
            end = start + middle
        else:
            proof.append(_range_root(read, start, start + middle))
            start, old, is_whole = start + middle, old - middle, False
    return ([] if is_whole else [_range_root(read, start, end)]) + proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> bool:
    """Return whether an audit path leads from a leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == tree_root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old in {0, new}:
        return not proof and (old_root == new_root if old == new else old_root == EMPTY_ROOT)
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    return _leads_to_both(path, number, last, old_root, new_root)


def _leads_to_both(path: Sequence[bytes], number: int, last: int, old_root: bytes, new_root: bytes) -> bool:
    old_found = new_found = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old_found, new_found = node_hash(step, old_found), node_hash(step, new_found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new_found = node_hash(new_found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root


def completed(index: int) -> list[tuple[int, int]]:
    """Return the level and number of each tile hash above the leaves that the leaf `index` completes, lowest first."""
    found = []
    level, count = 1, index + 1
    while count % WIDTH == 0:
        count //= WIDTH
        found.append((level, count - 1))
        level += 1
    return found


def tile_number(path: str) -> int | None:
    """Return the number that a tile's address spells ("x001/x234/067" is 1234067), or None for another spelling."""
    parts = path.split("/")
    digits = [part.removeprefix("x") for part in parts[:-1]] + parts[-1:]
    well_formed = all(part.startswith("x") for part in parts[:-1]) and all(
        len(part) == 3 and part.isascii() and part.isdecimal() for part in digits
    )
    number = int("".join(digits)) if well_formed else -1
    return number if well_formed and tile_path(number) == path else None


def tile_path(number: int) -> str:
    """Return how a tile's number is spelt in its address."""
    text = str(number % 1000).zfill(3)
    while number >= 1000:
        number //= 1000
        text = f"x{number % 1000:03d}/{text}"
    return text
