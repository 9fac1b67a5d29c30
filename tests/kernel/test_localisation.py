"""Languages, dates and numbers as people in Peru read them."""

from datetime import UTC, date, datetime

import pytest
from flask import g

from app import localisation

THIN, FIXED = "\u202f", "\u00a0"  # both do not break


@pytest.fixture(params=["es"])
def speaking(request, app):
    with app.test_request_context(f"/?lang={request.param}"):
        yield


english = pytest.mark.parametrize("speaking", ["en"], indirect=True)
MAY = date(2024, 5, 28)


def test_a_day_in_spanish(speaking):
    assert localisation.day(MAY) == "28 de mayo de 2024"
    assert localisation.day(MAY, weekday=True) == "martes 28 de mayo de 2024"
    assert localisation.day(MAY, weekday=True, year=False) == "martes 28 de mayo"
    assert localisation.day_short(MAY) == "Mar 28"


def test_september_is_setiembre_in_peru(speaking):
    assert localisation.day(date(2026, 9, 1)) == "1 de setiembre de 2026"


@english
def test_a_day_in_english(speaking):
    assert localisation.day(MAY) == "28 May 2024"
    assert localisation.day(MAY, weekday=True) == "Tuesday 28 May 2024"
    assert localisation.day_short(MAY) == "Tue 28"


RANGES = [
    (date(2024, 5, 28), date(2024, 5, 28), "28 de mayo de 2024", "28 May 2024"),
    (date(2024, 5, 28), date(2024, 5, 30), "28 al 30 de mayo de 2024", "28 to 30 May 2024"),
    (date(2024, 5, 30), date(2024, 6, 2), "30 de mayo al 2 de junio de 2024", "30 May to 2 June 2024"),
    (
        date(2024, 8, 30),
        date(2024, 9, 1),
        "30 de agosto al 1 de setiembre de 2024",
        "30 August to 1 September 2024",
    ),
    (
        date(2024, 12, 30),
        date(2025, 1, 2),
        "30 de diciembre de 2024 al 2 de enero de 2025",
        "30 December 2024 to 2 January 2025",
    ),
    (
        date(2024, 5, 2),
        date(2025, 5, 2),
        "2 de mayo de 2024 al 2 de mayo de 2025",
        "2 May 2024 to 2 May 2025",
    ),
]


@pytest.mark.parametrize(("first", "last", "spanish", "in_english"), RANGES)
def test_ranges_of_days(app, first, last, spanish, in_english):
    for code, expected in (("es", spanish), ("en", in_english)):
        with app.test_request_context(f"/?lang={code}"):
            assert localisation.days(first, last) == expected


def test_a_range_without_the_year(speaking):
    assert localisation.days(date(2024, 5, 28), date(2024, 5, 30), year=False) == "28 al 30 de mayo"


@pytest.mark.parametrize(
    ("hour", "minute", "shown"),
    [(14, 0, "9:00 a."), (17, 0, "12:00 p."), (5, 0, "12:00 a."), (2, 5, "9:05 p.")],
)
def test_times_do_not_break(speaking, hour, minute, shown):
    moment = datetime(2026, 5, 13, hour, minute, tzinfo=UTC)
    assert localisation.clock_time(moment, "America/Lima") == shown.replace(" ", FIXED) + f"{FIXED}m."


@english
def test_times_in_english(speaking):
    moment = datetime(2026, 5, 13, 14, 5, tzinfo=UTC)
    assert localisation.clock_time(moment, "America/Lima") == f"9:05{FIXED}AM"


def test_an_evening_in_lima_belongs_to_its_own_day(speaking):
    moment = datetime(2026, 5, 13, 2, 5, tzinfo=UTC)
    assert localisation.moment(moment, "America/Lima").startswith("12 de mayo de 2026")
    assert localisation.moment(moment, "Europe/Madrid").startswith("13 de mayo de 2026")


def test_zones_are_named_by_their_city(speaking):
    assert localisation.zone_name("America/Lima") == "hora de Lima"
    assert localisation.zone_name("America/Argentina/Buenos_Aires") == "hora de Buenos Aires"


@pytest.mark.parametrize(
    ("value", "shown"), [(999, "999"), (12345, f"12{THIN}345"), (12345.6, f"12{THIN}345.6")]
)
def test_numbers_have_thin_spaces(speaking, value, shown):
    assert localisation.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 minutos"),
        (1, "1 minuto"),
        (60, "1 hora"),
        (90, "1 hora 30 minutos"),
        (125, "2 horas 5 minutos"),
        (-5, "0 minutos"),
    ],
)
def test_durations(speaking, value, shown):
    assert localisation.minutes(value) == shown


@pytest.mark.parametrize(
    ("address", "cookie", "language"),
    [
        ("/", None, "es"),
        ("/?lang=en", None, "en"),
        ("/?lang=EN", None, "es"),
        ("/?lang=xx", None, "es"),
        ("/?lang=../../etc", "en", "en"),
        ("/?lang=", None, "es"),
        ("/", "en", "en"),
        ("/", "klingon", "es"),
        ("/?lang=es", "en", "es"),
        ("/?lang=en&lang=es", None, "en"),
    ],
)
def test_the_language_asked_for_wins_over_the_one_chosen_before(app, address, cookie, language):
    headers = {"Cookie": f"lang={cookie}"} if cookie else {}
    with app.test_request_context(address, headers=headers):
        assert localisation.language() == language


def test_the_browser_s_own_wish_plays_no_part(app):
    """A link that is passed on shows everybody the same; the switch on the page is a tap away."""
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert localisation.language() == "es"


def test_a_letter_s_language_is_set_by_the_worker(app):
    with app.app_context():
        g.language = "en"
        assert localisation.language() == "en"


def test_the_choice_is_remembered(client):
    answer = client.get("/verificar?lang=en")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("lang=en;")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=31536000"} <= set(cookie.split("; "))
    again = client.get("/verificar")
    assert '<html lang="en">' in again.text
    assert "Set-Cookie" not in again.headers
    assert '<html lang="es">' in client.get("/verificar?lang=es").text


def test_an_unknown_language_is_neither_shown_nor_remembered(client):
    answer = client.get("/verificar?lang=xx")
    assert '<html lang="es">' in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=a%26b",
        "?endpoint=x",
        "?values=x&self=y",
        "?_external=1&_anchor=z&_scheme=ftp",
        "?slug=other",
        "?lang=es",
    ],
)
def test_every_page_offers_itself_in_the_other_language(client, query):
    answer = client.get(f"/verificar{query}")
    assert answer.status_code == 200
    assert "/verificar?" in answer.text
    assert "lang=en" in answer.text


def test_json_in_a_page_cannot_end_its_block():
    shown = localisation.to_json({"name": "</script><b>&"})
    assert shown == '{"name":"\\u003c/script\\u003e\\u003cb\\u003e\\u0026"}'
