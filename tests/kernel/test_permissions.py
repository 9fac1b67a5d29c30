"""Who may open what, as declared on each view."""

import pytest

from app.extensions import db
from app.permissions import ROLE_PERMISSIONS, Permission, Role, may, requires, roles_with
from tests import factories

EXPORT = "/gestion/export"


def entering(own_app, person):
    visitor = own_app.test_client()
    with visitor.session_transaction() as cookie:
        cookie["_user_id"] = person.get_id()
    return visitor


@pytest.fixture
def organisation(own_app):
    return factories.organisation()


@pytest.mark.parametrize("address", ["/gestion/signed-in", EXPORT])
def test_a_stranger_is_sent_to_sign_in_and_back(visitor, address):
    answer = visitor.get(f"{address}?a=1")
    assert answer.status_code == 302
    assert answer.location.startswith("/gestion/entrar?next=")
    assert "export" in answer.location or "signed-in" in answer.location


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 403), (Role.READER, 403), (Role.DOOR, 403), (Role.ORGANISER, 200), (Role.ADMINISTRATOR, 200)],
)
def test_a_permission_turns_away_who_holds_it_nowhere(own_app, organisation, role, status):
    person = factories.user(role, organisation=organisation)
    assert entering(own_app, person).get(EXPORT).status_code == status


def test_signing_in_is_enough_where_that_is_declared(own_app):
    assert entering(own_app, factories.user()).get("/gestion/signed-in").text == "in"


def test_a_cookie_of_an_ended_sign_in_is_a_stranger_s(own_app):
    person = factories.user()
    visitor = entering(own_app, person)
    person.login_version += 1
    db.session.commit()
    assert visitor.get("/gestion/signed-in").status_code == 302


@pytest.mark.parametrize("cookie", ["1", "1.", "x.1", "-1.1", "9" * 30 + ".1", "1.1.1", "١.1", ".", ""])
def test_odd_cookies_are_strangers(own_app, visitor, cookie):
    with visitor.session_transaction() as session:
        session["_user_id"] = cookie
    assert visitor.get("/gestion/signed-in").status_code == 302


def test_a_cookie_under_another_key_is_a_stranger_s(own_app):
    person = factories.user()
    visitor = entering(own_app, person)
    own_app.config["SECRET_KEY"] = "another key, longer than thirty-two characters"
    assert visitor.get("/gestion/signed-in").status_code == 302


def test_views_keep_their_declaration_and_name():
    @requires(Permission.EVENT_EDIT)
    def edit():
        """Edit."""

    assert (edit.access, edit.__name__, edit.__doc__) == (Permission.EVENT_EDIT, "edit", "Edit.")


def test_the_table_of_roles():
    assert ROLE_PERMISSIONS[Role.ADMINISTRATOR] == set(Permission)
    assert ROLE_PERMISSIONS[Role.DOOR] == {Permission.EVENT_VIEW, Permission.CHECK_IN}
    assert {
        permission for permission in ROLE_PERMISSIONS[Role.READER] if not permission.endswith("view")
    } == set()
    assert Permission.AUDIT_VIEW not in ROLE_PERMISSIONS[Role.READER] | ROLE_PERMISSIONS[Role.ORGANISER]
    assert roles_with(Permission.REGISTRATION_EXPORT) == [Role.ADMINISTRATOR, Role.ORGANISER]


def test_a_grant_for_one_event_ends_there(own_app, organisation):
    event, other = factories.event(organisation), factories.event(organisation)
    person = factories.user(Role.DOOR, event=event)
    with own_app.test_request_context():
        from flask_login import login_user

        assert not may(Permission.CHECK_IN, event)
        login_user(person)
        assert may(Permission.CHECK_IN, event)
        assert not may(Permission.CHECK_IN, other)
        assert not may(Permission.EVENT_EDIT, event)
