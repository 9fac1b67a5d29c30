"""The participant's sessions: choosing without a script, clashes, lines, and the agenda as a calendar."""

from datetime import timedelta

import icalendar
import pytest

from app.extensions import db
from app.registration import queries, services
from app.registration.models import Clashes, EnrolmentStatus, Promotion, RegistrationStatus
from tests import factories


@pytest.fixture
def event(session, frozen_clock):
    return factories.event()


@pytest.fixture
def workshop(event):
    """The first session of the second day, with one seat."""
    return factories.enrollable(event.days[1].sessions[0], 1)


@pytest.fixture
def person(event):
    return factories.registration(event)


def path(row, end="/sesiones"):
    return f"/mi/{queries.personal_token(row)}{end}"


def do(client, row, enrollable, what):
    return client.post(path(row, f"/sesiones/{enrollable.session_id}"), data={"hacer": what})


def enrolled(row):
    db.session.expire_all()
    return {number: one.status for number, one in queries.enrolments_of(row).items()}


def test_one_enrols_and_leaves_with_a_button(client, person, workshop):
    assert "Queda 1 cupo" in client.get(path(person)).text
    answer = do(client, person, workshop, "inscribirme")
    assert (answer.status_code, answer.location) == (
        303,
        path(person, f"/sesiones#sesion-{workshop.session_id}"),
    )
    assert enrolled(person) == {workshop.session_id: EnrolmentStatus.ENROLLED}
    assert "Inscrito" in client.get(path(person)).text
    assert do(client, person, workshop, "salir").status_code == 303
    assert enrolled(person) == {}


def test_the_page_says_one_s_place_in_the_line(client, event, person, workshop, frozen_clock):
    services.enrol(factories.registration(event), workshop, at=frozen_clock)
    assert "Sin cupos" in client.get(path(person)).text
    do(client, person, workshop, "inscribirme")
    assert "Lugar 1 en la lista de espera" in client.get(path(person)).text


def test_a_clash_is_warned_of_or_refused_at_its_session(client, event, person, workshop):
    parallel = factories.enrollable(
        factories.session(event, event.days[1], hour=9, minute=30, title="Mesa paralela")
    )
    do(client, person, workshop, "inscribirme")
    assert f"Es a la misma hora que «{workshop.session.title}»." in client.get(path(person)).text
    factories.settings(event, clashes=Clashes.FORBID)
    answer = do(client, person, parallel, "inscribirme")
    assert answer.status_code == 422
    assert "Salga primero de ella." in answer.text
    assert enrolled(person) == {workshop.session_id: EnrolmentStatus.ENROLLED}


@pytest.mark.parametrize(
    ("what", "status"), [("aceptar", EnrolmentStatus.ENROLLED), ("dejar", EnrolmentStatus.WAITING)]
)
def test_an_offered_place_is_answered(client, event, person, workshop, frozen_clock, what, status):
    factories.settings(event, promotion=Promotion.OFFER)
    first = factories.registration(event)
    for one in (first, person):
        services.enrol(one, workshop, at=frozen_clock)
    services.leave(first, workshop, at=frozen_clock)
    db.session.commit()
    assert "Ofrecido hasta el 13 de mayo de 2026" in client.get(path(person)).text
    assert do(client, person, workshop, what).status_code == 303
    assert enrolled(person) == {workshop.session_id: status}


def test_what_means_nothing_changes_nothing(client, person, workshop):
    other = factories.enrollable(factories.event().days[0].sessions[0])
    assert do(client, person, workshop, "volar").status_code == 400
    assert do(client, person, other, "inscribirme").status_code == 404
    assert (
        client.post(f"/mi/AAAAAAAA/sesiones/{workshop.session_id}", data={"hacer": "inscribirme"}).status_code
        == 404
    )
    assert enrolled(person) == {}


def test_who_waits_for_the_event_chooses_nothing_yet(client, event, workshop):
    row = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    assert 'name="hacer"' not in client.get(path(row)).text
    assert do(client, row, workshop, "inscribirme").status_code == 422


def test_without_sessions_to_choose_the_page_says_so(client, person):
    assert "Todas las sesiones son abiertas" in client.get(path(person)).text


def uids(client, row):
    answer = client.get(path(row, "/agenda.ics"))
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert (calendar["method"], calendar["x-published-ttl"]) == ("PUBLISH", "PT1H")
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    return [str(entry["uid"]) for entry in calendar.walk("VEVENT")]


def test_the_agenda_holds_the_open_sessions_and_one_s_own(client, event, person, workshop):
    everything = [one.uid for day in event.days for one in day.sessions]
    without = [uid for uid in everything if uid != workshop.session.uid]
    assert uids(client, person) == without
    assert workshop.session.title not in client.get(path(person, "")).text
    do(client, person, workshop, "inscribirme")
    assert uids(client, person) == everything
    assert workshop.session.title in client.get(path(person, "")).text


def test_who_has_no_seat_has_an_empty_agenda(client, event):
    assert uids(client, factories.registration(event, status=RegistrationStatus.CANCELLED)) == []


def test_the_number_of_queries_does_not_grow(client, event, person, count_queries):
    def asked():
        with count_queries() as found:
            assert client.get(path(person)).status_code == 200
        return len(found)

    def more(number, at):
        for _ in range(number):
            services.enrol(person, factories.enrollable(factories.session(event, event.days[2])), at=at)
        db.session.commit()
        db.session.expire_all()

    more(1, factories.THEN)
    few = asked()
    more(29, factories.THEN)
    assert asked() == few
