"""The attendance office over HTTP: numbers, people, marks by hand, scans."""

from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app.attendance import queries, services
from app.attendance.models import AttendanceEvent, LedgerKind, ScanSource
from app.attendance.services import Reading
from app.events.models import Event
from app.permissions import Role
from app.registration.models import Registration, RegistrationStatus
from tests import factories
from tests.conftest import NOON


@pytest.fixture(autouse=True)
def at_noon(frozen_clock: datetime) -> None:
    """It is noon in Lima on the event's first day."""


@pytest.fixture
def event(session: DbSession) -> Event:
    return factories.event()


@pytest.fixture
def person(event: Event) -> Registration:
    return factories.registration(
        event, first_surname="Ñahui", given_names="Zoë", entity="Comunidad San Rafael"
    )


@pytest.fixture
def office(event: Event, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


def url(event: Event, rest: object = "") -> str:
    return f"/gestion/eventos/{event.slug}/asistencia" + (f"/{rest}" if rest else "")


def text_of(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def scan(event: Event, code: str, nonce: str = "nonce-12345678") -> None:
    reading = Reading(code, nonce, NOON, ScanSource.CAMERA)
    services.scan(event.id, event.days[0].id, reading, by=None, at=NOON)


def marks(session: DbSession) -> list[tuple[int, int | None, int | None, bool, str]]:
    mark = AttendanceEvent
    return [
        tuple(row)
        for row in session.execute(
            select(
                mark.registration_id,
                mark.day_id,
                mark.session_id,
                mark.kind == LedgerKind.PRESENT,
                mark.reason,
            ).order_by(mark.id)
        )
    ]


def test_the_page_shows_numbers_and_people(office: FlaskClient, event: Event, person: Registration) -> None:
    absent = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    scan(event, person.code)
    scan(event, "hola", "nonce-87654321")
    page = text_of(office.get(url(event)))
    assert "Ñahui Mamani" in page
    assert "150 de 450 min" in page
    assert "1 lectura rechazada" in page
    assert absent.listed_name in page
    assert "En lista de espera" in page


def test_people_can_be_searched(office: FlaskClient, event: Event, person: Registration) -> None:
    other = factories.registration(event)
    page = text_of(office.get(url(event) + "?q=nahui"))
    assert person.listed_name in page
    assert other.listed_name not in page
    assert "No encontramos a nadie" in text_of(office.get(url(event) + "?q=nadie"))


@pytest.mark.parametrize("asked", ["0", "-1", "99", "x", "9" * 40])
def test_odd_pages_are_pages(office: FlaskClient, event: Event, person: Registration, asked: str) -> None:
    assert office.get(url(event) + f"?pagina={asked}").status_code == 200


def test_a_page_asks_the_same_for_one_person_as_for_thirty(
    office: FlaskClient, event: Event, person: Registration, count_queries: Callable[[], Any]
) -> None:
    def cost() -> int:
        with count_queries() as statements:
            office.get(url(event))
        return len(statements)

    scan(event, person.code)
    cost()
    before = cost()
    for number in range(29):
        scan(event, factories.registration(event).code, f"nonce-0000{number:04d}")
    assert cost() == before


def test_marks_for_a_day_in_bulk(
    office: FlaskClient, event: Event, person: Registration, session: DbSession
) -> None:
    other = factories.registration(event)
    day = event.days[0].id
    sent = {
        "people": [person.id, other.id],
        "scope": f"day-{day}",
        "present": "yes",
        "reason": " Hoja de firmas ",
    }
    answer = office.post(url(event) + "?q=a&pagina=1", data=sent)
    assert (answer.status_code, answer.location) == (303, url(event) + "?q=a&pagina=1")
    assert marks(session) == [(one.id, day, None, True, "Hoja de firmas") for one in (person, other)]
    assert "Anotado para 2 personas." in text_of(office.get(answer.location))


def test_marks_for_a_session_and_back(
    office: FlaskClient, event: Event, person: Registration, session: DbSession
) -> None:
    talk = event.days[1].sessions[0].id
    for present in ("yes", "no"):
        sent = {"scope": f"session-{talk}", "present": present, "reason": "Hoja"}
        answer = office.post(url(event, person.id), data=sent)
        assert (answer.status_code, answer.location) == (303, url(event, person.id))
    assert [row[2:4] for row in marks(session)] == [(talk, True), (talk, False)]
    assert queries.attended_minutes_of(person) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"people": []}, "Elija al menos a una persona."),
        ({"people": ["x"]}, ""),
        ({"people": ["9" * 30]}, ""),
        ({"reason": " "}, "Escriba el motivo, por ejemplo: hoja de firmas."),
        ({"reason": "\u202e\x00"}, "Escriba el motivo, por ejemplo: hoja de firmas."),
        ({"reason": "a" * 10_000}, "200"),
        ({"scope": "day-999999"}, "Elija"),
        ({"scope": ""}, "Elija"),
        ({"present": "quizás"}, "Elija"),
    ],
)
def test_a_mark_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    office: FlaskClient,
    event: Event,
    person: Registration,
    session: DbSession,
    changes: dict[str, Any],
    error: str,
) -> None:
    good = {
        "people": [person.id],
        "scope": f"day-{event.days[0].id}",
        "present": "no",
        "reason": "Firma ajena",
    }
    answer = office.post(url(event), data=good | changes)
    page = text_of(answer)
    assert answer.status_code == 422
    assert error in page
    assert marks(session) == []
    if "people" not in changes:
        assert f'value="{person.id}" aria-label="{person.full_name}" checked' in page
    if "reason" not in changes:
        assert 'value="Firma ajena"' in page


