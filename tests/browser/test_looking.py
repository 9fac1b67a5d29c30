"""The eyes of these tests: they see what is wrong with a page."""

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import colours_in_the_dark, look

GOOD = '<!DOCTYPE html><html lang="es"><title>Página</title><main><h1>Hola</h1>{}</main></html>'
WRONG = {
    "too wide": ("<p style='width: 2000px'>ancho</p>", "px too wide"),
    "too wide on a small phone": ("<p style='width: 350px'>ancho</p>", "at 320 px"),
    "too pale": ("<p style='color: #ccc; background: #fff'>pálido</p>", "color-contrast"),
    "nameless": ("<input>", "label"),
}


def test_a_good_page_passes(browser: Browser, tmp_path) -> None:
    with browser.new_page(viewport={"width": 390, "height": 800}) as page:
        page.set_content(GOOD.format("<p>Todo bien</p>"))
        look(page, tmp_path, "good")
        assert page.viewport_size == {"width": 390, "height": 800}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", WRONG)
def test_faults_are_seen(browser: Browser, tmp_path, fault: str) -> None:
    markup, complaint = WRONG[fault]
    with browser.new_page(viewport={"width": 390, "height": 800}) as page:
        page.set_content(GOOD.format(markup))
        with pytest.raises(AssertionError, match=complaint):
            look(page, tmp_path, "bad")
    assert (tmp_path / "bad.png").stat().st_size > 1000


def test_what_is_pale_in_the_dark_alone_is_seen(browser: Browser, tmp_path) -> None:
    style = "<style>@media (prefers-color-scheme: dark) { p { color: #333; background: #222 } }</style>"
    with browser.new_page(viewport={"width": 390, "height": 800}, reduced_motion="reduce") as page:
        page.set_content(GOOD.format(style + "<p>oscuro</p>"))
        look(page, tmp_path, "light")
        with pytest.raises(AssertionError, match="color-contrast"):
            colours_in_the_dark(page)
