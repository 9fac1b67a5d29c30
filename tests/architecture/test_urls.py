"""Whatever is asked for, nothing fails: every address with odd parts, and every form with odd answers."""

import inspect
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.accounts.models import Organisation, Unit, User
from app.certificates.models import Certificate, IssueRun
from app.cli.demo import load, programme
from app.events.models import Day, Event, Room, Session, Speaker
from app.extensions import db, limiter
from app.registration import queries as registration
from app.registration.models import Registration
from tests.conftest import NOON
from tests.demo.conftest import demo  # noqa: F401 - a fixture

# One of each kind: every address and every form meets all of them, so each costs thousands of requests.
ODD_WORDS = (
    "a\0b",
    "x" * 10_000,
    "../../etc/passwd'; DROP TABLE events; --\u202e<script>alert(1)</script>{{7*7}} ñandú 🙂",
    "\r\nX-Odd: 1",
    "-1",
    "2147483648",
    "9" * 40,
    "NaN",
    "2026-99-99",
    "٣",
    "",
)
ODD_QUESTIONS = ("x" * 5000, "a\0b", "-1", "2147483648", "9" * 40, "2026-99-99", "٣")
ODD_SLUGS = tuple(word for word in ODD_WORDS if not re.fullmatch(r"-?\w+", word) or len(word) > 100)
ODD_NUMBERS = ("0", "-1", "2147483647", "2147483648", "9" * 40, "1.5", "٣")
BROKEN = ("%ff%fe%c3", "%ed%a0%80", "%", "a%0d%0ab")


def rules(app: Flask, method: str) -> list[Any]:
    return [rule for rule in app.url_map.iter_rules() if method in rule.methods and rule.endpoint != "static"]


def existing(app: Flask) -> dict[str, str]:
    """Return what stands in the addresses of things that there are."""
    event = db.session.scalars(select(Event).where(Event.slug == programme.PAST.slug)).one()
    person = db.session.scalars(select(Registration).where(Registration.event_id == event.id)).first()
    certificate = db.session.scalars(select(Certificate).where(Certificate.event_id == event.id)).first()
    assert person
    assert certificate

    def first(model: Any) -> str:
        return str(db.session.scalars(select(model.id).where(model.event_id == event.id)).first() or 1)

    return {
        "slug": event.slug,
        "token": registration.personal_token(person),
        "session_id": first(Session),
        "day_id": first(Day),
        "room_id": first(Room),
        "speaker_id": first(Speaker),
        "run_id": first(IssueRun),
        "registration_id": str(person.id),
        "certificate_id": str(certificate.id),
        "unit_id": str(db.session.scalars(select(Unit.id)).first()),
        "user_id": str(db.session.scalars(select(User.id)).first()),
        "organisation": db.session.scalars(select(Organisation.slug)).first() or "",
        "code": certificate.code,
        "name": "letter",
        "seed": event.slug,
        "colour": "9e1b42",
    }


def address(rule: Any, values: dict[str, str]) -> str:
    """Return the address of a rule with its parts as given, unquoted."""
    slug = values["organisation"] if rule.endpoint.startswith("organisations.") else values["slug"]
    chosen = values | {"slug": slug}
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda match: chosen.get(match[1], "1"), rule.rule)


def addresses(app: Flask, person: FlaskClient) -> Iterator[str]:
    """Yield each address as it is and, where it does not ask to sign in first, with each part odd in every way."""
    plain = {name: quote(value, safe="") for name, value in existing(app).items()}
    for rule in rules(app, "GET"):
        yield address(rule, plain)
        if is_closed(person, address(rule, plain)):
            continue
        for part in rule.arguments:
            for word in odd_words_for(part):
                own = {"organisation": word} if part == "slug" else {}
                yield address(rule, plain | {part: word} | own)


def odd_words_for(part: str) -> list[str]:
    """Return what stands in a part of an address, quoted.

    Routing lets nothing but digits through to a view where a number is meant, and nobody counts with a slug.
    """
    if part.endswith("_id"):
        return [*(quote(one, safe="") for one in ODD_NUMBERS), BROKEN[0]]
    words = ODD_SLUGS if part == "slug" else ODD_WORDS
    return [*(quote(one, safe="") for one in words), *BROKEN]


def is_closed(person: FlaskClient, path: str) -> bool:
    """Return whether an address asks to sign in first, whatever its parts are."""
    answer = person.get(path)
    answer.close()
    return answer.status_code == 302 and "/gestion/entrar" in answer.headers["Location"]


@pytest.fixture
def people(demo: Flask) -> dict[str, FlaskClient]:  # noqa: F811
    """A stranger and an administrator of the installation."""
    limiter.enabled = False
    found = {"stranger": demo.test_client(), "administrator": demo.test_client()}
    form = {"email": load.SIGN_INS[0][1], "password": load.PASSWORD}
    assert found["administrator"].post("/gestion/entrar", data=form).status_code == 302
    with clock.freeze(NOON):
        yield found


PEOPLE = pytest.mark.parametrize("who", ["stranger", "administrator"])


@PEOPLE
def test_no_address_fails(demo: Flask, people: dict[str, FlaskClient], who: str) -> None:  # noqa: F811
    found: dict[str, int] = {}
    for path in dict.fromkeys(addresses(demo, people[who])):
        answer = people[who].get(path)
        answer.close()
        found[path] = answer.status_code
    assert {
        path: code
        for path, code in found.items()
        if code not in {200, 302, 303, 308, 400, 403, 404, 410, 503}
    } == {}
    assert sum(code == 200 for code in found.values()) > 15


