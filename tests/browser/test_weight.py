"""A first visit weighs at most 60 KB, so that it opens on a weak line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.browsers import PHONE, Visitors
from tests.support.servers import Server

LIMIT = 60 * 1024
DEMO_EVENT = "/eventos/semana-gobierno-abierto"


def weigh(page: Page, path: str) -> dict[str, int]:
    """Return how many bytes came over the line for each thing that the page is made of."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    names: dict[str, str] = {}
    weights: dict[str, int] = {}
    line.on(
        "Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]})
    )
    line.on(
        "Network.loadingFinished",
        lambda event: weights.update({names.get(event["requestId"], "?"): int(event["encodedDataLength"])}),
    )
    page.goto(path, wait_until="networkidle")
    line.detach()
    assert any(path in address for address in weights), weights
    return weights


PAGES: dict[str, Callable[[Server], str]] = {
    "home": lambda server: "/",
    "event": lambda server: DEMO_EVENT,
    "past event": lambda server: f"{DEMO_EVENT}-2024",
    "form": lambda server: f"{DEMO_EVENT}/inscripcion",
    "personal page": lambda server: server.demo["personal_link"],
    "my events": lambda server: "/mis-eventos",
    "correction of a name": lambda server: f"{server.demo['personal_link']}/nombre",
    "verification": lambda server: "/verificar",
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_first_visit_is_light(live_server: Server, visitor: Visitors, name: str, scheme: str) -> None:
    weights = weigh(visitor(**PHONE, color_scheme=scheme), PAGES[name](live_server))
    assert sum(weights.values()) <= LIMIT, weights


def test_a_second_visit_brings_the_page_alone(live_server: Server, visitor: Visitors) -> None:
    page = visitor(**PHONE)
    first = weigh(page, DEMO_EVENT)
    page.goto("about:blank")
    again = weigh(page, DEMO_EVENT)
    assert sum(again.values()) < sum(first.values()) / 3, again
    assert [address for address, weight in again.items() if weight > 0 and "/static/" in address] == []
