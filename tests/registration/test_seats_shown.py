"""What is told of seats before somebody chooses, places of options and listed institutions; and what a copy keeps."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.events import services as events
from app.permissions import Role
from app.registration import queries
from app.registration.models import EnrollableSession, Enrolment, Promotion
from tests import factories
from tests.conftest import NOON
from tests.factories import asks
from tests.registration.groups import group
from tests.registration.test_views import GOOD


@pytest.fixture
def event(session: Any, frozen_clock: Any) -> Any:
    return factories.event(slug="foro")


def table_form(event: Any, *seats: int | None) -> Any:
    choices = [
        {"key": f"m{place}", "label": {"es": f"Mesa <{place}>"}, "seats": number}
        for place, number in enumerate(seats)
    ]
    return factories.form(event, asks("mesa", "one_of", choices=choices))


@pytest.mark.parametrize("options", [3, 12])
def test_places_left_stand_beside_each_choice(client: Any, event: Any, options: int) -> None:
    table_form(event, 2, 1, *[None] * (options - 2))
    for key in ("m0", "m1"):
        data = GOOD | {
            "f_mesa": key,
            "document_number": f"4000000{key[1]}",
            "idempotency_key": f"key-of-{key}",
        }
        assert client.post("/eventos/foro/inscripcion", data=data).status_code == 303
    page = client.get("/eventos/foro/inscripcion").text
    assert "Mesa &lt;0&gt; (queda 1 lugar)" in page
    assert "Mesa &lt;1&gt; (no quedan lugares)" in page
    assert "Mesa &lt;2&gt; (" not in page
    office = client.get("/eventos/foro/inscripcion?lang=en").text
    assert "(1 place is free)" in office


def test_the_table_of_a_group_tells_them_too(session: Any, event: Any, sign_in: Any) -> None:
    table_form(event, 2)
    made = group(event)
    session.commit()
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    page = office.get(f"/gestion/eventos/foro/grupos/{made.id}/personas").text
    assert page.count("(quedan 2 lugares)") == 10


def test_a_page_asks_about_places_only_where_there_are_so_many(
    client: Any, event: Any, count_queries: Any
) -> None:
    def statements() -> int:
        with count_queries() as found:
            client.get("/eventos/foro/inscripcion")
        return len(found)

    table_form(event, None, None)
    plain = statements()
    factories.form(
        event, asks("taller", "one_of", choices=[{"key": "a", "label": {}, "seats": 3}]), position=-1
    )
    assert statements() == plain + 2


def test_listed_institutions_are_suggested(client: Any, event: Any) -> None:
    assert "<datalist" not in client.get("/eventos/foro/inscripcion").text
    factories.quota(event, "Municipalidad de «Imaza»", 3)
    page = client.get("/eventos/foro/inscripcion").text
    assert '<option value="Municipalidad de «Imaza»"></option>' in page
    assert 'list="institutions"' in page


def test_nobody_is_promised_a_letter_without_an_address(client: Any, event: Any) -> None:
    factories.form(event, core={"email": {"asked": "no"}})
    answer = client.post("/eventos/foro/inscripcion", data=GOOD)
    assert answer.location.endswith("estado=inscrito&correo=no")
    page = client.get(answer.location).text
    assert "No dio un correo" in page
    assert "recibirá un correo" not in page


def test_a_copy_of_an_event_keeps_its_limits(session: Any, event: Any) -> None:
    talk = factories.session(event, event.days[0], title="Taller")
    factories.enrollable(talk, 7)
    factories.quota(event, "Imaza", 3)
    until = NOON + timedelta(days=1)
    factories.settings(
        event, promotion=Promotion.OFFER, offer_hours=5, only_listed_entities=True, answers_until=until
    )
    copy = events.duplicate(
        event, title="Otro", slug="otro", first_day=event.starts_on + timedelta(days=364), at=NOON
    )
    session.flush()
    assert [(one.entity, one.entity_key, one.seats) for one in queries.quotas(copy)] == [
        ("Imaza", "imaza", 3)
    ]
    kept = queries.settings_of(copy)
    assert (kept.promotion, kept.offer_hours, kept.only_listed_entities) == ("offer", 5, True)
    assert kept.answers_until == until + timedelta(days=364)
    [own] = session.scalars(select(EnrollableSession).where(EnrollableSession.event_id == copy.id))
    assert (own.seats, own.session.title, own.session.event_id) == (7, "Taller", copy.id)
    assert own.session.id != talk.id


def test_the_office_sees_which_sessions_somebody_chose(session: Any, event: Any, sign_in: Any) -> None:
    person, talk = (
        factories.registration(event),
        factories.session(event, event.days[0], title="Taller de agua"),
    )
    factories.enrollable(talk, 7)
    places = {"status": "waiting", "created_at": NOON, "waiting_since": NOON}
    session.add(Enrolment(session_id=talk.id, registration_id=person.id, **places))
    session.commit()
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    page = reader.get(f"/gestion/eventos/foro/inscripciones/{person.id}").text
    assert "Sesiones que eligió" in page
    assert "Taller de agua" in page


def test_where_more_came_than_there_are_seats_now_none_is_left(event):
    event.capacity = 1
    for _ in range(2):
        factories.registration(event)
    assert queries.seats_left(event, None) == 0
