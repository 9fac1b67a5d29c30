"""The room of a session, as a participant meets it over the day."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.extensions import limiter
from app.registration import queries
from app.registration.models import RegistrationStatus
from tests import factories

YOUTUBE = "https://youtu.be/dQw4w9WgXcQ"
DEVICE = "0123456789abcdef0123"


def address(person, talk):
    return f"/mi/{queries.personal_token(person)}/sala/{talk.id}"


def at(talk, minutes) -> datetime:
    return talk.starts_at + timedelta(minutes=minutes)


def get(client, person, talk, minutes, query=""):
    with clock.freeze(at(talk, minutes)):
        return client.get(address(person, talk) + query)


def beat(client, person, talk, minutes, device=DEVICE):
    with clock.freeze(at(talk, minutes)):
        return client.post(f"{address(person, talk)}/presencia", data={"device": device})


def test_before_a_quarter_of_an_hour_the_address_is_not_shown(client, person, talk):
    page = get(client, person, talk, -16)
    assert page.status_code == 200
    assert "La sala se abre a las 2:45" in page.text
    assert "meet.jit.si" not in page.text


@pytest.mark.parametrize("minutes", [-15, 0, 59])
def test_while_it_is_open_there_is_a_way_in(client, person, talk, minutes):
    page = get(client, person, talk, minutes)
    assert 'href="https://meet.jit.si/sala"' in page.text
    assert "Entrar a la sala en Jitsi Meet" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_afterwards_it_tells_what_was_attended(client, person, talk):
    for minute in range(10):
        beat(client, person, talk, minute)
    page = get(client, person, talk, 60)
    assert "Asistió a 10 de 60 minutos." in page.text
    assert "meet.jit.si" not in page.text


def test_a_player_is_loaded_only_once_it_is_asked_for(client, person, event):
    talk = factories.session(event, event.days[0], hour=15, online_url=YOUTUBE)
    closed = get(client, person, talk, 5)
    assert "<iframe" not in closed.text
    assert "frame-src" not in closed.headers["Content-Security-Policy"]
    playing = get(client, person, talk, 5, "?ver=1")
    assert 'src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"' in playing.text
    assert "frame-src https://www.youtube-nocookie.com" in playing.headers["Content-Security-Policy"]
    assert playing.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_beats_count_minutes_over_devices_once(client, person, talk):
    answers = [
        beat(client, person, talk, minute, device).json
        for minute in range(3)
        for device in (DEVICE, "f" * 20)
    ]
    assert answers[-1] == {"minutes": 3, "of": 60, "open": True, "asked": False}


def test_a_lost_beat_is_forgiven_and_a_long_silence_is_not(client, person, talk):
    for minute in (0, 2, 30):
        last = beat(client, person, talk, minute)
    assert last.json["minutes"] == 4


def test_beats_by_the_dozen_are_refused(client, person, talk):
    limiter.enabled = True
    answers = [beat(client, person, talk, 0, f"{number:020x}").status_code for number in range(21)]
    assert answers == [200] * 20 + [429]
    assert beat(client, factories.registration(person.event), talk, 0).status_code == 200


def test_the_button_does_the_same_without_a_script(client, person, talk):
    for minute in (0, 9):
        answer = beat(client, person, talk, minute, device="")
        assert (answer.status_code, answer.location) == (303, f"{address(person, talk)}?anotado=1")
    assert "Lleva 10 de 60 minutos" in get(client, person, talk, 10).text


def test_beats_outside_the_session_count_nothing(client, person, talk):
    assert beat(client, person, talk, -10).json["minutes"] == 0
    assert beat(client, person, talk, 60).json == {"minutes": 0, "of": 60, "open": False, "asked": False}
    assert beat(client, person, talk, -30).json["open"] is False


@pytest.mark.parametrize("status", [RegistrationStatus.WAITLISTED, RegistrationStatus.CANCELLED])
def test_without_a_seat_there_is_no_room(client, event, talk, status):
    person = factories.registration(event, status=status)
    assert get(client, person, talk, 0).status_code == 404
    assert beat(client, person, talk, 0).status_code == 404


def test_rooms_of_other_events_and_sessions_without_one_are_not_found(client, person, event):
    other = factories.event(days=1)
    foreign = factories.session(other, other.days[0], online_url="https://meet.jit.si/otra")
    assert get(client, person, foreign, 0).status_code == 404
    assert get(client, person, event.days[0].sessions[0], 0).status_code == 404


def test_a_forged_token_opens_nothing(client, person, talk):
    with clock.freeze(at(talk, 0)):
        assert client.get(f"/mi/{'A' * 32}/sala/{talk.id}").status_code == 404


def test_the_personal_page_leads_to_the_open_room(client, person, talk):
    with clock.freeze(at(talk, 5)):
        page = client.get(f"/mi/{queries.personal_token(person)}")
    assert f'href="{address(person, talk)}"' in page.text


def test_a_beat_costs_the_same_after_many(client, person, talk, count_queries):
    def statements(minute):
        page = f"{address(person, talk)}/presencia"
        with clock.freeze(at(talk, minute)), count_queries() as found:
            client.post(page, data={"device": DEVICE})
        return len(found)

    few = statements(0)
    for minute in range(1, 30, 5):
        beat(client, person, talk, minute)
    assert statements(40) == few
