"""Answers to a form: which fields are asked of somebody, what they typed, and how an answer is written out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.registration import ubigeo
from app.registration.errors import BadAnswer
from app.registration.models import FieldKind, FieldVersion, Words
from app.registration.rules.reading import parse

_YES: Words = {"es": "Sí", "en": "Yes"}
_NO: Words = {"es": "No", "en": "No"}
_FILE: Words = {"es": "Archivo {id}", "en": "File {id}"}


def words(text_by_language: Words, language: str) -> str:
    """Return a text in a language ("es", "es_PE"), in Spanish or whatever there is where the language lacks."""
    wanted = str(language).split("_", maxsplit=1)[0]
    found = text_by_language.get(wanted) or text_by_language.get("es")
    return found or next((text for text in text_by_language.values() if text), "")


def is_shown(version: FieldVersion, values: Mapping[str, Any]) -> bool:
    """Return whether a field's own condition holds: the field it looks at has the value, or one of its choices."""
    if version.shown_if is None:
        return True
    given, wanted = values.get(version.shown_if["field"]), version.shown_if["is"]
    if isinstance(given, list):
        return wanted in given
    return given is not None and given == wanted and isinstance(given, bool) == isinstance(wanted, bool)


def shown(versions: Sequence[FieldVersion], values: Mapping[str, Any]) -> list[FieldVersion]:
    """Return which fields of a form are asked of somebody with these values.

    What looks at a hidden field is hidden, and so is what stands under a hidden section. A condition on a field that
    the form no longer has hides nothing. A circle of conditions hides its fields.
    """
    leaders = _leaders(versions)
    known: dict[str, bool] = {}

    def visible(version: FieldVersion) -> bool:
        key = version.field.key
        if key not in known:
            known[key] = False  # until it is decided: a circle ends here
            followed = all(visible(leader) for leader in leaders[key])
            known[key] = followed and (not _looks_at(version, leaders) or is_shown(version, values))
        return known[key]

    return [version for version in versions if visible(version)]


def circle(versions: Sequence[FieldVersion]) -> list[str]:
    """Return the keys of fields whose conditions wait for each other, in that order; empty if there are none."""
    leaders = _leaders(versions)
    finished: set[str] = set()

    def follow(version: FieldVersion, path: list[str]) -> list[str]:
        key = version.field.key
        if key in path:
            return path[path.index(key) :]
        if key in finished:
            return []
        for leader in leaders[key]:
            if found := follow(leader, [*path, key]):
                return found
        finished.add(key)
        return []

    return next((found for version in versions if (found := follow(version, []))), [])


def _leaders(versions: Sequence[FieldVersion]) -> dict[str, list[FieldVersion]]:
    """Return what decides about each field, by its key: the field that it looks at, and its section."""
    by_key = {version.field.key: version for version in versions}
    leaders: dict[str, list[FieldVersion]] = {}
    section: FieldVersion | None = None
    for version in versions:
        condition = version.shown_if or {}
        looked_at = by_key.get(condition.get("field", ""))
        if version.kind == FieldKind.SECTION:
            section = version
        own = section if section is not version else None
        leaders[version.field.key] = [one for one in (looked_at, own) if one is not None]
    return leaders


def _looks_at(version: FieldVersion, leaders: Mapping[str, list[FieldVersion]]) -> bool:
    wanted = (version.shown_if or {}).get("field")
    return any(leader.field.key == wanted for leader in leaders[version.field.key])


def read(version: FieldVersion, text_or_list: Any) -> Any:
    """Return what was typed into one field that is shown as the value that is kept, None for nothing.

    Values are text; numbers; True or False (yes_no, consent); an ISO date; a choice's key, or a list of keys; a
    district's INEI code; "dni 00000001" (document); the id of an upload (file).

    Raises BadAnswer, with the field's key.
    """
    value = _parsed(version, text_or_list)
    if isinstance(value, BadAnswer):
        raise value
    if problem := _lacking(version, value):
        raise problem
    return value


def read_all(
    versions: Sequence[FieldVersion], typed: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, BadAnswer]]:
    """Return the values of a whole form by key, and what is wrong at which field.

    A hidden field has no value (None), whatever was sent for it, and is never wrong or lacking.
    """
    parsed = {version.field.key: _parsed(version, typed.get(version.field.key)) for version in versions}
    sound = {key: None if isinstance(value, BadAnswer) else value for key, value in parsed.items()}
    visible = {version.field.key for version in shown(versions, sound)}
    values: dict[str, Any] = {}
    problems: dict[str, BadAnswer] = {}
    for version in versions:
        key = version.field.key
        if version.kind == FieldKind.SECTION:
            continue
        value = parsed[key] if key in visible else None
        problem = value if isinstance(value, BadAnswer) else key in visible and _lacking(version, value)
        if problem:
            problems[key] = problem
        else:
            values[key] = value
    return values, problems


def _parsed(version: FieldVersion, raw: Any) -> Any:
    """Return a value, or the BadAnswer that says why there is none."""
    try:
        return parse(version, raw)
    except BadAnswer as problem:
        problem.field = version.field.key
        return problem


def _lacking(version: FieldVersion, value: Any) -> BadAnswer | None:
    if not version.is_required:
        return None
    if version.kind == FieldKind.CONSENT:
        return None if value else BadAnswer(_l("Tick this box to go on."), version.field.key)
    return BadAnswer(_l("Fill in this field."), version.field.key) if value is None else None


def as_text(version: FieldVersion, value: Any, language: str) -> str:
    """Return an answer as people read it, under the version under which it was given; empty for none."""
    if value is None:
        return ""
    match FieldKind(version.kind):
        case FieldKind.YES_NO | FieldKind.CONSENT:
            text = words(_YES if value else _NO, language)
        case FieldKind.ONE_OF | FieldKind.SOME_OF:
            keys = value if isinstance(value, list) else [value]
            text = "; ".join(_choice(version, key, language) for key in keys)
        case FieldKind.DATE:
            text = date.fromisoformat(value).strftime("%d/%m/%Y")
        case FieldKind.UBIGEO:
            text = ubigeo.label(value)
        case FieldKind.DOCUMENT:
            kind, _space, number = str(value).partition(" ")
            text = f"{kind.upper()} {number}"
        case FieldKind.FILE:
            text = words(_FILE, language).format(id=value)
        case _:
            text = str(value)
    return text


def _choice(version: FieldVersion, key: str, language: str) -> str:
    return next((words(choice["label"], language) for choice in version.choices if choice["key"] == key), key)
