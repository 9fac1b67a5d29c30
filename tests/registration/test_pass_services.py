"""Keys of passes and versions, on a real database."""

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app import clock, qr, vault
from app.permissions import Role
from app.registration import passes, queries, rules, services
from app.registration.models import PassKey, Registration, RegistrationStatus
from tests import factories

NOW = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)


@pytest.fixture
def person(session: DbSession) -> Registration:
    event = factories.event()
    services.ensure_key(event.organisation_id, at=NOW)
    return factories.registration(event)


def fault(text: str, person: Registration, at: datetime = NOW) -> passes.Fault | None:
    keys = queries.pass_keys_in_force(person.event_id, at=at)
    void = {person.id: person.pass_version}
    return passes.check(passes.read(text), keys, event_id=person.event_id, void_below=void, at=at)


def test_a_pass_says_who_may_come_where_until_when(person: Registration) -> None:
    text = queries.pass_text(person)
    assert passes.read(text).says == passes.Pass(
        1, person.event_id, person.id, 1, datetime(2026, 6, 14, 5, 0, tzinfo=UTC)
    )
    assert fault(text, person) is None
    assert queries.pass_text(person) == text


def test_the_private_key_is_not_in_the_database(person: Registration, session: DbSession) -> None:
    key = session.scalars(select(PassKey)).one()
    private = vault.unseal(key.sealed, purpose=queries.SEALED_FOR)
    assert passes.public_key_of(private) == key.public_key
    assert private not in key.sealed
    for damaged in (key.sealed[:-1], b"", bytes(60)):
        with pytest.raises(vault.CannotUnseal):
            vault.unseal(damaged, purpose=queries.SEALED_FOR)
    with pytest.raises(vault.CannotUnseal):
        vault.unseal(key.sealed, purpose="something else")


def test_without_a_key_that_opens_the_symbol_holds_the_code(session: DbSession) -> None:
    person = factories.registration(factories.event())
    assert queries.pass_text(person) == person.code
    organisation_id = person.event.organisation_id
    session.add(
        PassKey(
            organisation_id=organisation_id, number=1, public_key=bytes(32), sealed=bytes(60), valid_from=NOW
        )
    )
    session.flush()
    assert queries.pass_text(person) == person.code


def test_a_new_key_leaves_the_old_passes_their_worth(person: Registration) -> None:
    before = queries.pass_text(person)
    organisation = person.event.organisation
    assert services.rotate_keys(organisation, at_once=False, at=NOW) == 2
    after = queries.pass_text(person)
    assert passes.read(after).says.key_number == 2
    assert [fault(text, person) for text in (before, after)] == [None, None]
    runs_out = rules.pass_expires_at(person.event)
    assert fault(before, person, runs_out - timedelta(minutes=1)) is None
    assert fault(before, person, runs_out) is passes.Fault.UNKNOWN_KEY
    assert fault(after, person, runs_out) is passes.Fault.EXPIRED


def test_a_stolen_key_is_worth_nothing_at_once(person: Registration) -> None:
    before = queries.pass_text(person)
    organisation = person.event.organisation
    services.rotate_keys(organisation, at_once=False, at=NOW)
    services.rotate_keys(organisation, at_once=True, at=NOW)
    assert fault(before, person) is passes.Fault.UNKNOWN_KEY
    assert [key.number for key in queries.pass_keys_of(organisation)] == [3, 2, 1]
    assert list(queries.pass_keys_in_force(person.event_id, at=NOW)) == [3]


def test_a_renewed_pass_makes_the_old_one_void(person: Registration) -> None:
    before, code = queries.pass_text(person), person.code
    services.renew_link(person, at=NOW)
    assert person.code != code
    assert person.code.lower() in person.search_text
    assert fault(before, person) is passes.Fault.REPLACED
    assert fault(queries.pass_text(person), person) is None
    assert queries.void_passes(person.event) == [(person.id, 2, False)]


def test_who_cancelled_is_on_the_list_of_void_passes(person: Registration, session: DbSession) -> None:
    person.status = RegistrationStatus.CANCELLED
    session.flush()
    assert queries.void_passes(person.event) == [(person.id, 65536, True)]


def test_many_passes_take_one_query(person: Registration, count_queries: Any) -> None:
    people = [person, *(factories.registration(person.event) for _ in range(5))]
    event = person.event
    assert all(one.pass_version == 1 for one in people)  # all are loaded
    assert len(event.days) == 3
    with count_queries() as made:
        texts = queries.pass_texts(event, people)
    assert len(set(texts.values())) == 6
    assert len(made) == 1


def test_the_public_keys_are_published(app: Flask, client: FlaskClient, person: Registration) -> None:
    slug = person.event.organisation.slug
    answer = client.get(f"/claves/{slug}.json")
    assert answer.json is not None
    (key,) = answer.json["keys"]
    assert bytes.fromhex(key["public_key"]) == queries.pass_keys_in_force(person.event_id, at=NOW)[1]
    assert (key["number"], key["algorithm"], key["valid_until"]) == (1, "Ed25519", None)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/claves/nobody.json").status_code == 404


def test_a_symbol_as_a_png_holds_its_modules() -> None:
    data = qr.png("T1:ABC")
    sizes = [position for position in range(len(data)) if data[position : position + 4] in (b"IHDR", b"IDAT")]
    header, pixels = sizes
    side = struct.unpack(">I", data[header + 4 : header + 8])[0]
    length = struct.unpack(">I", data[pixels - 4 : pixels])[0]
    lines = zlib.decompress(data[pixels + 4 : pixels + 4 + length])
    width = side // 8 + 1
    rows = [lines[start : start + width] for start in range(0, len(lines), width * 8)]
    drawn = [[byte == 0 for byte in row[1:]] for row in rows]
    modules, path = qr.svg_path("T1:ABC")
    assert (len(drawn), qr.squares(drawn)) == (modules, path)


def test_the_office_changes_the_key(person: Registration, sign_in: Callable[..., Any]) -> None:
    organisation = person.event.organisation
    address = f"/gestion/entidad/{organisation.slug}/pases"
    assert sign_in(factories.user(Role.ORGANISER, organisation=organisation)).get(address).status_code == 403
    office = sign_in(factories.user(Role.ADMINISTRATOR, organisation=organisation))
    assert office.get(address).status_code == 200
    assert office.post(address, data={"at_once": "yes"}).status_code == 303
    assert list(queries.pass_keys_in_force(person.event_id, at=clock.now())) == [2]
    assert office.get(address).status_code == 200
    answer = office.get(f"/gestion/eventos/{person.event.slug}/pases/anulados.json")
    assert answer.json == {"event": person.event_id, "void": []}
