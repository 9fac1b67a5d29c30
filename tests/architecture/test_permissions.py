"""Every view says who may open it, and nobody opens another organisation's event."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.permissions import Permission, Role
from tests import factories

WORDS = {"public", "signed_in", "participant", "device"}
OWN_FILES = "static"


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != OWN_FILES]


def test_every_view_declares_who_may_open_it(app: Flask) -> None:
    undeclared = [
        rule.endpoint
        for rule in rules(app)
        if getattr(app.view_functions[rule.endpoint], "access", None) not in {*WORDS, *Permission}
    ]
    assert undeclared == []


def test_what_lies_under_gestion_is_not_public_but_for_the_ways_in(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in rules(app)
        if rule.rule.startswith("/gestion") and app.view_functions[rule.endpoint].access == "public"
    }
    assert public == {"accounts.sign_in", "accounts.sign_out", "accounts.choose_password"}


def requests(app: Flask, slug: str) -> Iterator[tuple[str, str]]:
    """Yield method and address of every view of an event's back office, with ids that exist in no event."""
    for rule in rules(app):
        if rule.rule.startswith("/gestion/eventos/<slug>"):
            values = {name: slug if name == "slug" else 10**6 for name in rule.arguments}
            with app.test_request_context():
                path = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
            yield from ((method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


@pytest.fixture
def event(session: Any) -> Any:
    return factories.event(slug="ajeno")


@pytest.mark.parametrize("scope", ["organisation", "event"])
def test_an_administrator_from_elsewhere_finds_nothing(
    app: Flask, event: Any, sign_in: Any, scope: str
) -> None:
    own = factories.event()
    stranger = sign_in(
        factories.user(Role.ADMINISTRATOR, organisation=own.organisation)
        if scope == "organisation"
        else factories.user(Role.ADMINISTRATOR, event=own)
    )
    asked = list(zip(requests(app, event.slug), requests(app, "no-existe"), strict=True))
    assert len(asked) > 40
    for (method, path), (_same, unknown) in asked:
        code = stranger.open(path, method=method).status_code
        # What the door sends is checked before its event is read: 422 for whatever address.
        assert code == 404 if method == "GET" else code in {404, 422}, path
        assert stranger.open(unknown, method=method).status_code == code, path


def test_whoever_is_not_signed_in_is_led_to_the_entrance(app: Flask, event: Any, client: Any) -> None:
    for method, path in requests(app, event.slug):
        answer = client.open(path, method=method)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/gestion/entrar"), path


def test_its_own_administrator_finds_every_page(app: Flask, event: Any, sign_in: Any) -> None:
    own = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    pages = [path for method, path in requests(app, event.slug) if method == "GET" and str(10**6) not in path]
    assert len(pages) > 12
    assert {path: code for path in pages if (code := own.get(path).status_code) != 200} == {}


def test_the_door_opens_only_what_the_door_needs(app: Flask, event: Any, sign_in: Any) -> None:
    door = sign_in(factories.user(Role.DOOR, organisation=event.organisation))
    allowed = {Permission.EVENT_VIEW, Permission.CHECK_IN}
    for rule in rules(app):
        access = app.view_functions[rule.endpoint].access
        if access in set(Permission) - allowed and "GET" in (rule.methods or ()):
            values = {name: event.slug if name == "slug" else 1 for name in rule.arguments}
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
            assert door.get(path).status_code == 403, path
