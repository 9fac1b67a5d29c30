"""The door in a real browser: a pass held before the camera, a code typed, a name looked for, a line that breaks."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.support.browsers import PHONE, Visitors, axe

pytestmark = pytest.mark.browser


@pytest.fixture
def door(phone: Page, stage: Stage) -> Page:
    """A phone on which the door is open."""
    stage.sign_in(phone)
    phone.goto(stage.door)
    return phone


def says(page: Page, kind: str, *texts: str) -> None:
    card = page.locator("#door-answer")
    expect(card).to_have_attribute("data-kind", kind, timeout=20_000)
    for text in texts:
        expect(card).to_contain_text(text)


def type_code(page: Page, code: str) -> None:
    if page.locator("#door-code").is_hidden():
        page.get_by_role("button", name="Código").click()
    page.fill("#code", code)
    page.press("#code", "Enter")


def test_a_pass_before_the_camera(before_the_camera: Any, stage: Stage) -> None:
    guest = stage.guests[0]
    page = before_the_camera(guest.code)
    stage.sign_in(page)
    page.goto(stage.door)
    says(page, "pass", guest.name, "Municipalidad Distrital de Imaza", "PASE")
    expect(page.locator("#door-count strong")).not_to_have_text("0")
    axe(page)
    says(page, "already", guest.name, "YA INGRESÓ")
    axe(page)


def test_codes_that_are_typed(door: Page, stage: Stage) -> None:
    guest = stage.guests[1]
    axe(door)
    sent: list[str] = []
    door.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    type_code(door, "AAAA")
    expect(door.locator("#code-error")).to_have_text("El código tiene 8 caracteres. Este tiene 4.")
    wrong = guest.code[:-1] + ("2" if guest.code[-1] != "2" else "3")
    type_code(door, wrong)
    expect(door.locator("#code-error")).to_have_text(
        "Un carácter no es correcto. Compare el código con el pase."
    )
    assert sent == []
    type_code(door, f"{guest.code[:4].lower()}-{guest.code[4:]}")
    says(door, "pass", guest.name, "PASE")
    type_code(door, guest.code)
    says(door, "already", guest.name, "YA INGRESÓ")
    type_code(door, stage.waiting.code)
    says(door, "no", stage.waiting.name, "NO PUEDE PASAR", "lista de espera")
    type_code(door, stage.stranger.code)
    says(door, "no", "NO PUEDE PASAR", "otro evento")
    expect(door.locator("#door-answer")).not_to_contain_text(stage.stranger.name)
    axe(door)


def test_a_person_is_found_by_name_while_the_line_breaks(door: Page, stage: Stage) -> None:
    guest = stage.guests[2]
    line = door.locator("#door-line")
    expect(line).to_have_text("En línea")
    door.get_by_role("button", name="Buscar").first.click()
    door.fill("#q", "shimbu")
    found = door.locator(".door-people button")
    expect(found).to_contain_text(guest.name)
    axe(door)
    door.context.set_offline(True)
    found.click()
    says(door, "saved", "GUARDADO", guest.code)
    expect(line).to_have_text("Sin conexión · 1 por enviar")
    type_code(door, guest.code)
    says(door, "saved", "YA LEÍDO")
    expect(line).to_have_text("Sin conexión · 2 por enviar")
    axe(door)
    door.context.set_offline(False)
    expect(line).to_have_text("En línea")
    expect(door.locator("#door-late")).to_contain_text(guest.name)
    says(door, "already", guest.name, "YA INGRESÓ")


def test_readings_outlive_the_page(door: Page, stage: Stage) -> None:
    door.route("**/puerta/ingresos", lambda route: route.abort())
    type_code(door, stage.guests[0].code)
    says(door, "saved", "GUARDADO")
    door.unroute("**/puerta/ingresos")
    door.reload()
    expect(door.locator("#door-line")).to_have_text("En línea")
    assert door.evaluate("Object.values({...localStorage})") == ["[]"]


def test_a_session_that_ended_says_so_and_keeps_the_reading(door: Page, stage: Stage) -> None:
    door.context.clear_cookies()
    type_code(door, stage.guests[0].code)
    says(door, "saved", "GUARDADO")
    line = door.locator("#door-line")
    expect(line).to_contain_text("Su sesión terminó · 1 por enviar")
    expect(line.get_by_role("link", name="Entrar de nuevo")).to_be_visible()


def test_the_whole_door_without_javascript(visitor: Visitors, stage: Stage) -> None:
    page = visitor(**PHONE, java_script_enabled=False)
    stage.sign_in(page)
    page.goto(stage.door)
    page.fill("#code", stage.guests[0].code.lower())
    page.click("#door-code button")
    expect(page.locator("#door-answer")).to_contain_text(stage.guests[0].name)
    page.fill("#q", "Ñahui")
    page.press("#q", "Enter")
    page.click(".door-people button")
    expect(page.locator("#door-answer")).to_contain_text(stage.guests[1].name)


def test_the_live_page_counts_by_itself(visitor: Visitors, stage: Stage) -> None:
    page = visitor()
    stage.sign_in(page)
    page.clock.install()  # half a minute need not be waited for
    page.goto(f"{stage.office}/asistencia/en-vivo")
    came = page.locator("#live .stats > *", has_text="asistieron este día").locator("strong")
    before = int(came.inner_text())
    door = page.context.new_page()
    door.goto(stage.door)
    type_code(door, stage.guests[3].code)
    says(door, "pass", stage.guests[3].name)
    door.close()
    expect(came).to_have_text(str(before))
    page.clock.run_for(30_000)
    expect(came).to_have_text(str(before + 1))


def test_the_attendance_office(visitor: Visitors, stage: Stage) -> None:
    page = visitor()
    stage.sign_in(page)
    page.goto(f"{stage.office}/asistencia")
    expect(page.get_by_role("heading", name="Asistencia")).to_be_visible()
    axe(page)
    page.get_by_role("checkbox", name=stage.guests[0].name).check()
    expect(page.locator(".bulk")).to_contain_text("Para 1 persona:")
    page.fill("#reason", "Hoja de firmas")
    page.get_by_role("button", name="Anotar").click()
    expect(page.locator(".flashes")).to_contain_text("Anotado para 1 persona.")
    page.get_by_role("link", name="Quispe Mamani, Rosa").click()
    expect(page.locator("main")).to_contain_text("Hoja de firmas")
    axe(page)
    page.goto(f"{stage.office}/asistencia/lecturas")
    axe(page)
