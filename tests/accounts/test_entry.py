"""Signing in and out, setting up, choosing a password."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.accounts import services
from app.accounts.models import Organisation, User
from app.audit import AuditEntry
from app.extensions import db, limiter
from app.permissions import Role
from tests import factories

PASSWORD = "llama azul en Cusco"
NOW = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)


@pytest.fixture
def rosa(client: FlaskClient, frozen_clock: datetime) -> User:
    user = factories.user(Role.ADMINISTRATOR)
    user.email = "rosa@example.pe"
    services.set_password(user, PASSWORD, at=NOW)
    db.session.commit()
    return user


def enter(
    client: FlaskClient, email: str = "rosa@example.pe", password: str = PASSWORD, **more: str
) -> object:
    return client.post("/gestion/entrar", data={"email": email, "password": password, **more})


def test_whoever_is_not_signed_in_is_led_to_the_entrance(client: FlaskClient) -> None:
    answer = client.get("/gestion/mi-clave")
    assert answer.status_code == 302
    assert answer.location == "/gestion/entrar?next=%2Fgestion%2Fmi-clave"


def test_the_right_password_leads_on(client: FlaskClient, rosa: User) -> None:
    page = client.get("/gestion/entrar?next=/gestion/mi-clave")
    assert 'value="/gestion/mi-clave"' in page.text
    answer = enter(client, next="/gestion/mi-clave")
    assert (answer.status_code, answer.location) == (302, "/gestion/mi-clave")
    assert client.get("/gestion/mi-clave").status_code == 200
    assert client.get("/gestion/entrar").location == "/gestion/"
    db.session.expire_all()
    assert db.session.get(User, rosa.id).last_sign_in_at == NOW
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "user.signed_in")).one()
    assert entry.user_id == rosa.id


@pytest.mark.parametrize(
    "address",
    ["//evil.example/", "/\\evil.example", "https://evil.example/", "/gestion/salir", "/no/hay", "x"],
)
def test_another_site_or_no_page_is_no_place_to_go_on(client: FlaskClient, rosa: User, address: str) -> None:
    assert enter(client, next=address).location == "/gestion/"


def test_what_was_asked_of_a_page_is_kept(client: FlaskClient, rosa: User) -> None:
    address = "/gestion/personas?pagina=2"
    assert enter(client, next=address).location == address


def _shown(answer: TestResponse) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)


@pytest.mark.parametrize(
    ("email", "password"),
    [("rosa@example.pe", "otra clave larga"), ("nadie@example.pe", PASSWORD)],
)
def test_the_answer_does_not_tell_who_exists(
    client: FlaskClient, rosa: User, email: str, password: str
) -> None:
    answer = enter(client, email, password)
    assert answer.status_code == 422
    other = enter(client, "nobody-at-all@example.pe", "x")
    assert _shown(answer).replace(email, "E") == _shown(other).replace("nobody-at-all@example.pe", "E")
    assert f'value="{email}"' in answer.text
    assert password not in answer.text


def test_empty_fields_say_so(client: FlaskClient) -> None:
    answer = enter(client, "", "")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'id="password-error"' in answer.text


@pytest.mark.parametrize(
    "email", ["x\0y@example.pe", "a" * 10_000, "<script>", "\u202ea@b.pe", "😀@example.pe"]
)
def test_strange_addresses_are_refused_in_words(client: FlaskClient, email: str) -> None:
    assert enter(client, email).status_code == 422


def test_failures_are_counted_for_each_e_mail(client: FlaskClient, rosa: User) -> None:
    limiter.enabled = True
    for _attempt in range(20):
        assert enter(client, password="falsa falsa").status_code == 422
    assert enter(client).status_code == 429
    assert enter(client, "otra@example.pe").status_code == 422


def test_signing_out_ends_it(client: FlaskClient, rosa: User) -> None:
    enter(client)
    answer = client.post("/gestion/salir")
    assert (answer.status_code, answer.location) == (303, "/gestion/entrar")
    assert client.get("/gestion/mi-clave").status_code == 302
    assert client.get("/gestion/salir").status_code == 405


def test_one_changes_ones_password_and_stays(client: FlaskClient, rosa: User, app: Flask) -> None:
    elsewhere = app.test_client()
    enter(client)
    enter(elsewhere)
    good = {"present": PASSWORD, "password": "vicuña verde 7", "again": "vicuña verde 7"}
    for wrong, field in [
        ({"present": "no es esa"}, "present"),
        ({"password": "corta", "again": "corta"}, "password"),
        ({"again": "vicuña verde 8"}, "again"),
    ]:
        answer = client.post("/gestion/mi-clave", data=good | wrong)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert client.post("/gestion/mi-clave", data=good).status_code == 303
    assert client.get("/gestion/mi-clave").status_code == 200
    assert elsewhere.get("/gestion/mi-clave").status_code == 302
    assert services.authenticate("rosa@example.pe", "vicuña verde 7").id == rosa.id


SET_UP = {
    "organisation": "Municipalidad Distrital de Ñahui",
    "name": "Ana Pérez",
    "email": "ana@example.pe",
    "password": PASSWORD,
    "again": PASSWORD,
}


def test_the_first_administrator_comes_by_a_one_time_address(client: FlaskClient) -> None:
    token = services.make_link(services.SETUP, at=clock.now())
    db.session.commit()
    page = client.get(f"/instalar/{token}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    answer = client.post(f"/instalar/{token}", data=SET_UP | {"password": "ana@example.pe"})
    assert answer.status_code == 422
    assert 'value="Municipalidad Distrital de Ñahui"' in answer.text
    answer = client.post(f"/instalar/{token}", data=SET_UP)
    assert (answer.status_code, answer.location) == (303, "/gestion/")
    assert client.get("/gestion/mi-clave").status_code == 200
    assert db.session.query(Organisation).one().slug == "municipalidad-distrital-de-nahui"
    assert client.get(f"/instalar/{token}").status_code == 410


def test_an_unknown_address_says_that_it_does_not_work(client: FlaskClient) -> None:
    for path in ("/instalar/x", "/gestion/clave/x", "/instalar/%FF", "/gestion/clave/%F0%9F%98%80"):
        assert client.get(path).status_code == 410
        assert client.post(path, data=SET_UP).status_code == 410


def test_a_password_is_chosen_by_a_one_time_address(client: FlaskClient, rosa: User) -> None:
    token = services.make_link(services.PASSWORD, at=NOW, user=rosa)
    db.session.commit()
    path = f"/gestion/clave/{token}"
    assert "rosa@example.pe" in client.get(path).text
    assert (
        client.post(path, data={"password": "rosa@example.pe", "again": "rosa@example.pe"}).status_code == 422
    )
    answer = client.post(path, data={"password": "vicuña verde 7", "again": "vicuña verde 7"})
    assert (answer.status_code, answer.location) == (303, "/gestion/")
    assert client.get("/gestion/mi-clave").status_code == 200
    assert client.get(path).status_code == 410


def test_the_command_prints_the_address_once(app: Flask, client: FlaskClient) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["setup"])
    assert result.exit_code == 0
    assert "/instalar/" in result.output
    factories.user(Role.ADMINISTRATOR)
    result = runner.invoke(args=["setup"])
    assert result.exit_code == 1
    assert "flask user password" in result.output


def test_the_command_prints_an_address_for_a_new_password(
    app: Flask, rosa: User, client: FlaskClient
) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["user", "password", "ROSA@example.pe"])
    assert result.exit_code == 0
    path = result.output.strip().removeprefix(app.config["BASE_URL"])
    assert client.get(path).status_code == 200
    assert runner.invoke(args=["user", "password", "nadie@example.pe"]).exit_code == 1
