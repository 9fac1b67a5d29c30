"""The main job from end to end, as people do it: from an event's page to a verified certificate and an export."""

import csv
import io
import re
import subprocess
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from app import codes
from scripts.services import find
from tests.browser.looking import fits, look
from tests.support.browsers import DESKTOP, PHONE, Visitors
from tests.support.servers import Server

DEMO_EVENT = "/eventos/semana-gobierno-abierto"
PHONE_390 = PHONE | {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1}
WITHOUT_SCRIPTS = {"java_script_enabled": False}
LINK = re.compile(r"http://[0-9.:]+(/mi/[A-Za-z0-9_-]+)")
CODE = re.compile(r"[2-9A-Y]{4}-[2-9A-Y]{4}-[2-9A-Y]{4}")


class Walk:
    """One run of the walk; `pictures` is where it leaves what a page with a fault looks like."""

    def __init__(self, server: Server, visitor: Visitors, pictures: Path) -> None:
        self.server = server
        self.visitor = visitor
        self.pictures = pictures
        self.count = 0
        self.without_scripts: list[Page] = []

    def see(self, page: Page, name: str, **options: int | None) -> None:
        """Look at the page that is open now; where scripts are off, axe-core cannot run either."""
        self.count += 1
        name = f"{self.count:02d}-{name}"
        if page in self.without_scripts:
            fits(page, name)
        else:
            look(page, self.pictures, name, **options)

    def sign_in(self, role: str, **options: object) -> Page:
        """Return a page of somebody of the demonstration who has signed in."""
        person = next(one for one in self.server.demo["sign_ins"] if one["role"] == role)
        page = self.visitor(**options)
        page.goto("/gestion/")
        if role == "organiser":
            self.see(page, "sign-in")
        page.get_by_label("Correo electrónico").fill(person["email"])
        page.get_by_label("Contraseña").fill(person["password"])
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/gestion/")
        return page

    def letter_to(self, address: str) -> str:
        """Wait for a letter in the letter box and return its text."""
        page = self.visitor(**PHONE_390)
        newest = page.locator(".item-list li", has_text=address).first
        for _attempt in range(160):
            page.goto("/buzon")
            if newest.count():
                break
            page.wait_for_timeout(250)
        self.see(page, "letter-box")
        newest.get_by_role("link").click()
        self.see(page, "letter")
        text = page.locator("pre").inner_text()
        page.locator("a[href$='/html']").click()
        expect(page.locator("img")).not_to_have_count(0)
        page.context.close()
        return text


@pytest.fixture
def walk(live_server: Server, visitor: Visitors, tmp_path: Path) -> Walk:
    return Walk(live_server, visitor, tmp_path)


def fill_registration(page: Page, *, number: str, given: str, email: str) -> None:
    """Fill in the form as a person of Imaza."""
    answers = {
        "document_number": number,
        "given_names": given,
        "first_surname": "Shimbucat",
        "second_surname": "Taish",
        "email": email,
        "phone": "987 654 321",
        "entity": "Municipalidad Distrital de Imaza",
        "position": "Especialista",
    }
    for name, answer in answers.items():
        page.locator(f"[name={name}]").fill(answer)
    choose_imaza(page)
    page.locator("[name=consent]").check()


def choose_imaza(page: Page) -> None:
    """Choose the district in its three lists, or write its name where no script makes them."""
    page.wait_for_load_state("networkidle")
    if page.locator("select#ubigeo").count() == 0:
        page.locator("[name=ubigeo]").fill("Imaza")
        return
    for label, name in (("Departamento", "Amazonas"), ("Provincia", "Bagua"), ("Distrito", "Imaza")):
        page.get_by_role("combobox", name=label).select_option(label=name)


def submit(page: Page) -> Locator:
    """Return the button of the registration form."""
    return page.locator("form[method=post] button[type=submit]")


