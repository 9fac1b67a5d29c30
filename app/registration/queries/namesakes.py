"""Registrations that may be of one person. What they cost does not grow with an event's people: every look is one
into an index, for names that are the same or for the few numbers that one slip makes of a DNI.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, Integer, String, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from app.extensions import db
from app.registration import rules
from app.registration.models import ACTIVE, ENDED, DocumentType, Registration

_MOST = 20  # that a page shows
_SLIPS_AT_ONCE = 4_000  # SQLite takes some 32,000 values in a statement

# What each registration of a rush asks is built once.
_SAME_NAMES = (
    select(Registration)
    .where(
        Registration.event_id == bindparam("event_id"),
        Registration.sort_key == bindparam("sort_key"),
        Registration.identity != bindparam("identity"),
        ACTIVE,
        or_(
            and_(Registration.entity_key != "", Registration.entity_key == bindparam("entity_key")),
            and_(Registration.email != "", Registration.email == bindparam("email")),
            and_(Registration.phone != "", Registration.phone == bindparam("phone")),
        ),
    )
    .limit(bindparam("most", type_=Integer))
)
_HAS_SAME_NAMES = _SAME_NAMES.with_only_columns(Registration.id)
_BY_IDENTITY = select(Registration).where(
    Registration.event_id == bindparam("event_id"),
    Registration.identity.in_(bindparam("identities", expanding=True)),
    ACTIVE,
)
_NAMES = (
    Registration.id,
    Registration.identity,
    Registration.given_names,
    Registration.first_surname,
    Registration.second_surname,
)
_NAMES_BY_IDENTITY = _BY_IDENTITY.with_only_columns(*_NAMES)
# PostgreSQL takes a list as one value: of thousands of single ones its driver reads each. It is told to look each up
# in the index: of people whom an import has just added it knows no numbers, and would compare all of them with all.
_SOUGHT = func.unnest(bindparam("identities", type_=ARRAY(String))).column_valued("sought")
_FOUND = (
    select(*_NAMES)
    .where(Registration.event_id == bindparam("event_id"), Registration.identity == _SOUGHT, ACTIVE)
    .limit(1)
    .lateral()
)
_NAMES_BY_LIST = select(*_FOUND.c).select_from(_SOUGHT.scalar_alias).join(_FOUND, true())


def namesakes(registration: Registration) -> list[Registration]:
    """Return the first others of the event who may be the same person.

    They have the same names, however they are written, and the same institution, e-mail or telephone, but another
    document or none; or names that differ by a slip, and a DNI in which one digit is another or two are swapped.
    """
    same = list(db.session.scalars(_SAME_NAMES, _likeness(registration) | {"most": _MOST}))
    slips = _slips(registration)
    found = db.session.scalars(_BY_IDENTITY, _asked(registration.event.id, slips)).all() if slips else []
    names = rules.names_of(registration)
    alike = [one for one in found if one not in same and rules.are_alike(names, rules.names_of(one))]
    return [*same, *alike][:_MOST]


def has_namesake(registration: Registration) -> bool:
    """Return whether another registration of the event may be of the same person (see namesakes)."""
    same = db.session.scalar(_HAS_SAME_NAMES, _likeness(registration) | {"most": 1})
    slips = [] if same is not None else _slips(registration)
    if not slips:
        return same is not None
    names = rules.names_of(registration)
    found = db.session.execute(_NAMES_BY_IDENTITY, _asked(registration.event.id, slips))
    return any(rules.are_alike(names, rules.Names(*one[2:])) for one in found)


def with_namesakes(registrations: Sequence[Registration]) -> list[Registration]:
    """Return those of an event's newest registrations, stored already, who may be somebody registered before them.

    Whoever stands before them among these counts too. Two statements, however many they are.
    """
    if not registrations:
        return []
    same = _ids_with_same_names([one.id for one in registrations])
    by_slip: dict[str, list[Registration]] = defaultdict(list)
    for one in registrations:
        for identity in _slips(one) if one.id not in same else ():
            by_slip[identity].append(one)
    for found in _of_identities(registrations[0].event_id, sorted(by_slip)):
        names = rules.Names(*found[2:])
        same |= {
            one.id
            for one in by_slip[found.identity]
            if found.id < one.id and rules.are_alike(names, rules.names_of(one))
        }
    return [one for one in registrations if one.id in same]


def _ids_with_same_names(ids: Sequence[int]) -> set[int]:
    new, other = aliased(Registration), aliased(Registration)
    shares = [
        and_(getattr(new, name) != "", getattr(new, name) == getattr(other, name))
        for name in ("entity_key", "email", "phone")
    ]
    is_like = exists().where(
        other.event_id == new.event_id,
        other.sort_key == new.sort_key,
        other.identity != new.identity,
        other.id < new.id,
        other.status.not_in(ENDED),
        or_(*shares),
    )
    return set(db.session.scalars(select(new.id).where(new.id.in_(ids), is_like)))


def _of_identities(event_id: int, identities: Sequence[str]) -> Iterable[Any]:
    statement = _NAMES_BY_LIST if db.engine.dialect.name == "postgresql" else _NAMES_BY_IDENTITY
    for start in range(0, len(identities), _SLIPS_AT_ONCE):
        yield from db.session.execute(statement, _asked(event_id, identities[start : start + _SLIPS_AT_ONCE]))


def _slips(registration: Registration) -> list[str]:
    if registration.document_type != DocumentType.DNI:
        return []
    return [f"{DocumentType.DNI}:{number}" for number in rules.slips_of(registration.document_number)]


def _asked(event_id: int, identities: Sequence[str]) -> dict[str, Any]:
    return {"event_id": event_id, "identities": identities}


def _likeness(registration: Registration) -> dict[str, Any]:
    names = ("sort_key", "identity", "entity_key", "email", "phone")
    return {"event_id": registration.event.id} | {name: getattr(registration, name) for name in names}
