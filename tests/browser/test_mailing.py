"""An office writes to a choice of people: it chooses, looks, confirms, watches, and sees what became of each letter."""

import re

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.extensions import db
from app.mail.services import mark_bounced
from app.mailings.models import Mailing, MailingRecipient
from tests.browser.stage import Stage, application
from tests.support.browsers import Visitors, axe
from tests.support.servers import Server

pytestmark = pytest.mark.browser
SECONDS = 1000


def write(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.office}/mensajes/nuevo")
    axe(page)
    page.get_by_label("Asunto").fill("Traiga su DNI")
    page.get_by_label("Texto").fill(
        "Hola {nombres}:\n\nLo esperamos en {evento}.\n\n[Abrir mi página]({enlace})"
    )
    page.fill("[name=entity]", "imaza")
    page.get_by_role("button", name="Guardar y revisar").click()


def test_a_message_is_chosen_looked_at_confirmed_and_followed(
    visitor: Visitors, stage: Stage, live_server: Server
) -> None:
    page = visitor()
    stage.sign_in(page)
    write(page, stage)
    expect(page.locator(".audience-number")).to_have_text("1 persona")
    axe(page)
    page.get_by_label("Como lo recibe esta persona").select_option(label="Quispe Mamani, Rosa")
    page.get_by_role("button", name="Mostrar").click()
    letter = page.frame_locator(".letter-frame")
    expect(letter.get_by_role("link", name="Abrir mi página")).to_be_visible()
    page.get_by_role("button", name="Enviar a 1 persona").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Traiga su DNI")
    axe(page)
    row = page.get_by_role("row", name=re.compile("Quispe Mamani, Rosa"))
    expect(row.get_by_text("Enviada", exact=True)).to_be_visible(timeout=60 * SECONDS)
    axe(page)
    page.get_by_role("link", name="Carta a Rosa Quispe Mamani").click()
    expect(page.get_by_role("heading", name="Traiga su DNI")).to_be_visible()
    axe(page)
    bounce(live_server)
    page.go_back()
    page.reload()
    expect(row.get_by_text("5.1.1")).to_be_visible()
    axe(page)


def bounce(server: Server) -> None:
    with application(server):
        recipient = db.session.query(MailingRecipient).join(Mailing).filter_by(subject="Traiga su DNI").one()
        mark_bounced(recipient.letter_id, status="5.1.1", at=clock.now())
        db.session.commit()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_and_reminders_can_be_read_by_everybody(visitor: Visitors, stage: Stage, scheme: str) -> None:
    page = visitor(color_scheme=scheme, viewport={"width": 360, "height": 740})
    stage.sign_in(page)
    for path in ("mensajes", "cartas", "cartas/registration.invitation", "recordatorios"):
        page.goto(f"{stage.office}/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