def register_by_phone(
    walk: Walk, path: str, *, number: str, given: str, email: str, **options: object
) -> None:
    """Go from the list of events to a registration."""
    page = walk.visitor(**PHONE_390 | options)
    if options == WITHOUT_SCRIPTS:
        walk.without_scripts.append(page)
    page.goto("/")
    walk.see(page, "home")
    page.locator(f"a[href='{path}']").first.click()
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    walk.see(page, "event")
    page.locator(f"a[href='{path}/inscripcion']:visible").first.click()
    walk.see(page, "form")
    submit(page).click()
    expect(page.locator(".field-error").first).to_be_visible()
    walk.see(page, "form-with-errors")
    fill_registration(page, number=number, given=given, email=email)
    submit(page).click()
    expect(page).to_have_url(re.compile("recibida"))
    walk.see(page, "received")


def open_personal_page(walk: Walk, path: str, name: str, **options: object) -> Page:
    """Open a participant's page on a phone."""
    page = walk.visitor(**PHONE_390 | options)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page


def enter_the_room(walk: Walk, path: str) -> None:
    """Enter the room that is open now; with scripts it counts by itself, without them by the button."""
    page = open_personal_page(walk, path, "Ñusta")
    walk.see(page, "personal-page")
    with page.expect_response(lambda answer: answer.url.endswith("/presencia")) as beat:
        page.get_by_role("link", name="Entrar a la sala").first.click()
    assert beat.value.status == 200
    assert beat.value.json()["open"] is True
    walk.see(page, "room")
    simple = walk.visitor(**PHONE_390 | WITHOUT_SCRIPTS)
    simple.goto(page.url)
    simple.get_by_role("button", name="Sigo aquí").click()
    expect(simple.get_by_text("Anotado")).to_be_visible()


def test_a_participant_registers_without_scripts_and_enters_the_room(walk: Walk) -> None:
    register_by_phone(
        walk,
        DEMO_EVENT,
        number="71000001",
        given="Ñusta",
        email="nusta@example.pe",
        java_script_enabled=False,
    )
    text = walk.letter_to("nusta@example.pe")
    link = LINK.search(text)
    assert link, text
    enter_the_room(walk, link[1])


# --- the office


def create_event(walk: Walk, office: Page, title: str) -> str:
    """Create an event of today with one session, publish it, and return its slug."""
    today = datetime.now(ZoneInfo("America/Lima")).date().isoformat()
    office.get_by_role("link", name="Nuevo evento").first.click()
    walk.see(office, "new-event", smallest=None)
    office.get_by_role("button", name="Crear borrador").click()
    expect(office.locator(".field-error").first).to_be_visible()
    walk.see(office, "new-event-with-errors", smallest=None)
    office.locator("[name=title]").fill(title)
    office.locator("[name=first_day]").fill(today)
    office.locator("[name=last_day]").fill(today)
    office.locator("[name=summary]").fill("Una tarde para aprender a publicar datos.")
    office.locator("[name=capacity]").fill("30")
    office.get_by_role("button", name="Crear borrador").click()
    office.wait_for_url("**/agenda**")
    walk.see(office, "agenda-empty", smallest=None)
    add_session(walk, office)
    return office.url.split("/eventos/")[1].split("/")[0]


def add_session(walk: Walk, office: Page) -> None:
    """Add a session that ends before it starts, read why not, and correct it."""
    office.get_by_role("link", name="Añadir sesión").click()
    office.locator("[name=title]").fill("Publicar datos abiertos")
    office.locator("[name=starts]").fill("11:00")
    office.locator("[name=ends]").fill("09:00")
    office.locator("[name=online_url]").fill("https://meet.jit.si/tinkuy-prueba")
    office.locator("[name='speakers-0-name']").fill("Zoë Ñahui Túpac")
    office.get_by_role("button", name="Guardar sesión").click()
    expect(office.locator(".field-error").first).to_be_visible()
    walk.see(office, "session-with-errors", smallest=None)
    office.locator("[name=starts]").fill("09:00")
    office.locator("[name=ends]").fill("11:00")
    office.get_by_role("button", name="Guardar sesión").click()
    expect(office.get_by_text("Publicar datos abiertos").first).to_be_visible()
    walk.see(office, "agenda", smallest=None)


