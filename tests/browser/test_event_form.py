"""A form of an event's own: what is asked follows what is answered, with a script and without."""

import pytest
from playwright.sync_api import Page, expect

from app.events.models import Event
from app.extensions import db
from tests import factories
from tests.browser.stage import Stage, application
from tests.factories import asks
from tests.support.browsers import PHONE, Visitors, axe
from tests.support.servers import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(live_server: Server, stage: Stage) -> str:
    """A form in which an answer leads to the next question."""
    with application(live_server):
        event = db.session.query(Event).filter_by(slug=stage.office.rsplit("/", 1)[1]).one()
        form = factories.form(
            event,
            asks("sector", "one_of", "publico", "otro", label={"es": "¿Desde dónde participa?"}),
            asks(
                "ruc",
                "ruc",
                shown_if={"field": "sector", "is": "publico"},
                is_required=True,
                label={"es": "RUC"},
            ),
            asks("viaja", "yes_no", label={"es": "¿Viajará?"}),
            asks("viaje", "section", shown_if={"field": "viaja", "is": True}, label={"es": "Su viaje"}),
            asks("noches", "number", label={"es": "Noches"}),
            asks("donde", "ubigeo", label={"es": "¿De dónde viene?"}),
            asks("carta", "file", label={"es": "Carta"}),
            slug="con-condiciones",
            title={"es": "Con condiciones"},
        )
        return f"/eventos/{event.slug}/inscripcion/{form.slug}"


def fill_person(page: Page) -> None:
    for name, value in (
        ("document_number", "00000077"),
        ("given_names", "Rosa"),
        ("first_surname", "Quispe"),
    ):
        page.fill(f"[name={name}]", value)


def test_what_is_asked_follows_what_is_answered(visitor: Visitors, address: str) -> None:
    page = visitor(**PHONE)
    page.goto(address)
    ruc, nights = page.get_by_label("RUC"), page.get_by_label("Noches")
    expect(ruc).to_be_hidden()
    expect(nights).to_be_hidden()
    axe(page)
    page.get_by_label("Publico").check()
    expect(ruc).to_be_visible()
    page.get_by_label("Sí").check()
    expect(nights).to_be_visible()
    expect(page.locator(".only-if")).to_have_count(0)
    group = page.get_by_role("group", name="¿De dónde viene?")
    group.get_by_label("Departamento").select_option(label="Amazonas")
    group.get_by_label("Provincia").select_option(label="Bagua")
    group.get_by_label("Distrito").select_option(label="Imaza")
    axe(page)
    fill_person(page)
    page.set_input_files(
        "[name=f_carta]", {"name": "carta.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    page.locator("form[method=post] button[type=submit]").click()
    # What was typed is there, the district in its lists, the file kept.
    expect(page.locator(".error-summary")).to_be_focused()
    expect(group.get_by_label("Distrito")).to_have_value("010205")
    expect(page.get_by_text("Guardamos «carta.pdf».")).to_be_visible()
    axe(page)
    page.get_by_label("Otro").check()
    expect(ruc).to_be_hidden()


def test_without_a_script_each_condition_is_said(visitor: Visitors, address: str) -> None:
    page = visitor(**PHONE, java_script_enabled=False)
    page.goto(address)
    expect(page.get_by_text("Solo si «¿Desde dónde participa?» es «Publico».")).to_be_visible()
    expect(page.get_by_text("Solo si «¿Viajará?» es «Sí».")).to_be_visible()
    expect(page.locator("[name=f_donde]")).to_be_visible()
    fill_person(page)
    page.fill("[name=email]", "rosa@example.pe")
    page.get_by_label("Otro").check()
    page.fill("[name=f_ruc]", "no es asunto de nadie")
    page.locator("[name=consent]").check()
    page.locator("form[method=post] button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recibimos su inscripción")
