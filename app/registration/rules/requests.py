"""Which corrections of a name a person may make without the office: pure functions."""

from typing import NamedTuple

from app.text import folded

_FEW_LETTERS = 2


class Names(NamedTuple):
    """A person's names as they are kept."""

    given_names: str
    first_surname: str
    second_surname: str


def is_small(former: Names, asked: Names) -> bool:
    """Return whether a correction cannot make another person of somebody.

    Small are: capitals, accents and spaces; the same words in other places (names and surnames swapped); a second
    surname added where there was none; and, in all, one or two letters that differ, as long as no single name
    changes by more than a third of its letters.
    """
    was, will_be = Names(*map(folded, former)), Names(*map(folded, asked))
    if sorted(" ".join(was).split()) == sorted(" ".join(will_be).split()):
        return True
    pairs = list(zip(was, will_be, strict=True))
    if not was.second_surname:
        pairs.pop()
    distances = [(distance(old, new), max(len(old), len(new))) for old, new in pairs]
    return sum(number for number, _length in distances) <= _FEW_LETTERS and all(
        number * 3 <= length for number, length in distances
    )


def distance(old: str, new: str) -> int:
    """Return how many letters to add, drop, replace, or swap with their neighbour make one word of the other.

    Restricted Damerau-Levenshtein distance (optimal string alignment).
    """
    before: list[int] = []
    row = list(range(len(new) + 1))
    for i, letter in enumerate(old, start=1):
        before, last, row = row, before, [i]
        for j, other in enumerate(new, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == new[j - 2] and old[i - 2] == other:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
