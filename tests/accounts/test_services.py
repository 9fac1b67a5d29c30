"""People, roles, one-time addresses, the privacy notice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import signing
from app.accounts import queries, services
from app.accounts.errors import (
    EmailTaken,
    LastAdministrator,
    LinkNotUsable,
    OwnAccess,
    SlugTaken,
    UnitTaken,
    WrongCredentials,
    WrongPresentPassword,
)
from app.accounts.models import OneTimeLink
from app.audit import AuditEntry
from app.mail import letters
from app.mail.models import OutgoingLetter
from app.permissions import Permission, Role
from tests import factories

NOW = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
PASSWORD = "llama azul en Cusco"


@pytest.fixture(autouse=True)
def database(session: Session) -> Session:
    return session


def actions() -> list[str]:
    return [
        entry.action for entry in factories.db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    ]


def test_the_right_password_opens_and_nothing_else_does() -> None:
    user = services.create_user("Rosa@Example.PE ", "Rosa", at=NOW, password=PASSWORD)
    assert services.authenticate(" rosa@example.pe", PASSWORD) is user
    for email, password in [
        ("rosa@example.pe", PASSWORD.upper()),
        ("rosa@example.pe", ""),
        ("otra@example.pe", PASSWORD),
    ]:
        with pytest.raises(WrongCredentials):
            services.authenticate(email, password)


def test_nobody_enters_who_is_disabled_or_has_no_password() -> None:
    boss = factories.user(Role.ADMINISTRATOR)
    user = services.create_user("rosa@example.pe", "Rosa", at=NOW, password=PASSWORD)
    services.set_enabled(user, enabled=False, by=boss, at=NOW)
    services.create_user("sin@example.pe", "Sin clave", at=NOW)
    for email in ("rosa@example.pe", "sin@example.pe"):
        with pytest.raises(WrongCredentials):
            services.authenticate(email, PASSWORD)


def test_a_new_password_ends_every_sign_in() -> None:
    user = services.create_user("rosa@example.pe", "Rosa", at=NOW, password=PASSWORD)
    cookie = user.get_id()
    assert queries.user_by_cookie(cookie) == user
    with pytest.raises(WrongPresentPassword):
        services.change_password(user, "otra", "otra cosa larga", at=NOW)
    services.change_password(user, PASSWORD, "otra cosa larga", at=NOW)
    assert queries.user_by_cookie(cookie) is None
    assert services.authenticate("rosa@example.pe", "otra cosa larga") is user


@pytest.mark.parametrize("cookie", ["", "x", "1", "1.", ".1", "9" * 30 + ".1", "-1.1", "1.1.1", "１.1"])
def test_a_strange_cookie_is_nobody(cookie: str) -> None:
    assert queries.user_by_cookie(cookie) is None


def test_a_one_time_address_works_once_and_for_three_days() -> None:
    user = services.create_user("rosa@example.pe", "Rosa", at=NOW)
    late = services.make_link(services.PASSWORD, at=NOW - timedelta(days=3), user=user)
    with pytest.raises(LinkNotUsable):
        services.choose_password(late, PASSWORD, at=NOW)
    token = services.make_link(services.PASSWORD, at=NOW, user=user)
    with pytest.raises(LinkNotUsable):
        services.check_link(services.SETUP, token, at=NOW)
    assert services.choose_password(token, PASSWORD, at=NOW) is user
    with pytest.raises(LinkNotUsable):
        services.choose_password(token, PASSWORD, at=NOW)


def test_a_newer_address_ends_the_older_one() -> None:
    user = services.create_user("rosa@example.pe", "Rosa", at=NOW)
    first = services.make_link(services.PASSWORD, at=NOW, user=user)
    second = services.make_link(services.PASSWORD, at=NOW, user=user)
    assert first != second
    with pytest.raises(LinkNotUsable):
        services.check_link(services.PASSWORD, first, at=NOW)
    assert services.check_link(services.PASSWORD, second, at=NOW).user is user


def test_the_database_holds_only_the_hash_of_an_address() -> None:
    token = services.make_link(services.SETUP, at=NOW)
    link = factories.db.session.scalars(select(OneTimeLink)).one()
    assert link.token_hash == signing.hashed(token)
    assert len(token) == 24
    assert queries.link_token(link) == token


def test_the_installation_is_set_up_once() -> None:
    user = services.set_up(
        organisation_name="Municipalidad", name="Ana", email="ana@example.pe", password=PASSWORD, at=NOW
    )
    assert user.may(Permission.ORGANISATION_EDIT, organisation_id=1)
    assert user.organisation_ids(Permission.PEOPLE_EDIT) is None
    with pytest.raises(LinkNotUsable):
        services.set_up(organisation_name="Otra", name="B", email="b@example.pe", password=PASSWORD, at=NOW)
    assert actions() == ["organisation.created", "user.created", "role.granted"]


def test_names_that_are_taken_are_refused() -> None:
    body = services.create_organisation("Municipalidad de Paracas", at=NOW)
    services.create_user("ana@example.pe", "Ana", at=NOW)
    services.add_unit(body, "Gerencia")
    other = services.add_unit(body, "Secretaría")
    with pytest.raises(SlugTaken):
        services.create_organisation("Municipalidad de Paracas", at=NOW)
    with pytest.raises(EmailTaken):
        services.create_user("ANA@example.pe", "Otra", at=NOW)
    with pytest.raises(UnitTaken):
        services.add_unit(body, "Gerencia")
    with pytest.raises(UnitTaken):
        services.rename_unit(other, "Gerencia")
    services.add_unit(factories.organisation(), "Gerencia")


def test_a_role_is_given_once_and_taken_back() -> None:
    body = factories.organisation()
    event = factories.event(body)
    user = services.create_user("ana@example.pe", "Ana", at=NOW)
    given = services.grant(user, Role.DOOR, at=NOW, event=event)
    assert services.grant(user, Role.DOOR, at=NOW, event=event) is given
    assert user.event_ids(Permission.CHECK_IN) == {event.id}
    assert not user.may(Permission.CHECK_IN, organisation_id=body.id)
    services.revoke(given, at=NOW, event=event)
    assert user.event_ids(Permission.CHECK_IN) == set()
    rows = factories.db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("role.%"))).all()
    assert [(row.action, row.event_id, row.organisation_id) for row in rows] == [
        ("role.granted", event.id, body.id),
        ("role.revoked", event.id, body.id),
    ]


def test_somebody_must_administer_the_installation() -> None:
    boss = factories.user(Role.ADMINISTRATOR)
    local = factories.user(Role.ADMINISTRATOR, organisation=factories.organisation())
    with pytest.raises(LastAdministrator):
        services.revoke(boss.grants[0], at=NOW)
    with pytest.raises(LastAdministrator):
        services.set_enabled(boss, enabled=False, by=local, at=NOW)
    with pytest.raises(OwnAccess):
        services.set_enabled(local, enabled=False, by=local, at=NOW)
    second = factories.user(Role.ADMINISTRATOR)
    services.set_enabled(second, enabled=False, by=boss, at=NOW)
    with pytest.raises(LastAdministrator):
        services.revoke(boss.grants[0], at=NOW)
    services.set_enabled(second, enabled=True, by=boss, at=NOW)
    services.revoke(boss.grants[0], at=NOW)
    assert boss.grants == []


def test_the_privacy_notice_is_only_followed_by_its_next_version() -> None:
    body = factories.organisation("Municipalidad de Paracas", ruc="20131369981")
    assert "Municipalidad de Paracas, RUC 20131369981" in queries.consent_in_force(body)
    first = services.write_consent_text(body, "Primero", at=NOW)
    assert services.write_consent_text(body, "Primero", at=NOW) is first
    second = services.write_consent_text(body, "Segundo", at=NOW)
    assert (first.version, second.version) == (1, 2)
    assert queries.consent_in_force(body) == "Segundo"


def test_an_invitation_brings_an_address_only_to_who_has_no_password(frozen_clock: datetime) -> None:
    new = services.create_user("nueva@example.pe", "Nueva", at=NOW)
    services.invite(new, at=NOW)
    known = services.create_user("vieja@example.pe", "Vieja", at=NOW, password=PASSWORD)
    services.invite(known, at=NOW)
    rows = factories.db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id)).all()
    assert [(row.recipient, row.payload) for row in rows] == [
        ("nueva@example.pe", {"user_id": new.id}),
        ("vieja@example.pe", {"user_id": known.id}),
    ]
    first, second = (letters.build(row.letter, row.payload) for row in rows)
    assert first is not None
    assert second is not None
    link = queries.open_link(new, purpose=services.PASSWORD, at=NOW)
    assert link is not None
    assert f"/gestion/clave/{queries.link_token(link)}" in first.text
    assert "/gestion/clave/" not in second.text
    assert "/gestion/entrar" in second.text


def test_an_invitation_that_was_followed_is_no_longer_sent() -> None:
    user = services.create_user("nueva@example.pe", "Nueva", at=NOW)
    services.make_link(services.PASSWORD, at=NOW - timedelta(days=9), user=user)
    assert letters.build("accounts.invitation", {"user_id": user.id}) is None
    assert letters.build("accounts.invitation", {"user_id": 10_000}) is None
