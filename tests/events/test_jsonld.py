"""Structured data for search engines."""

import json
import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as Database

from app.events import jsonld
from app.events.models import Appearance, Event, EventStatus, Modality, SessionKind
from tests import factories

LINK = "https://tinkuy.example.pe/eventos/x"


def describe(event: Event) -> dict:
    return jsonld.describe(event, link=LINK, picture=f"{LINK}.png")


def test_an_event_is_free_and_told_with_its_offset(session: Database) -> None:
    found = describe(factories.event(title="Semana", days=2, hours=Decimal(12)))
    assert found["@type"] == "Event"
    assert found["name"] == "Semana"
    assert found["startDate"] == "2026-05-12T09:00:00-05:00"
    assert found["endDate"] == "2026-05-13T12:00:00-05:00"
    assert found["isAccessibleForFree"] is True
    assert found["offers"] == {"@type": "Offer", "price": "0", "priceCurrency": "PEN", "url": LINK}
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert [part["startDate"] for part in found["subEvent"]][:2] == [
        "2026-05-12T09:00:00-05:00",
        "2026-05-12T11:00:00-05:00",
    ]


def test_an_event_without_sessions_is_told_by_its_days(session: Database) -> None:
    event = factories.event(days=0)
    assert "startDate" not in describe(event)
    session.add(factories.Day(event_id=event.id, date=factories.FIRST_DAY))
    session.commit()
    session.refresh(event)
    assert (describe(event)["startDate"], describe(event)["endDate"]) == ("2026-05-12", "2026-05-12")


ONLINE = {"@type": "VirtualLocation", "url": LINK}
HALL = {"@type": "Place", "name": "Local comunal", "address": "Iquitos"}


@pytest.mark.parametrize(
    ("modality", "mode", "location"),
    [
        (Modality.VIRTUAL, "OnlineEventAttendanceMode", ONLINE),
        (Modality.IN_PERSON, "OfflineEventAttendanceMode", HALL),
        (Modality.HYBRID, "MixedEventAttendanceMode", [HALL, ONLINE]),
    ],
)
def test_where(session: Database, modality: Modality, mode: str, location: object) -> None:
    found = describe(factories.event(modality=modality, venue_name="Local comunal", venue_address="Iquitos"))
    assert found["eventAttendanceMode"] == f"https://schema.org/{mode}"
    assert found["location"] == location


def test_cancelled(session: Database) -> None:
    event = factories.event(status=EventStatus.CANCELLED)
    assert describe(event)["eventStatus"] == "https://schema.org/EventCancelled"


def test_breaks_are_left_out_and_speakers_told(session: Database) -> None:
    event = factories.event(days=1)
    talk, pause = event.days[0].sessions
    pause.kind = SessionKind.BREAK
    speaker = factories.speaker(event, "Zoë Ñahui")
    session.add(Appearance(session_id=talk.id, speaker_id=speaker.id))
    session.commit()
    (only,) = describe(event)["subEvent"]
    assert only["name"] == talk.title
    assert only["performer"] == [{"@type": "Person", "name": "Zoë Ñahui"}]


def test_a_title_cannot_end_the_data_block(client: FlaskClient) -> None:
    evil = "</script><script>alert(1)</script><!-- & ñ"
    event = factories.event(title=evil, summary=evil)
    page = client.get(f"/eventos/{event.slug}").text
    assert "<script>" not in page
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert [json.loads(block)["name"] for block in blocks] == [evil]
