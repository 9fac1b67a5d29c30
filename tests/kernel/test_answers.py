"""Every answer, good or bad, carries the headers; every failure has a page in the person's language."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app import unit_of_work
from app.extensions import db
from tests.kernel.conftest import entries

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ANSWERS = {
    "a page": (200, "GET", "/verificar", {}),
    "json": (200, "GET", "/healthz", {}),
    "redirect": (303, "POST", "/probe/write?answer=redirect", {}),
    "to sign in": (302, "GET", "/gestion/signed-in", {}),
    "400": (400, "POST", "/probe/write?answer=400", {}),
    "403": (403, "POST", "/probe/write?answer=403", {}),
    "404": (404, "GET", "/nowhere", {}),
    "NUL": (404, "GET", "/nowhere%00", {}),
    "405": (405, "DELETE", "/verificar/NADA", {}),
    "410": (410, "POST", "/probe/write?answer=410", {}),
    "413": (413, "POST", "/gestion/entrar", {"data": {"email": "x" * 3_000_000}}),
    "422": (422, "POST", "/gestion/entrar", {"data": {}}),
    "429": (429, "POST", "/probe/limited", {}),
    "500": (500, "POST", "/probe/write?answer=raise", {}),
}


def ask(visitor, name, **extra):
    status, method, address, options = ANSWERS[name]
    if status == 429:
        visitor.post(address)
    answer = visitor.open(address, method=method, **options, **extra)
    assert answer.status_code == status
    return answer


@pytest.mark.parametrize("name", ANSWERS)
def test_headers_stand_on_every_kind_of_answer(visitor, name):
    answer = ask(visitor, name)
    assert {header: answer.headers.get(header) for header in HEADERS} == HEADERS


def test_files_are_not_sniffed_either(visitor):
    answer = visitor.get("/static/build/app.css")
    answer.close()
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_back_office_is_never_kept(visitor):
    assert visitor.get("/gestion/entrar").headers["Cache-Control"] == "no-store"


def test_https_is_asked_for_where_it_is_the_address(own_app, visitor):
    assert "Strict-Transport-Security" not in visitor.get("/healthz").headers
    own_app.config["SESSION_COOKIE_SECURE"] = True
    assert visitor.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"


PAGES = {
    "400": ("No pudimos entender eso", "We could not understand that"),
    "403": ("No puede abrir esta página", "You may not open this page"),
    "404": ("No encontramos esta página", "We cannot find this page"),
    "405": ("Esta dirección no admite esa acción", "This address does not take that"),
    "410": ("Esto ya no está aquí", "This is no longer here"),
    "413": ("Eso era demasiado grande", "That was too large"),
    "429": ("Demasiados intentos en poco tiempo", "Too many attempts in a short time"),
    "500": ("Algo falló de nuestro lado", "Something failed on our side"),
}


@pytest.mark.parametrize(("name", "headings"), PAGES.items())
def test_each_failure_has_a_page_in_both_languages(visitor, name, headings):
    for language, heading in zip(("es", "en"), headings, strict=True):
        visitor.set_cookie("lang", language, domain="127.0.0.1")
        page = ask(visitor, name).text
        assert f'<html lang="{language}">' in page
        assert f"<h1>{heading}</h1>" in page


def test_a_program_is_answered_in_json(visitor):
    answer = ask(visitor, "404", headers={"Accept": "application/json"})
    assert answer.json == {
        "error": "No encontramos esta página",
        "advice": "Revise la dirección o empiece de nuevo desde la lista de eventos.",
    }


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "", "nonsense;;q=x"])
def test_everyone_else_is_answered_with_a_page(visitor, accept):
    assert ask(visitor, "404", headers={"Accept": accept}).content_type == "text/html; charset=utf-8"


def test_a_wrong_method_names_the_right_ones(visitor):
    allowed = ask(visitor, "405").headers["Allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_too_many_attempts_say_when_to_come_again(visitor):
    assert 0 < int(ask(visitor, "429").headers["Retry-After"]) <= 60


def test_a_failure_tells_nothing_of_the_inside(visitor):
    page = ask(visitor, "500").text
    assert "RuntimeError" not in page
    assert "Traceback" not in page


def test_a_form_without_its_token_is_refused_in_words(own_app):
    own_app.config["WTF_CSRF_ENABLED"] = True
    answer = own_app.test_client().post("/gestion/entrar", data={"email": "a@b.pe"})
    assert answer.status_code == 400
    assert "Este formulario ya no estaba vigente" in answer.text


def test_a_failure_of_the_database_has_its_page_too(own_app, visitor):
    """Also for someone who is signed in, whom the page would look up in that very database."""

    def fail(*_arguments, **_options):
        raise OperationalError("SELECT", {}, Exception("the disk is gone"))

    with visitor.session_transaction() as cookie:
        cookie["_user_id"] = "1.1"
    event.listen(db.engine, "before_cursor_execute", fail)
    answer = visitor.get("/gestion/signed-in")
    assert answer.status_code == 500
    assert "Algo falló de nuestro lado" in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_a_statement_that_fails_leaves_room_for_its_page(own_app, visitor):
    with unit_of_work.transaction():
        own_app.extensions["people"] = _person()
    with visitor.session_transaction() as cookie:
        cookie["_user_id"] = own_app.extensions["people"]
    answer = visitor.post("/probe/write?answer=broken")
    assert answer.status_code == 500
    assert "Algo falló de nuestro lado" in answer.text
    assert entries() == []


def _person():
    from app.accounts.models import User
    from tests.factories import THEN

    person = User(email="ana@example.pe", name="Ana", created_at=THEN, login_version=1)
    db.session.add(person)
    db.session.flush()
    return person.get_id()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:99999", '"><script>', "a b", "", "x" * 5000, "[::1", "ñ"]
)
def test_whatever_host_is_named_gets_an_answer(visitor, host):
    answer = visitor.get("/verificar", headers={"Host": host})
    assert answer.status_code in {200, 400}
    assert "evil.example" not in answer.text
    assert "<script>" not in answer.text