def publish(walk: Walk, office: Page, slug: str) -> None:
    stranger = walk.visitor(**PHONE_390)
    assert stranger.goto(f"/eventos/{slug}").status == 404
    office.goto(f"/gestion/eventos/{slug}")
    walk.see(office, "summary-of-a-draft", smallest=None)
    office.get_by_role("button", name="Publicar").click()
    expect(office.get_by_text("Publicado").first).to_be_visible()
    assert stranger.goto(f"/eventos/{slug}").status == 200


def code_on(page: Page) -> str:
    """Return the code of the pass on a personal page."""
    return page.locator(".pass-code").inner_text()


def check_in(walk: Walk, slug: str, code: str) -> None:
    """Let somebody in by the code, typed with small letters, and see that the second time is told."""
    door = walk.sign_in("door", **PHONE_390)
    door.goto(f"/gestion/eventos/{slug}/puerta")
    walk.see(door, "door")
    door.get_by_role("button", name="Código").click()
    for word in ("PASE", "YA INGRESÓ"):
        door.locator("#code").fill(code.lower().replace("-", " "))
        door.get_by_role("button", name="Comprobar").click()
        expect(door.get_by_text(word).first).to_be_visible()
        expect(door.get_by_text("Shimbucat").first).to_be_visible()
        walk.see(door, f"door-{word[:2].lower()}")
    door.locator("#code").fill(code[:-1] + ("2" if code[-1] != "2" else "3"))
    door.get_by_role("button", name="Comprobar").click()
    expect(door.locator("#code-error")).to_contain_text("Un carácter no es correcto")
    door.locator("#code").fill(codes.generate(8))
    door.get_by_role("button", name="Comprobar").click()
    expect(door.get_by_text("NO PUEDE PASAR").first).to_be_visible()
    walk.see(door, "door-refused")


def mark_by_hand(walk: Walk, office: Page, slug: str, name: str) -> None:
    """Mark somebody as present for the whole day by hand."""
    office.goto(f"/gestion/eventos/{slug}/asistencia")
    office.get_by_role("checkbox", name=name).check()
    walk.see(office, "attendance", smallest=None)
    bulk = office.locator(".bulk")
    bulk.locator("[name=reason]").fill("Firmó la lista en papel")
    bulk.get_by_role("button").first.click()
    walk.see(office, "attendance-marked", smallest=None)


def issue_certificates(walk: Walk, office: Page, slug: str) -> None:
    """Say what the certificates say, and issue them."""
    office.goto(f"/gestion/eventos/{slug}/constancias/ajustes")
    office.locator("[name=hours]").fill("2")
    office.locator("[name='signatories-0-name']").fill("Nombre de quien firma")
    office.locator("[name='signatories-0-position']").fill("Directora de prueba")
    walk.see(office, "certificate-settings", smallest=None)
    office.get_by_role("button", name="Guardar", exact=True).click()
    expect(office.locator(".flashes")).to_contain_text("Guardado")
    office.goto(f"/gestion/eventos/{slug}/constancias")
    walk.see(office, "certificates", smallest=None)
    office.locator("form[action$='/emisiones'] button").first.click()
    expect(office.get_by_text("Emisión terminada")).to_be_visible(timeout=30_000)
    expect(office.get_by_role("status")).to_contain_text("2 constancias")
    walk.see(office, "issued", smallest=None)


