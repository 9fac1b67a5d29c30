"""The back office's first page, and an event's summary."""

import pytest

from app.events.models import EventStatus
from app.permissions import Role
from app.registration.models import RegistrationStatus
from tests import factories


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(capacity=50)


@pytest.fixture
def organiser(event, sign_in):
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


def summary(event):
    return f"/gestion/eventos/{event.slug}"


def test_strangers_are_asked_to_sign_in(client):
    answer = client.get("/gestion/")
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/gestion/entrar")


def test_the_dashboard_shows_only_ones_own_events(organiser, event):
    factories.registration(event)
    factories.registration(event, status=RegistrationStatus.WAITLISTED)
    other = factories.event(title="Evento ajeno")
    page = organiser.get("/gestion/").text
    assert event.title in page
    assert other.title not in page


def test_a_door_helper_of_one_event_sees_that_event(event, sign_in):
    other = factories.event(event.organisation, title="Otro evento de la casa")
    helper = sign_in(factories.user(Role.DOOR, event=event))
    page = helper.get("/gestion/").text
    assert event.title in page
    assert other.title not in page
    assert "Nuevo evento" not in page


def test_whoever_has_no_event_is_told_what_to_do(session, sign_in):
    organiser = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    assert "Cree el primero" in organiser.get("/gestion/").text


def test_the_summary_tells_the_numbers(organiser, event):
    for _ in range(3):
        factories.registration(event)
    page = organiser.get(summary(event))
    assert page.status_code == 200
    assert "3 / 50" in page.text


def test_a_stranger_finds_no_summary(event, sign_in):
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    assert stranger.get(summary(event)).status_code == 404
    for action in ("publicar", "retirar", "cancelar"):
        assert stranger.post(f"{summary(event)}/{action}").status_code == 404


def test_publishing_and_taking_back(organiser, event, session, client):
    event.status = EventStatus.DRAFT
    session.commit()
    assert client.get(f"/eventos/{event.slug}").status_code == 404
    organiser.post(f"{summary(event)}/publicar")
    assert client.get(f"/eventos/{event.slug}").status_code == 200
    organiser.post(f"{summary(event)}/retirar")
    assert client.get(f"/eventos/{event.slug}").status_code == 404


def test_with_people_registered_nothing_is_taken_back(organiser, event, client):
    factories.registration(event)
    answer = organiser.post(f"{summary(event)}/retirar", follow_redirects=True)
    assert answer.status_code == 200
    assert client.get(f"/eventos/{event.slug}").status_code == 200


def test_cancelling_asks_first_and_stays_visible(organiser, event, client):
    assert "¿Cancelar" in organiser.get(f"{summary(event)}/cancelar").text
    organiser.post(f"{summary(event)}/cancelar")
    page = client.get(f"/eventos/{event.slug}")
    assert page.status_code == 200
    assert client.post(f"/eventos/{event.slug}/inscripcion", data={}).status_code == 422


@pytest.mark.parametrize("role", [Role.DOOR, Role.READER])
def test_door_and_reader_publish_nothing(event, sign_in, role):
    helper = sign_in(factories.user(role, organisation=event.organisation))
    assert helper.get(summary(event)).status_code == 200
    assert helper.post(f"{summary(event)}/cancelar").status_code == 403


def test_queries_grow_neither_with_events_nor_with_people(organiser, event, count_queries):
    factories.registration(event)
    page = summary(event)

    def statements(address):
        with count_queries() as found:
            assert organiser.get(address).status_code == 200
        return len(found)

    few = statements("/gestion/"), statements(page)
    for _ in range(10):
        factories.event(event.organisation, days=1)
    for _ in range(30):
        factories.registration(event)
    assert (statements("/gestion/"), statements(page)) == few
