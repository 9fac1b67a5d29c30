"""The half-second cache: as good as the page itself, and never somebody else's."""

import gzip
import time

import pytest
from flask import Response, session

from app import microcache, unit_of_work
from app.extensions import db
from app.microcache import cached
from tests import factories
from tests.kernel.test_permissions import entering


@pytest.fixture
def counted(own_app):
    """A cached view that says how often it was made."""
    made = []

    @own_app.get("/probe/counted")
    @cached
    def counted():
        made.append(1)
        return f"number {len(made)} " + "and more " * 200

    return made


@pytest.fixture
def forever(monkeypatch):
    """Keep pages for the whole test."""
    monkeypatch.setattr(microcache, "LIFETIME", 60)


def get(visitor, address="/probe/counted", **headers):
    return visitor.get(address, headers={key.replace("_", "-"): value for key, value in headers.items()})


def test_the_same_page_is_made_once(visitor, counted, forever):
    answers = [get(visitor) for _ in range(5)]
    assert {answer.data for answer in answers} == {answers[0].data}
    assert len(counted) == 1
    assert answers[0].headers["Cache-Control"] == "no-cache"
    assert {"Accept-Encoding", "Cookie"} <= set(answers[0].headers["Vary"].split(", "))


def test_it_is_made_anew_after_half_a_second(visitor, counted):
    get(visitor)
    time.sleep(microcache.LIFETIME + 0.05)
    assert get(visitor).text.startswith("number 2 ")


def test_an_event_page_changes_within_a_second_of_an_edit(own_app, visitor):
    event = factories.event(title="Antes")
    address = f"/eventos/{event.slug}"
    assert "Antes" in get(visitor, address).text
    with unit_of_work.transaction():
        db.session.merge(event).title = "Después"
    deadline = time.monotonic() + 1
    while "Después" not in get(visitor, address).text:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_has_it_already_is_told_so(visitor, counted, forever):
    etag = get(visitor).headers["ETag"]
    again = get(visitor, If_None_Match=etag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert get(visitor, If_None_Match='W/"something-else"').status_code == 200
    assert get(visitor, If_None_Match=f'"x", {etag}').status_code == 304


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip", "gzip;q=0.5"])
def test_it_is_compressed_for_who_can_read_that(visitor, counted, forever, accepted):
    plain, packed = get(visitor), get(visitor, Accept_Encoding=accepted)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert packed.content_type == plain.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "br, gzip; q=0.0"])
def test_it_is_plain_for_who_cannot(visitor, counted, accepted):
    answer = get(visitor, Accept_Encoding=accepted)
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("number 1 ")


def test_only_the_head_is_sent_where_that_is_asked(visitor, counted, forever):
    answer = visitor.head("/probe/counted")
    assert (answer.status_code, answer.data) == (200, b"")
    assert get(visitor).text.startswith("number 1 ")


def test_addresses_do_not_share_a_page(visitor, counted, forever):
    addresses = ["/probe/counted", "/probe/counted?a=1", "/probe/counted?a=2"]
    assert len({get(visitor, address).data for address in addresses}) == 3


def test_languages_do_not_mix(own_app, visitor, forever):
    spanish = get(visitor, "/").text
    english = own_app.test_client()
    english.set_cookie("lang", "en", domain="127.0.0.1")
    assert '<html lang="en">' in get(english, "/").text
    assert get(visitor, "/").text == spanish
    assert '<html lang="es">' in spanish


def test_the_choice_of_a_language_is_remembered_behind_the_cache_too(own_app, forever):
    for visitor in (own_app.test_client(), own_app.test_client()):
        assert get(visitor, "/?lang=en").headers["Set-Cookie"].startswith("lang=en;")
        assert '<html lang="en">' in get(visitor, "/").text


def test_who_is_signed_in_gets_a_page_of_their_own(own_app, visitor, counted, forever):
    person = entering(own_app, factories.user())
    assert get(visitor).text.startswith("number 1 ")
    assert get(person).text.startswith("number 2 ")
    assert get(person).text.startswith("number 3 ")
    assert get(visitor).text.startswith("number 1 ")
    assert "ETag" not in get(person).headers


def test_a_waiting_message_is_shown_to_its_owner_alone(own_app, visitor, forever):
    assert visitor.get("/probe/greet").text == "hello"
    stranger = own_app.test_client()
    before = get(stranger, "/").text
    assert "Guardado" in get(visitor, "/").text
    assert get(stranger, "/").text == before
    assert "Guardado" not in before


def test_a_page_that_writes_a_cookie_is_not_kept(own_app, visitor, forever):
    """Such as one with a form's token, which is its first visitor's alone."""
    made = []

    @own_app.get("/probe/token")
    @cached
    def token():
        made.append(1)
        session["token"] = f"secret {len(made)}"
        return session["token"]

    assert [get(own_app.test_client(), "/probe/token").text for _ in range(2)] == ["secret 1", "secret 2"]


def test_only_good_answers_are_kept(own_app, visitor, forever):
    answers = iter([("later", 404), ("moved", 302), ("good", 200), ("never", 200)])

    @own_app.get("/probe/moody")
    @cached
    def moody():
        return next(answers)

    assert [get(visitor, "/probe/moody").text for _ in range(4)] == ["later", "moved", "good", "good"]


def test_content_types_survive(own_app, visitor, forever):
    @own_app.get("/probe/calendar")
    @cached
    def calendar():
        return Response(b"BEGIN:VCALENDAR", content_type="text/calendar; charset=utf-8")

    for _ in range(2):
        answer = get(visitor, "/probe/calendar")
        assert (answer.data, answer.content_type) == (b"BEGIN:VCALENDAR", "text/calendar; charset=utf-8")


def test_the_cache_does_not_grow_for_ever(visitor, counted, forever):
    for number in range(microcache.ENTRIES + 20):
        get(visitor, f"/probe/counted?n={number}")
    made = len(counted)
    get(visitor, "/probe/counted?n=0")
    assert len(counted) == made + 1
    get(visitor, f"/probe/counted?n={microcache.ENTRIES + 19}")
    assert len(counted) == made + 1


def test_another_name_of_the_host_never_enters_the_page(own_app, visitor, forever):
    event = factories.event()
    for address in (
        "/",
        f"/eventos/{event.slug}",
        f"/eventos/{event.slug}/inscripcion",
        f"/eventos/{event.slug}/agenda.ics",
    ):
        answer = get(visitor, address, Host="evil.example")
        assert answer.status_code == 200
        assert "evil.example" not in answer.text
