"""Following the log of another installation from outside: nothing is believed but what its tiles add up to."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.publiclog import notes, rules
from app.publiclog.notes import Checkpoint

Fetch = Callable[[str], bytes]  # the body at an address below the log's; raises OSError


class Rewritten(Exception):
    """The log shows another past than it did: whoever keeps it has some explaining to do."""


@dataclass(frozen=True)
class Seen:
    """What the monitor knows from its last visit."""

    verifier: str
    note: str

    @classmethod
    def kept(cls, path: Path) -> "Seen | None":
        """Return what was kept at the last visit, or None at the first."""
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def keep(self, path: Path) -> None:
        """Keep it for the next visit, whole or not at all."""
        draft = path.with_name(f"{path.name}.new")
        draft.write_text(json.dumps({"verifier": self.verifier, "note": self.note}))
        draft.replace(path)


def visit(fetch: Fetch, seen: Seen | None) -> tuple[Seen, int]:
    """Look at a log once more; return what to keep, and how many entries are new.

    The first visit takes the key that the log shows, unless one is kept already. Every entry that is new is read and
    hashed; both the old root and the new one must follow from the same tiles.

    Raises Rewritten where that is not so, BadNote for a checkpoint that its key did not sign, and OSError where the
    log cannot be reached or lacks a tile.
    """
    verifier = seen.verifier if seen else fetch("clave").decode().strip()
    note = fetch("checkpoint").decode()
    new = notes.opened(note, verifier)
    old = (
        notes.opened(seen.note, verifier)
        if seen and seen.note
        else Checkpoint(new.origin, 0, rules.EMPTY_ROOT)
    )
    read = _reader(fetch, old.size, new.size)
    if new.origin != old.origin or new.size < old.size:
        raise Rewritten(f"it had {old.size} entries and shows {new.size}")
    if rules.root(read, old.size) != old.root:
        raise Rewritten(f"its first {old.size} entries are no longer those that it vouched for")
    if rules.root(read, new.size) != new.root:
        raise Rewritten("its newest checkpoint vouches for another tree than its tiles")
    _read_entries(fetch, read, old.size, new.size)
    return Seen(verifier, note), new.size - old.size


def _read_entries(fetch: Fetch, read: rules.Read, old: int, new: int) -> None:
    """Hash the entries of the new leaves. Raises Rewritten where one is not what the tree holds."""
    last = ""
    for number in range(old // rules.WIDTH, -(-new // rules.WIDTH)):
        first = number * rules.WIDTH
        width = min(rules.WIDTH, new - first)
        entries = _split(fetch(_address("entries", number, width)))
        if [rules.leaf_hash(entry) for entry in entries] != list(read(0, first, width)):
            raise Rewritten(f"the entries from {first} on are not those of the tree")
        for entry in entries:
            moment = json.loads(entry)["logged"]
            if moment < last:
                raise Rewritten(f"an entry after {first} is older than the one before it")
            last = moment


def _split(data: bytes) -> list[bytes]:
    found = []
    while data:
        length = int.from_bytes(data[:2])
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    return found


def _address(level: int | str, number: int, width: int) -> str:
    partial = "" if width == rules.WIDTH else f".p/{width}"
    return f"tile/{level}/{rules.tile_path(number)}{partial}"


def _reader(fetch: Fetch, old: int, new: int) -> rules.Read:
    """Return a `rules.Read` over the published tiles of a tree of `new` leaves.

    What a higher tile says of leaves that came after the first `old` ones is hashed over; the others follow from the
    old root.
    """

    @cache
    def tile(level: int, number: int) -> tuple[bytes, ...]:
        there = (new >> (level * rules.WIDTH_BITS)) - number * rules.WIDTH
        data = fetch(_address(level, number, min(rules.WIDTH, there)))
        hashes = tuple(data[start : start + 32] for start in range(0, len(data), 32))
        known = old >> (level * rules.WIDTH_BITS)
        for place, above in enumerate(hashes if level else (), start=number * rules.WIDTH):
            if place >= known and rules.folded(tile(level - 1, place)) != above:
                raise Rewritten(f"the tile {number} at level {level} is not what stands below it")
        return hashes

    def read(level: int, first: int, count: int) -> Sequence[bytes]:
        number, start = divmod(first, rules.WIDTH)
        found = tile(level, number)[start : start + count]
        if len(found) != count:
            raise Rewritten(f"the tile {number} at level {level} is too short")
        return found

    return read


def told(checkpoint_note: str, verifier: str) -> str:
    """Return a checkpoint in words, for the screen."""
    checkpoint = notes.opened(checkpoint_note, verifier)
    return (
        f"{checkpoint.origin}: {checkpoint.size} entries, root {base64.b64encode(checkpoint.root).decode()}"
    )
