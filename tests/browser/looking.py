"""Looking at a page as its readers do: on a phone, at a desk, with a screen reader's eyes."""

from pathlib import Path

from playwright.sync_api import Page

from tests.support.browsers import axe

SMALLEST = 320
OVERFLOW = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return "";
    const beyond = [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
    return `${wide} px too wide: ${beyond.slice(0, 5).join(", ")}`;
}"""


def look(page: Page, pictures: Path, name: str, *, smallest: int | None = SMALLEST) -> None:
    """Fail unless the page fits its window (and one `smallest` px wide) and axe-core finds nothing; take a picture."""
    page.screenshot(path=pictures / f"{name}.png", full_page=True)
    fits(page, name)
    axe(page)
    usual = page.viewport_size
    if smallest and usual:
        page.set_viewport_size({"width": smallest, "height": usual["height"]})
        fits(page, f"{name} at {smallest} px")
        page.set_viewport_size(usual)


def fits(page: Page, name: str) -> None:
    """Fail if one has to scroll sideways."""
    problem = page.evaluate(OVERFLOW)
    assert not problem, f"{name}: {problem}"
