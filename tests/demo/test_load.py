"""The demonstration: loaded once, never over other data, and with something on whenever one looks."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import MetaData, func, select

from app import clock, unit_of_work
from app.accounts.models import Organisation, User
from app.attendance import services as attendance
from app.certificates.models import Certificate
from app.cli.demo import load, programme, tasks
from app.events.models import Event
from app.extensions import db
from app.live import queries as live
from app.mail import services as mail
from app.mail.models import OutgoingLetter
from app.registration import queries as registrations
from app.registration import services
from app.registration.models import Registration
from tests import factories
from tests.conftest import NOON
from tests.demo.conftest import application, run, told

LIMA = ZoneInfo("America/Lima")
TODAY = NOON.astimezone(LIMA).date()


def counts():
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in metadata.sorted_tables
        }


def event(slug):
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def test_a_second_load_changes_nothing(demo):
    before, links = counts(), told(demo)
    with clock.freeze(NOON + timedelta(hours=3)):
        assert run(demo, "demo", "load") == "The demonstration is loaded.\n"
    assert (counts(), told(demo)) == (before, links)


def test_what_it_holds(demo):
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 3
    assert set(db.session.scalars(select(Event.slug))) == {
        "semana-gobierno-abierto-2024",
        "semana-gobierno-abierto",
        "taller-gobernanza-lideres",
        "programa-gestion-publica",
    }
    assert (event(programme.PAST.slug).starts_on, event(programme.PAST.slug).ends_on) == (
        date(2024, 5, 28),
        date(2024, 5, 30),
    )
    assert event(programme.TODAY.slug).starts_on == TODAY
    assert [day.title for day in event(programme.TODAY.slug).days] == [
        "Gobierno Abierto: Logros, Iniciativas y Retos en Perú",
        "Mejora de la calidad de los servicios en el marco de gobierno abierto",
        "Calidad Regulatoria y Gobierno Abierto: Impulsando la Participación Ciudadana en Perú",
    ]


def test_people_are_invented_and_numbered_from_one(demo):
    numbers = set(db.session.scalars(select(Registration.document_number)))
    assert "00000001" in numbers
    assert max(numbers) < "00000200"
    assert {address.partition("@")[2] for address in db.session.scalars(select(Registration.email))} == {
        "demo.example"
    }


def test_one_letter_is_in_the_letter_box_and_says_where_its_owner_stands(demo):
    letters = list(db.session.scalars(select(OutgoingLetter)))
    assert len(letters) == 1
    mail.deliver_due()
    client = demo.test_client()
    name = re.search(r'href="/buzon/([^"]+)"', client.get("/buzon").text)[1]
    page = client.get(f"/buzon/{name}")
    assert page.status_code == 200
    assert told(demo)["personal_link"] in page.text
    assert client.get(f"/buzon/{name}/html").status_code == 200
    assert client.get("/buzon/../../secret.key").status_code == 404


def test_the_links_are_private_and_work(demo):
    path = demo.config["INSTANCE"] / "demo.json"
    assert path.stat().st_mode & 0o777 == 0o600
    page = demo.test_client().get(told(demo)["personal_link"])
    assert page.status_code == 200
    assert "Rosa" in page.text
    printed = run(demo, "demo", "links")
    assert told(demo)["personal_link"] in printed


def test_everybody_can_sign_in(demo):
    shown = told(demo)["sign_ins"]
    assert [person["role"] for person in shown] == ["administrator", "organiser", "door", "reader"]
    for person in shown:
        client = demo.test_client()
        form = {"email": person["email"], "password": person["password"]}
        answer = client.post("/gestion/entrar", data=form)
        assert (answer.status_code, answer.location) == (302, "/gestion/")


def test_certificates_of_the_past_event_verify(demo):
    certificates = list(db.session.scalars(select(Certificate)))
    assert len(certificates) >= 20
    client = demo.test_client()
    page = client.get(f"/verificar/{certificates[0].code}")
    assert page.status_code == 200
    assert certificates[0].printed_name in page.text


def test_every_public_page_opens(demo):
    client = demo.test_client()
    for slug in db.session.scalars(select(Event.slug)):
        for page in ("", "/inscripcion", "/agenda.ics"):
            assert client.get(f"/eventos/{slug}{page}").status_code == 200


@pytest.mark.parametrize("row", [factories.organisation, factories.user])
def test_other_data_are_left_alone(own_database, tmp_path, row):
    app = application(own_database, tmp_path)
    with app.app_context():
        row()
        before = counts()
        result = app.test_cli_runner().invoke(args=["demo", "load"])
        assert result.exit_code == 1
        assert "Error: This database holds other data" in result.output
        assert "Traceback" not in result.output
        assert counts() == before
        assert not (tmp_path / "demo.json").exists()
        db.session.remove()
        db.engine.dispose()


def test_a_load_that_fails_leaves_nothing(own_database, tmp_path, monkeypatch):
    app = application(own_database, tmp_path)
    monkeypatch.setattr(load, "_keep_one_letter", lambda _event: 1 / 0)
    with app.app_context():
        before = counts()
        assert app.test_cli_runner().invoke(args=["demo", "load"]).exit_code == 1
        assert counts() == before
        db.session.remove()
        db.engine.dispose()


def sessions_at(now):
    """Return start and end of the present event's first sessions as they are when it is loaded at `now`."""
    shift = load._shift(now)
    return [
        (load._lima(now.date(), one.start) + shift, load._lima(now.date(), one.end) + shift, one.online)
        for one in programme.TODAY.days[0].sessions
    ]


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("minute", [0, 14, 29, 30, 31, 59])
def test_whenever_it_is_loaded_a_room_can_be_entered(hour, minute):
    now = datetime.combine(TODAY, time(hour, minute), LIMA)
    sessions = sessions_at(now)
    opened = [
        start for start, end, online in sessions if online and start - timedelta(minutes=15) <= now < end
    ]
    assert opened
    assert {start.date() for start, _end, _online in sessions} == {TODAY}
    assert max(end for _start, end, _online in sessions) <= load._lima(TODAY + timedelta(days=1), time(0))


