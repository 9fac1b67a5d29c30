"""People who sign in, as an administrator sees them. Alice administers, Bob is hers, Charlie is elsewhere."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import queries, services
from app.accounts.errors import WrongCredentials
from app.accounts.models import Organisation, RoleGrant, User
from app.extensions import db
from app.mail import letters
from app.mail.models import OutgoingLetter
from app.permissions import Role
from tests import factories

NOW = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
PATH = "/gestion/personas"


@pytest.fixture
def body(session: Any) -> Organisation:
    return factories.organisation("Municipalidad de Paracas")


@pytest.fixture
def alice(body: Organisation) -> User:
    return factories.user(Role.ADMINISTRATOR, organisation=body)


@pytest.fixture
def bob(body: Organisation) -> User:
    return factories.user(Role.ORGANISER, organisation=body)


@pytest.fixture
def charlie(session: Any) -> User:
    return factories.user(Role.ADMINISTRATOR, organisation=factories.organisation("Otra entidad"))


@pytest.fixture
def office(alice: User, sign_in: Any) -> FlaskClient:
    return sign_in(alice)


def held(user: User) -> list[tuple[str, int | None, int | None]]:
    statement = select(RoleGrant).where(RoleGrant.user_id == user.id).order_by(RoleGrant.id)
    return [(one.role, one.organisation_id, one.event_id) for one in db.session.scalars(statement)]


def test_one_sees_the_people_of_ones_own_organisation(
    office: FlaskClient, alice: User, bob: User, charlie: User, body: Organisation
) -> None:
    door = factories.user(Role.DOOR, event=factories.event(body))
    page = office.get(PATH).text
    assert [person.email in page for person in (alice, bob, door, charlie)] == [True, True, True, False]
    assert office.get(f"{PATH}/{bob.id}").status_code == 200
    assert office.get(f"{PATH}/{charlie.id}").status_code == 404


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.DOOR, Role.READER])
def test_others_may_not(session: Any, sign_in: Any, role: Role) -> None:
    visitor = sign_in(factories.user(role))
    assert visitor.get(PATH).status_code == 403
    assert visitor.post(f"{PATH}/nueva").status_code == 403


def test_a_new_person_gets_a_role_a_letter_and_an_address_to_hand_over(
    office: FlaskClient, client: FlaskClient, body: Organisation, frozen_clock: datetime
) -> None:
    answer = office.post(
        f"{PATH}/nueva",
        data={"email": "Nueva@Example.pe", "name": "Nueva", "role": "organiser", "scope": f"o{body.id}"},
    )
    user = queries.user_by_email("nueva@example.pe")
    assert user is not None
    assert (answer.status_code, answer.location) == (303, f"{PATH}/{user.id}")
    assert held(user) == [("organiser", body.id, None)]
    letter = db.session.scalars(select(OutgoingLetter)).one()
    assert (letter.recipient, letter.payload) == ("nueva@example.pe", {"user_id": user.id})
    page = office.get(answer.location)
    assert page.headers["Cache-Control"] == "no-store"
    link = queries.open_link(user, purpose=services.PASSWORD, at=frozen_clock)
    assert link is not None
    path = f"/gestion/clave/{queries.link_token(link)}"
    assert path in page.text
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "x"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "emperor"}, "role"),
        ({"scope": "all"}, "scope"),
        ({"scope": "o99999"}, "scope"),
        ({"scope": "e'; DROP TABLE users"}, "scope"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    office: FlaskClient, body: Organisation, wrong: dict[str, str], field: str
) -> None:
    good = {"email": "nueva@example.pe", "name": "Nueva Ñ", "role": "door", "scope": f"o{body.id}"}
    answer = office.post(f"{PATH}/nueva", data=good | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert ('value="Nueva Ñ"' in answer.text) == ("name" not in wrong)
    assert queries.user_by_email("nueva@example.pe") is None


def test_nobody_grants_beyond_ones_own_reach(
    office: FlaskClient, bob: User, charlie: User, body: Organisation
) -> None:
    foreign = charlie.grants[0].organisation_id
    foreign_event = factories.event()
    for scope in ("all", f"o{foreign}", f"e{foreign_event.id}"):
        data = {"email": bob.email, "name": "Bob", "role": "administrator", "scope": scope}
        assert office.post(f"{PATH}/nueva", data=data).status_code == 422
        assert office.post(f"{PATH}/{bob.id}/roles", data=data).status_code == 422
    assert held(bob) == [("organiser", body.id, None)]


def test_an_administrator_of_one_event_reaches_no_further(
    sign_in: Any, body: Organisation, bob: User
) -> None:
    event, sister = factories.event(body), factories.event(body)
    local = sign_in(factories.user(Role.ADMINISTRATOR, event=event))
    data = {"email": "puerta@example.pe", "name": "Puerta", "role": "door"}
    assert local.post(f"{PATH}/nueva", data=data | {"scope": f"e{event.id}"}).status_code == 303
    for scope in (f"e{sister.id}", f"o{body.id}", "all"):
        assert local.post(f"{PATH}/nueva", data=data | {"scope": scope}).status_code == 422
    assert bob.email not in local.get(PATH).text
    assert local.get(f"{PATH}/{bob.id}").status_code == 404


def test_whoever_works_elsewhere_too_keeps_their_password_to_themselves(
    office: FlaskClient, charlie: User, body: Organisation
) -> None:
    services.set_password(charlie, "llama azul en Cusco", at=NOW)
    cookie = charlie.get_id()
    db.session.commit()
    data = {"email": charlie.email, "name": "Otro nombre", "role": "reader", "scope": f"o{body.id}"}
    assert office.post(f"{PATH}/nueva", data=data).status_code == 303
    path = f"{PATH}/{charlie.id}"
    page = office.get(path).text
    assert "Otra entidad" not in page
    assert "/gestion/clave/" not in page
    assert office.post(f"{path}/enlace").status_code == 404
    assert office.post(f"{path}/acceso", data={"enabled": "no"}).status_code == 404
    assert queries.user_by_cookie(cookie) is not None
    assert held(charlie)[0] == ("administrator", charlie.grants[0].organisation_id, None)


def test_a_link_handed_over_dies_once_another_organisation_grants_a_role(
    office: FlaskClient, client: FlaskClient, sign_in: Any, charlie: User, body: Organisation
) -> None:
    data = {"email": "jefe@example.pe", "name": "Jefe", "role": "reader"}
    office.post(f"{PATH}/nueva", data=data | {"scope": f"o{body.id}"})
    user = queries.user_by_email("jefe@example.pe")
    assert user is not None
    token = office.get(f"{PATH}/{user.id}").text.split("/gestion/clave/")[1][:24]
    scope = f"o{charlie.grants[0].organisation_id}"
    sign_in(charlie).post(f"{PATH}/nueva", data=data | {"scope": scope})
    assert client.get(f"/gestion/clave/{token}").status_code == 410
    assert "/gestion/clave/" not in office.get(f"{PATH}/{user.id}").text


def test_roles_are_given_and_taken_back(office: FlaskClient, bob: User, body: Organisation) -> None:
    event = factories.event(body)
    path = f"{PATH}/{bob.id}"
    answer = office.post(f"{path}/roles", data={"role": "door", "scope": f"e{event.id}"})
    assert answer.status_code == 303
    assert held(bob) == [("organiser", body.id, None), ("door", None, event.id)]
    first, second = (grant.id for grant in db.session.scalars(select(RoleGrant).filter_by(user_id=bob.id)))
    assert office.post(f"{path}/roles/{first}/quitar").location == path
    assert office.post(f"{path}/roles/{second}/quitar").location == PATH
    assert held(bob) == []
    assert office.get(path).status_code == 404


def test_a_foreign_role_cannot_be_taken_back(
    office: FlaskClient, bob: User, charlie: User, body: Organisation
) -> None:
    services.grant(charlie, Role.READER, at=NOW, organisation=body)
    db.session.commit()
    foreign, own = (
        grant.id
        for grant in db.session.scalars(
            select(RoleGrant).filter_by(user_id=charlie.id).order_by(RoleGrant.id)
        )
    )
    assert office.post(f"{PATH}/{charlie.id}/roles/{foreign}/quitar").status_code == 404
    assert office.post(f"{PATH}/{bob.id}/roles/{own}/quitar").status_code == 404
    assert office.post(f"{PATH}/{charlie.id}/roles/{own}/quitar").status_code == 303


def test_nobody_locks_themselves_out(office: FlaskClient, alice: User) -> None:
    grant = alice.grants[0].id
    assert office.post(f"{PATH}/{alice.id}/roles/{grant}/quitar").status_code == 422
    assert office.post(f"{PATH}/{alice.id}/acceso", data={"enabled": "no"}).status_code == 422
    assert office.get(PATH).status_code == 200


def test_access_is_blocked_and_allowed_again(office: FlaskClient, bob: User, sign_in: Any) -> None:
    visitor = sign_in(bob)
    assert visitor.get("/gestion/mi-clave").status_code == 200
    assert office.post(f"{PATH}/{bob.id}/acceso", data={"enabled": "no"}).status_code == 303
    assert visitor.get("/gestion/mi-clave").status_code == 302
    assert office.post(f"{PATH}/{bob.id}/acceso", data={"enabled": "yes"}).status_code == 303
    db.session.expire_all()
    assert bob.is_enabled


def test_the_installation_sees_everybody(sign_in: Any, bob: User, charlie: User) -> None:
    root = sign_in(factories.user(Role.ADMINISTRATOR))
    lonely = factories.user()
    page = root.get(PATH).text
    assert [person.email in page for person in (bob, charlie, lonely)] == [True, True, True]
    assert root.post(f"{PATH}/{lonely.id}/enlace").status_code == 303
    assert "/gestion/clave/" in root.get(f"{PATH}/{lonely.id}").text
    assert root.get(f"{PATH}/{10**9}").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_the_same_number_of_queries(
    office: FlaskClient, body: Organisation, session: Any, count_queries: Any, number: int
) -> None:
    for _each in range(number):
        factories.user(Role.DOOR, event=factories.event(body, days=0))
    session.expire_all()
    with count_queries() as statements:
        assert office.get(PATH).status_code == 200
    assert len(statements) == 6


# Addresses that nobody has confirmed


def rival(sign_in: Any, session: Any) -> tuple[User, Organisation, FlaskClient]:
    """Return an account that another organisation made for somebody's address, its password chosen by the link on the
    screen; and a second organisation, with its administrator signed in.
    """
    elsewhere = factories.organisation("Otra entidad")
    victim = services.create_user("victima@example.pe", "Vera", at=NOW)
    services.grant(victim, Role.READER, at=NOW, organisation=elsewhere)
    services.choose_password(
        services.make_link(services.PASSWORD, at=NOW, user=victim), "la clave ajena", at=NOW
    )
    body = factories.organisation("Municipalidad de Paracas")
    session.commit()
    return victim, body, sign_in(factories.user(Role.ADMINISTRATOR, organisation=body))


def letter_address(session: Any) -> str:
    session.expire_all()
    row = session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id.desc())).first()
    letter = letters.build(row.letter, row.payload)
    found = re.search(r"https?://[^/\s]+(/gestion/clave/\S+)", letter.text)
    return html.unescape(found[1])


def test_a_role_of_another_body_awaits_the_owner_of_the_address(
    session: Any, sign_in: Any, client: FlaskClient, frozen_clock: Any
) -> None:
    victim, body, office = rival(sign_in, session)
    data = {"email": victim.email, "name": "Vera", "role": "organiser", "scope": f"o{body.id}"}
    answer = office.post(f"{PATH}/nueva", data=data)
    assert (answer.status_code, answer.location) == (303, PATH)
    assert "espera a su titular" in office.get(PATH).text
    assert len(held(victim)) == 1
    assert services.authenticate(victim.email, "la clave ajena") == victim
    session.commit()
    address = letter_address(session)
    assert f"rol=organiser-{body.id}-0" in address
    password = {"password": "la clave propia", "again": "la clave propia"}
    # Another role than was offered, and the address as an administrator's screen shows it.
    forged = address.replace("organiser", "administrator")
    assert client.post(forged, data=password).status_code == 410
    assert len(held(victim)) == 1
    assert client.post(address, data=password).status_code == 303
    session.expire_all()
    assert held(victim)[1] == ("organiser", body.id, None)
    assert victim.email_confirmed_at is not None
    with pytest.raises(WrongCredentials):
        services.authenticate(victim.email, "la clave ajena")
    assert services.authenticate(victim.email, "la clave propia") == victim


def test_the_link_on_the_screen_confirms_nothing_and_brings_no_role(
    session: Any, sign_in: Any, client: FlaskClient, frozen_clock: Any
) -> None:
    victim, body, office = rival(sign_in, session)
    office.post(
        f"{PATH}/nueva", data={"email": victim.email, "name": "V", "role": "door", "scope": f"o{body.id}"}
    )
    address = letter_address(session)
    bare = address.partition("?")[0]
    password = {"password": "otra clave ajena", "again": "otra clave ajena"}
    assert client.post(f"{bare}?rol=door-{body.id}-0", data=password).status_code == 303
    session.expire_all()
    assert (len(held(victim)), victim.email_confirmed_at) == (1, None)
    assert client.post(address, data=password).status_code == 410


def test_whoever_chose_a_password_by_the_letter_is_confirmed_and_gets_roles_at_once(
    session: Any,
    office: FlaskClient,
    body: Organisation,
    sign_in: Any,
    client: FlaskClient,
    frozen_clock: Any,
) -> None:
    office.post(
        f"{PATH}/nueva", data={"email": "v@x.pe", "name": "V", "role": "door", "scope": f"o{body.id}"}
    )
    password = {"password": "la clave propia", "again": "la clave propia"}
    assert client.post(letter_address(session), data=password).status_code == 303
    other = factories.organisation("Otra entidad")
    session.commit()
    elsewhere = sign_in(factories.user(Role.ADMINISTRATOR, organisation=other))
    data = {"email": "v@x.pe", "name": "V", "role": "reader", "scope": f"o{other.id}"}
    elsewhere.post(f"{PATH}/nueva", data=data)
    session.expire_all()
    assert [role for role, _body, _event in held(queries.user_by_email("v@x.pe"))] == ["door", "reader"]
