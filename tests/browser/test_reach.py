"""Every page of the demonstration for everyone: small windows, dark rooms, English, no pointer."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app import clock
from app.extensions import db
from app.participants import links
from app.registration import queries as registrations
from app.registration.queries import requests as asked_for
from app.registration.services import addresses as changes
from tests import factories
from tests.browser.looking import colours_in_the_dark, fits, fits_within, look
from tests.browser.rooms import BusyRoom
from tests.browser.stage import application
from tests.browser.test_walk import PHONE_390, Walk
from tests.support.browsers import DESKTOP, Visitors, axe
from tests.support.servers import Server

EVENT = "/eventos/semana-gobierno-abierto"
OFFICE = "/gestion/eventos/semana-gobierno-abierto"
PUBLIC = (
    "/",
    EVENT,
    f"{EVENT}-2024",
    f"{EVENT}/inscripcion",
    f"{EVENT}/inscripcion/recibida?estado=inscrito",
    f"{EVENT}/inscripcion/recibida?estado=en-espera",
    f"{EVENT}-2024/inscripcion",
    "{personal}",
    "{personal}/cancelar",
    "{personal}/datos",
    "{personal}/nombre",
    "{personal}/correo",
    "{personal}?guardado=datos",
    "/mis-eventos",
    "/mis-eventos/enviado",
    "/mis-eventos/nada",
    "{my_events}",
    "{confirmation}",
    "{room}",
    "{stage_desk}",
    "/verificar",
    "/verificar/NADA",
    "/gestion/entrar",
    "/nada",
)
INSIDE = (
    "/gestion/",
    "/gestion/eventos/nuevo",
    "/gestion/personas",
    "/gestion/auditoria",
    "/gestion/organisaciones",
    "/gestion/mi-clave",
    "/gestion/entidad/pcm-demo",
    "/gestion/entidad/pcm-demo/unidades",
    "/gestion/entidad/pcm-demo/privacidad",
    OFFICE,
    f"{OFFICE}/configuracion",
    f"{OFFICE}/duplicar",
    f"{OFFICE}/agenda",
    f"{OFFICE}/agenda/sesiones/nueva",
    f"{OFFICE}/agenda/salas/nueva",
    f"{OFFICE}/agenda/ponentes/nuevo",
    f"{OFFICE}/inscripciones",
    f"{OFFICE}/inscripciones/{{person}}",
    f"{OFFICE}/solicitudes",
    f"{OFFICE}/asistencia",
    f"{OFFICE}/asistencia/{{person}}",
    f"{OFFICE}/asistencia/lecturas",
    f"{OFFICE}/puerta",
    f"{OFFICE}-2024/constancias",
    f"{OFFICE}-2024/constancias/ajustes",
    f"{OFFICE}/exportar",
    "{desk}",
    "/gestion/eventos/taller-gobernanza-lideres/formularios",
    "/gestion/eventos/taller-gobernanza-lideres/formularios/1",
    "/gestion/eventos/taller-gobernanza-lideres/formularios/1/ajustes",
)


@pytest.fixture
def addresses(live_server: Server, visitor: Visitors, busy_room: BusyRoom) -> dict[str, str]:
    """What the addresses above leave open: links of a person, and the number of a registration."""
    page = Walk(live_server, visitor, Path()).sign_in("administrator")
    page.goto(f"{OFFICE}/inscripciones")
    person = page.locator(f"a[href^='{OFFICE}/inscripciones/']").first.get_attribute("href") or ""
    numbers = [part for part in page.content().split(f"{OFFICE}/inscripciones/") if part[:1].isdecimal()]
    assert numbers, person
    number = "".join(sign for sign in numbers[0].partition('"')[0] if sign.isdecimal())
    own = {"my_events": _my_events(live_server), "confirmation": _confirmation(live_server)}
    rooms = {"room": busy_room.page, "stage_desk": busy_room.stage_desk, "desk": busy_room.desk}
    return {"personal": live_server.demo["personal_link"], "person": number, **own, **rooms}


def _my_events(live_server: Server) -> str:
    with application(live_server):
        token = live_server.demo["personal_link"].rpartition("/")[2]
        person = registrations.by_token(token)
        assert person is not None
        return f"/mis-eventos/{links.token_for(registrations.of_email(person.email), at=clock.now())}"


def _confirmation(live_server: Server) -> str:
    """Ask for another address for somebody of an event of its own, and return the address of the question."""
    with application(live_server):
        person = factories.registration(factories.event(), email="antes@example.pe")
        change = changes.ask(person, "despues@example.pe", at=clock.now())
        db.session.commit()
        return f"/confirmar-correo/{asked_for.change_token(change, is_new=False)}"


def test_public_pages(visitor: Visitors, addresses: dict[str, str], tmp_path: Path) -> None:
    page = visitor(**PHONE_390, reduced_motion="reduce")
    for number, path in enumerate(PUBLIC):
        page.goto(path.format(**addresses))
        look(page, tmp_path, f"{number:02d}")
        colours_in_the_dark(page)


def test_letters_twice_as_large_still_fit(visitor: Visitors, addresses: dict[str, str]) -> None:
    """Who needs large letters sets them in the browser: WCAG 1.4.4."""
    page = visitor(viewport={"width": 640, "height": 800})
    for path in PUBLIC:
        page.goto(path.format(**addresses))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        fits(page, path)


@pytest.mark.parametrize("language", ["es", "en"])
def test_pages_of_the_office(
    live_server: Server, visitor: Visitors, addresses: dict[str, str], tmp_path: Path, language: str
) -> None:
    """Only the words differ in English, and only their length can go wrong there."""
    page = Walk(live_server, visitor, tmp_path).sign_in("administrator", **DESKTOP, reduced_motion="reduce")
    page.goto(f"/gestion/?lang={language}")
    for number, path in enumerate(INSIDE):
        answer = page.goto(path.format(**addresses))
        assert answer is not None
        assert answer.status == 200, path
        expect(page.locator("html")).to_have_attribute("lang", language)
        if language == "en":
            fits(page, path)
            fits_within(page, 390, path)
        else:
            look(page, tmp_path, f"{number:02d}", smallest=390)
            colours_in_the_dark(page)


def test_public_pages_in_english(visitor: Visitors, addresses: dict[str, str]) -> None:
    page = visitor(**DESKTOP)
    page.goto("/?lang=en")
    for path in PUBLIC:
        page.goto(path.format(**addresses))
        expect(page.locator("html")).to_have_attribute("lang", "en")
        fits(page, path)
        axe(page)


def test_the_keyboard_reaches_the_content_first(visitor: Visitors) -> None:
    page = visitor(**DESKTOP)
    page.goto(EVENT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_form_is_filled_in_by_keyboard_alone(visitor: Visitors) -> None:
    page = visitor(**DESKTOP)
    page.goto(f"{EVENT}/inscripcion")
    page.locator("[name=document_type]").focus()
    order = []
    for _step in range(14):
        order.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        page.keyboard.press("Tab")
    asked = [
        "document_type",
        "document_number",
        "given_names",
        "first_surname",
        "second_surname",
        "email",
        "phone",
    ]
    asked += ["entity", "position", "consent"]
    assert [name for name in order if name in asked] == asked


def test_times_are_also_those_of_the_visitor(visitor: Visitors) -> None:
    lima, madrid = visitor(**DESKTOP), visitor(**DESKTOP, timezone_id="Europe/Madrid")
    for page in (lima, madrid):
        page.goto(EVENT)
        expect(page.locator("main")).to_contain_text("hora de Lima")
    expect(madrid.locator("[data-visitor-time]").first).to_contain_text("En su hora")
    expect(lima.locator("[data-visitor-time]:visible")).to_have_count(0)


def test_on_paper_nothing_is_lost(live_server: Server, visitor: Visitors) -> None:
    page = visitor(**DESKTOP)
    page.goto(live_server.demo["personal_link"])
    page.emulate_media(media="print")
    expect(page.locator(".pass-qr svg")).to_be_visible()
    expect(page.locator(".pass-code")).to_be_visible()
