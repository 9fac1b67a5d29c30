"""The participant's answer to an offered seat: two buttons, no script, and an honest page where it is too late."""

from datetime import timedelta

import pytest

from app.extensions import db
from app.registration import queries
from app.registration.models import RegistrationStatus
from tests import factories


@pytest.fixture
def offered(session, frozen_clock):
    return factories.registration(
        factories.event(capacity=1),
        status=RegistrationStatus.OFFERED,
        waiting_since=factories.THEN,
        offer_expires_at=frozen_clock + timedelta(hours=2),
    )


@pytest.fixture
def address(offered):
    return f"/mi/{queries.personal_token(offered)}"


def test_the_page_offers_the_seat_with_its_deadline(client, address):
    page = client.get(address).get_data(as_text=True)
    assert "Le guardamos un cupo" in page
    assert "Puede tomarlo hasta el 12 de mayo de 2026, 2:00 p. m.;" in page.replace("\xa0", " ")
    assert [page.count(f'action="{address}/oferta/{answer}"') for answer in ("aceptar", "rechazar")] == [1, 1]


@pytest.mark.parametrize(
    ("answer", "status"),
    [("aceptar", RegistrationStatus.CONFIRMED), ("rechazar", RegistrationStatus.WAITLISTED)],
)
def test_one_button_answers(client, offered, address, answer, status):
    response = client.post(f"{address}/oferta/{answer}")
    assert (response.status_code, response.location) == (303, address)
    db.session.expire_all()
    assert offered.status == status
    assert client.get(address).status_code == 200


def test_an_address_that_is_only_opened_takes_nothing(client, offered, address):
    assert client.get(f"{address}/oferta/aceptar").status_code == 405
    assert offered.status == RegistrationStatus.OFFERED


@pytest.mark.parametrize("answer", ["aceptar", "rechazar"])
def test_too_late_is_said(client, session, offered, address, answer):
    offered.status = RegistrationStatus.WAITLISTED
    session.commit()
    response = client.post(f"{address}/oferta/{answer}")
    assert response.status_code == 422
    assert "Este ofrecimiento ya no está vigente." in response.get_data(as_text=True)
    assert client.get(address).status_code == 200


def test_a_stranger_answers_nothing(client, offered):
    assert client.post("/mi/AAAAAAAA/oferta/aceptar").status_code == 404
    assert offered.status == RegistrationStatus.OFFERED
