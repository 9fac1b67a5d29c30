"""Importing attendance files: what reaches the ledger, confirmations, taking back."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app.attendance import queries
from app.attendance.models import AttendanceEvent, LedgerKind, MeetingImport, MeetingPerson
from app.attendance.services import meeting_files
from app.events.models import Event
from app.permissions import Role
from app.registration.models import Registration
from tests import factories

FILES = Path(__file__).parent / "files"
HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"


@pytest.fixture(autouse=True)
def at_noon(frozen_clock: Any) -> None:
    """It is noon in Lima on the event's first day."""


@pytest.fixture
def event(session: DbSession) -> Event:
    return factories.event()


@pytest.fixture
def office(event: Event, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


@pytest.fixture
def rosa(event: Event) -> Registration:
    return factories.registration(event, email="rosa@example.pe")


@pytest.fixture
def juan(event: Event) -> Registration:
    return factories.registration(
        event, given_names="Juan", first_surname="Huamán", second_surname="Soto", email="juan@example.pe"
    )


def url(event: Event, *rest: object) -> str:
    return "/".join(map(str, [f"/gestion/eventos/{event.slug}/asistencia/archivos", *rest]))


def send(office: FlaskClient, event: Event, content: bytes, name: str = "zoom.csv", **more: str) -> Any:
    return office.post(url(event), data={"file": (BytesIO(content), name), "order": "", **more})


def upload(office: FlaskClient, event: Event, content: bytes, session: DbSession) -> MeetingImport:
    answer = send(office, event, content)
    assert answer.status_code == 303
    return session.get_one(MeetingImport, int(answer.location.rpartition("/")[2]))


def post(office: FlaskClient, event: Event, run: MeetingImport, *rest: object, **data: Any) -> int:
    return office.post(url(event, run.id, *rest), data=data).status_code


def intervals(session: DbSession) -> list[tuple[int, str, str, str]]:
    """Return whom the ledger says to have been there from when to when, and for which file's row."""
    corrected = select(AttendanceEvent.corrects_id).where(AttendanceEvent.corrects_id.is_not(None))
    statement = (
        select(AttendanceEvent)
        .where(AttendanceEvent.kind == LedgerKind.INTERVAL, AttendanceEvent.id.not_in(corrected))
        .order_by(AttendanceEvent.registration_id, AttendanceEvent.starts_at)
    )
    return [
        (one.registration_id, f"{one.starts_at:%H:%M}", f"{one.ends_at:%H:%M}", one.source)
        for one in session.scalars(statement)
        if one.ends_at is not None
    ]


def test_a_zoom_file_becomes_stretches_of_its_sessions(
    office: FlaskClient, event: Event, session: DbSession, rosa: Registration, juan: Registration
) -> None:
    run = upload(office, event, (FILES / "zoom_joins.csv").read_bytes(), session)
    page = unescape(office.get(url(event, run.id)).get_data(as_text=True))
    assert run.session_ids == [event.days[0].sessions[0].id]
    assert ("iPhone de Ana" in page, rosa.listed_name in page, intervals(session)) == (True, True, [])
    assert post(office, event, run, "importar") == 303
    # 9:00-10:30 in Lima, from which five minutes between two joins are left out.
    assert intervals(session) == [
        (rosa.id, "14:00", "14:40", "import"),
        (rosa.id, "14:45", "15:30", "import"),
    ]
    assert queries.attended_minutes_of(rosa) == 85


def test_the_same_file_again_changes_nothing(
    office: FlaskClient, event: Event, session: DbSession, rosa: Registration
) -> None:
    content = (FILES / "teams.csv").read_bytes()
    run = upload(office, event, content, session)
    assert post(office, event, run, "importar") == 303
    before = intervals(session)
    again = upload(office, event, content, session)
    assert (again.id, post(office, event, again, "importar"), intervals(session)) == (run.id, 422, before)


def test_an_import_is_taken_back_by_corrections_and_can_come_again(
    office: FlaskClient, event: Event, session: DbSession, rosa: Registration
) -> None:
    content = (FILES / "teams.csv").read_bytes()
    run = upload(office, event, content, session)
    post(office, event, run, "importar")
    counted = queries.attended_minutes_of(rosa)
    assert (post(office, event, run, "retirar"), post(office, event, run, "retirar")) == (303, 422)
    session.expire_all()
    assert (counted, intervals(session), queries.attended_minutes_of(rosa)) == (84, [], 0)
    assert len(session.scalars(select(AttendanceEvent)).all()) == 4
    again = upload(office, event, content, session)
    assert post(office, event, again, "importar") == 303
    assert queries.attended_minutes_of(rosa) == 84


def test_doubtful_and_unknown_rows_wait_for_the_office(
    office: FlaskClient, event: Event, session: DbSession, juan: Registration
) -> None:
    day = "05/12/2026"
    rows = (
        f"Juan Huamán,,{day} 09:00 AM,{day} 10:30 AM,90\n"
        f"juan h,ajeno@example.pe,{day} 11:00 AM,{day} 11:30 AM,30\n"
    )
    run = upload(office, event, (HEAD + rows).encode(), session)
    doubtful, unknown = session.scalars(select(MeetingPerson).order_by(MeetingPerson.row))
    assert (doubtful.candidates, unknown.candidates) == ([juan.id], [])
    stranger = factories.registration(factories.event())
    chosen = {f"person-{doubtful.id}": juan.id, f"person-{unknown.id}": stranger.id}
    assert post(office, event, run, "importar", **chosen) == 303
    assert intervals(session) == [(juan.id, "14:00", "15:30", "import")]
    # Later, by hand; somebody of another event is refused, and a mistake is taken back.
    assert post(office, event, run, "filas", unknown.id, registration=stranger.id) == 422
    assert post(office, event, run, "filas", unknown.id, registration=juan.id) == 303
    assert queries.attended_minutes_of(juan) == 120
    assert post(office, event, run, "filas", unknown.id, registration="") == 303
    session.expire_all()
    assert queries.attended_minutes_of(juan) == 90


def test_another_zone_is_another_time(
    office: FlaskClient, event: Event, session: DbSession, rosa: Registration
) -> None:
    day = "05/12/2026"
    row = f"Rosa,rosa@example.pe,{day} 04:30 PM,{day} 05:00 PM,30\n"
    run = upload(office, event, (HEAD + row).encode(), session)
    assert run.session_ids == []
    assert post(office, event, run, "importar") == 422
    first = event.days[0].sessions[0].id
    assert post(office, event, run, "sesiones", timezone="Marte/Olympus", sessions=first) == 422
    assert post(office, event, run, "sesiones", timezone="Europe/Madrid", sessions=10**6) == 422
    assert post(office, event, run, "sesiones", timezone="Europe/Madrid", sessions=first) == 303
    assert post(office, event, run, "importar") == 303
    assert intervals(session) == [(rosa.id, "14:30", "15:00", "import")]


def test_a_file_without_times_is_of_one_session(
    office: FlaskClient, event: Event, session: DbSession, rosa: Registration
) -> None:
    run = upload(office, event, (FILES / "zoom_people.csv").read_bytes(), session)
    first, second = (one.id for one in event.days[0].sessions)
    assert post(office, event, run, "sesiones", timezone="America/Lima", sessions=[first, second]) == 422
    assert post(office, event, run, "sesiones", timezone="America/Lima", sessions=[second]) == 303
    assert post(office, event, run, "importar") == 303
    # 88 minutes, of which the session has 60.
    assert intervals(session) == [(rosa.id, "16:00", "17:00", "import")]


def test_a_faulty_file_is_refused_by_row_and_column(
    office: FlaskClient, event: Event, session: DbSession
) -> None:
    rows = "Rosa,a@b.pe,05/12/2026 10:00 AM,05/12/2026 09:00 AM,60\n"
    answer = send(office, event, (HEAD + rows).encode())
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "zoom.csv: no se puede leer 1 fila. No se importó nada." in page
    assert "Es anterior a la hora de entrada." in page
    assert session.scalars(select(MeetingImport)).all() == []
    ambiguous = "Rosa,a@b.pe,06/07/2026 09:00 AM,06/07/2026 10:00 AM,60\n"
    assert send(office, event, (HEAD + ambiguous).encode()).status_code == 422
    assert send(office, event, (HEAD + ambiguous).encode(), order="dmy").status_code == 303
    assert send(office, event, b"").status_code == 422


def test_files_are_the_office_s_alone(
    app: Any, office: FlaskClient, event: Event, session: DbSession, sign_in: Callable[..., FlaskClient]
) -> None:
    run = upload(office, event, (FILES / "zoom_joins.csv").read_bytes(), session)
    door = sign_in(factories.user(Role.DOOR, organisation=event.organisation))
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert (door.get(url(event, run.id)).status_code, reader.get(url(event, run.id)).status_code) == (
        403,
        200,
    )
    assert reader.post(url(event, run.id, "importar")).status_code == 403
    other = factories.event(event.organisation)
    assert office.get(url(other, run.id)).status_code == 404


def test_who_was_nobody_is_forgotten_after_half_a_year(
    office: FlaskClient, event: Event, session: DbSession, rosa: Registration
) -> None:
    day = "05/12/2026"
    rows = "".join(
        f"{name},{day} 09:00 AM,{day} 10:00 AM,60\n" for name in ("Rosa,rosa@example.pe", "Nadie,x@y.pe")
    )
    run = upload(office, event, (HEAD + rows).encode(), session)
    post(office, event, run, "importar")
    draft = upload(office, event, (HEAD + rows + "\n").encode(), session)
    credited = intervals(session)
    sent = run.created_at
    assert meeting_files.forget_nobody(at=sent + timedelta(days=180)) == 0
    assert meeting_files.forget_nobody(at=sent + timedelta(days=180, seconds=1)) == 3
    session.expire_all()
    left = session.scalars(select(MeetingPerson)).all()
    assert [(one.import_id, one.registration_id) for one in left] == [(run.id, rosa.id)]
    assert (intervals(session), session.get_one(MeetingImport, draft.id).state) == (credited, "draft")


def test_queries_do_not_grow_with_rows(
    office: FlaskClient, event: Event, session: DbSession, count_queries: Any
) -> None:
    def asked(people: int) -> int:
        rows = ""
        for number in range(people):
            person = factories.registration(event)
            rows += f"{person.full_name},,05/12/2026 09:00 AM,05/12/2026 09:{10 + number} AM,{10 + number}\n"
            rows += f"Rosa Quispe{number},,05/12/2026 09:00 AM,05/12/2026 10:00 AM,60\n"
        run = upload(office, event, (HEAD + rows).encode(), session)
        session.expire_all()
        with count_queries() as statements:
            office.get(url(event, run.id))
            post(office, event, run, "importar")
        return len(statements)

    assert asked(1) == asked(30)
