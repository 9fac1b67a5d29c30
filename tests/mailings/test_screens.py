"""Every page of messages, letters and reminders: the happy path, what is refused, and who may not look."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app import unit_of_work
from app.extensions import db
from app.mail import services as outbox_services
from app.mail import templates
from app.mail.models import LetterTemplate, OutgoingLetter
from app.mailings.catalogue import LETTERS
from app.mailings.models import Mailing, MailingStatus, Reminder
from app.permissions import Role
from app.registration.models import Access
from tests import factories
from tests.mail.conftest import posted  # noqa: F401 - a fixture
from tests.registration.groups import group

WORDS = {"subject": "Cambio de sala", "body": "Hola {nombres}\n\n[Abrir]({enlace})"}
MESSAGE = WORDS | {"about": "event", "statuses": ["confirmed"], "per_minute": "60"}


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(days=1)


@pytest.fixture
def office(event, sign_in):
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


@pytest.fixture
def pages(event):
    return f"/gestion/eventos/{event.slug}"


def only(table):
    db.session.expire_all()
    return db.session.scalars(select(table)).one()


def test_a_message_is_written_looked_at_and_sent(office, pages, event):
    person = factories.registration(event, given_names="Zoë")
    factories.registration(event, email="")
    answer = office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    mailing = only(Mailing)
    address = f"{pages}/mensajes/{mailing.id}"
    assert (answer.status_code, answer.location) == (303, address)
    assert "1 persona<" in office.get(address).text
    assert "Hola Zoë" in office.get(f"{address}/vista?persona={person.id}").text
    assert "Hola Rosa" in office.get(f"{address}/vista").text
    answer = office.post(f"{address}/enviar", data={"expected": "1"})
    assert answer.status_code == 303
    assert only(Mailing).status == MailingStatus.SENDING
    assert "Enviándose" in office.get(address).text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"body": "Hola {apellido}"}, "No existe el campo {apellido}. Elija uno de la lista."),
        ({"subject": "{x}"}, "No existe el campo {x}. Elija uno de la lista."),
        ({"body": "[aquí](javascript:x)"}, "«javascript:x» no es una dirección. Empiécela con https://"),
        ({"body": " "}, "Complete este campo."),
        ({"attended": "came:999"}, "Elija una opción de la lista."),
        ({"answer": "7:x"}, "Elija una opción de la lista."),
        ({"session_id": "x"}, "Elija una opción de la lista."),
        ({"per_minute": "0"}, "Escriba un número entero de 1 a 1000."),
    ],
)
def test_what_cannot_be_sent_is_refused_in_its_place(office, pages, change, message):
    answer = office.post(f"{pages}/mensajes/nuevo", data=MESSAGE | change)
    assert answer.status_code == 422
    assert message in answer.text
    assert (change.get("subject") or "Cambio de sala") in answer.text, "what was typed is kept"
    assert db.session.scalars(select(Mailing)).all() == []


def test_another_number_than_was_shown_sends_nothing(office, pages, event):
    factories.registration(event)
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    factories.registration(event)
    answer = office.post(f"{pages}/mensajes/{only(Mailing).id}/enviar", data={"expected": "1"})
    assert answer.status_code == 422
    assert "El número de personas cambió desde que lo vio." in answer.text
    assert 'name="expected" value="2"' in answer.text
    assert only(Mailing).status == MailingStatus.DRAFT


@pytest.mark.parametrize("expected", ["", "x", "-1"])
def test_a_forged_number_is_refused(office, pages, event, expected):
    factories.registration(event)
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    answer = office.post(f"{pages}/mensajes/{only(Mailing).id}/enviar", data={"expected": expected})
    assert answer.status_code == 422


def test_a_moment_of_the_event_s_zone_schedules(office, pages, event, frozen_clock):
    factories.registration(event)
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    address = f"{pages}/mensajes/{only(Mailing).id}"
    past = office.post(f"{address}/enviar", data={"expected": "1", "send_at": "2026-05-12T11:59"})
    assert (past.status_code, "Elija un momento que aún no haya pasado." in past.text) == (422, True)
    office.post(f"{address}/enviar", data={"expected": "1", "send_at": "2026-05-12T12:30"})
    mailing = only(Mailing)
    assert (mailing.status, mailing.send_at.isoformat()) == ("scheduled", "2026-05-12T17:30:00+00:00")
    assert "Programado" in office.get(address).text


def test_a_notice_without_consent_reaches_nobody_and_the_page_says_why(office, pages, event):
    factories.registration(event)
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE | {"about": "other"})
    page = office.get(f"{pages}/mensajes/{only(Mailing).id}").text
    assert "0 personas<" in page
    assert "Ningún formulario de este evento pregunta quién desea avisos" in page


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (["pausar"], MailingStatus.PAUSED),
        (["pausar", "seguir"], MailingStatus.SENDING),
        (["detener"], MailingStatus.CANCELLED),
        (["detener", "seguir"], MailingStatus.CANCELLED),
        (["otra cosa"], MailingStatus.SENDING),
    ],
)
def test_a_message_is_paused_resumed_and_stopped(office, pages, event, steps, status):
    factories.registration(event)
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    address = f"{pages}/mensajes/{only(Mailing).id}"
    office.post(f"{address}/enviar", data={"expected": "1"})
    for step in steps:
        office.post(f"{address}/estado", data={"paso": step})
    assert only(Mailing).status == status


def test_a_draft_is_changed_and_thrown_away(office, pages, event):
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    address = f"{pages}/mensajes/{only(Mailing).id}"
    assert "Hola {nombres}" in office.get(f"{address}/editar").text
    office.post(f"{address}/editar", data=MESSAGE | {"statuses": ["waitlisted"]})
    assert only(Mailing).audience["statuses"] == ["waitlisted"]
    assert office.post(f"{address}/borrar").status_code == 303
    assert db.session.scalars(select(Mailing)).all() == []


def test_own_words_are_kept_shown_and_restored(office, pages, event):
    person = factories.registration(event, given_names="Zoë")
    address = f"{pages}/cartas/registration.received"
    assert "{nombres}" in office.get(address).text
    assert office.post(address, data=WORDS).status_code == 303
    assert only(LetterTemplate).subject == "Cambio de sala"
    assert "Texto propio: es" in office.get(f"{pages}/cartas").text
    assert "Hola Zoë" in office.get(f"{address}/vista?persona={person.id}").text
    assert office.post(f"{address}/restaurar").status_code == 303
    assert db.session.scalars(select(LetterTemplate)).all() == []


def test_an_unknown_field_in_a_letter_is_named(office, pages):
    answer = office.post(f"{pages}/cartas/registration.received", data=WORDS | {"body": "{nombreS}"})
    assert answer.status_code == 422
    assert "No existe el campo {nombreS}. Elija uno de la lista." in answer.text
    assert db.session.scalars(select(LetterTemplate)).all() == []


def shown(page):
    return unescape(page.text.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0])


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("letter", LETTERS)
def test_every_default_letter_can_be_begun_with(app, office, pages, letter, language):
    page = office.get(f"{pages}/cartas/{letter}?idioma={language}")
    assert page.status_code == 200
    editable, body = LETTERS[letter], shown(page)
    found = set(re.findall(r"\{(\w*)\}", body))
    assert found - set(editable.fields) == set(), "the default asks for nothing that the letter does not know"
    assert set(editable.needed) - found == set()
    preview = office.get(f"{pages}/cartas/{letter}/vista?idioma={language}")
    assert preview.status_code == 200
    assert "{" not in preview.text.split("<body")[1]
    if "nombres" in found:
        assert ("Hola, Rosa" if language == "es" else "Hello Rosa") in preview.text
    data = {"subject": "Asunto", "body": body}
    assert office.post(f"{pages}/cartas/{letter}?idioma={language}", data=data).status_code == 303


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_of_an_organisation_can_be_looked_at(letter, event, sign_in):
    administrator = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/cartas/{letter}"
    assert f'src="{address}/vista?idioma=es"' in administrator.get(address).text
    page = administrator.get(f"{address}/vista?idioma=en")
    assert page.status_code == 200
    assert 'lang="en"' in page.text
    assert "An example of an event" in page.text


def test_a_try_of_an_organisation_s_letter_goes_to_oneself(event, sign_in, posted):  # noqa: F811
    administrator = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/cartas/registration.invitation"
    assert administrator.post(f"{address}/prueba?idioma=es").status_code == 303
    db.session.commit()
    outbox_services.deliver_due()
    (letter,) = posted.letters
    assert (letter["Subject"], letter["To"]) == (
        "Le invitamos: Un ejemplo de evento",
        only(OutgoingLetter).recipient,
    )


@pytest.mark.parametrize(
    ("letter", "body", "message"),
    [
        ("registration.received", "{sesion}", "No existe el campo {sesion}. Elija uno de la lista."),
        ("registration.held", "{nombres} {enlace}", "No existe el campo {nombres}. Elija uno de la lista."),
        ("registration.address_left", "{enlace}", "No existe el campo {enlace}. Elija uno de la lista."),
        ("registration.confirm_new_address", "{nombre} {enlace}", "No existe el campo {nombre}."),
        ("registration.invitation", "Venga.", "Esta carta necesita el campo {enlace}"),
        ("registration.offered", "Hola", "Esta carta necesita el campo {enlace}"),
    ],
)
def test_a_letter_holds_its_own_fields_and_those_that_it_needs(office, pages, letter, body, message):
    answer = office.post(f"{pages}/cartas/{letter}", data=WORDS | {"body": body})
    assert (answer.status_code, message in answer.text) == (422, True)
    assert db.session.scalars(select(LetterTemplate)).all() == []


def test_the_organisation_s_words_are_where_an_event_begins(office, pages, event, sign_in, frozen_clock):
    administrator = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/cartas"
    assert administrator.get(address).status_code == 200
    assert administrator.post(f"{address}/registration.received", data=WORDS).status_code == 303
    assert "De la entidad: es" in office.get(f"{pages}/cartas").text
    assert "Cambio de sala" in office.get(f"{pages}/cartas/registration.received").text
    assert administrator.post(f"{address}/registration.received/restaurar").status_code == 303
    assert templates.own(organisation_id=event.organisation_id) == []
    assert office.get(address).status_code == 403


@pytest.mark.parametrize("what", ["mensajes/{id}/prueba", "cartas/registration.received/prueba"])
def test_a_try_goes_to_oneself_alone(office, pages, event, what):
    factories.registration(event)
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    office.post(f"{pages}/{what.format(id=only(Mailing).id)}")
    assert only(OutgoingLetter).recipient.startswith("persona")


def test_a_reminder_is_added_once_and_taken_away(office, pages):
    reminder = {"amount": "3", "unit": "1440", "moment": "before"}
    assert office.post(f"{pages}/recordatorios", data=reminder).status_code == 303
    again = office.post(f"{pages}/recordatorios", data=reminder)
    assert (again.status_code, "Ya hay una carta en este momento." in again.text) == (422, True)
    page = office.get(f"{pages}/recordatorios").text
    assert "3 días antes del inicio" in page
    assert "9 de mayo de 2026, 9:00" in page
    office.post(f"{pages}/recordatorios/{only(Reminder).id}/borrar")
    assert db.session.scalars(select(Reminder)).all() == []


@pytest.mark.parametrize("role", [Role.READER, Role.DOOR])
def test_whoever_may_not_change_registrations_sees_nothing(pages, event, sign_in, role):
    visitor = sign_in(factories.user(role, organisation=event.organisation))
    found = [visitor.get(f"{pages}/{page}").status_code for page in ("mensajes", "cartas", "recordatorios")]
    assert found == [403, 403, 403]


def test_another_organisation_s_office_finds_nothing(office, pages, sign_in):
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    other = factories.event()
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=other.organisation))
    theirs = f"/gestion/eventos/{other.slug}/mensajes/{only(Mailing).id}"
    assert stranger.get(f"{pages}/mensajes/{only(Mailing).id}").status_code == 404
    assert [stranger.get(theirs).status_code, stranger.post(f"{theirs}/prueba").status_code] == [404, 404]


def test_a_foreign_person_is_not_shown_a_message_as(office, pages):
    stranger = factories.registration(factories.event())
    office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
    address = f"{pages}/mensajes/{only(Mailing).id}/vista"
    assert office.get(f"{address}?persona={stranger.id}").status_code == 404
    assert office.get(f"{pages}/cartas/registration.received/vista?persona={stranger.id}").status_code == 404


def test_an_invitation_is_looked_at_as_somebody_invited_and_a_group_s_link_as_its_coordinator(
    office, pages, event
):
    form = factories.form(event, access=Access.INVITED)
    invited = factories.invitation(form, given_names="Zoë", entity="Municipalidad de Imaza")
    made = group(event, name="Yutupis", coordinator_name="Eva Tsamajain")
    theirs = group(factories.event())
    words_of = {
        "registration.invitation": (
            "Hola {nombres} de {institucion}: {enlace}",
            "Hola Zoë de Municipalidad de Imaza",
        ),
        "registration.group_link": ("{nombre}, {grupo}: {enlace}", "Eva Tsamajain, Yutupis"),
    }
    for letter, reader in (("registration.invitation", invited), ("registration.group_link", made)):
        address, (body, expected) = f"{pages}/cartas/{letter}", words_of[letter]
        office.post(address, data={"subject": "Hola", "body": body})
        assert f"{address}/vista?idioma=es&amp;persona={reader.id}" in office.get(address).text
        shown = office.get(f"{address}/vista?idioma=es&persona={reader.id}").text
        assert expected in shown
        assert [token in shown for token in ("/invitacion/", "/grupos/")] == [False, False]
        assert office.get(f"{address}/vista?persona={reader.id + 999}").status_code == 404
    assert office.get(f"{pages}/cartas/registration.group_link/vista?persona={theirs.id}").status_code == 404


def test_the_progress_page_asks_as_much_for_one_as_for_thirty(app, office, pages, event, count_queries):
    numbers = []
    for people in (1, 29):
        for _ in range(people):
            factories.registration(event)
        office.post(f"{pages}/mensajes/nuevo", data=MESSAGE)
        db.session.expire_all()
        newest = db.session.scalars(select(Mailing).order_by(Mailing.id.desc())).first()
        address = f"{pages}/mensajes/{newest.id}"
        count = len(list(db.session.scalars(select(OutgoingLetter.id)))) + (1 if people == 1 else 30)
        assert office.post(f"{address}/enviar", data={"expected": str(count)}).status_code == 303
        with unit_of_work.transaction():
            pass
        with count_queries() as draft:
            assert office.get(address).status_code == 200
        with count_queries() as listed:
            assert office.get(f"{pages}/mensajes").status_code == 200
        numbers.append((len(draft), len(listed)))
    assert numbers[0] == numbers[1]
