"""A browser solves the puzzle against robots by itself, under the strict Content-Security-Policy."""

import re
import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.looking import look
from tests.support.browsers import PHONE, Visitors
from tests.support.servers import Server

FORM = "/eventos/taller-gobernanza-lideres/inscripcion"
SEATS = "/gestion/eventos/taller-gobernanza-lideres/cupos"


def test_a_browser_solves_the_puzzle(live_server: Server, visitor: Visitors, tmp_path: Path) -> None:
    office = visitor()
    person = next(one for one in live_server.demo["sign_ins"] if one["role"] == "administrator")
    office.goto("/gestion/")
    office.get_by_label("Correo electrónico").fill(person["email"])
    office.get_by_label("Contraseña").fill(person["password"])
    office.locator("main form button[type=submit]").click()
    office.wait_for_url("**/gestion/")
    office.goto(SEATS)
    office.get_by_label("Siempre").check()
    office.locator("form:has([name=proof_of_work]) button[type=submit]").first.click()
    office.wait_for_load_state()

    page = visitor(**PHONE)
    page.goto(FORM)
    look(page, tmp_path, "form-with-puzzle")
    page.get_by_label("Número de documento").fill("70123456")
    page.locator("[name=given_names]").fill("Rosa")
    page.locator("[name=first_surname]").fill("Quispe")
    page.locator("[name=entity]").fill("Comunidad de Chipe")
    page.locator("[name=email]").fill("rosa.acertijo@example.pe")
    page.locator("[name=consent]").check()
    begun = time.monotonic()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("/recibida"))
    print(f"waited {time.monotonic() - begun:.2f} s")  # noqa: T201
    expect(page).to_have_url(re.compile("estado=(inscrito|en-espera)$"))
    look(page, tmp_path, "received-with-puzzle")
