"""The pages of an organisation."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts import queries
from app.accounts.models import Organisation, Unit
from app.extensions import db
from app.permissions import Role
from tests import factories
from tests.accounts.test_rules import png


@pytest.fixture
def body(session: Any) -> Organisation:
    return factories.organisation("Municipalidad de Paracas", slug="paracas", short_name="Paracas")


@pytest.fixture
def alice(body: Organisation, sign_in: Any) -> FlaskClient:
    return sign_in(factories.user(Role.ADMINISTRATOR, organisation=body))


@pytest.fixture
def charlie(sign_in: Any) -> FlaskClient:
    return sign_in(factories.user(Role.ADMINISTRATOR, organisation=factories.organisation("Otra")))


GOOD = {
    "name": "Municipalidad Distrital de Paracas",
    "short_name": "MDP",
    "accent": "#1F5F5B",
    "ruc": "20131369981",
}
PAGES = ["", "/unidades", "/privacidad"]


@pytest.mark.parametrize("page", PAGES)
def test_only_its_administrators_open_an_organisation(
    alice: FlaskClient, charlie: FlaskClient, sign_in: Any, body: Organisation, page: str
) -> None:
    path = f"/gestion/entidad/paracas{page}"
    assert alice.get(path).status_code == 200
    assert charlie.get(path).status_code == 404
    assert charlie.post(path, data=GOOD | {"text": "x"}).status_code == 404
    assert sign_in(factories.user(Role.ORGANISER, organisation=body)).get(path).status_code == 403
    assert sign_in(factories.user(Role.ADMINISTRATOR)).get(path).status_code == 200


def test_what_an_organisation_tells_is_saved(alice: FlaskClient, body: Organisation) -> None:
    answer = alice.post("/gestion/entidad/paracas", data=GOOD | {"data_officer": "  Ana \u202e Pérez "})
    assert answer.status_code == 303
    db.session.expire_all()
    assert (body.name, body.short_name, body.accent, body.ruc, body.data_officer) == (
        "Municipalidad Distrital de Paracas",
        "MDP",
        "#1f5f5b",
        "20131369981",
        "Ana Pérez",
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ruc": "20131369982"}, "ruc"),
        ({"ruc": "abc"}, "ruc"),
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"accent": "red"}, "accent"),
        ({"accent": "#12345"}, "accent"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    alice: FlaskClient, body: Organisation, wrong: dict[str, str], field: str
) -> None:
    answer = alice.post("/gestion/entidad/paracas", data=GOOD | {"address": "Av. Ñandú 5"} | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Av. Ñandú 5"' in answer.text
    db.session.expire_all()
    assert body.name == "Municipalidad de Paracas"


def test_a_logo_is_kept_shown_and_removed(
    alice: FlaskClient, client: FlaskClient, body: Organisation
) -> None:
    assert client.get("/entidades/paracas/logo").status_code == 404
    picture = png(64, 64)
    alice.post("/gestion/entidad/paracas", data=GOOD | {"logo": (BytesIO(picture), "logo.svg")})
    answer = client.get("/entidades/paracas/logo")
    assert (answer.data, answer.mimetype) == (picture, "image/png")
    again = client.get("/entidades/paracas/logo", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    alice.post("/gestion/entidad/paracas", data=GOOD)
    assert client.get("/entidades/paracas/logo").status_code == 200
    alice.post("/gestion/entidad/paracas", data=GOOD | {"remove_logo": "y"})
    assert client.get("/entidades/paracas/logo").status_code == 404


def test_a_logo_that_is_no_picture_is_refused(
    alice: FlaskClient, client: FlaskClient, body: Organisation
) -> None:
    for content in (b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", png(5000, 1)):
        answer = alice.post("/gestion/entidad/paracas", data=GOOD | {"logo": (BytesIO(content), "logo.png")})
        assert answer.status_code == 422
        assert 'id="logo-error"' in answer.text
    assert client.get("/entidades/paracas/logo").status_code == 404


def test_units_are_added_and_renamed(alice: FlaskClient, body: Organisation) -> None:
    path = "/gestion/entidad/paracas/unidades"
    assert alice.post(path, data={"name": "Gerencia"}).status_code == 303
    answer = alice.post(path, data={"name": "Gerencia"})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    unit = db.session.query(Unit).one()
    assert alice.post(f"{path}/{unit.id}", data={"name": "Secretaría General"}).status_code == 303
    db.session.expire_all()
    assert unit.name == "Secretaría General"
    assert alice.post(f"{path}/{unit.id}", data={"name": ""}).status_code == 422


def test_a_foreign_unit_does_not_exist(alice: FlaskClient, body: Organisation) -> None:
    foreign = Unit(organisation=factories.organisation(), name="Ajena")
    db.session.add(foreign)
    db.session.commit()
    assert alice.get(f"/gestion/entidad/paracas/unidades/{foreign.id}").status_code == 404
    assert (
        alice.post(f"/gestion/entidad/paracas/unidades/{foreign.id}", data={"name": "Mía"}).status_code == 404
    )
    assert alice.get(f"/gestion/entidad/paracas/unidades/{10**30}").status_code == 404


def test_the_privacy_notice_grows_by_versions(alice: FlaskClient, body: Organisation) -> None:
    path = "/gestion/entidad/paracas/privacidad"
    assert "Municipalidad de Paracas, tratará sus datos" in alice.get(path).text
    for text in ("Uno\r\n\r\n\r\n\r\ndos", "Tres", "Tres"):
        assert alice.post(path, data={"text": text}).status_code == 303
    newest = queries.newest_consent_text(body.id)
    assert newest is not None
    assert (newest.version, newest.text) == (2, "Tres")
    assert alice.post(path, data={"text": " "}).status_code == 422


def test_only_the_installation_s_administrators_add_organisations(alice: FlaskClient, sign_in: Any) -> None:
    path = "/gestion/organisaciones/nueva"
    assert alice.get(path).status_code == 403
    boss = sign_in(factories.user(Role.ADMINISTRATOR))
    answer = boss.post(path, data={"name": "Presidencia del Consejo", "short_name": "PCM"})
    assert (answer.status_code, answer.location) == (303, "/gestion/entidad/pcm")
    answer = boss.post(path, data={"name": "Otra", "short_name": "PCM"})
    assert answer.status_code == 422
    assert 'value="Otra"' in answer.text


def test_one_sees_only_ones_own_organisations(alice: FlaskClient, charlie: FlaskClient) -> None:
    assert "Municipalidad de Paracas" in alice.get("/gestion/organisaciones").text
    assert "Municipalidad de Paracas" not in charlie.get("/gestion/organisaciones").text


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_the_same_number_of_queries(
    sign_in: Any, count_queries: Any, session: Any, number: int
) -> None:
    boss = sign_in(factories.user(Role.ADMINISTRATOR))
    for _each in range(number):
        factories.organisation()
    session.expire_all()
    with count_queries() as statements:
        boss.get("/gestion/organisaciones")
    assert len(statements) == 3
