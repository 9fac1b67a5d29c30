"""Whatever is typed into the office's forms: it is saved, or refused at its field, and nothing fails."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.events.models import Event, EventStatus
from app.permissions import Role
from tests import factories

NASTY = [
    "",
    " ",
    "\0",
    "\u202eevil",
    "🦙",
    "'; DROP TABLE events; --",
    "<script>alert(1)</script>",
    "=cmd()",
    "x" * 10_000,
    "-1",
    "1e400",
    "NaN",
    "٣",
    "99999999999999999999",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01T00:00",
    "2026-05-12T25:00",
    "24:00",
    "America/../Lima",
    "https://\u0301.example",
    "https://x.example:99999",
    "javascript:alert(1)",
]
typed = st.one_of(st.sampled_from(NASTY), st.text(max_size=300))
FIELDS = {
    "nuevo": [
        "title", "slug", "summary", "description", "modality", "timezone", "venue_name", "contact_email",
        "capacity", "registration_opens_at", "registration_closes_at", "hours", "hour_unit",
        "minimum_percent", "owner", "first_day", "last_day",
    ],
    "semana/configuracion": ["title", "unit", "timezone", "capacity", "hours", "registration_closes_at"],
    "semana/duplicar": ["title", "slug", "first_day"],
    "semana/agenda/dias": ["date", "title"],
    "semana/agenda/sesiones/nueva": [
        "title", "kind", "day_id", "starts", "ends", "room_id", "abstract", "online_url", "speakers-0-name",
        "speakers-0-role", "speakers-99999999999-name", "speakers-x-name",
    ],
    "semana/agenda/ponentes/nuevo": ["name", "position", "entity"],
    "semana/agenda/salas/nueva": ["name", "capacity"],
}  # fmt: skip


@pytest.fixture
def event(session: Any) -> Event:
    return factories.event(slug="semana", title="Semana abierta", status=EventStatus.DRAFT)


@pytest.fixture
def office(event: Event, sign_in: Any) -> FlaskClient:
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


def good(event: Event) -> dict[str, str]:
    day = event.days[0]
    return {
        "title": "Semana",
        "name": "Ana",
        "modality": "virtual",
        "timezone": "America/Lima",
        "hour_unit": "chronological",
        "minimum_percent": "80",
        "owner": str(event.organisation_id),
        "unit": "",
        "first_day": "2026-05-12",
        "last_day": "2026-05-14",
        "date": "2026-06-01",
        "kind": "talk",
        "day_id": str(day.id),
        "starts": "09:00",
        "ends": "10:00",
        "room_id": "",
        "speakers-0-role": "speaker",
    }


@pytest.mark.parametrize("page", FIELDS)
def test_nothing_that_is_typed_fails(office: FlaskClient, event: Event, page: str) -> None:
    base = good(event)

    @settings(max_examples=40)
    @given(odd=st.dictionaries(st.sampled_from(FIELDS[page]), typed, min_size=1, max_size=4))
    def answers(odd: dict[str, str]) -> None:
        path = f"/gestion/eventos/{page}"
        answer = office.post(path, data=base | odd)
        assert answer.status_code in {303, 422}
        if answer.status_code == 422:
            assert "has-error" in answer.text or 'class="error-summary"' in answer.text

    answers()
