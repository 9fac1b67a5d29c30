"""Looking at a page as its readers do: on a phone, at a desk, with a screen reader's eyes."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.support.browsers import axe

SMALLEST = 320
COLOURS = ["color-contrast", "link-in-text-block"]  # rules of axe-core
OVERFLOW = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return "";
    const beyond = [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
    return `${wide} px too wide: ${beyond.slice(0, 5).join(", ")}`;
}"""


def look(page: Page, pictures: Path, name: str, *, smallest: int | None = SMALLEST) -> None:
    """Fail unless the page fits its window (and one `smallest` px wide) and axe-core finds nothing.

    Of what is wrong a picture is left in `pictures`.
    """
    try:
        fits(page, name)
        axe(page)
        if smallest:
            fits_within(page, smallest, name)
    except AssertionError:
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
        raise


def fits_within(page: Page, width: int, name: str) -> None:
    """Fail if one has to scroll sideways in a window of `width` px, and give the page its own window again."""
    usual = page.viewport_size
    assert usual
    page.set_viewport_size({"width": width, "height": usual["height"]})
    fits(page, f"{name} at {width} px")
    page.set_viewport_size(usual)


def colours_in_the_dark(page: Page) -> None:
    """Fail if the same page in dark colours is harder to read; all else that axe-core sees has no colour.

    The page is that of a visitor who wants no motion: otherwise its colours change slowly.
    """
    page.emulate_media(color_scheme="dark")
    axe(page, rules=COLOURS)
    page.emulate_media(color_scheme="light")


def fits(page: Page, name: str) -> None:
    """Fail if one has to scroll sideways."""
    problem = page.evaluate(OVERFLOW)
    assert not problem, f"{name}: {problem}"


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait, as long as a busy machine may need, until something is so."""
    for _tenth in range(300):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to that within 30 seconds")