def open_rooms(at):
    sessions = [one for day in event(programme.TODAY.slug).days for one in day.sessions]
    return live.now(sessions, at=at).rooms


def test_at_noon_a_room_is_open(demo):
    client = demo.test_client()
    [room] = open_rooms(NOON)
    with clock.freeze(NOON):
        page = client.get(f"{told(demo)['personal_link']}/sala/{room.id}")
    assert page.status_code == 200
    assert room.online_url in page.text


@pytest.fixture
def undone(demo):
    """Undo what a test moves."""
    yield
    db.session.rollback()


@pytest.mark.parametrize("hours", [0, 1, 3])
def test_while_something_is_on_it_stays_where_it_is(demo, undone, hours):
    assert not load.bring_to_today(at=NOON + timedelta(hours=hours))


def test_once_its_sessions_are_over_they_begin_again(demo, undone):
    at = NOON + timedelta(hours=5)
    assert open_rooms(at) == []
    assert load.bring_to_today(at=at)
    db.session.flush()
    assert open_rooms(at)
    assert event(programme.TODAY.slug).starts_on == TODAY


def test_what_somebody_has_attended_stays_until_tomorrow(demo, undone):
    [room] = open_rooms(NOON)
    person = load.main_participant()
    attendance.beat(person, room, device="a" * 16, at=NOON + timedelta(minutes=5))
    assert not load.bring_to_today(at=NOON + timedelta(hours=5))
    assert load.bring_to_today(at=NOON + timedelta(hours=24))


@pytest.mark.parametrize("days", [1, 2, 3, 400])
@pytest.mark.parametrize("hour", [0, 7, 13, 22, 23.8])
def test_later_it_is_brought_to_the_day_and_the_hour(demo, undone, days, hour):
    at = load._lima(TODAY + timedelta(days=days), time(0)) + timedelta(hours=hour)
    assert load.bring_to_today(at=at)
    db.session.flush()
    db.session.expire_all()
    moved = event(programme.TODAY.slug)
    assert [day.date for day in moved.days] == [at.date() + timedelta(days=number) for number in range(3)]
    for day in moved.days:
        assert {one.starts_at.astimezone(LIMA).date() for one in day.sessions} == {day.date}
    assert open_rooms(at.astimezone(UTC))
    assert [one.title for one in moved.days[0].sessions][:2] == [
        "Inauguración",
        "Panel: avances del V Plan de Acción",
    ]
    assert not load.bring_to_today(at=at)


def test_the_worker_brings_it_to_today(demo):
    moved = []

    def look(*, at):
        moved.append(at)
        return True

    with pytest.MonkeyPatch.context() as patch, clock.freeze(NOON + timedelta(days=5)):
        patch.setattr(load, "keep_up_to_date", look)
        patch.setattr("app.jobs._bound", {"app": demo})
        tasks.keep_up_to_date.call_local()
        patch.setitem(demo.config, "DEMO", False)
        tasks.keep_up_to_date.call_local()
    assert moved == [NOON + timedelta(days=5)]


def test_an_installation_without_it_is_left_alone(session):
    with unit_of_work.transaction():
        assert load.keep_up_to_date(at=NOON) is False
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_the_workshop_and_the_programme_ask_with_forms_of_their_own(demo):
    asked = {
        plan.slug: [version.field.key for version in registrations.current_fields(form)]
        for plan in (programme.WORKSHOP, programme.PROGRAMME)
        for form in registrations.forms_of(event(plan.slug))
    }
    shipped = services.shipped()
    assert asked == {
        programme.WORKSHOP.slug: [key for key, _facts in shipped["community"].fields],
        programme.PROGRAMME.slug: [key for key, _facts in shipped["training"].fields] + ["grupo-de-trabajo"],
    }
    group = registrations.questions_of(event(programme.PROGRAMME.slug))[-1]
    assert registrations.chosen(group.field) == dict.fromkeys(
        ("imaza", "manseriche", "urarinas", "condorcanqui", "datem"), 6
    )