def test_people_of_other_events_cannot_be_marked(
    office: FlaskClient, event: Event, session: DbSession
) -> None:
    other = factories.event(event.organisation)
    stranger = factories.registration(other)
    sent = {"people": [stranger.id], "scope": f"day-{event.days[0].id}", "present": "yes", "reason": "x"}
    assert office.post(url(event), data=sent).status_code == 422
    foreign = sent | {"scope": f"day-{other.days[0].id}"}
    assert office.post(url(event), data=foreign).status_code == 422
    assert office.get(url(event, stranger.id)).status_code == 404
    assert office.post(url(event, stranger.id), data=sent).status_code == 404
    assert marks(session) == []


def test_a_person_s_page_tells_what_counts_and_why(
    office: FlaskClient, event: Event, person: Registration
) -> None:
    scan(event, person.code)
    services.mark(
        event,
        [person.id],
        session_id=event.days[1].sessions[0].id,
        present=True,
        reason="Hoja de firmas",
        by=None,
        at=NOON,
    )
    page = text_of(office.get(url(event, person.id)))
    assert "240 de 450 min" in page
    assert "Ingresó" in page
    assert "Hoja de firmas" in page
    assert event.days[1].sessions[0].title in page


def test_scans_are_listed_refused_ones_too(office: FlaskClient, event: Event, person: Registration) -> None:
    scan(event, person.code)
    scan(event, "HOLA<script>", "nonce-87654321")
    everything = office.get(url(event, "lecturas"))
    assert "Zoë Ñahui" in text_of(everything)
    assert b"HOLA&lt;script&gt;" in everything.data
    refused = text_of(office.get(url(event, "lecturas") + "?solo=rechazadas"))
    assert "Zoë Ñahui" not in refused
    assert "Rechazado: código desconocido" in refused


@pytest.mark.parametrize("path", ["", "lecturas", "{person}"])
def test_who_may_look_and_who_may_write(
    event: Event, person: Registration, sign_in: Callable[..., FlaskClient], path: str
) -> None:
    address = url(event, path.format(person=person.id))
    sent = {"people": [person.id], "scope": f"day-{event.days[0].id}", "present": "yes", "reason": "x"}

    def ask(role: Role, *, here: bool = True) -> tuple[int, int]:
        organisation = event.organisation if here else factories.organisation("Otra entidad")
        visitor = sign_in(factories.user(role, organisation=organisation))
        seen = visitor.get(address).status_code
        return seen, 405 if path == "lecturas" else visitor.post(address, data=sent).status_code

    written, refused, unknown = (405, 405, 405) if path == "lecturas" else (303, 403, 404)
    assert ask(Role.ORGANISER) == (200, written)
    assert ask(Role.READER) == (200, refused)
    assert ask(Role.DOOR) == (403, refused)
    assert ask(Role.ORGANISER, here=False) == (404, unknown)


def test_a_reader_is_offered_nothing_to_write(
    event: Event, person: Registration, sign_in: Callable[..., FlaskClient]
) -> None:
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    for address in (url(event), url(event, person.id)):
        page = text_of(reader.get(address))
        assert 'name="reason"' not in page
        assert 'name="people"' not in page


def test_a_row_of_the_history_is_corrected_with_a_reason(
    office: FlaskClient, event: Event, person: Registration
) -> None:
    scan(event, person.code)
    [(row, _by, _correction)] = queries.history(person)
    page = text_of(office.get(url(event, person.id)))
    assert f'id="fila-{row.id}"' in page
    assert "Ingresó" in page
    where = url(event, f"{person.id}/correcciones")
    refused = office.post(where, data={"row": row.id, "reason": " "})
    assert refused.status_code == 422
    assert f'aria-describedby="error-{row.id}"' in text_of(refused)
    done = office.post(where, data={"row": row.id, "reason": "pase de otra persona"})
    assert (done.status_code, done.location) == (303, url(event, person.id) + "#historia")
    page = text_of(office.get(url(event, person.id)))
    assert "«pase de otra persona»" in page
    assert "Corregido: ya no cuenta" in page
    assert queries.attended_minutes_of(person) == 0
    again = office.post(where, data={"row": row.id, "reason": "otra vez"})
    assert again.status_code == 422
    for wrong in ("", "x", "0", str(10**12)):
        assert office.post(where, data={"row": wrong, "reason": "x"}).status_code == 422
    stranger = factories.registration(event)
    foreign = office.post(url(event, f"{stranger.id}/correcciones"), data={"row": row.id, "reason": "x"})
    assert foreign.status_code == 422


def test_who_may_only_read_corrects_nothing(
    event: Event, person: Registration, sign_in: Callable[..., FlaskClient]
) -> None:
    scan(event, person.code)
    [(row, _by, _correction)] = queries.history(person)
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert "correcciones" not in text_of(reader.get(url(event, person.id)))
    answer = reader.post(url(event, f"{person.id}/correcciones"), data={"row": row.id, "reason": "x"})
    assert answer.status_code == 403
