"""An office writes a question, and sees beside it what people will see."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.support.browsers import Visitors, axe

pytestmark = pytest.mark.browser


def new_form(page: Page, stage: Stage, name: str) -> None:
    stage.sign_in(page)
    page.goto(f"{stage.office}/formularios/nuevo")
    page.get_by_label("Nombre en español").fill(name)
    page.get_by_label("Capacitación de servidores públicos").check()
    page.get_by_role("button", name="Crear el formulario").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_a_question_is_seen_while_it_is_written(visitor: Visitors, stage: Stage) -> None:
    page = visitor()
    new_form(page, stage, "Asistentes")
    axe(page)
    page.get_by_role("link", name="Añadir pregunta después de «Régimen laboral»").click()
    axe(page)
    page.get_by_role("link", name="Una de una lista").click()
    preview = page.get_by_role("region", name="Así se verá")
    expect(preview.get_by_role("group", name="Régimen laboral")).to_be_visible()
    page.fill("[name=label_es]", "¿En qué mesa estará?")
    page.get_by_label("Opción 1 en español").fill("Agua y saneamiento")
    page.get_by_label("Opción 2 en español").fill("Salud")
    edited = preview.locator(".is-edited")
    expect(edited.get_by_text("¿En qué mesa estará?")).to_be_in_viewport()
    expect(edited.get_by_role("radio", name="Agua y saneamiento")).to_be_disabled()
    page.get_by_label("Es obligatorio responder").check()
    expect(edited.locator(".required")).to_have_text(" *")
    axe(page)
    page.get_by_role("button", name="Guardar").click()
    titles = page.locator(".question-list h3")
    expect(titles).to_have_text(
        [
            "Quién es la persona",
            "Su trabajo",
            "Nivel de gobierno",
            "Régimen laboral",
            "¿En qué mesa estará?",
            "¿Cuál es su régimen?",
            "Órgano o unidad orgánica",
        ]
    )
    page.get_by_role("button", name="Subir «¿En qué mesa estará?»").press("Enter")
    expect(titles.nth(3)).to_have_text("¿En qué mesa estará?")


def test_without_scripts_a_button_shows_what_is_not_saved_yet(visitor: Visitors, stage: Stage) -> None:
    page = visitor(java_script_enabled=False, viewport={"width": 390, "height": 800})
    new_form(page, stage, "Prensa")
    page.get_by_role("link", name="Nivel de gobierno", exact=True).click()
    page.fill("[name=label_es]", "¿De qué gobierno viene?")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Ver cómo queda").click()
    expect(opened.value.get_by_text("¿De qué gobierno viene?")).to_be_visible()
    expect(opened.value.get_by_text("Todavía no se ha guardado nada")).to_be_visible()
