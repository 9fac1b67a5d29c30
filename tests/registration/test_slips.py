"""Slips: eight a page, tagged, with whatever names people bear."""

import subprocess

import pytest

from app.registration import slips
from tests import factories
from tests.conftest import NOON

NAMES = ["Rosa", "Ɨtsa ʼUwi", "José-María D’Angelo", "N" * 120, "Ñuflo"]


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(
        title="Gobernanza y liderazgo", venue_name="Auditorio", venue_address="Jr. Napo 123"
    )


def look(tool, content, *arguments):
    done = subprocess.run([tool, "-", *arguments], input=content, capture_output=True, check=True)
    return done.stdout.decode(errors="replace")


@pytest.mark.parametrize(("people", "pages"), [(1, 1), (8, 1), (9, 2), (17, 3)])
def test_eight_stand_on_a_page(event, people, pages):
    rows = [factories.registration(event, given_names=NAMES[index % 5]) for index in range(people)]
    facts = look("pdfinfo", slips.pdf(event, rows, at=NOON))
    found = {line.split(":")[0]: line.split(":", 1)[1].strip() for line in facts.splitlines() if ":" in line}
    assert (found["Pages"], found["Tagged"], found["Title"]) == (
        str(pages),
        "yes",
        "Pases de «Gobernanza y liderazgo»",
    )
    assert found["Page size"].endswith("(A4)")


def test_a_slip_tells_who_what_when_where_and_how(event):
    person = factories.registration(
        event, given_names="Zoë", first_surname="Ñahui", second_surname="", code="2345678M", language="agr"
    )
    text = " ".join(look("pdftotext", slips.pdf(event, [person], at=NOON), "-").split())
    for part in (
        "Zoë Ñahui",
        "Gobernanza y liderazgo",
        "12 al 14 de mayo de 2026",
        "Auditorio, Jr. Napo 123",
        "2345-678M",
        "Muestre esta papeleta en la puerta",
        "Awajún: este texto está en español.",
    ):
        assert part in text, part


def test_a_name_that_no_font_has_keeps_nobody_from_printing(event):
    rows = [factories.registration(event, given_names=name) for name in ("李", "Rosa")]
    assert look("pdfinfo", slips.pdf(event, rows, at=NOON)).count("Pages:           1") == 1