def download(page: Page, button: Locator, folder: Path) -> Path:
    """Press a button or link that gives a file, and return the file."""
    with page.expect_download() as waiting:
        button.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def collect_certificate(walk: Walk, path: str, folder: Path) -> str:
    """Download the certificate from the personal page, read it, and return its code."""
    page = open_personal_page(walk, path, "Elmer")
    walk.see(page, "personal-page-with-certificate")
    code = page.locator(".code").first.inner_text()
    file = download(page, page.get_by_role("link", name="Descargar mi constancia"), folder)
    text = subprocess.run(
        [str(find("pdftotext")), "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert CODE.fullmatch(code)
    assert code in text
    assert "ELMER SHIMBUCAT TAISH" in text.upper()
    assert "72000001" in text
    return code


def verify(walk: Walk, code: str) -> None:
    """Ask whether a certificate is good, as somebody types its code."""
    page = walk.visitor(**PHONE_390)
    page.goto("/verificar")
    walk.see(page, "verify")
    page.locator("[name=codigo]").fill(code.lower().replace("-", " "))
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Constancia válida")
    expect(page.get_by_text("Elmer Shimbucat Taish").first).to_be_visible()
    expect(page.get_by_text("72000001")).to_have_count(0)
    walk.see(page, "valid")
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert page.goto(f"/verificar/{wrong}").status == 404
    walk.see(page, "unknown")
    compare_file(walk, page, code)


def compare_file(walk: Walk, page: Page, code: str) -> None:
    """Compare the file itself, which never leaves the visitor's device."""
    file = page.request.get(f"/certificados/{code}.pdf").body()
    page.goto("/verificar")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    chosen = {"name": "constancia.pdf", "mimeType": "application/pdf", "buffer": file}
    page.set_input_files("#archivo", [chosen])
    page.get_by_role("button", name="Comparar el archivo").click()
    expect(page.get_by_text("byte por byte")).to_be_visible()
    assert set(sent) == {"GET"}
    walk.see(page, "same-file")


def export(walk: Walk, office: Page, slug: str, folder: Path) -> None:
    """Export attendees in both kinds, and read them."""
    office.goto(f"/gestion/eventos/{slug}/exportar")
    walk.see(office, "export", smallest=None)
    tables = {}
    for kind in ("csv", "xlsx"):
        office.locator(f"[name=kind][value={kind}]").check()
        tables[kind] = download(office, office.get_by_role("button", name="Descargar").first, folder)
    assert tables["csv"].read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(tables["csv"].read_text("utf-8-sig"))))
    sheet = openpyxl.load_workbook(tables["xlsx"]).active
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(rows) == len(cells) == 3
    assert rows[0] == cells[0]
    for table in (rows, cells):
        assert {"72000001", "72000002"} <= {cell for row in table for cell in row}


def test_an_office_holds_an_event_from_the_first_draft_to_the_export(walk: Walk, tmp_path: Path) -> None:
    office = walk.sign_in("organiser", **DESKTOP)
    walk.see(office, "dashboard", smallest=None)
    slug = create_event(walk, office, "Taller de datos abiertos")
    publish(walk, office, slug)
    links = []
    for number, given in (("72000001", "Elmer"), ("72000002", "Rosa")):
        address = f"{given.lower()}@example.pe"
        register_by_phone(walk, f"/eventos/{slug}", number=number, given=given, email=address)
        found = LINK.search(walk.letter_to(address))
        assert found
        links.append(found[1])
    code = code_on(open_personal_page(walk, links[0], "Elmer"))
    check_in(walk, slug, code)
    mark_by_hand(walk, office, slug, "Rosa Shimbucat Taish")
    issue_certificates(walk, office, slug)
    certificate = collect_certificate(walk, links[0], tmp_path)
    verify(walk, certificate)
    export(walk, office, slug, tmp_path)
    office.goto(f"/gestion/eventos/{slug}/inscripciones")
    walk.see(office, "registrations", smallest=None)
    office.goto(f"/gestion/eventos/{slug}")
    walk.see(office, "summary", smallest=None)
    assert walk.count > 35
