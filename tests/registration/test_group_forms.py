"""A group whose people fill in a form of the event's own: its questions, limits and reviews, line by line."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.permissions import Role
from app.registration import queries, services
from app.registration.models import Registration
from tests import factories
from tests.conftest import NOON
from tests.factories import asks
from tests.registration.groups import group, row, table, text_of

PLACES = [{"key": "agua", "label": {"es": "Agua"}, "seats": 1}, {"key": "suelo", "label": {"es": "Suelo"}}]
WITH_RUC = {"f_viene": "yes", "f_ruc": "20131312955"}


@pytest.fixture
def event(session: Any, frozen_clock: Any) -> Any:
    return factories.event(slug="foro", registration_closes_at=None)


@pytest.fixture
def form(event: Any) -> Any:
    factories.form(event, slug="publico")
    return factories.form(
        event,
        asks("mesa", "one_of", choices=PLACES, is_required=True),
        asks("viene", "yes_no"),
        asks("ruc", "ruc", shown_if={"field": "viene", "is": True}, is_required=True),
        asks("foto", "consent", is_required=True, settings={"text": {"es": "Acepto salir en fotos."}}),
        asks("carta", "file", is_required=True),
        core={"email": {"asked": "no"}, "position": {"asked": "required"}},
        title={"es": "Comuneros"},
        slug="comuneros",
        position=1,
    )


@pytest.fixture
def made(event: Any, form: Any) -> Any:
    return group(event, form_id=form.id)


@pytest.fixture(params=["office", "coordinator"])
def page(request: Any, session: Any, event: Any, made: Any, sign_in: Any, client: Any) -> Any:
    """Return a client and the address of the table, for the office and for the coordinator's link."""
    for day in event.days:
        day.date = day.date.replace(day=20 + day.date.day % 5)
    services.open_link(made, at=NOON)
    session.commit()
    if request.param == "coordinator":
        return client, f"/grupos/{queries.group_token(made)}/personas"
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return office, f"/gestion/eventos/foro/grupos/{made.id}/personas"


def line(index: int, number: str, **more: str) -> dict[str, str]:
    return row(index, number, **{"position": "Apu", "f_mesa": "suelo", "f_foto": "yes"} | more)


def people(session: Any) -> list[Registration]:
    session.expire_all()
    return list(session.scalars(select(Registration).order_by(Registration.id)))


def error_at(answer: Any, field: str) -> str | None:
    found = re.search(rf'id="{field}-error">(.*?)</p>', answer.text, re.DOTALL)
    return None if found is None else " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_each_line_answers_the_form_of_the_group(session: Any, form: Any, page: Any) -> None:
    client, path = page
    shown = text_of(client, path)
    assert shown.count("Acepto salir en fotos.") == 10
    assert 'name="rows-3-f_mesa"' in shown
    assert "rows-0-email" not in shown
    assert "f_carta" not in shown
    assert (
        client.post(path, data=table(line(0, "00000001"), line(1, "10000002", **WITH_RUC))).status_code == 303
    )
    first, second = people(session)
    assert [(one.form_id, one.position, one.consent_kind) for one in (first, second)] == [
        (form.id, "Apu", "oral")
    ] * 2
    answers = [{one.version.field.key: one.value for one in queries.answers_of(p)} for p in (first, second)]
    assert answers[0] == {"mesa": "suelo", "foto": True}
    assert answers[1] == {"mesa": "suelo", "viene": True, "ruc": "20131312955", "foto": True}


def test_what_is_wrong_stands_at_its_line_and_all_is_kept(session: Any, page: Any) -> None:
    client, path = page
    wrong = line(2, "30000003", f_viene="yes", f_ruc="1", f_mesa="", position="")
    lines = (line(0, "00000001"), row(1, "", names="", surname="", f_viene="no"), wrong)
    answer = client.post(path, data=table(*lines))
    assert answer.status_code == 422
    wrong_at = {
        name: error_at(answer, f"rows-2-{name}") for name in ("f_ruc", "f_mesa", "f_foto", "position")
    }
    assert [name for name, text in wrong_at.items() if text] == ["f_ruc", "f_mesa", "position"]
    # A line with an answer and without a name is nobody's that could be lost unseen.
    assert error_at(answer, "rows-1-given_names") is not None
    assert error_at(answer, "rows-0-f_mesa") is None
    assert re.search(r'name="rows-2-f_ruc"[^>]*value="1"', answer.text)
    assert people(session) == []


def test_an_option_s_places_are_those_of_all_lines(session: Any, page: Any) -> None:
    client, path = page
    lines = (line(0, "00000001", f_mesa="agua"), line(1, "10000002", f_mesa="agua"), line(2, "30000003"))
    answer = client.post(path, data=table(*lines))
    assert answer.status_code == 422
    assert "Ya no quedan cupos en «Agua»" in (error_at(answer, "rows-1-f_mesa") or "")
    assert error_at(answer, "rows-0-f_mesa") is None
    session.rollback()
    assert people(session) == []


def test_form_and_institution_limit_and_the_office_looks_first(
    session: Any, event: Any, form: Any, page: Any
) -> None:
    client, path = page
    form.capacity = 2
    factories.quota(event, "Comunidad Nativa Yutupis", 1)
    session.commit()
    assert client.post(path, data=table(line(0, "00000001"), line(1, "10000002"))).status_code == 303
    assert [one.status for one in people(session)] == ["confirmed", "waitlisted"]
    form.is_moderated = True
    session.commit()
    data = table(line(0, "50000003"), idempotency_key="another-key-here")
    assert client.post(path, data=data).status_code == 303
    assert people(session)[2].status == "pending"


def test_a_closed_form_takes_nobody_by_the_link(session: Any, made: Any, form: Any, client: Any) -> None:
    services.open_link(made, at=NOON)
    form.closes_at = NOON
    session.commit()
    answer = client.post(f"/grupos/{queries.group_token(made)}/personas", data=table(line(0, "00000001")))
    assert (answer.status_code, people(session)) == (303, [])


def test_the_office_chooses_the_form_where_there_are_several(
    session: Any, event: Any, form: Any, sign_in: Any
) -> None:
    other = factories.form(factories.event(slug="otro"), slug="ajeno")
    session.commit()
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    base = "/gestion/eventos/foro/grupos"
    assert office.post(f"{base}/nuevo", data={"name": "A", "form_id": str(other.id)}).status_code == 422
    path = office.post(f"{base}/nuevo", data={"name": "A", "form_id": str(form.id)}).location
    assert "f_mesa" in text_of(office, path)


def test_a_form_that_goes_leaves_the_group_the_first(session: Any, event: Any, form: Any, made: Any) -> None:
    services.delete_form(form)
    session.commit()
    first = queries.main_form(event)
    assert first is not None
    assert queries.form_of_group(queries.group_of_event_or_404(event, made.id)) == first
