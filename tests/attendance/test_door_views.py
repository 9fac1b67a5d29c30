"""The door over HTTP: who may serve there, what it answers, and that it does so without JavaScript."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session as DbSession

from app import clock
from app.attendance import queries
from app.attendance.models import Scan
from app.events.models import Event
from app.permissions import Role
from app.registration.models import Registration, RegistrationStatus
from tests import factories

NOON = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
DAY = "2026-05-12"
REFUSED = "NO PUEDE PASAR"


@pytest.fixture(autouse=True)
def at_noon(frozen_clock: datetime) -> None:
    """It is noon in Lima on the event's first day."""


@pytest.fixture
def event(session: DbSession) -> Event:
    return factories.event()


@pytest.fixture
def person(event: Event) -> Registration:
    return factories.registration(event, entity="Municipalidad Distrital de Imaza")


@pytest.fixture
def staff(event: Event, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(factories.user(Role.DOOR, event=event))


def url(event: Event, rest: str = "") -> str:
    return f"/gestion/eventos/{event.slug}/puerta{rest}"


def reading(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "day": DAY,
        "nonce": "nonce-12345678",
        "scanned_at": "2026-05-12T11:58:00-05:00",
        "source": "camera",
    } | changes


def rows(session: DbSession) -> int:
    return session.scalar(select(func.count()).select_from(Scan)) or 0


def test_a_scan_lets_in_and_the_next_says_when(
    staff: FlaskClient, event: Event, person: Registration
) -> None:
    first = staff.post(url(event, "/ingresos"), json=reading(person.code))
    second = staff.post(url(event, "/ingresos"), json=reading(person.code, nonce="nonce-87654321"))
    common = {
        "name": person.full_name,
        "entity": "Municipalidad Distrital de Imaza",
        "first_at": "2026-05-12T16:58:00+00:00",
        "inside": 1,
        "may_be_forced": False,
    }
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json == common | {"result": "admitted", "word": "PASE", "detail": ""}
    assert second.json == common | {
        "result": "already",
        "word": "YA INGRESÓ 11:58",
        "detail": "Si no es la misma persona, pida su documento.",
    }


def test_the_same_nonce_again_is_answered_alike(
    staff: FlaskClient, event: Event, person: Registration, session: DbSession
) -> None:
    answers = [staff.post(url(event, "/ingresos"), json=reading(person.code)).json for _ in range(3)]
    assert answers == [answers[0]] * 3
    assert rows(session) == 1


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (RegistrationStatus.WAITLISTED, "Está en lista de espera: aún no tiene cupo."),
        (RegistrationStatus.CANCELLED, "Su inscripción fue cancelada."),
    ],
)
def test_a_refusal_is_an_answer_and_a_row(
    staff: FlaskClient, event: Event, session: DbSession, status: RegistrationStatus, detail: str
) -> None:
    person = factories.registration(event, status=status)
    answer = staff.post(url(event, "/ingresos"), json=reading(person.code))
    assert answer.status_code == 200
    assert (answer.json["word"], answer.json["detail"], answer.json["name"]) == (
        REFUSED,
        detail,
        person.full_name,
    )
    assert rows(session) == 1


def test_a_pass_of_another_event_does_not_tell_its_name(
    staff: FlaskClient, event: Event, session: DbSession
) -> None:
    stranger = factories.registration(factories.event(event.organisation))
    answer = staff.post(url(event, "/ingresos"), json=reading(stranger.code))
    assert answer.json == {
        "result": "other_event",
        "word": REFUSED,
        "name": "",
        "entity": "",
        "detail": "Este pase es de otro evento.",
        "first_at": None,
        "inside": 0,
        "may_be_forced": False,
    }
    assert rows(session) == 1


