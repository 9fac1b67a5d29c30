"""The list of an event's registrations in the back office: who may see it, search, many at once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.attendance import services as attendance
from app.attendance.models import AttendanceEvent, LedgerKind
from app.audit import AuditEntry
from app.events.models import Event
from app.permissions import Role
from app.registration.models import Registration, RegistrationStatus
from tests import factories
from tests.conftest import NOON
from tests.organisers.registrations import (
    BASE,
    BY_HAND,
    CANCELLED,
    CONFIRMED,
    PERSON,
    WAITLISTED,
    actions,
    error_at,
    figures,
    letters,
    listed,
    page,
    registered,
    scan,
    states,
)

pytestmark = pytest.mark.usefixtures("frozen_clock")


# Who may


def addresses(person: Registration) -> tuple[list[str], list[str]]:
    one = f"{BASE}/{person.id}"
    reading = [BASE, one]
    writing = [f"{BASE}/nueva", f"{BASE}/cancelar", f"{BASE}/asistencia"]
    writing += [f"{one}/{what}" for what in ("corregir", "cancelar", "enlace", "renovar")]
    return reading, writing


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, event: Event) -> None:
    reading, writing = addresses(factories.registration(event))
    answers = [client.get(address) for address in reading] + [client.post(address) for address in writing]
    assert {answer.status_code for answer in answers} == {302}
    assert all("/gestion/entrar" in answer.location for answer in answers)


def test_a_stranger_of_another_organisation_finds_nothing(event: Event, sign_in: Any) -> None:
    person = factories.registration(event)
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    reading, writing = addresses(person)
    seen = [
        *reading,
        f"{BASE}/nueva",
        *(f"{BASE}/{person.id}/{what}" for what in ("corregir", "cancelar", "entrega")),
    ]
    assert {stranger.get(address).status_code for address in seen} == {404}
    sent = BY_HAND | {"people": str(person.id), "sure": "1"}
    assert {stranger.post(address, data=sent).status_code for address in writing} == {404}
    assert states(person) == [CONFIRMED]


def test_the_door_may_not_enter(event: Event, sign_in: Any) -> None:
    door = sign_in(factories.user(Role.DOOR, organisation=event.organisation))
    reading, writing = addresses(factories.registration(event))
    assert {door.get(address).status_code for address in reading} == {403}
    assert {door.post(address).status_code for address in writing} == {403}


def test_a_reader_looks_and_changes_nothing(reader: FlaskClient, event: Event) -> None:
    person = factories.registration(event)
    reading, writing = addresses(person)
    for address in reading:
        text = page(reader, address)
        assert 'type="checkbox"' not in text
        assert "Exportar…" not in text
        assert re.findall(r'<form[^>]*action="(/gestion/eventos[^"]*)"', text) == []
        assert re.findall(rf'href="({BASE}/[^"]*(?:nueva|corregir|entrega|cancelar))"', text) == []
    assert {reader.post(address).status_code for address in writing} == {403}
    assert reader.get(f"{BASE}/{person.id}/entrega").status_code == 403


def test_a_person_of_another_event_is_not_found(organiser: FlaskClient, event: Event) -> None:
    other = factories.registration(factories.event(event.organisation))
    reading, writing = addresses(other)
    assert {organiser.get(address).status_code for address in reading[1:]} == {404}
    assert {organiser.post(address, data=PERSON).status_code for address in writing[3:]} == {404}
    for what in ("cancelar", "asistencia"):
        answer = organiser.post(f"{BASE}/{what}", data={"people": str(other.id), "sure": "1"})
        assert answer.status_code == 422
        assert "Elija al menos a una persona." in answer.get_data(as_text=True)
    assert states(other) == [CONFIRMED]


# The list


def test_an_empty_list_says_what_to_do(organiser: FlaskClient) -> None:
    assert "Aún no se ha inscrito nadie" in page(organiser)
    assert figures(organiser) == [
        ("0", "confirmadas"),
        ("0", "en espera"),
        ("0", "departamentos"),
        ("0 %", "asistencia hoy"),
    ]


def test_the_figures_tell_states_places_and_attendance(organiser: FlaskClient, event: Event) -> None:
    event.capacity = 3
    places = ["010205", "080101", "010401"]
    people = [factories.registration(event, ubigeo=place) for place in places]
    factories.registration(event, status=WAITLISTED, ubigeo="150101")
    factories.registration(event, status=CANCELLED, ubigeo="250101")
    scan(event, people[0])
    scan(event, people[1])
    scan(event, people[2], day=1)
    assert figures(organiser) == [
        ("3 / 3", "confirmadas"),
        ("1", "en espera"),
        ("3", "departamentos"),
        ("66 %", "asistencia hoy"),
    ]


def test_attendance_is_of_today_during_the_event_and_of_all_of_it_afterwards(
    organiser: FlaskClient, event: Event, frozen_clock: datetime
) -> None:
    people = [factories.registration(event) for _ in range(4)]
    scan(event, people[0], day=1)
    with clock.freeze(frozen_clock - timedelta(days=2)):
        assert len(figures(organiser)) == 3
    assert figures(organiser)[3] == ("0 %", "asistencia hoy")
    with clock.freeze(frozen_clock + timedelta(days=9)):
        assert figures(organiser)[3] == ("25 %", "asistió")


def test_what_a_mark_took_back_counts_no_more(organiser: FlaskClient, event: Event) -> None:
    came, mistaken = factories.registration(event), factories.registration(event, first_surname="Yampis")
    for person in (came, mistaken):
        scan(event, person)
    attendance.mark(
        event, [mistaken.id], day_id=event.days[0].id, present=False, reason="otra persona", by=None, at=NOON
    )
    assert figures(organiser)[3] == ("50 %", "asistencia hoy")
    assert listed(organiser, asistencia="si") == [came.listed_name]
    assert listed(organiser, asistencia="no") == [mistaken.listed_name]


def test_names_stand_in_spanish_order_with_place_state_and_attendance(
    organiser: FlaskClient, event: Event
) -> None:
    for surname in ("Ñahui", "Nuñez", "Ocampo", "Ángeles", "Apaza"):
        factories.registration(
            event, first_surname=surname, second_surname="", given_names="Ana", entity="Ugel"
        )
    person = factories.registration(event, first_surname="Zárate", second_surname="", ubigeo="010205")
    scan(event, person)
    assert [name.partition(",")[0] for name in listed(organiser)] == [
        "Ángeles",
        "Apaza",
        "Nuñez",
        "Ñahui",
        "Ocampo",
        "Zárate",
    ]
    row = page(organiser, q="zarate")
    assert "Amazonas · Bagua" in row
    assert re.search(r'value="33" aria-label="Asistencia de Rosa Zárate"', row)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ñahui", True),
        ("NAHUI", True),
        ("tupac zoe", True),
        ("Zoë Ñahui Túpac", True),
        ("zoe quispe", False),
        ("00000077", True),
        ("0000-0077", True),
        ("zoe@example.pe", True),
        ("ZOE@EXAMPLE", True),
        ("%", False),
        ("_", False),
        ("z_e", False),
        ("zo%", False),
        ("\\", False),
        ("' OR 1=1 --", False),
        ("-", False),
        ("\u202ezoe", True),
    ],
)
def test_search_forgives_accents_and_takes_no_wildcards(
    organiser: FlaskClient, event: Event, text: str, found: bool
) -> None:
    names = {"given_names": "Zoë", "first_surname": "Ñahui", "second_surname": "Túpac"}
    factories.registration(event, document_number="00000077", email="zoe@example.pe", **names)
    assert listed(organiser, q=text) == (["Ñahui Túpac, Zoë"] if found else [])


def test_search_finds_a_wildcard_that_somebody_has(organiser: FlaskClient, event: Event) -> None:
    person = factories.registration(event, email="rosa_q%a@example.pe")
    factories.registration(event, email="rosaxqya@example.pe")
    assert listed(organiser, q="rosa_q%a") == [person.listed_name]


def test_search_finds_a_code_as_it_is_shown_and_as_it_is_heard(organiser: FlaskClient, event: Event) -> None:
    person = factories.registration(event)
    factories.registration(event)
    shown = f"{person.code[:4]}-{person.code[4:]}"
    heard = shown.replace("V", "U").replace("2", "Z").lower()
    assert listed(organiser, q=shown) == listed(organiser, q=heard) == [person.listed_name]


def test_filters_narrow_and_can_be_combined(organiser: FlaskClient, event: Event) -> None:
    bagua = factories.registration(event, first_surname="Uno", ubigeo="010205")
    waits = factories.registration(event, first_surname="Dos", ubigeo="010401", status=WAITLISTED)
    gone = factories.registration(event, first_surname="Tres", status=CANCELLED)
    names = {person.id: person.listed_name for person in (bagua, waits, gone)}
    assert listed(organiser, estado="waitlisted") == [names[waits.id]]
    assert listed(organiser, estado="cancelled") == [names[gone.id]]
    assert listed(organiser, departamento="01") == [names[waits.id], names[bagua.id]]
    assert listed(organiser, departamento="01", estado="confirmed", q="uno") == [names[bagua.id]]
    assert listed(organiser, departamento="00") == [names[gone.id]]
    assert listed(organiser, departamento="15") == []
    everybody = sorted(names.values())
    for nonsense in ({"estado": "x"}, {"departamento": "%"}, {"asistencia": "x"}, {"pagina": "x"}):
        assert sorted(listed(organiser, **nonsense)) == everybody


def test_the_form_keeps_what_was_asked_for(organiser: FlaskClient, event: Event) -> None:
    for place in ("010205", "080101"):
        factories.registration(event, ubigeo=place)
    text = page(organiser, q='Ñ"<b>', estado="confirmed", departamento="08", asistencia="no")
    assert 'value="Ñ&#34;&lt;b&gt;"' in text
    assert re.findall(r'<option value="([^"]+)" selected>', text) == ["confirmed", "08", "no"]
    assert "Nadie coincide" in text


def test_pages_of_fifty_keep_the_filters(organiser: FlaskClient, event: Event) -> None:
    for _ in range(53):
        factories.registration(event)
    factories.registration(event, first_surname="Aaa", status=CANCELLED)
    assert len(listed(organiser)) == 50
    assert len(listed(organiser, pagina="2")) == 4
    assert listed(organiser, pagina="99") == listed(organiser, pagina="2")
    text = page(organiser, estado="confirmed", q="quispe")
    assert f'href="{BASE}?q=quispe&amp;estado=confirmed&amp;pagina=2"' in text
    assert "53 inscripciones coinciden" in text


@pytest.mark.parametrize(
    ("filters", "queries_asked"), [({}, 17), ({"asistencia": "si", "departamento": "01", "q": "quispe"}, 18)]
)
def test_the_number_of_queries_does_not_grow(
    organiser: FlaskClient,
    event: Event,
    count_queries: Callable[[], Any],
    filters: dict[str, str],
    queries_asked: int,
) -> None:
    def add(number: int) -> None:
        for _ in range(number):
            person = factories.registration(event, ubigeo="010205")
            scan(event, person)

    def cost() -> int:
        with count_queries() as statements:
            names = listed(organiser, **filters)
        assert len(names) == len(registered(event))
        return len(statements)

    add(1)
    once = cost()
    add(29)
    assert (once, cost()) == (queries_asked, queries_asked)


# Cancelling several


def test_several_are_cancelled_at_once_and_no_seat_goes_to_one_of_them(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    event.capacity = 2
    first, second = factories.registration(event), factories.registration(event)
    waiting = [factories.registration(event, status=WAITLISTED) for _ in range(3)]
    chosen = [first.id, waiting[0].id]
    asked = organiser.post(f"{BASE}/cancelar?estado=confirmed", data={"people": chosen})
    assert asked.status_code == 200
    text = asked.get_data(as_text=True)
    assert "¿Cancelar 2 inscripciones?" in text
    assert re.findall(r'name="people" value="(\d+)"', text) == [str(number) for number in sorted(chosen)]
    assert states(first) == [CONFIRMED]
    done = organiser.post(f"{BASE}/cancelar?estado=confirmed", data={"people": chosen, "sure": "1"})
    assert (done.status_code, done.location) == (303, f"{BASE}?estado=confirmed")
    assert states(first, second, *waiting) == [CANCELLED, CONFIRMED, CANCELLED, CONFIRMED, WAITLISTED]
    assert sorted(letters(session)) == ["registration.cancelled"] * 2 + ["registration.promoted"]
    again = organiser.post(f"{BASE}/cancelar", data={"people": chosen, "sure": "1"})
    assert again.status_code == 422


@pytest.mark.parametrize("what", ["cancelar", "asistencia"])
@pytest.mark.parametrize(
    "people", [[], ["x"], ["9" * 30], ["-1"], ["1' OR 1=1"], [str(number) for number in range(1, 300)]]
)
def test_nobody_or_nonsense_chosen_is_said_above_the_list(
    organiser: FlaskClient, event: Event, what: str, people: list[str]
) -> None:
    person = factories.registration(event)
    answer = organiser.post(f"{BASE}/{what}", data={"people": people, "sure": "1"})
    assert answer.status_code == 422
    assert 'class="alert bad"' in answer.get_data(as_text=True)
    assert states(person) == [CONFIRMED]


# Attendance of several


def test_several_are_written_down_as_attending_a_day(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    people = [factories.registration(event) for _ in range(3)]
    chosen = [person.id for person in people[:2]]
    asked = organiser.post(f"{BASE}/asistencia", data={"people": chosen})
    assert asked.status_code == 200
    assert "Anotar la asistencia de 2 personas" in asked.get_data(as_text=True)
    scope = {"people": chosen, "scope": f"day-{event.days[0].id}", "present": "yes"}
    refused = organiser.post(f"{BASE}/asistencia", data=scope | {"reason": " "})
    assert refused.status_code == 422
    assert "motivo" in error_at(refused, "reason")
    assert session.scalars(select(AttendanceEvent)).all() == []
    done = organiser.post(f"{BASE}/asistencia", data=scope | {"reason": "hoja de firmas"})
    assert (done.status_code, done.location) == (303, BASE)
    marks = session.scalars(select(AttendanceEvent)).all()
    assert sorted(mark.registration_id for mark in marks) == chosen
    assert {(mark.day_id, mark.kind, mark.reason) for mark in marks} == {
        (event.days[0].id, LedgerKind.PRESENT, "hoja de firmas")
    }
    assert figures(organiser)[3] == ("66 %", "asistencia hoy")
    assert actions(session) == ["attendance.marked"]


def test_a_scope_of_another_event_is_refused(organiser: FlaskClient, event: Event, session: Session) -> None:
    other = factories.event(event.organisation)
    person = factories.registration(event)
    sent = {"people": [person.id], "scope": f"day-{other.days[0].id}", "present": "yes", "reason": "x"}
    assert organiser.post(f"{BASE}/asistencia", data=sent).status_code == 422
    assert session.scalars(select(AttendanceEvent)).all() == []


def test_everybody_found_is_written_down_once_their_number_was_shown(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    cusco = [factories.registration(event, ubigeo="080101") for _ in range(3)]
    factories.registration(event, ubigeo="080101", status=RegistrationStatus.CANCELLED)
    factories.registration(event, ubigeo="150101")
    address = f"{BASE}/asistencia/todas?departamento=08"
    assert "Anotar la asistencia de 3 personas" in organiser.get(address).get_data(as_text=True)
    sent = {"scope": f"day-{event.days[0].id}", "present": "yes", "reason": "lista firmada", "shown": "3"}
    for wrong in ({"shown": "2"}, {"shown": ""}, {"reason": " "}, {"scope": "day-0"}):
        assert organiser.post(address, data=sent | wrong).status_code == 422
    assert session.scalars(select(AttendanceEvent)).all() == []
    done = organiser.post(address, data=sent)
    assert (done.status_code, done.location) == (303, f"{BASE}?departamento=08")
    marks = session.scalars(select(AttendanceEvent)).all()
    assert sorted(mark.registration_id for mark in marks) == [one.id for one in cusco]
    assert actions(session) == ["attendance.marked"]
    assert organiser.get(f"{BASE}/asistencia/todas?q=nadie").status_code == 200


# Slips


def slips(client: FlaskClient, **sent: Any) -> tuple[int, str]:
    query = sent.pop("query", {})
    answer = client.post(f"{BASE}/papeletas", query_string=query, data=sent)
    return answer.status_code, answer.mimetype


def test_slips_of_the_ticked_of_a_filter_and_of_nobody(
    organiser: FlaskClient, reader: FlaskClient, event: Event, session: Session
) -> None:
    first = factories.registration(event)
    waiting = factories.registration(event, status=WAITLISTED)
    factories.registration(event, given_names="Zoë")
    good, refused = (200, "application/pdf"), (422, "text/html")
    assert slips(organiser, people=first.id) == good
    assert slips(organiser, query={"q": "zoe"}) == good
    assert slips(organiser, parte="1") == good
    assert slips(organiser, people=waiting.id) == refused
    assert slips(organiser, parte="2") == refused
    assert slips(organiser, query={"q": "nadie"}) == refused
    assert slips(reader, people=first.id)[0] == 403
    assert slips(organiser, people=first.id, formato="cr80") == good
    printed = session.scalars(select(AuditEntry).where(AuditEntry.action.like("registrations.%_printed")))
    assert [(entry.action.split(".")[1], entry.details["people"]) for entry in printed] == [
        ("slips_printed", 1),
        ("slips_printed", 1),
        ("slips_printed", 2),
        ("badges_printed", 1),
    ]


@pytest.mark.parametrize("status", list(RegistrationStatus))
def test_the_list_can_be_narrowed_to_every_state(reader: FlaskClient, event: Event, status: str) -> None:
    names = {
        one: factories.registration(event, status=one, given_names=f"Ana {letter}").listed_name
        for one, letter in zip(RegistrationStatus, "BCDEFGH", strict=True)
    }
    assert f'<option value="{status}" selected>' in page(reader, estado=status)
    assert listed(reader, estado=status) == [names[RegistrationStatus(status)]]
