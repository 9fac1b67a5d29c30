"""A real browser: Debian's Chromium, driven by Playwright, seeing nothing but this machine."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from scripts.console import PROJECT
from scripts.services import find
from tests.support.servers import Server

TIMEOUT = 30_000  # ms: three runs of tests may share two cores
expect.set_options(timeout=TIMEOUT)
# The pages with which Chromium draws its own address line cost each window more than the pages that are tested. The
# others are those of Playwright's own list that pages can feel: of two lists Chromium reads the last alone.
_LEFT_OUT = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
]
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-gpu",
    f"--disable-features={','.join(_LEFT_OUT)}",
]
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PARTS = {"stylesheet", "script", "image", "font", "media", "manifest"}
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    chromium = find("chromium")
    assert chromium, "chromium is missing: install it (on Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


class Visitors:
    """Opens windows, each a visitor with cookies of its own, and collects what goes wrong in them."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        """Remember where the visitors go."""
        self.browser = browser
        self.base_url = base_url
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def __call__(self, **options: Any) -> Page:
        """Return a page of a new visitor in Lima; `options` are those of Playwright's `new_context`."""
        place = {"locale": "es-PE", "timezone_id": "America/Lima", "base_url": self.base_url}
        context = self.browser.new_context(**{**place, **DESKTOP, **options})
        context.set_default_timeout(TIMEOUT)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))
        page.on("response", self._see)
        return page

    def _see(self, answer: Response) -> None:
        # Pages may answer 404 or 422, and a test says which; what they are made of may not.
        if answer.status >= 400 and answer.request.resource_type in PARTS:
            self.complaints.append(f"{answer.url}: {answer.status}")

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        # A page that answers 422 is logged as an error by Chromium, and is what the test wants.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{page.url}: {message.text}")


@pytest.fixture
def visitor(browser: Browser, live_server: Server) -> Iterator[Visitors]:
    """A function that opens a page of a new visitor; script errors and breaches of the CSP fail the test."""
    visitors = Visitors(browser, live_server.url)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert visitors.complaints == []


@pytest.fixture
def page(visitor: Visitors) -> Page:
    """A page of one visitor at a desk."""
    return visitor()


@pytest.fixture
def phone(visitor: Visitors) -> Page:
    """A page of one visitor with a phone."""
    return visitor(**PHONE)


# Only what is wrong travels to the test: all that is right fills megabytes.
_RUN_AXE = """([rules, without]) => axe
    .run({exclude: without}, {runOnly: rules, resultTypes: ["violations"]})
    .then(({violations}) => violations)"""


def axe(page: Page, *, without: tuple[str, ...] = (), rules: Sequence[str] = WCAG) -> None:
    """Fail with the list of what axe-core finds on this page.

    `without` names CSS selectors to leave out, `rules` the tags of the rules to hold the page to, or the rules.
    """
    # Evaluated through the debugger, which the page's own CSP does not bind.
    page.evaluate(f"() => {{ if (!window.axe) {{ {AXE.read_text()} }} }}")
    violations = page.evaluate(_RUN_AXE, [list(rules), [[selector] for selector in without]])
    lines = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(f"{node['target']} {node['html']}" for node in violation["nodes"])
        for violation in violations
    ]
    assert not lines, f"{page.url}\n" + "\n".join(lines)
