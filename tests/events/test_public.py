"""The public site, as a visitor without JavaScript sees it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as Database

from app import clock
from app.events.models import Appearance, Day, EventStatus, Modality, SessionKind, SpeakerRole
from tests import factories

LAST_DAY_OVER = datetime(2026, 5, 15, 5, 0, tzinfo=UTC)  # midnight after Thursday 14 May in Lima


def words(page: str) -> str:
    return " ".join(page.split())


def test_index_lists_coming_and_past_events(client: FlaskClient, frozen_clock: datetime) -> None:
    factories.event(title="De esta semana")
    factories.event(title="Un borrador", status=EventStatus.DRAFT)
    factories.event(title="Cancelado del todo", status=EventStatus.CANCELLED)
    page = client.get("/").text
    assert "De esta semana" in page
    assert "Cancelado del todo" in page
    assert "Un borrador" not in page
    assert "Eventos pasados" not in page
    with clock.freeze(LAST_DAY_OVER):
        later = client.get("/").text
    assert "Eventos pasados" in later
    assert "Aún no hay eventos anunciados" in later


def test_index_of_an_empty_installation(client: FlaskClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "Aún no hay eventos anunciados" in response.text


def test_an_event_on_its_last_evening_in_lima_is_not_past(client: FlaskClient) -> None:
    factories.event(title="Hasta hoy")
    with clock.freeze(LAST_DAY_OVER - timedelta(minutes=1)):
        assert "Eventos pasados" not in client.get("/").text


def test_event_page_says_what_when_who_and_where(client: FlaskClient, session: Database) -> None:
    body = factories.organisation("Municipalidad de Imaza")
    event = factories.event(
        body,
        title="Semana de Gobierno Abierto",
        modality=Modality.IN_PERSON,
        venue_name="Local comunal",
        hours=12,
        minimum_percent=75,
        accessibility="Lengua de señas",
    )
    talk = event.days[0].sessions[0]
    talk.title, talk.room = "Datos abiertos", factories.room(event, "Sala A")
    speaker = factories.speaker(event, "Zoë Ñahui", entity="PCM")
    session.add(Appearance(session_id=talk.id, speaker_id=speaker.id, role=SpeakerRole.MODERATOR))
    session.commit()
    with clock.freeze(datetime(2026, 5, 1, tzinfo=UTC)):
        response = client.get(f"/eventos/{event.slug}")
    assert response.status_code == 200
    page = words(response.text)
    for expected in (
        "<title>Semana de Gobierno Abierto · Tinkuy</title>",
        "Municipalidad de Imaza · Presencial · Gratuito",
        "12 al 14 de mayo de 2026",
        "9:00 a. m. – 12:00 p. m. (hora de Lima)",
        "12 horas con constancia",
        "12 horas, con 75 % de asistencia",
        "martes 12 de mayo",
        "Datos abiertos",
        "Modera: Zoë Ñahui (PCM)",
        "Sala A",
        "Lengua de señas",
        "Inscripción abierta",
        f'href="/eventos/{event.slug}/inscripcion"',
        f'href="/eventos/{event.slug}/agenda.ics"',
        f'href="/eventos/{event.slug}/sesiones/{talk.id}.ics"',
    ):
        assert expected in page, expected


def test_drafts_are_not_found(client: FlaskClient) -> None:
    draft = factories.event(status=EventStatus.DRAFT)
    assert client.get(f"/eventos/{draft.slug}").status_code == 404
    assert client.get("/eventos/no-existe").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/eventos/a%00b",
        "/?lang=%00",
        "/eventos/%ff%fe",
        "/eventos/" + "x" * 9000,
        "/eventos/'; DROP TABLE events;--",
    ],
)
def test_strange_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_wrong_methods_are_refused(client: FlaskClient) -> None:
    assert client.post(f"/eventos/{factories.event().slug}").status_code == 405


NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "phases"),
    [
        (NINE - timedelta(minutes=1), ["coming", "coming"]),
        (NINE, ["now", "coming"]),
        (NINE + timedelta(minutes=90), ["past", "coming"]),
        (NINE + timedelta(minutes=125), ["past", "now"]),
        (NINE + timedelta(hours=3), ["past", "past"]),
    ],
)
def test_what_is_on_is_marked_and_what_is_past_dimmed(
    client: FlaskClient, at: datetime, phases: list[str]
) -> None:
    event = factories.event(days=1)
    with clock.freeze(at):
        page = client.get(f"/eventos/{event.slug}").text
    found = [part.split('"')[0] for part in page.split('<article class="session ')[1:]]
    assert found == phases


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NINE - timedelta(hours=13), []),
        (NINE - timedelta(hours=1), ["Siguiente"]),
        (NINE, ["Ahora", "Siguiente"]),
        (NINE + timedelta(minutes=125), ["Ahora"]),
        (NINE + timedelta(hours=3), []),
    ],
)
def test_what_is_on_and_next_stands_above_the_agenda(
    client: FlaskClient, session: Database, at: datetime, told: list[str]
) -> None:
    event = factories.event(days=1)
    with clock.freeze(at):
        page = client.get(f"/eventos/{event.slug}").text
        event.status = EventStatus.CANCELLED
        session.flush()
        called_off = client.get(f"/eventos/{event.slug}").text
    assert re.findall(r"<dt>(Ahora|Siguiente) ·", page) == told
    assert re.findall(r"<dt>(Ahora|Siguiente) ·", called_off) == []


def test_parallel_sessions_stand_side_by_side(client: FlaskClient) -> None:
    event = factories.event(days=1)
    factories.session(event, event.days[0], hour=11, minute=30, minutes=20)
    page = client.get(f"/eventos/{event.slug}").text
    assert page.count('class="slot"') == 1
    assert page.count('class="slot parallel"') == 1


def test_a_break_is_shown_but_not_added_to_a_calendar(client: FlaskClient, session: Database) -> None:
    event = factories.event(days=1)
    pause = event.days[0].sessions[1]
    pause.kind, pause.title = SessionKind.BREAK, "Refrigerio"
    session.commit()
    with clock.freeze(NINE):
        page = client.get(f"/eventos/{event.slug}").text
    assert "Refrigerio" in page
    assert f"/sesiones/{pause.id}.ics" not in page


OPENS, CLOSES = NINE - timedelta(days=10), NINE - timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "heading"),
    [
        (OPENS - timedelta(seconds=1), "La inscripción abre pronto"),
        (OPENS, "Inscripción abierta"),
        (CLOSES, "Inscripción cerrada"),
        (LAST_DAY_OVER, "Este evento ya terminó"),
    ],
)
def test_how_to_join_follows_the_window(client: FlaskClient, at: datetime, heading: str) -> None:
    event = factories.event(registration_opens_at=OPENS, registration_closes_at=CLOSES)
    with clock.freeze(at):
        page = client.get(f"/eventos/{event.slug}").text
    assert f"<h2>{heading}</h2>" in page
    assert (f"/eventos/{event.slug}/inscripcion" in page) == (heading == "Inscripción abierta")


def test_a_cancelled_event_says_so(client: FlaskClient) -> None:
    event = factories.event(status=EventStatus.CANCELLED)
    page = client.get(f"/eventos/{event.slug}").text
    assert "<h2>Este evento se canceló</h2>" in page
    assert f"/eventos/{event.slug}/inscripcion" not in page


@pytest.mark.parametrize("days", [0, 1])
def test_an_agenda_yet_to_be_made(client: FlaskClient, session: Database, days: int) -> None:
    event = factories.event(days=0)
    for _ in range(days):
        session.add(Day(event_id=event.id, date=factories.FIRST_DAY))
    session.commit()
    assert client.get(f"/eventos/{event.slug}").status_code == 200


def test_english_is_complete_on_the_page(client: FlaskClient) -> None:
    event = factories.event()
    page = words(client.get(f"/eventos/{event.slug}?lang=en").text)
    assert '<html lang="en">' in page
    assert "Free of charge" in page
    assert f'href="/eventos/{event.slug}?lang=es"' in page


def test_names_are_escaped(client: FlaskClient, session: Database) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    event = factories.event(
        factories.organisation(evil), title=evil, venue_name=evil, summary=evil, description=evil
    )
    talk = event.days[0].sessions[0]
    talk.title = talk.abstract = evil
    talk.room = factories.room(event, "<b>" + evil[:60])
    speaker = factories.speaker(event, evil, entity=evil)
    session.add(Appearance(session_id=talk.id, speaker_id=speaker.id))
    session.commit()
    for path in ("/", f"/eventos/{event.slug}"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>" not in page


def test_no_inline_script_or_style(client: FlaskClient) -> None:
    event = factories.event()
    for path in ("/", f"/eventos/{event.slug}"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        scripts = [part.split(">")[0] for part in page.split("<script")[1:]]
        assert all("src=" in script or "application/ld+json" in script for script in scripts)


def test_social_tags(client: FlaskClient) -> None:
    event = factories.event(title="Taller «uno»", summary="Qué es")
    page = client.get(f"/eventos/{event.slug}").text
    assert '<meta property="og:title" content="Taller «uno»">' in page
    assert '<meta property="og:description" content="Qué es">' in page
    assert f'/banda/{event.slug}-9e1b42.png">' in page
    picture = client.get(f"/banda/{event.slug}-9e1b42.png")
    assert picture.content_type == "image/png"
    assert picture.data.startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("rows", [1, 30])
def test_queries_of_the_index_do_not_grow(client: FlaskClient, count_queries: Any, rows: int) -> None:
    for _ in range(rows):
        factories.event(days=1)
    with clock.freeze(NINE), count_queries() as statements:
        assert client.get("/").status_code == 200
    assert len(statements) == 2


@pytest.mark.parametrize("rows", [1, 30])
def test_queries_of_an_event_do_not_grow(
    client: FlaskClient, session: Database, count_queries: Any, rows: int
) -> None:
    event = factories.event(days=rows)
    for day in event.days:
        for talk in day.sessions:
            speaker = factories.speaker(event)
            session.add(Appearance(session_id=talk.id, speaker_id=speaker.id))
    session.commit()
    slug = event.slug
    with count_queries() as statements:
        assert client.get(f"/eventos/{slug}").status_code == 200
    assert len(statements) == 4
