"""A question and a hand on their way from a phone to the desk and to another phone; nobody loads a page anew."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.support.browsers import PHONE, Visitors, axe

pytestmark = pytest.mark.browser
SOON = 20_000  # milliseconds: a look each five seconds at most, on a busy machine


def test_a_question_travels_by_itself(visitor: Visitors, stage: Stage) -> None:
    desk: Page = visitor(**PHONE)
    stage.sign_in(desk)
    desk.goto(f"{stage.office}/salas/{stage.under_way}")
    asking, watching = visitor(**PHONE), visitor()
    for page, viewer in ((asking, 0), (watching, 1)):
        page.goto(f"{stage.viewers[viewer].page}/sala/{stage.under_way}")
    asking.get_by_label("Su pregunta").fill("¿Y los plazos?")
    asking.keyboard.press("Tab")
    asking.keyboard.press("Enter")
    for page in (asking, watching, desk):
        expect(page.get_by_text("¿Y los plazos?")).to_be_visible(timeout=SOON)
    expect(watching.locator("[data-said]")).to_have_text("1 preguntas nuevas", timeout=SOON)
    watching.get_by_role("button", name="Votar por esta pregunta").click()
    expect(asking.get_by_role("button", name="votos: 1")).to_be_visible(timeout=SOON)
    desk.get_by_role("button", name="Al escenario").click()
    expect(asking.locator(".is-pinned")).to_contain_text("¿Y los plazos?", timeout=SOON)
    asking.get_by_role("button", name="Levantar la mano").click()
    expect(asking.get_by_text("usted sigue")).to_be_visible()
    expect(watching.get_by_text("1 mano levantada")).to_be_visible(timeout=SOON)
    desk.get_by_role("button", name="Dar la palabra").click(timeout=SOON)
    expect(asking.get_by_text("Tiene la palabra.")).to_be_visible(timeout=SOON)
    expect(watching.get_by_text("tiene la palabra")).to_be_visible(timeout=SOON)
    desk.get_by_role("button", name="Bajar la mano").click()
    expect(asking.get_by_text("Su mano ya no está levantada.")).to_be_visible(timeout=SOON)
    for name in ("Levantar la mano", "Bajar la mano"):
        asking.get_by_role("button", name=name).click()
    expect(asking.get_by_role("button", name="Levantar la mano")).to_be_visible()
    desk.get_by_role("link", name="Proyector").evaluate("link => link.removeAttribute('target')")
    axe(desk)
    axe(asking)
    desk.get_by_role("link", name="Proyector").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("¿Y los plazos?")
    axe(desk)