def test_who_may_lets_in_against_the_rules_with_a_reason(
    staff: FlaskClient, event: Event, session: DbSession, sign_in: Callable[..., FlaskClient]
) -> None:
    person = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    organiser = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    sent = reading(person.code, source="typed")
    forms = [unescape(one.post(url(event), data=sent).get_data(as_text=True)) for one in (staff, organiser)]
    assert [("/puerta/excepcion" in page, "Motivo para dejar pasar" in page) for page in forms] == [
        (False, False),
        (True, True),
    ]
    forced = sent | {"nonce": "nonce-of-the-exception"}
    assert staff.post(url(event, "/excepcion"), data=forced | {"reason": "Sí"}).status_code == 403
    assert organiser.post(url(event, "/excepcion"), data=forced | {"reason": " "}).status_code == 422
    answer = organiser.post(url(event, "/excepcion"), data=forced | {"reason": "Invitada de la alcaldesa"})
    assert "PASE" in answer.get_data(as_text=True)
    last = session.scalars(select(Scan).order_by(Scan.id.desc())).first()
    assert last is not None
    assert (last.result, last.reason) == ("forced", "Invitada de la alcaldesa")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": None}, "code"),
        ({"code": 12}, "code"),
        ({"code": "A" * 301}, "code"),
        ({"nonce": ""}, "nonce"),
        ({"nonce": "short"}, "nonce"),
        ({"nonce": "x" * 65}, "nonce"),
        ({"nonce": "with a space"}, "nonce"),
        ({"day": "mañana"}, "day"),
        ({"day": ["2026-05-12"]}, "day"),
        ({"day": "2027-01-01"}, "day"),
        ({"scanned_at": "hoy"}, "scanned_at"),
        ({"scanned_at": "2026-05-12T11:58:00"}, "scanned_at"),
        ({"scanned_at": "0001-01-01T00:00:00+14:00"}, "scanned_at"),
        ({"source": "ojo"}, "source"),
    ],
)
def test_what_is_no_reading_is_refused_in_words(
    staff: FlaskClient,
    event: Event,
    person: Registration,
    session: DbSession,
    changes: dict[str, Any],
    field: str,
) -> None:
    answer = staff.post(url(event, "/ingresos"), json=reading(person.code) | changes)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert answer.json["error"]
    assert rows(session) == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"code": "\\ud800"}', b"[" * 5000]
)
def test_a_body_that_is_no_object_is_refused(staff: FlaskClient, event: Event, body: bytes) -> None:
    answer = staff.post(url(event, "/ingresos"), data=body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "code", ["\x00" * 8, "\ud800ABC", "<script>", "'; DROP TABLE scans", "\u202eABC", "🎟" * 50]
)
def test_odd_codes_are_unknown(staff: FlaskClient, event: Event, session: DbSession, code: str) -> None:
    answer = staff.post(
        url(event, "/ingresos"), data=json.dumps(reading(code)), content_type="application/json"
    )
    assert (answer.status_code, answer.json["result"]) == (200, "unknown")
    assert rows(session) == 1


def test_a_reading_without_source_and_time_is_of_now(
    staff: FlaskClient, event: Event, person: Registration, session: DbSession
) -> None:
    sent = {"code": person.code, "day": DAY, "nonce": "nonce-12345678"}
    assert staff.post(url(event, "/ingresos"), json=sent).json["result"] == "admitted"
    assert session.scalars(select(Scan.scanned_at)).one() == NOON


@pytest.mark.parametrize("path", ["", "/estado", "/buscar?q=quispe", "/ingresos"])
def test_who_may_serve_at_the_door(event: Event, sign_in: Callable[..., FlaskClient], path: str) -> None:
    def ask(visitor: FlaskClient) -> int:
        if path == "/ingresos":
            return visitor.post(url(event, path), json=reading("AAAA2222")).status_code
        return visitor.get(url(event, path)).status_code

    organisation = event.organisation
    stranger = factories.organisation("Otra entidad")
    assert ask(sign_in(factories.user(Role.DOOR, event=event))) == 200
    assert ask(sign_in(factories.user(Role.DOOR, organisation=organisation))) == 200
    assert ask(sign_in(factories.user(Role.ORGANISER, organisation=organisation))) == 200
    assert ask(sign_in(factories.user(Role.READER, organisation=organisation))) == 403
    assert ask(sign_in(factories.user(Role.DOOR, organisation=stranger))) == 404
    assert ask(sign_in(factories.user(Role.DOOR, event=factories.event(organisation)))) == 404


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, event: Event) -> None:
    assert client.get(url(event)).status_code == 302
    assert client.post(url(event, "/ingresos"), json=reading("AAAA2222")).status_code == 302