def questions(demo: Flask) -> list[str]:  # noqa: F811
    """Return the names of everything that views read from an address."""
    from scripts.console import PROJECT

    source = "".join(path.read_text() for path in (PROJECT / "app").glob("**/*.py"))
    names = set(re.findall(r"""args\.get(?:list)?\(\s*["'](\w+)["']""", source)) | {
        "lang",
        "endpoint",
        "_external",
    }
    assert len(names) > 8
    return sorted(names)


@PEOPLE
def test_no_question_fails(demo: Flask, people: dict[str, FlaskClient], who: str) -> None:  # noqa: F811
    names = questions(demo)
    words = [*(quote(one, safe="") for one in ODD_QUESTIONS), BROKEN[0]]
    plain = {name: quote(value, safe="") for name, value in existing(demo).items()}
    failures = {}
    for rule in rules(demo, "GET"):
        path = address(rule, plain)
        for word in () if is_closed(people[who], path) else words:
            query = "&".join(f"{name}={word}" for name in names)
            answer = people[who].get(f"{path}?{query}")
            answer.close()
            if answer.status_code >= 500 and rule.endpoint != "health.ready":
                failures[f"{path}?{query[:80]}"] = answer.status_code
    assert failures == {}


class _Forms(HTMLParser):
    """Collects the forms of a page: where they go, and the names of what they ask."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "get").lower() == "post":
            self.found.append((given.get("action") or "", []))
        elif tag in {"input", "select", "textarea", "button"} and given.get("name") and self.found:
            self.found[-1][1].append(str(given["name"]))


def forms(demo: Flask, person: FlaskClient) -> dict[str, list[str]]:  # noqa: F811
    """Return every form that the pages offer, by its address."""
    plain = {name: quote(value, safe="") for name, value in existing(demo).items()}
    offered: dict[str, list[str]] = {address(rule, plain): [] for rule in rules(demo, "POST")}
    for rule in rules(demo, "GET"):
        path = address(rule, plain)
        answer = person.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            parser = _Forms()
            parser.feed(answer.text)
            offered.update({action or path: names for action, names in parser.found if names})
    return offered


# What would turn the one who asks out, or what takes its time.
LEFT_OUT = ("/gestion/salir", "/muestra.pdf", "/emisiones")


@PEOPLE
def test_no_form_fails(demo: Flask, people: dict[str, FlaskClient], who: str) -> None:  # noqa: F811
    failures = {}
    offered = forms(demo, people["administrator"])
    assert sum(bool(names) for names in offered.values()) > 10
    for path, names in offered.items():
        if path.endswith(LEFT_OUT):
            continue
        for word in ODD_WORDS:
            answer = people[who].post(path, data=dict.fromkeys(names, word))
            answer.close()
            if answer.status_code >= 500:
                failures[f"{path} {word[:20]!r}"] = answer.status_code
    assert failures == {}


@PEOPLE
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"a=%ff%fe&b=%c3%28&%ff=1", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(5000)), "application/x-www-form-urlencoded"),
        (b'{"a": [', "application/json"),
        (b'{"email": {"a": 1}, "password": 5, "given_names": [1], "scans": 7}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"x" * 3_000_000, "text/plain"),
        (b"a=1", "application/x-www-form-urlencoded; charset=klingon"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_no_body_fails(
    demo: Flask,  # noqa: F811
    people: dict[str, FlaskClient],
    who: str,
    body: bytes,
    content_type: str,
) -> None:
    assert failures_of(demo, people[who], rules(demo, "POST"), body, content_type) == {}


ODD_SHAPES = (
    b"null",
    b'[{"nonce": null, "code": {}, "at": "NaN"}]',
    b'{"scans": [null, 1, {"code": 1, "nonce": [], "scanned_at": {}}]}',
    b"[" * 50_000,
)


@PEOPLE
def test_no_shape_fails_what_reads_more_than_forms(
    demo: Flask,  # noqa: F811
    people: dict[str, FlaskClient],
    who: str,
) -> None:
    """Elsewhere these are to a view what a broken object is."""
    read = [
        rule
        for rule in rules(demo, "POST")
        if re.search(r"request\.get_(json|data)\(", _source_of(demo.view_functions[rule.endpoint]))
    ]
    assert len(read) > 4
    for body in ODD_SHAPES:
        assert failures_of(demo, people[who], read, body, "application/json") == {}


def _source_of(view: Any) -> str:
    return Path(inspect.unwrap(view).__code__.co_filename).read_text()


def failures_of(
    demo: Flask,  # noqa: F811
    person: FlaskClient,
    asked: list[Any],
    body: bytes,
    content_type: str,
) -> dict[str, int]:
    """Return which addresses fail when they are sent a body."""
    plain = {name: quote(value, safe="") for name, value in existing(demo).items()}
    failures = {}
    for rule in asked:
        path = address(rule, plain)
        if path.endswith(LEFT_OUT):
            continue
        answer = person.post(path, data=body, content_type=content_type)
        answer.close()
        if answer.status_code >= 500:
            failures[path] = answer.status_code
    return failures


@PEOPLE
def test_a_wrong_method_is_refused(demo: Flask, people: dict[str, FlaskClient], who: str) -> None:  # noqa: F811
    plain = {name: quote(value, safe="") for name, value in existing(demo).items()}
    for rule in demo.url_map.iter_rules():
        answer = people[who].open(address(rule, plain), method="PROPFIND")
        answer.close()
        assert answer.status_code in {405, 404}, rule
