"""An office makes a design while it sees it, and looks through all that there is about certificates."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.support.browsers import DESKTOP, Visitors
from tests.support.servers import Server

pytestmark = pytest.mark.browser
BODY = "/gestion/entidad/pcm-demo"
EVENT = "/gestion/eventos/semana-gobierno-abierto-2024"
PROGRAMME = "/gestion/eventos/programa-gestion-publica"


def enter(page: Page) -> None:
    page.goto("/gestion/entrar")
    page.fill("[name=email]", "admin@demo.example")
    page.fill("[name=password]", "tinkuy-demo")
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: not url.endswith("/entrar"))


def test_a_design_is_seen_while_it_is_made(visitor: Visitors, live_server: Server, tmp_path: Path) -> None:
    page = visitor(**DESKTOP)
    enter(page)
    page.goto(f"{BODY}/disenos")
    look(page, tmp_path, "designs")
    page.goto(f"{BODY}/disenos/nuevo")
    drawings = page.locator("[data-design-pictures] img")
    expect(drawings).to_have_count(2)
    before = drawings.first.get_attribute("src")
    page.get_by_label("Disposición").select_option("badge")
    expect(drawings.first).not_to_have_attribute("src", str(before))
    look(page, tmp_path, "design")
    page.fill("[name=name]", "De bolsillo")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_role("heading", name="De bolsillo", level=2)).to_be_visible()
    page.goto(f"{EVENT}/constancias/tipos/0")
    page.get_by_text("Pedir algo más").click()
    expect(page.get_by_label("Diseño").get_by_text("De bolsillo")).to_have_count(1)
    look(page, tmp_path, "award")


def test_all_pages_about_certificates_can_be_read_by_everybody(
    visitor: Visitors, live_server: Server, tmp_path: Path
) -> None:
    page = visitor(**DESKTOP)
    enter(page)
    for place in ("", "/tipos", "/tipos/nuevo", "/ajustes", "/diseno", "/firma-externa"):
        page.goto(f"{EVENT}/constancias{place}")
        look(page, tmp_path, f"certificates{place.replace('/', '-')}")
    page.goto(f"{PROGRAMME}/notas")
    look(page, tmp_path, "grades")
    page.goto(f"{BODY}/firma")
    look(page, tmp_path, "keys")
    page.goto(f"{EVENT}/constancias")
    page.locator("td a.code").first.click()
    look(page, tmp_path, "certificate")
    page.locator("dd a.code").first.click()
    look(page, tmp_path, "verdict")
