"""The virtual room in a real browser: it counts while it is in sight, and says when it is not yet or no longer open."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.looking import until
from tests.browser.stage import Stage
from tests.support.browsers import PHONE, Visitors, axe

pytestmark = pytest.mark.browser


def room(stage: Stage, session_id: int, viewer: int = 0) -> str:
    return f"{stage.viewers[viewer].page}/sala/{session_id}"


def hasten(page: Page, **attributes: Any) -> None:
    """Let the page's clockwork run fast: the server renders its pace, and nothing else is changed."""

    def quicker(route: Route) -> None:
        answer = route.fetch()
        body = answer.text()
        for name, (slow, fast) in attributes.items():
            assert f'data-{name}="{slow}' in body
            body = body.replace(f'data-{name}="{slow}', f'data-{name}="{fast}', 1)
        route.fulfill(response=answer, body=body)

    page.route("**/sala/*", quicker)


def beats(page: Page) -> list[str]:
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if request.method == "POST" else None)
    return heard


def hide(page: Page, state: str) -> None:
    page.evaluate(
        """state => {
          Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


def test_an_open_page_counts_minutes_while_it_is_in_sight(phone: Page, stage: Stage) -> None:
    heard = beats(phone)
    hasten(phone, every=("60", "1"))
    phone.goto(room(stage, stage.under_way))
    minutes = phone.locator("[data-minutes]")
    expect(minutes).to_have_text(re.compile(r"^Lleva [1-9]\d* de 90 minutos$"))
    assert phone.locator("progress").evaluate("one => one.value") > 0
    until(phone, lambda: len(heard) >= 3)
    hide(phone, "hidden")
    phone.wait_for_timeout(500)  # what was on its way arrives
    before = len(heard)
    phone.wait_for_timeout(2_500)
    assert len(heard) == before
    hide(phone, "visible")
    until(phone, lambda: len(heard) > before)
    axe(phone)


def test_the_player_comes_only_when_it_is_asked_for(phone: Page, stage: Stage) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.route(
        "https://www.youtube-nocookie.com/**",
        lambda route: route.fulfill(body="<p>video</p>", content_type="text/html"),
    )
    phone.goto(room(stage, stage.under_way))
    expect(phone.locator("[data-minutes]")).to_contain_text("Lleva")
    assert [url for url in asked if "youtube" in url] == []
    phone.get_by_role("link", name="Ver aquí, desde YouTube").click()
    expect(phone.frame_locator("iframe").get_by_text("video")).to_be_visible()
    assert "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ" in asked


def test_the_way_to_a_meeting(phone: Page, stage: Stage) -> None:
    phone.goto(stage.viewers[1].page)
    axe(phone)
    phone.get_by_role("link", name="Entrar a la sala").last.click()
    link = phone.get_by_role("link", name="Entrar a la sala en Zoom")
    expect(link).to_have_attribute("href", "https://us02web.zoom.us/j/123456789")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    axe(phone)


def test_a_room_that_is_not_open_yet_counts_down(phone: Page, stage: Stage) -> None:
    phone.goto(room(stage, stage.later))
    expect(phone.locator("[data-countdown]")).to_contain_text("Faltan 9 h")
    expect(phone.get_by_role("link", name="Entrar a la sala en Google Meet")).to_have_count(0)
    axe(phone)


def test_without_javascript_a_button_does_the_same(visitor: Visitors, stage: Stage) -> None:
    page = visitor(**PHONE, java_script_enabled=False)
    page.goto(room(stage, stage.under_way, viewer=2))
    expect(page.locator("main")).to_contain_text("Lleva 0 de 90 minutos")
    page.get_by_role("button", name="Sigo aquí").click()
    expect(page.locator("main")).to_contain_text("Lleva 1 de 90 minutos")
    expect(page.locator("[data-countdown]")).to_have_count(0)
