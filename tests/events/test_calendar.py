"""Calendar files, read back as a calendar program reads them."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as Database

from app.events import calendar
from app.events.models import Appearance, Event, EventStatus
from tests import factories

LINK = "https://tinkuy.example.pe/eventos/x"


def read(body: bytes) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(body)


def feed(event: Event) -> icalendar.Calendar:
    sessions = [session for day in event.days for session in day.sessions]
    return read(calendar.feed(event, sessions, link=LINK))


def test_one_entry_a_session_with_its_own_lasting_uid(session: Database) -> None:
    event = factories.event(days=3)
    entries = feed(event).events
    sessions = [session for day in event.days for session in day.sessions]
    assert [entry["uid"] for entry in entries] == [session.uid for session in sessions]
    assert [entry["summary"] for entry in entries] == [session.title for session in sessions]
    assert [entry.start for entry in entries] == [session.starts_at for session in sessions]
    assert [entry.end for entry in entries] == [session.ends_at for session in sessions]


def test_times_carry_the_events_zone_and_its_rules(session: Database) -> None:
    found = feed(factories.event(days=1))
    assert found.events[0]["dtstart"].params["TZID"] == "America/Lima"
    assert found.events[0]["dtstart"].to_ical() == b"20260512T090000"
    assert [str(zone["tzid"]) for zone in found.timezones] == ["America/Lima"]
    assert found.timezones[0].to_tz().utcoffset(found.events[0].start.replace(tzinfo=None)) == timedelta(
        hours=-5
    )


def test_a_zone_with_summer_time(session: Database) -> None:
    event = factories.event(days=1, timezone="America/Santiago")
    found = feed(event)
    first = found.events[0]
    assert first["dtstart"].params["TZID"] == "America/Santiago"
    assert first.start == event.days[0].sessions[0].starts_at
    kinds = [component.name for component in found.timezones[0].subcomponents]
    assert sorted(set(kinds)) == ["DAYLIGHT", "STANDARD"]


def test_who_where_and_what_it_is_about(session: Database) -> None:
    event = factories.event(
        days=1, venue_name="Local comunal", venue_address="Iquitos", title="Taller; uno, dos"
    )
    talk = event.days[0].sessions[0]
    talk.room = factories.room(event, "Sala A")
    talk.abstract = "Línea uno\nlínea dos: ʼɨñ"
    speaker = factories.speaker(event, "Zoë Ñahui", position="Jefa", entity="Mun. de Imaza")
    session.add(Appearance(session_id=talk.id, speaker_id=speaker.id))
    session.commit()
    entry = feed(event).events[0]
    assert entry["location"] == "Sala A, Local comunal, Iquitos"
    assert entry["url"] == LINK
    assert entry["description"] == "\n\n".join(
        [
            f"Taller; uno, dos\n{event.organisation.name}",
            "Zoë Ñahui, Jefa, Mun. de Imaza",
            "Línea uno\nlínea dos: ʼɨñ",
            LINK,
        ]
    )


@pytest.mark.parametrize(
    ("status", "expected"), [(EventStatus.PUBLISHED, "CONFIRMED"), (EventStatus.CANCELLED, "CANCELLED")]
)
def test_status(session: Database, status: EventStatus, expected: str) -> None:
    assert {entry["status"] for entry in feed(factories.event(status=status)).events} == {expected}


@pytest.mark.parametrize(
    "title", ["A\r\nBEGIN:VEVENT\r\nSUMMARY:x", "x" * 200, "=cmd()", "😀 \u202eabc", "a,b;c\\d"]
)
def test_a_title_cannot_break_out_of_its_line(session: Database, title: str) -> None:
    event = factories.event(days=1)
    event.days[0].sessions[0].title = title
    entries = feed(event).events
    assert len(entries) == 2
    assert str(entries[0]["summary"]).replace("\r\n", "\n") == title.replace("\r\n", "\n")


def test_the_same_agenda_is_the_same_file(session: Database) -> None:
    event = factories.event()
    sessions = [session for day in event.days for session in day.sessions]
    assert calendar.feed(event, sessions, link=LINK) == calendar.feed(event, sessions, link=LINK)


def test_an_empty_agenda_is_a_calendar(session: Database) -> None:
    assert feed(factories.event(days=0)).events == []


def test_whole_agenda_over_http(client: FlaskClient) -> None:
    event = factories.event(days=2)
    response = client.get(f"/eventos/{event.slug}/agenda.ics")
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    assert len(read(response.data).events) == 4
    assert read(response.data).events[0]["url"].endswith(f"/eventos/{event.slug}")


def test_one_session_over_http(client: FlaskClient) -> None:
    event = factories.event()
    wanted = event.days[1].sessions[1]
    response = client.get(f"/eventos/{event.slug}/sesiones/{wanted.id}.ics")
    assert response.status_code == 200
    assert [entry["uid"] for entry in read(response.data).events] == [wanted.uid]


def test_what_is_not_public_has_no_calendar(client: FlaskClient) -> None:
    event, other = factories.event(), factories.event()
    draft = factories.event(status=EventStatus.DRAFT)
    foreign = other.days[0].sessions[0].id
    paths = [
        f"/eventos/{draft.slug}/agenda.ics",
        f"/eventos/{draft.slug}/sesiones/{draft.days[0].sessions[0].id}.ics",
        f"/eventos/{event.slug}/sesiones/{foreign}.ics",
        f"/eventos/{event.slug}/sesiones/0.ics",
        f"/eventos/{event.slug}/sesiones/{10**40}.ics",
        "/eventos/no-existe/agenda.ics",
    ]
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)


@pytest.mark.parametrize("days", [1, 15])
def test_queries_do_not_grow_with_the_agenda(client: FlaskClient, count_queries: Any, days: int) -> None:
    event = factories.event(days=days)
    slug = event.slug
    with count_queries() as statements:
        assert client.get(f"/eventos/{slug}/agenda.ics").status_code == 200
    assert len(statements) == 4
