"""Other ways to be present, in a real browser: a sheet typed through, a file looked at, a room's screen and a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.stage import Stage
from tests.support.browsers import PHONE, Visitors

pytestmark = pytest.mark.browser
FILES = Path(__file__).parents[1] / "attendance" / "files"


def test_a_sheet_is_typed_through_by_keyboard(visitor: Visitors, stage: Stage, tmp_path: Path) -> None:
    page: Page = visitor()
    stage.sign_in(page)
    page.goto(f"{stage.office}/asistencia/hojas")
    look(page, tmp_path, "sheets")
    page.get_by_role("button", name="Crear la hoja").click()
    entry, last = page.locator("#entry"), page.locator("[data-last]")
    expect(entry).to_be_focused()
    for typed in ("1", "shimb", "xyz", "-"):
        entry.fill(typed)
        entry.press("Enter")
    expect(last).to_contain_text("deshecho")
    entry.fill("quispe mam")
    entry.press("Enter")
    expect(last).to_contain_text("Quispe Mamani, Rosa: firmó.")
    look(page, tmp_path, "sheet")
    page.reload()
    expect(page.locator("[data-signed]")).to_contain_text(re.compile("^2 de "))


def test_a_file_is_looked_at_before_it_counts(visitor: Visitors, stage: Stage, tmp_path: Path) -> None:
    page: Page = visitor()
    stage.sign_in(page)
    page.goto(f"{stage.office}/asistencia/archivos")
    page.set_input_files("[name=file]", FILES / "zoom_joins.csv")
    page.get_by_label("Primero el mes").check()
    page.get_by_role("button", name="Enviar el archivo").click()
    expect(page.get_by_role("heading", name="Sin reconocer")).to_be_visible()
    look(page, tmp_path, "file")


def test_a_phone_scans_the_screen_of_a_room(visitor: Visitors, stage: Stage, tmp_path: Path) -> None:
    page: Page = visitor()
    stage.sign_in(page)
    page.goto(f"{stage.office}/asistencia/pantallas")
    page.get_by_role("button", name="Abrir una pantalla").first.click()
    look(page, tmp_path, "office")
    address = page.locator("a.address").get_attribute("href") or ""
    screen = visitor()
    screen.goto(address)
    expect(screen.locator("[data-code]")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    look(screen, tmp_path, "screen")
    shown = screen.request.get(f"{address}/codigo").json()
    phone = visitor(**PHONE)
    phone.goto(shown["address"])
    look(phone, tmp_path, "phone")
    guest = stage.guests[2]
    phone.get_by_label("Código de su pase").fill(guest.code)
    phone.get_by_role("button", name="Marcar mi asistencia").click()
    expect(phone.get_by_text("Su asistencia a esta sesión está anotada.")).to_be_visible()
    own = visitor(**PHONE)
    own.goto(f"{stage.viewers[2].page}/aqui")
    own.get_by_label("Código de la pantalla").fill(screen.locator("[data-code]").inner_text())
    look(own, tmp_path, "mine")
    own.get_by_role("button", name="Marcar mi asistencia").click()
    expect(own.get_by_text("Su asistencia está anotada.")).to_be_visible()
