"""Templates of forms: a few that come with Tinkuy, and those that an organisation keeps."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.accounts.models import Organisation
from app.events import rules as events
from app.events.models import Event
from app.events.services import duplicated
from app.registration import queries
from app.registration.models import Access, FieldKind, RegistrationForm, Words
from app.registration.services.forms import FieldFacts, FormFacts, copy_form, create_form, facts_of, fill

_FOLDER = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True)
class Shipped:
    """A template that comes with Tinkuy: its name, whom it is for, and what it asks."""

    key: str
    title: Words
    about: Words
    intro: Words
    core: dict[str, Any]
    access: Access
    fields: tuple[tuple[str, FieldFacts], ...]


@lru_cache(maxsize=1)
def shipped() -> dict[str, Shipped]:
    """Return the templates that come with Tinkuy, by key, in the order in which they are offered."""
    read = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in _FOLDER.glob("*.json")}
    ordered = sorted(read.items(), key=lambda item: item[1]["position"])
    return {key: _shipped(key, content) for key, content in ordered}


def _shipped(key: str, content: dict[str, Any]) -> Shipped:
    fields = tuple((one.pop("key"), _facts(one)) for one in content["fields"])
    access = Access(content.get("access", Access.OPEN))
    intro, core = content.get("intro", {}), content.get("core", {})
    return Shipped(key, content["title"], content["about"], intro, core, access, fields)


def _facts(content: dict[str, Any]) -> FieldFacts:
    choices = [{"seats": None} | choice for choice in content.pop("choices", [])]
    return FieldFacts(kind=FieldKind(content.pop("kind")), choices=choices, **content)


def start_form(
    event: Event, facts: FormFacts, template: Shipped | RegistrationForm | None, *, at: datetime
) -> RegistrationForm:
    """Add a form to an event: empty, or with what a template asks. Raises FormSlugTaken.

    Of `facts` the name and the address count; a template brings the rest.
    """
    if isinstance(template, RegistrationForm):
        own = replace(facts_of(template), title=facts.title, slug=facts.slug)
        return copy_form(template, event=event, facts=own, at=at)
    if template is None:
        return create_form(event, facts, at=at)
    facts = replace(facts, intro=template.intro, core=template.core, access=template.access)
    form = create_form(event, facts, at=at)
    fill(form, template.fields, at=at)
    return form


def save_template(
    form: RegistrationForm, organisation: Organisation, title: Words, *, at: datetime
) -> RegistrationForm:
    """Keep what a form asks as a template of an organisation, under a name of its own."""
    facts = replace(facts_of(form), title=title, capacity=None, opens_at=None, closes_at=None)
    return copy_form(form, organisation=organisation, facts=facts, at=at)


@duplicated.connect
def _copy_forms(copy: Event, *, source: Event, shift: timedelta, at: datetime, **_more: Any) -> None:
    """Give an event that is made anew the forms of the earlier one, their windows as many days later."""

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else events.shifted(moment, shift, zone=source.timezone)

    for form in queries.forms_with_fields(source):
        facts = facts_of(form)
        facts = replace(facts, opens_at=moved(facts.opens_at), closes_at=moved(facts.closes_at))
        copy_form(form, event=copy, facts=facts, at=at)
