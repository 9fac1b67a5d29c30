"""The puzzle against robots, and what takes its place without JavaScript: a letter with a link to confirm."""

import base64
import json
import re
from datetime import timedelta

import pytest
from altcha.v1 import Challenge, solve_challenge
from sqlalchemy import func, select

from app import clock
from app.mail import letters
from app.mail.models import OutgoingLetter
from app.registration import puzzles, queries, services
from app.registration.models import HeldSubmission, ProofOfWork, Registration, SpentPuzzle
from tests import factories
from tests.conftest import NOON
from tests.registration.test_views import GOOD, address, error_at

MINUTE = timedelta(minutes=1)
WITHOUT_SCRIPT = GOOD | {"puzzle": "1", "altcha": ""}


@pytest.fixture
def event(session, frozen_clock, monkeypatch):
    monkeypatch.setattr(puzzles, "HARDNESS", 50)
    event = factories.event()
    factories.settings(event, proof_of_work=ProofOfWork.ALWAYS)
    return event


def total(session, table=Registration):
    return session.scalar(select(func.count()).select_from(table))


def solution(given, **change):
    """Return a solved puzzle as a browser sends it."""
    found = solve_challenge(
        Challenge(given["algorithm"], given["challenge"], 50, given["salt"], given["signature"])
    )
    wanted = {name: given[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(wanted | {"number": found.number} | change).encode()).decode()


def puzzle_of(client, event):
    answer = client.get(f"/inscripcion/{event.slug}/reto")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return answer.json


def test_a_solved_puzzle_is_taken_once(client, session, event):
    assert f'data-puzzle="/inscripcion/{event.slug}/reto"' in client.get(address(event)).text
    solved = WITHOUT_SCRIPT | {"altcha": solution(puzzle_of(client, event))}
    assert client.post(address(event), data=solved).location.endswith("estado=inscrito")
    again = client.post(address(event), data=solved | {"document_number": "00000002"})
    assert (again.status_code, "Envíe el formulario una vez más." in again.text) == (422, True)
    assert (total(session), total(session, SpentPuzzle)) == (1, 1)


def test_a_wrong_old_or_foreign_solution_is_none(client, session, event):
    given = puzzle_of(client, event)
    foreign = puzzles.puzzle("otro", at=NOON)
    old = puzzles.puzzle(event.slug, at=NOON - 21 * MINUTE)
    later = solution(given, salt=given["salt"].replace("expires=", "expires=9"))
    tries = [
        solution(given, number=51),
        solution(given, number="x"),
        solution(given, signature="00"),
        solution(given, salt=None),
        solution(foreign),
        solution(old),
        later,
        "not base64",
        base64.b64encode(b"[1]").decode(),
        base64.b64encode(b"[" * 100_000).decode(),
    ]
    answers = [
        client.post(address(event), data=WITHOUT_SCRIPT | {"altcha": one}).status_code for one in tries
    ]
    assert answers == [422] * len(tries)
    assert total(session) == 0


def test_a_page_from_before_the_flood_is_sent_once_more(client, session, event):
    page = client.post(address(event), data=GOOD)
    assert (page.status_code, 'name="puzzle"' in page.text) == (422, True)
    assert total(session, HeldSubmission) == 0


def test_an_event_without_puzzle_needs_none(client, session, frozen_clock):
    event = factories.event()
    factories.settings(event, proof_of_work=ProofOfWork.NEVER)
    assert "data-puzzle" not in client.get(address(event)).text
    assert client.post(address(event), data=GOOD).status_code == 303


def link_of(session):
    session.expire_all()
    row = session.scalars(select(OutgoingLetter).where(OutgoingLetter.letter == "registration.held")).one()
    assert row.recipient == GOOD["email"]
    letter = letters.build(row.letter, row.payload)
    return re.search(r"https?://[^/]+(/inscripcion/confirmar/\S+)", letter.text)[1]


def test_without_javascript_it_waits_for_a_word_from_the_e_mail(client, session, event):
    answer = client.post(address(event), data=WITHOUT_SCRIPT)
    assert answer.location.endswith("estado=por-confirmar")
    assert "Falta un paso: confirme por correo" in client.get(answer.location).text
    assert (total(session), total(session, HeldSubmission)) == (0, 1)
    link = link_of(session)
    assert "Confirmar mi inscripción" in client.get(link).text
    assert total(session) == 0
    assert client.post(link).location.endswith("estado=inscrito")
    row = session.scalars(select(Registration)).one()
    assert (row.document_number, row.ubigeo) == ("00000001", "010205")
    assert total(session, HeldSubmission) == 0
    assert (client.get(link).status_code, client.post(link).status_code) == (404, 404)


def test_a_link_grows_old_and_what_it_kept_is_forgotten(client, session, event):
    client.post(address(event), data=WITHOUT_SCRIPT)
    link = link_of(session)
    with clock.freeze(NOON + timedelta(hours=49)):
        assert (client.get(link).status_code, client.post(link).status_code) == (404, 404)
    services.purge_robots(at=NOON + timedelta(hours=47))
    assert total(session, HeldSubmission) == 1
    services.purge_robots(at=NOON + timedelta(hours=49))
    assert (total(session, HeldSubmission), total(session)) == (0, 0)


def test_a_forged_link_opens_nothing(client, session, event):
    client.post(address(event), data=WITHOUT_SCRIPT)
    held = session.scalars(select(HeldSubmission)).one()
    token = queries.held_token(held)
    for forged in (token[:-2], token[:-4] + "AAAA", "x", "AAAAAAAB"):
        assert client.post(f"/inscripcion/confirmar/{forged}").status_code == 404
    assert total(session) == 0


def test_what_was_held_is_decided_when_it_is_confirmed(client, session, event):
    client.post(address(event), data=WITHOUT_SCRIPT)
    link = link_of(session)
    event.registration_closes_at = NOON - MINUTE
    session.commit()
    answer = client.post(link)
    assert (answer.status_code, "La inscripción no está abierta" in answer.text) == (422, True)
    assert (total(session), total(session, HeldSubmission)) == (0, 1)


def test_a_person_who_is_registered_is_answered_alike(client, session, event):
    """Nobody learns from the answer who takes part."""
    factories.registration(event, document_number="00000001")
    first = client.post(address(event), data=WITHOUT_SCRIPT)
    other = client.post(address(event), data=WITHOUT_SCRIPT | {"document_number": "00000002"})
    assert (first.status_code, first.location) == (other.status_code, other.location)


def test_nothing_is_said_to_be_sent_where_there_is_no_address(client, session, event):
    answer = client.post(address(event), data=WITHOUT_SCRIPT | {"email": ""})
    assert (answer.status_code, error_at(answer, "email") is not None) == (422, True)
    assert total(session, HeldSubmission) == 0
