"""The office's pages of an event."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Organisation, Unit
from app.events import queries
from app.events.models import Day, Event, EventStatus, Room, Session, Speaker
from app.extensions import db
from app.permissions import Role
from tests import factories


@pytest.fixture
def body(session: Any) -> Organisation:
    return factories.organisation("Municipalidad de Paracas", slug="paracas")


@pytest.fixture
def event(body: Organisation) -> Event:
    return factories.event(body, slug="semana", title="Semana abierta", status=EventStatus.DRAFT)


@pytest.fixture
def alice(body: Organisation, sign_in: Any) -> FlaskClient:
    return sign_in(factories.user(Role.ORGANISER, organisation=body))


GOOD = {
    "title": "Semana de Gobierno Abierto",
    "slug": "",
    "summary": "Tres días",
    "modality": "virtual",
    "timezone": "America/Lima",
    "capacity": "50",
    "registration_opens_at": "2026-05-01T08:00",
    "registration_closes_at": "2026-05-11T23:59",
    "hours": "6",
    "hour_unit": "chronological",
    "minimum_percent": "75",
    "first_day": "2026-05-12",
    "last_day": "2026-05-14",
}
SESSION = {"title": "Inauguración", "kind": "talk", "starts": "09:00", "ends": "10:30", "room_id": ""}


def test_an_event_is_created_with_its_days_and_an_address_made_of_its_title(
    alice: FlaskClient, body: Organisation
) -> None:
    unit = Unit(organisation=body, name="Secretaría")
    db.session.add(unit)
    db.session.commit()
    page = alice.get("/gestion/eventos/nuevo")
    assert page.status_code == 200
    answer = alice.post("/gestion/eventos/nuevo", data=GOOD | {"owner": f"{body.id}-{unit.id}"})
    assert (answer.status_code, answer.location) == (
        303,
        "/gestion/eventos/semana-de-gobierno-abierto/agenda",
    )
    made = db.session.scalars(select(Event)).one()
    assert (made.organisation_id, made.unit_id, made.status, len(made.days)) == (body.id, unit.id, "draft", 3)
    assert made.registration_opens_at is not None
    assert made.registration_opens_at.isoformat() == "2026-05-01T13:00:00+00:00"
    assert (made.capacity, float(made.hours or 0), made.minimum_percent) == (50, 6.0, 75)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "\u200b\u202e"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "x" * 10_000}, "title"),
        ({"slug": "Con Espacios"}, "slug"),
        ({"slug": "nuevo"}, "slug"),
        ({"slug": "tomado"}, "slug"),
        ({"modality": "nada"}, "modality"),
        ({"timezone": "America/Limo"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"capacity": "-1"}, "capacity"),
        ({"capacity": "1.5"}, "capacity"),
        ({"capacity": "9" * 6000}, "capacity"),
        ({"capacity": "muchos"}, "capacity"),
        ({"hours": "-1"}, "hours"),
        ({"hours": "NaN"}, "hours"),
        ({"hours": "1e999999"}, "hours"),
        ({"minimum_percent": "101"}, "minimum_percent"),
        ({"minimum_percent": ""}, "minimum_percent"),
        ({"first_day": "2026-13-40"}, "first_day"),
        ({"first_day": "0001-01-01"}, "first_day"),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "first_day"),
        ({"last_day": "2026-05-11"}, "last_day"),
        ({"last_day": "2026-12-31"}, "last_day"),
        ({"last_day": ""}, "last_day"),
        ({"registration_closes_at": "2026-05-01T08:00"}, "registration_closes_at"),
        ({"registration_closes_at": "0001-01-01T00:00"}, "registration_closes_at"),
        ({"registration_opens_at": "mañana"}, "registration_opens_at"),
        ({"contact_email": "no es correo"}, "contact_email"),
        ({"owner": "999999"}, "owner"),
        ({"owner": ""}, "owner"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    alice: FlaskClient, body: Organisation, wrong: dict[str, str], field: str
) -> None:
    factories.event(slug="tomado")
    data = GOOD | {"owner": str(body.id), "venue_name": "Auditorio <Ñ>"} | wrong
    answer = alice.post("/gestion/eventos/nuevo", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Auditorio &lt;Ñ&gt;"' in answer.text
    assert db.session.scalars(select(Event.slug)).all() == ["tomado"]


def test_one_cannot_create_for_others(alice: FlaskClient, event: Event, sign_in: Any) -> None:
    other = factories.organisation()
    answer = alice.post("/gestion/eventos/nuevo", data=GOOD | {"owner": str(other.id)})
    assert answer.status_code == 422
    only_this_event = sign_in(factories.user(Role.ORGANISER, event=event))
    assert only_this_event.get("/gestion/eventos/nuevo").status_code == 403
    assert only_this_event.get("/gestion/eventos/semana/configuracion").status_code == 200
    assert only_this_event.get("/gestion/eventos/semana/duplicar").status_code == 403


PAGES = [
    "configuracion",
    "duplicar",
    "agenda",
    "agenda/dias/{day}",
    "agenda/sesiones/nueva",
    "agenda/sesiones/{session}",
    "agenda/ponentes/nuevo",
    "agenda/ponentes/{speaker}",
    "agenda/salas/nueva",
    "agenda/salas/{room}",
]


@pytest.mark.parametrize("page", PAGES)
def test_who_opens_the_pages(alice: FlaskClient, event: Event, sign_in: Any, client: Any, page: str) -> None:
    ids = {
        "day": event.days[0].id,
        "session": event.days[0].sessions[0].id,
        "speaker": factories.speaker(event).id,
        "room": factories.room(event).id,
    }
    path = f"/gestion/eventos/semana/{page.format(**ids)}"
    stranger = sign_in(factories.user(Role.ADMINISTRATOR, organisation=factories.organisation()))
    door = sign_in(factories.user(Role.DOOR, organisation=event.organisation))
    assert client.get(path).status_code == 302
    assert alice.get(path).status_code == 200
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data=SESSION).status_code in {404, 405}
    assert door.get(path).status_code == 403


@pytest.mark.parametrize(
    "page",
    ["agenda/dias/{day}", "agenda/sesiones/{session}", "agenda/ponentes/{speaker}", "agenda/salas/{room}"],
)
def test_a_part_of_another_event_does_not_exist(alice: FlaskClient, event: Event, page: str) -> None:
    foreign = factories.event()
    ids = {
        "day": foreign.days[0].id,
        "session": foreign.days[0].sessions[0].id,
        "speaker": factories.speaker(foreign).id,
        "room": factories.room(foreign).id,
    }
    path = f"/gestion/eventos/semana/{page.format(**ids)}"
    assert alice.get(path).status_code == 404
    for action in ("", "/eliminar", "/quitar"):
        assert alice.post(path + action, data=SESSION).status_code in {404, 405}


def test_settings_are_saved_and_shown_in_the_event_s_zone(alice: FlaskClient, event: Event) -> None:
    path = "/gestion/eventos/semana/configuracion"
    answer = alice.post(path, data=GOOD | {"slug": "semana-2026", "timezone": "America/Bogota"})
    assert (answer.status_code, answer.location) == (303, "/gestion/eventos/semana-2026/configuracion")
    page = alice.get(answer.location)
    assert 'value="2026-05-01T08:00"' in page.text
    assert alice.post(answer.location, data=GOOD | {"capacity": "-5"}).status_code == 422


def test_the_address_of_a_published_event_cannot_be_changed(alice: FlaskClient, body: Organisation) -> None:
    factories.event(body, slug="publicado")
    path = "/gestion/eventos/publicado/configuracion"
    assert alice.post(path, data=GOOD | {"slug": "otro"}).location == path


def test_a_session_is_added_edited_and_deleted(alice: FlaskClient, event: Event) -> None:
    day = event.days[2]
    path = "/gestion/eventos/semana/agenda/sesiones"
    page = alice.get(f"{path}/nueva?dia={day.id}")
    assert f'<option selected value="{day.id}">' in page.text
    data = SESSION | {
        "day_id": str(day.id),
        "online_url": "https://meet.example.org/abc?x=1",
        "speakers-0-name": "Ana Ñahui",
        "speakers-0-role": "moderator",
        "speakers-1-name": "",
        "speakers-1-role": "speaker",
        "speakers-2-name": "Luis",
        "speakers-2-role": "speaker",
    }
    answer = alice.post(f"{path}/nueva", data=data)
    made = db.session.scalars(select(Session).where(Session.title == "Inauguración")).one()
    assert (answer.status_code, answer.location) == (303, f"/gestion/eventos/semana/agenda#sesion-{made.id}")
    assert made.starts_at.isoformat() == "2026-05-14T14:00:00+00:00"
    assert [one.speaker.name for one in made.appearances] == ["Ana Ñahui", "Luis"]
    page = alice.get(f"{path}/{made.id}")
    assert 'value="Ana Ñahui"' in page.text
    assert 'value="10:30"' in page.text
    alice.post(f"{path}/{made.id}", data=data | {"title": "Clausura", "speakers-0-name": ""})
    db.session.expire_all()
    assert (made.title, [one.speaker.name for one in made.appearances]) == ("Clausura", ["Luis"])
    assert alice.post(f"{path}/{made.id}/eliminar").status_code == 303
    assert queries.session_of(event, made.id) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"ends": "09:00"}, "ends"),
        ({"ends": "08:00"}, "ends"),
        ({"starts": "25:00"}, "starts"),
        ({"starts": ""}, "starts"),
        ({"day_id": "999999"}, "day_id"),
        ({"day_id": "x"}, "day_id"),
        ({"kind": "x"}, "kind"),
        ({"room_id": "77"}, "room_id"),
        ({"room_id": "x"}, "room_id"),
        ({"online_url": "http://meet.example/x"}, "online_url"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"online_url": "https://user:pass@meet.example/"}, "online_url"),
        ({"online_url": "https://"}, "online_url"),
        ({"online_url": "https://[::1"}, "online_url"),
        ({"online_url": "//meet.example/x"}, "online_url"),
        ({"online_url": 'https://meet.example/"onload="x'}, "online_url"),
        ({"speakers-1-name": "Ana"}, "speakers"),
        ({"speakers-0-name": "x" * 161}, "speakers-0-name"),
        ({"speakers-0-role": "jefe"}, "speakers-0-role"),
    ],
)
def test_a_session_that_cannot_be_is_refused_at_its_field(
    alice: FlaskClient, event: Event, wrong: dict[str, str], field: str
) -> None:
    data = SESSION | {
        "day_id": str(event.days[0].id),
        "abstract": "De qué se trata",
        "speakers-0-name": "Ana",
        "speakers-0-role": "speaker",
        "speakers-1-role": "speaker",
    }
    answer = alice.post("/gestion/eventos/semana/agenda/sesiones/nueva", data=data | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "De qué se trata" in answer.text
    assert len(queries.sessions_of(event.id)) == 6


def test_a_session_may_last_until_midnight(alice: FlaskClient, event: Event) -> None:
    path = "/gestion/eventos/semana/agenda/sesiones"
    data = SESSION | {"day_id": str(event.days[2].id), "starts": "22:45", "ends": "00:00"}
    assert alice.post(f"{path}/nueva", data=data).status_code == 303
    made = db.session.scalars(select(Session).where(Session.title == "Inauguración")).one()
    assert made.ends_at.isoformat() == "2026-05-15T05:00:00+00:00"
    assert 'value="00:00"' in alice.get(f"{path}/{made.id}").text
    assert alice.post(f"{path}/{made.id}", data=data | {"starts": "00:00"}).status_code == 303
    db.session.expire_all()
    assert made.minutes == 24 * 60


def test_clashes_warn_and_do_not_block(alice: FlaskClient, event: Event) -> None:
    room = factories.room(event, "Sala A", capacity=20)
    event.capacity = 50
    db.session.commit()
    data = SESSION | {"day_id": str(event.days[0].id), "room_id": str(room.id)}
    for title in ("Panel <uno>", "Panel dos"):
        answer = alice.post("/gestion/eventos/semana/agenda/sesiones/nueva", data=data | {"title": title})
        assert answer.status_code == 303
    page = alice.get("/gestion/eventos/semana/agenda").text
    assert "Panel &lt;uno&gt;" in page
    assert page.count('class="alert warn"') == 1


def test_days_are_added_retitled_and_removed(alice: FlaskClient, event: Event) -> None:
    path = "/gestion/eventos/semana/agenda/dias"
    assert alice.post(path, data={"date": "2026-05-15", "title": "Cierre"}).status_code == 303
    answer = alice.post(path, data={"date": "2026-05-15", "title": "Otro"})
    assert answer.status_code == 422
    assert 'id="date-error"' in answer.text
    assert 'value="Otro"' in answer.text
    assert alice.post(path, data={"date": "", "title": ""}).status_code == 422
    day = db.session.scalars(select(Day).where(Day.title == "Cierre")).one()
    alice.post(f"{path}/{day.id}", data={"title": "Clausura"})
    db.session.expire_all()
    assert day.title == "Clausura"
    assert alice.post(f"{path}/{day.id}/quitar").status_code == 303
    answer = alice.post(f"{path}/{event.days[0].id}/quitar")
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert len(queries.with_agenda(event.id).days) == 3


def test_speakers_and_rooms(alice: FlaskClient, event: Event) -> None:
    path = "/gestion/eventos/semana/agenda"
    alice.post(f"{path}/ponentes/nuevo", data={"name": "Ana", "position": "Jefa", "entity": "PCM"})
    speaker = db.session.scalars(select(Speaker)).one()
    assert alice.post(f"{path}/ponentes/{speaker.id}", data={"name": ""}).status_code == 422
    alice.post(f"{path}/ponentes/{speaker.id}", data={"name": "Ana Ñ", "position": ""})
    db.session.expire_all()
    assert (speaker.name, speaker.position) == ("Ana Ñ", "")
    for name, capacity, status in [("A", "10", 303), ("A", "", 422), ("B", "0", 422), ("B", "", 303)]:
        answer = alice.post(f"{path}/salas/nueva", data={"name": name, "capacity": capacity})
        assert answer.status_code == status
    first, second = db.session.scalars(select(Room).order_by(Room.name)).all()
    assert alice.post(f"{path}/salas/{second.id}", data={"name": "A"}).status_code == 422
    session = queries.sessions_of(event.id)[0]
    session.room_id = first.id
    db.session.commit()
    answer = alice.post(f"{path}/salas/{first.id}/eliminar")
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert alice.post(f"{path}/salas/{second.id}/eliminar").status_code == 303
    assert alice.post(f"{path}/ponentes/{speaker.id}/eliminar").status_code == 303
    assert db.session.scalars(select(Speaker)).all() == []


def test_a_copy_is_made(alice: FlaskClient, event: Event) -> None:
    path = "/gestion/eventos/semana/duplicar"
    answer = alice.post(path, data={"title": "Semana abierta 2027", "first_day": "2027-05-11"})
    assert (answer.status_code, answer.location) == (303, "/gestion/eventos/semana-abierta-2027/agenda")
    answer = alice.post(path, data={"title": "Semana abierta 2027", "first_day": "2027-05-11"})
    assert answer.status_code == 422
    assert 'id="slug-error"' in answer.text


@pytest.mark.parametrize("days", [1, 15])
def test_the_agenda_takes_the_same_number_of_queries(
    sign_in: Any, body: Organisation, count_queries: Any, session: Any, days: int
) -> None:
    factories.event(body, days=days, slug="abierto")
    alice = sign_in(factories.user(Role.ORGANISER, organisation=body))
    session.expire_all()
    with count_queries() as statements:
        assert alice.get("/gestion/eventos/abierto/agenda").status_code == 200
    assert len(statements) == 7
