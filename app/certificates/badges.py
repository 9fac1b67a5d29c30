"""A certificate's verifiable credential, from the same values as its page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app import codes
from app.addresses import absolute
from app.certificates import wording
from app.certificates.composition import Bearer
from app.credentials import rules as badges
from app.credentials import services
from app.events.models import HourUnit


def with_credential(bearer: Bearer, design: Mapping[str, Any], place: int) -> Bearer:
    """Return a bearer with the credential of their certificate; `place` is its own in the status lists."""
    facts, fields = design["facts"], design["fields"]
    role, hours = wording.ROLES[bearer.role], fields["horas"]
    if bearer.hours is not None:
        hours = wording.hours_in_words(bearer.hours, HourUnit(design["hour_unit"]))
    grade = "" if bearer.grade is None else f"nota {wording.grade_in_words(bearer.grade)}; "
    words = f"{role.capitalize()}; {hours}; {grade}asistencia de {bearer.percent} %. {design['note']}"
    award = badges.Award(
        address=f"{bearer.verify_url}/{codes.grouped(bearer.code)}",
        name=bearer.name,
        title=design["title"],
        event=facts["event"],
        organisation=facts["organisation"],
        role=role,
        narrative=words.strip(),
        starts_on=_day(facts["starts_on"]),
        ends_on=_day(facts["ends_on"]),
        issued_at=bearer.issued_at,
        status_list=absolute("certificates.status_list", number=place // badges.LIST_LENGTH),
        status_index=place,
    )
    return replace(bearer, credential=services.signed(badges.badge(award, issuer=services.did())))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
