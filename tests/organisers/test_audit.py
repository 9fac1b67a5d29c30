"""The audit log, as far as a person may see it."""

import ast
import re

import pytest

from app import audit
from app.organisers.actions import ACTIONS
from app.permissions import Role
from scripts.console import PROJECT
from tests import factories


@pytest.fixture
def administrator(session, sign_in):
    body = factories.organisation()
    event = factories.event(body, title="Evento propio")
    audit.record("event.published", event, event=event)
    session.commit()
    return sign_in(factories.user(Role.ADMINISTRATOR, organisation=body))


def test_one_sees_what_was_done_in_ones_own_organisation(administrator, session):
    foreign = factories.event(title="Evento ajeno")
    audit.record("event.published", foreign, event=foreign)
    audit.record("user.signed_in")
    session.commit()
    page = administrator.get("/gestion/auditoria")
    assert page.status_code == 200
    assert page.text.count("<tr>") == 2
    assert "Evento propio" in page.text
    assert "Evento ajeno" not in page.text


def test_an_administrator_of_one_event_sees_what_was_done_to_it(session, sign_in):
    body = factories.organisation()
    event, sister = (
        factories.event(body, title="Evento propio"),
        factories.event(body, title="Evento hermano"),
    )
    for one in (event, sister):
        audit.record("event.published", one, event=one)
    session.commit()
    page = sign_in(factories.user(Role.ADMINISTRATOR, event=event)).get("/gestion/auditoria")
    assert page.text.count("<tr>") == 2
    assert "Evento propio" in page.text


def test_the_installation_sees_everything_and_filters(administrator, session, sign_in):
    audit.record("user.signed_in")
    session.commit()
    root = sign_in(factories.user(Role.ADMINISTRATOR))
    assert root.get("/gestion/auditoria").text.count("<tr>") == 3
    assert root.get("/gestion/auditoria?accion=user.signed_in").text.count("<tr>") == 2
    assert root.get("/gestion/auditoria?accion=nonsense&pagina=-1").status_code == 200


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.DOOR, Role.READER])
def test_others_may_not(session, sign_in, role):
    assert sign_in(factories.user(role)).get("/gestion/auditoria").status_code == 403


def test_queries_do_not_grow_with_entries(administrator, session, count_queries):
    def statements():
        with count_queries() as found:
            administrator.get("/gestion/auditoria")
        return len(found)

    few = statements()
    for _ in range(30):
        audit.record("user.signed_in", organisation=factories.organisation())
    session.commit()
    assert statements() == few


def test_every_action_that_is_recorded_has_a_name():
    recorded = set()
    for path in (PROJECT / "app").glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                recorded |= set(re.findall(r"'([a-z_]+\.[a-z_]+)'", ast.unparse(node.args[0])))
    assert recorded
    assert recorded - set(ACTIONS) == set()
