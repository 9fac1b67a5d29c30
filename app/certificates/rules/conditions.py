"""What an award asks for: a small tree of conditions, as plain values and as the JSON that is kept.

`sessions` are ids; none of them means every session of the award's own part of the programme. A group without parts
asks for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ENOUGH = 80  # per cent of a session or a day from which it counts as attended, where nobody says otherwise
DEEPEST = 3  # groups within groups: deeper ones can hardly be read


@dataclass(frozen=True)
class Minutes:
    """So many minutes of attendance."""

    at_least: int
    sessions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Percent:
    """So many per cent of the time of the sessions, rounded up to a whole minute."""

    at_least: int
    sessions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sessions:
    """Each of these sessions, and of each so many per cent of its time."""

    sessions: tuple[int, ...]
    percent: int = ENOUGH


@dataclass(frozen=True)
class Days:
    """So many days, and of each so many per cent of its time."""

    at_least: int
    percent: int = ENOUGH


@dataclass(frozen=True)
class Grade:
    """A grade from 0 to 20: of one subject, or the average of all."""

    at_least: Decimal
    subject_id: int | None = None


@dataclass(frozen=True)
class Survey:
    """An answer to a survey of the event."""

    survey_id: int


@dataclass(frozen=True)
class AllOf:
    """Every one of its parts."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """One of its parts."""

    parts: tuple["Condition", ...] = ()


Condition = Minutes | Percent | Sessions | Days | Grade | Survey | AllOf | AnyOf


def as_json(condition: Condition) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
    """Return a condition as it is kept."""
    match condition:
        case AllOf(parts):
            return {"all": [as_json(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [as_json(part) for part in parts]}
        case Minutes(at_least, sessions):
            return {"minutes": at_least, "sessions": list(sessions)}
        case Percent(at_least, sessions):
            return {"percent": at_least, "sessions": list(sessions)}
        case Sessions(sessions, share):
            return {"each": share, "sessions": list(sessions)}
        case Days(at_least, share):
            return {"days": at_least, "each": share}
        case Grade(grade, subject_id):
            return {"grade": str(grade), "subject_id": subject_id}
        case Survey(survey_id):
            return {"survey": survey_id}


def from_json(kept: dict[str, Any]) -> Condition:  # noqa: PLR0911 - one for each kind
    """Return the condition that was kept. Raises ValueError for what is none."""
    match kept:
        case {"all": parts}:
            return AllOf(_parts(parts))
        case {"any": parts}:
            return AnyOf(_parts(parts))
        case {"minutes": at_least, "sessions": sessions}:
            return Minutes(int(at_least), tuple(sessions))
        case {"percent": at_least, "sessions": sessions}:
            return Percent(int(at_least), tuple(sessions))
        case {"days": at_least, "each": share}:
            return Days(int(at_least), int(share))
        case {"each": share, "sessions": sessions}:
            return Sessions(tuple(sessions), int(share))
        case {"grade": grade, "subject_id": subject_id}:
            return Grade(Decimal(grade), subject_id)
        case {"survey": survey_id}:
            return Survey(int(survey_id))
    raise ValueError(f"no condition: {kept!r}")


def _parts(kept: Iterable[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(from_json(part) for part in kept)


def with_added(tree: Condition, path: tuple[int, ...], new: Condition) -> Condition:
    """Return the tree with one condition more in the group at `path` (indexes from the root down).

    Raises LookupError where there is no such group.
    """
    if isinstance(tree, AllOf | AnyOf):
        if path:
            inner = with_added(tree.parts[_index(tree, path)], path[1:], new)
            return type(tree)(_put(tree.parts, path[0], inner))
        return type(tree)((*tree.parts, new))
    raise LookupError("not a group")


def without(tree: Condition, path: tuple[int, ...]) -> Condition:
    """Return the tree without the condition at `path`; the root stays, emptied. Raises LookupError."""
    if not path:
        return AllOf()
    if not isinstance(tree, AllOf | AnyOf):
        raise LookupError("not a group")
    index = _index(tree, path)
    if len(path) == 1:
        return type(tree)((*tree.parts[:index], *tree.parts[index + 1 :]))
    return type(tree)(_put(tree.parts, index, without(tree.parts[index], path[1:])))


def _index(group: AllOf | AnyOf, path: tuple[int, ...]) -> int:
    if not 0 <= path[0] < len(group.parts):
        raise LookupError("no such condition")
    return path[0]


def _put(parts: tuple[Condition, ...], index: int, new: Condition) -> tuple[Condition, ...]:
    return (*parts[:index], new, *parts[index + 1 :])


def leaves(tree: Condition) -> list[Condition]:
    """Return the conditions of a tree that are no groups."""
    if isinstance(tree, AllOf | AnyOf):
        return [leaf for part in tree.parts for leaf in leaves(part)]
    return [tree]
