"""What a person was written can be read and sent again, by whom may do so."""

import pytest
from sqlalchemy import select

from app import clock, mail
from app.extensions import db
from app.mail import copies, services
from app.mail.models import OutgoingLetter
from app.mailings.catalogue import LETTERS
from app.organisers import labels
from app.permissions import Role
from app.registration import emails, queries
from tests import factories
from tests.mail.conftest import posted  # noqa: F401 - a fixture

# These have words of their own, but leave as the letter "received", by what is true when it is sent.
WORDED_WITHIN_OTHERS = {"registration.waitlisted", "registration.under_review"}


@pytest.fixture
def person(event):
    return factories.registration(event, given_names="Zoë", email="zoe@example.pe")


@pytest.fixture
def letter(person, posted):  # noqa: F811
    emails.received(person)
    db.session.commit()
    services.deliver_due()
    return db.session.scalars(select(OutgoingLetter)).one()


@pytest.fixture
def address(event, person, letter):
    return f"/gestion/eventos/{event.slug}/inscripciones/{person.id}/cartas/{letter.id}"


def test_the_words_are_shown_as_they_left_but_for_the_link(reader, person, letter, address):
    page, html = reader.get(address), reader.get(f"{address}/html")
    assert (page.status_code, html.status_code) == (200, 200)
    for answer in (page, html):
        assert "Zoë" in answer.text
        assert queries.personal_token(person) not in answer.text
        assert "/mi/…" in answer.text
    assert "frame-ancestors 'self'" in html.headers["Content-Security-Policy"]
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "Enviar" not in page.text, "a reader sends nothing"


def test_a_letter_goes_again_to_the_present_address(organiser, person, letter, address, posted):  # noqa: F811
    db.session.merge(person).email = "nueva@example.pe"
    db.session.commit()
    assert organiser.post(f"{address}/otra-vez").status_code == 303
    services.deliver_due()
    assert [one["To"] for one in posted.letters] == ["zoe@example.pe", "nueva@example.pe"]
    assert posted.letters[0]["Subject"] == posted.letters[1]["Subject"]
    assert [one.about for one in db.session.scalars(select(OutgoingLetter))] == [letter.about] * 2


def test_a_letter_that_proves_an_address_goes_to_no_other(organiser, event, person, address):
    mail.queue("registration.confirm_new_address", to="x@example.pe", payload={}, language="es", about=person)
    db.session.commit()
    other = db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id.desc())).first()
    place = address.rpartition("/")[0]
    assert "Enviar otra vez" not in organiser.get(f"{place}/{other.id}").text
    assert organiser.post(f"{place}/{other.id}/otra-vez").status_code == 404


def test_a_copy_that_is_kept_no_longer_is_said_to_be_gone(reader, letter, address):
    db.session.execute(copies.LetterCopy.__table__.delete())
    db.session.commit()
    assert "No hay copia de su texto" in reader.get(address).text
    assert reader.get(f"{address}/html").status_code == 404


def test_another_person_s_letter_is_not_found_here(reader, event, letter):
    other = factories.registration(event)
    address = f"/gestion/eventos/{event.slug}/inscripciones/{other.id}/cartas/{letter.id}"
    assert [reader.get(address).status_code, reader.get(f"{address}/html").status_code] == [404, 404]


def test_a_stranger_finds_nothing(sign_in, letter, address):
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    assert [stranger.get(address).status_code, stranger.post(f"{address}/otra-vez").status_code] == [404, 404]


def test_a_reader_sends_nothing_again(reader, letter, address):
    assert reader.post(f"{address}/otra-vez").status_code == 403


def test_a_letter_that_came_back_says_so(reader, event, person, letter, address):
    services.mark_bounced(letter.id, status="5.1.1", at=clock.now())
    db.session.commit()
    assert "Rebotó" in reader.get(address).text
    assert "5.1.1" in reader.get(f"/gestion/eventos/{event.slug}/inscripciones/{person.id}").text


def test_the_invitation_is_among_the_letters_of_whoever_came_of_it(organiser, event, posted):  # noqa: F811
    form = factories.form(event, access="invited")
    invitation = factories.invitation(form, "luz@example.pe")
    emails.invited(invitation)
    db.session.commit()
    services.deliver_due()
    luz = factories.registration(event, email="luz@example.pe")
    db.session.merge(invitation).registration_id = luz.id
    db.session.commit()
    place = f"/gestion/eventos/{event.slug}/inscripciones/{luz.id}"
    sent = db.session.scalars(select(OutgoingLetter)).one()
    assert f'href="{place}/cartas/{sent.id}">Invitación</a>' in organiser.get(place).text
    page = organiser.get(f"{place}/cartas/{sent.id}")
    assert (page.status_code, "/invitacion/…" in page.text) == (200, True)
    assert queries.invitation_token(invitation) not in page.text
    stranger = factories.registration(event)
    assert (
        organiser.get(
            f"/gestion/eventos/{event.slug}/inscripciones/{stranger.id}/cartas/{sent.id}"
        ).status_code
        == 404
    )


@pytest.mark.parametrize("name", sorted({*LETTERS, "mailings.message"} - WORDED_WITHIN_OTHERS))
def test_every_letter_has_a_name_and_goes_again_unless_it_belongs_to_one_address(app, name):
    row = OutgoingLetter(letter=name)
    with app.test_request_context():
        assert (labels.letter_name(row) == name, labels.may_go_again(row)) == (
            False,
            name not in LETTERS or not LETTERS[name].for_address,
        )
