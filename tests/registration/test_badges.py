"""Badges on A4, A6 and labels: tagged, of the right size, with whatever names people bear."""

import os
import subprocess
from pathlib import Path

import pytest

from app import codes
from app.registration import badges
from app.registration.badges import Sheet
from app.registration.models import RegistrationStatus
from app.registration.queries import personal_token
from tests import factories
from tests.conftest import NOON

PEOPLE = (
    ("Rosa", "Quispe", "Mamani", "Municipalidad Provincial del Cusco"),
    ("Ɨtsa ʼUwi", "Ñahui", "", ""),
    ("María de los Ángeles Guadalupe Esperanza", "Montenegro-Villavicencio", "De la Torre y Ugarte",
     "Superintendencia Nacional de los Registros Públicos, Zona Registral IX, Sede Lima, Unidad de Tecnologías"),
    ("N" * 120, "W" * 120, "O" * 120, "E" * 200),
    ("José-María", "D’Angelo", "Li", "SUNAT"),
)  # fmt: skip


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(title="Semana de Gobierno Abierto: datos, participación y rendición de cuentas")


def people(event, number):
    rows = []
    for index in range(number):
        given, first, second, entity = PEOPLE[index % len(PEOPLE)]
        names = {"given_names": given, "first_surname": first, "second_surname": second, "entity": entity}
        rows.append(factories.registration(event, **names))
    return rows


def look(tool, content, *arguments):
    done = subprocess.run([tool, "-", *arguments], input=content, capture_output=True, check=True)
    return done.stdout.decode(errors="replace")


@pytest.mark.parametrize(
    ("sheet", "number", "pages", "size"),
    [
        (Sheet.A4, 9, "2", "595.276 x 841.89"),
        (Sheet.A6, 5, "5", "297.638 x 419.528"),
        (Sheet.CARD, 5, "5", "242.646 x 153.071"),
    ],
)
def test_each_sheet_has_its_size_and_is_tagged(event, sheet, number, pages, size):
    content = badges.pdf(event, people(event, number), sheet, at=NOON)
    if folder := os.environ.get("SHOW_BADGES"):
        Path(f"{folder}/{sheet}.pdf").write_bytes(content)
    facts = dict(line.split(":", 1) for line in look("pdfinfo", content).splitlines() if ":" in line)
    assert {name: facts[name].split(" pts")[0].strip() for name in ("Pages", "Tagged", "Page size")} == {
        "Pages": pages,
        "Tagged": "yes",
        "Page size": size,
    }


def test_a_badge_says_who_from_where_and_as_what(event, client):
    factories.form(event)
    press = factories.form(event, title={"es": "Prensa"}, position=1)
    person = factories.registration(event, given_names="Zoë", entity="El Peruano", form_id=press.id)
    own = client.get(f"/mi/{personal_token(person)}/credencial?formato=cr80")
    text = " ".join(look("pdftotext", own.data, "-").split())
    for part in (event.title, "Zoë", "El Peruano", "PRENSA", codes.grouped(person.code)):
        assert part in text, part


def test_whoever_has_no_seat_has_no_badge(event, client):
    person = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    address = f"/mi/{personal_token(person)}"
    answer = client.get(f"{address}/credencial")
    assert (answer.status_code, answer.location) == (302, address)
