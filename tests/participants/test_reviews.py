"""What a person sees and does while the office looks at the registration."""

import pytest

from app.registration import queries, services
from app.registration.models import RegistrationStatus
from tests import factories

PENDING, RETURNED = RegistrationStatus.PENDING, RegistrationStatus.RETURNED


@pytest.fixture
def person(session, frozen_clock):
    event = factories.event()
    return factories.registration(
        event,
        status=RETURNED,
        confirmed_at=None,
        review_note="Falta su <b>cargo</b>.",
        document_number="00000001",
        second_surname="Mamani",
    )


@pytest.fixture
def address(person):
    return f"/mi/{queries.personal_token(person)}"


def typed(person, **values):
    known = {
        name: getattr(person, name)
        for name in (
            "document_type",
            "document_number",
            "given_names",
            "first_surname",
            "second_surname",
            "email",
        )
    }
    return {**known, **values}


@pytest.mark.parametrize(
    ("status", "said", "unsaid"),
    [
        (PENDING, "Los organizadores están revisando su inscripción", "Falta su"),
        (RETURNED, "Falta su &lt;b&gt;cargo&lt;/b&gt;.", "Registration"),
        (RegistrationStatus.REJECTED, "Su inscripción no fue aceptada", "Cancelar mi inscripción"),
    ],
)
def test_there_is_no_pass_and_no_room(session, client, person, address, status, said, unsaid):
    person.status = status
    session.commit()
    page = client.get(address).text
    assert (said in page, unsaid in page) == (True, False)
    assert ("pass-code" in page, "sala" in page.lower()) == (False, False)


def test_a_person_answers_and_waits_again(session, client, person, address):
    page = client.get(f"{address}/completar")
    assert (page.status_code, f'value="{person.second_surname}"' in page.text) == (200, True)
    answer = client.post(f"{address}/completar", data=typed(person, position="Alcaldesa"))
    assert (answer.status_code, answer.location) == (303, address)
    session.refresh(person)
    assert (person.status, person.position) == (PENDING, "Alcaldesa")


def test_an_error_keeps_what_was_typed_and_saves_nothing(session, client, person, address):
    answer = client.post(
        f"{address}/completar", data=typed(person, document_number="1", position="Alcaldesa")
    )
    assert (answer.status_code, 'value="Alcaldesa"' in answer.text) == (422, True)
    session.refresh(person)
    assert (person.status, person.position) == (RETURNED, "")


@pytest.mark.parametrize("status", [PENDING, RegistrationStatus.CONFIRMED, RegistrationStatus.CANCELLED])
def test_who_was_not_asked_is_led_to_their_page(session, client, person, address, status):
    person.status = status
    session.commit()
    for answer in (
        client.get(f"{address}/completar"),
        client.post(f"{address}/completar", data=typed(person)),
    ):
        assert (answer.status_code, answer.location) == (303, address)
    session.refresh(person)
    assert person.status == status


def test_a_foreign_link_opens_nothing(client, person):
    assert client.get("/mi/AAAAAAAB/completar").status_code == 404


def test_the_answers_to_the_form_are_corrected_along(session, client, person, address, frozen_clock):
    form = factories.form(person.event, factories.asks("motivo", "short_text", is_required=True))
    person.form_id = form.id
    services.save_answers(person, form, {"motivo": "Ninguno"}, at=frozen_clock)
    session.commit()
    assert 'value="Ninguno"' in client.get(f"{address}/completar").text
    refused = client.post(f"{address}/completar", data=typed(person, f_motivo=""))
    assert refused.status_code == 422
    answer = client.post(f"{address}/completar", data=typed(person, f_motivo="Gestión pública"))
    assert answer.status_code == 303
    session.expire_all()
    assert (person.status, [one.value for one in queries.answers_of(person)]) == (
        PENDING,
        ["Gestión pública"],
    )