def test_the_page_asks_for_the_camera_and_for_nothing_else(staff: FlaskClient, event: Event) -> None:
    headers = staff.get(url(event)).headers
    assert headers["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=()"
    assert "script-src 'self' 'wasm-unsafe-eval';" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def text_of(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("now", "asked", "shown", "warns"),
    [
        (NOON, "", "Día 1", False),
        (NOON, "2026-05-13", "Día 2", True),
        (NOON, "2030-01-01", "Día 1", False),
        (NOON, "nunca", "Día 1", False),
        (NOON + timedelta(days=1), "", "Día 2", False),
        (NOON - timedelta(days=9), "", "Día 1", True),
        (NOON + timedelta(days=9), "", "Día 3", True),
        # 19:30 in Lima is the next day already by UTC, and still the first day of the event.
        (NOON + timedelta(hours=7, minutes=30), "", "Día 1", False),
    ],
)
def test_the_door_is_that_of_the_event_s_today(
    staff: FlaskClient, event: Event, now: datetime, asked: str, shown: str, warns: bool
) -> None:
    with clock.freeze(now):
        page = text_of(staff.get(url(event, f"?dia={asked}")))
    assert f"<h1>Puerta · {shown}</h1>" in page
    assert ("no es este día del evento" in page) is warns


def test_an_event_without_days_says_so(event: Event, sign_in: Callable[..., FlaskClient]) -> None:
    empty = factories.event(event.organisation, days=0)
    visitor = sign_in(factories.user(Role.DOOR, event=empty))
    page = visitor.get(url(empty))
    assert page.status_code == 200
    assert "Este evento aún no tiene días." in text_of(page)
    assert visitor.get(url(empty, "/estado")).json == {"inside": 0, "registered": 0}


def test_a_code_typed_without_javascript_is_answered_by_a_page(
    staff: FlaskClient, event: Event, person: Registration, session: DbSession
) -> None:
    sent = {"code": f" {person.code.lower()} ", "day": DAY, "nonce": "nonce-12345678", "source": "typed"}
    page = staff.post(url(event), data=sent)
    assert page.status_code == 200
    assert 'data-kind="pass"' in text_of(page)
    assert person.full_name in text_of(page)
    assert "<strong>1</strong> de 1 dentro" in text_of(page)
    again = text_of(staff.post(url(event), data=sent | {"nonce": "nonce-87654321"}))
    assert 'data-kind="already"' in again
    assert "YA INGRESÓ 12:00" in again
    # Loading the answer again sends the form again: the same reading, the same answer.
    assert 'data-kind="pass"' in text_of(staff.post(url(event), data=sent))
    assert rows(session) == 2


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"code": "", "day": DAY}, "Escriba el código del pase."),
        ({"code": "AAAA2222", "day": "2027-01-01"}, "El evento no tiene ese día."),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_the_code(
    staff: FlaskClient, event: Event, session: DbSession, sent: dict[str, str], error: str
) -> None:
    page = staff.post(url(event), data=sent | {"nonce": "nonce-12345678"})
    assert page.status_code == 422
    assert error in text_of(page)
    assert f'value="{sent["code"]}"' in text_of(page)
    assert rows(session) == 0


def test_search_without_javascript_offers_people_as_buttons(
    staff: FlaskClient, event: Event, person: Registration
) -> None:
    page = text_of(staff.get(url(event, "?q=quispé")))
    assert f'<button type="submit" name="code" value="{person.code}">' in page
    assert "Nadie de este evento se llama así." in text_of(staff.get(url(event, "?q=nadie")))


def test_search_tells_people_apart_without_telling_their_documents(
    staff: FlaskClient, event: Event, person: Registration
) -> None:
    waiting = factories.registration(
        event,
        second_surname="Aguirre",
        status=RegistrationStatus.WAITLISTED,
        document_type="none",
        document_number="",
    )
    found = staff.get(url(event, "/buscar?q=quispe")).json["people"]
    assert found == [
        {
            "name": waiting.full_name,
            "entity": "",
            "document": "",
            "code": waiting.code,
            "status": "waitlisted",
            "state": "En lista de espera",
        },
        {
            "name": person.full_name,
            "entity": person.entity,
            "document": f"DNI ••{person.document_number[-3:]}",
            "code": person.code,
            "status": "confirmed",
            "state": "Confirmada",
        },
    ]
    assert staff.get(url(event, "/buscar?q=q")).json == {"people": []}


def test_the_counter(staff: FlaskClient, event: Event, person: Registration) -> None:
    factories.registration(event)
    factories.registration(event, status=RegistrationStatus.WAITLISTED)
    staff.post(url(event, "/ingresos"), json=reading(person.code))
    assert staff.get(url(event, "/estado?dia=" + DAY)).json == {"inside": 1, "registered": 2}
    assert staff.get(url(event, "/estado?dia=2026-05-13")).json == {"inside": 0, "registered": 2}


def test_a_scan_asks_little_of_the_database(
    staff: FlaskClient, event: Event, person: Registration, count_queries: Callable[[], Any]
) -> None:
    def cost(code: str, nonce: str) -> int:
        with count_queries() as statements:
            staff.post(url(event, "/ingresos"), json=reading(code, nonce=nonce))
        return len(statements)

    cost("AAAA2222", "nonce-00000000")
    before = cost(person.code, "nonce-00000001")
    others = [factories.registration(event) for _ in range(30)]
    for number, other in enumerate(others[:-1]):
        cost(other.code, f"nonce-1000{number:04d}")
    assert cost(others[-1].code, "nonce-00000002") == before <= 6
    assert queries.people_in(event.days[0]) == 31
