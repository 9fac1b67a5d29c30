"""An office brings a list of people: the file, its columns, the first rows, the progress, what became of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.stage import Stage
from tests.support.browsers import Visitors

pytestmark = pytest.mark.browser
LIST = (
    "DNI;Apellidos y nombres;Correo;Distrito\n"
    "81000001;Wampash Ikam, Delia;delia.lista@example.pe;Imaza\n"
    "8100;Tsamajain, Nilo;nilo.lista@example.pe;Imaza\n"
)


def test_a_list_becomes_registrations(visitor: Visitors, stage: Stage, tmp_path: Path) -> None:
    page: Page = visitor()
    stage.sign_in(page)
    page.goto(f"{stage.office}/importar")
    look(page, tmp_path, "file")
    file = {"name": "lista.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.set_input_files("[name=file]", [file])  # type: ignore[list-item]
    page.locator("main form[enctype] button[type=submit]").click()
    expect(page.get_by_role("heading", name="Qué hay en las columnas", level=1)).to_be_visible()
    look(page, tmp_path, "columns")
    page.get_by_role("button", name="Ver las primeras filas").click()
    expect(page.get_by_text("Wampash Ikam, Delia")).to_be_visible()
    page.locator("[name=rows][value=good]").check()
    page.locator("[name=consent]").check()
    look(page, tmp_path, "preview")
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url("**/importar/*")
    # What shows the progress loads itself anew when it is done: it is looked at when it stands still.
    expect(page.get_by_role("heading", name="Filas con errores")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("cell", name="El DNI tiene 8 dígitos")).to_be_visible()
    look(page, tmp_path, "result")
    with page.expect_download() as download:
        page.get_by_role("link", name="En CSV").click()
    assert "Tsamajain" in download.value.path().read_text(encoding="utf-8-sig")
