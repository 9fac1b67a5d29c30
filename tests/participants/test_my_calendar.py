"""One calendar of all events of an address, to be subscribed to."""

from typing import Any

import icalendar
import pytest

from app import clock
from app.participants import links
from app.registration import queries, services
from app.registration.models import Enrolment, RegistrationStatus
from tests import factories
from tests.conftest import NOON

ADDRESS = "rosa@example.pe"


@pytest.fixture
def person(session: Any, frozen_clock: Any) -> Any:
    return someone("Semana", "Apertura")


def someone(event_title: str, *titles: str, **values: Any) -> Any:
    event = factories.event(title=event_title)
    for hour, title in enumerate(titles, 9):
        factories.session(event, event.days[0], hour=hour, title=title)
    return factories.registration(event, email=ADDRESS, **values)


def path() -> str:
    return f"/mis-eventos/{links.feed_token(queries.of_email(ADDRESS))}/agenda.ics"


def titles(client: Any, address: str = "") -> list[str]:
    answer = client.get(address or path())
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    read = icalendar.Calendar.from_ical(answer.data)
    found = sorted(str(entry["summary"]) for entry in read.walk("VEVENT"))
    return [title for title in found if not title.startswith("Sesión")]  # those that every made event has


def test_it_holds_the_sessions_of_all_events_that_somebody_takes_part_in(
    client: Any, session: Any, person: Any
) -> None:
    other = someone("Foro", "Taller", "Panel")
    someone("Curso", "Clase", status=RegistrationStatus.WAITLISTED)
    taller = next(one for day in other.event.days for one in day.sessions if one.title == "Taller")
    factories.enrollable(taller)
    assert titles(client) == ["Apertura", "Panel"]
    session.add(Enrolment(session_id=taller.id, registration_id=other.id, status="enrolled", created_at=NOON))
    session.commit()
    assert titles(client) == ["Apertura", "Panel", "Taller"]


def test_people_who_share_an_address_and_a_session_have_it_once(
    client: Any, session: Any, person: Any
) -> None:
    factories.registration(person.event, email=ADDRESS)
    assert titles(client) == ["Apertura"]


def test_the_page_leads_to_it_and_it_does_not_end_by_itself(
    client: Any, person: Any, frozen_clock: Any
) -> None:
    page = client.get(f"/mis-eventos/{links.token_for(queries.of_email(ADDRESS), at=NOON)}").text
    assert path() in page
    with clock.freeze(NOON.replace(year=2027)):
        assert titles(client) == ["Apertura"]


def test_it_dies_with_the_personal_links_and_forged_ones_open_nothing(
    client: Any, session: Any, person: Any
) -> None:
    former = path()
    services.renew_link(person, at=NOON)
    session.commit()
    week = links.token_for(queries.of_email(ADDRESS), at=NOON)
    odd = [
        former,
        f"/mis-eventos/{week}/agenda.ics",
        "/mis-eventos/AAAA/agenda.ics",
        "/mis-eventos/á/agenda.ics",
    ]
    assert [client.get(one).status_code for one in odd] == [404] * 4
    assert titles(client) == ["Apertura"]


def test_the_number_of_queries_does_not_grow(
    client: Any, session: Any, person: Any, count_queries: Any
) -> None:
    def statements() -> int:
        session.expire_all()
        with count_queries() as found:
            client.get(address)
        return len(found)

    address = path()
    few = statements()
    for number in range(8):
        someone(f"Evento {number}", "Uno", "Dos")
    assert len(titles(client, address)) == 17
    assert statements() == few
