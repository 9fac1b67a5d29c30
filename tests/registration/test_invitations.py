"""Forms for the invited alone: the invitation, its page, its letters, and the office's list."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock, unit_of_work
from app.extensions import db
from app.mail.letters import build
from app.mail.models import OutgoingLetter
from app.permissions import Role
from app.registration import queries, services
from app.registration.errors import InvitationNeeded
from app.registration.models import Access, Invitation, Registration, RegistrationStatus
from app.registration.rules.invitations import InvitationState, Invitee, state
from app.registration.services import invitations, registering
from tests import factories
from tests.conftest import NOON
from tests.registration.test_services import person
from tests.registration.test_views import GOOD
from tests.support.databases import database
from tests.support.races import await_rivals, race


@pytest.fixture
def form(session, frozen_clock):
    return factories.form(factories.event(), access=Access.INVITED)


@pytest.fixture
def invitation(form):
    return factories.invitation(form, "rosa@example.pe", given_names="Rosa", entity="Municipalidad de Imaza")


def address(invitation):
    return f"/eventos/{invitation.form.event.slug}/invitacion/{queries.invitation_token(invitation)}"


def office(form):
    return f"/gestion/eventos/{form.event.slug}/invitaciones"


@pytest.fixture
def organiser(form, sign_in):
    return sign_in(factories.user(Role.ORGANISER, organisation=form.event.organisation))


def total(session, table=Registration):
    return session.scalar(select(func.count()).select_from(table))


def letters(session):
    return [row.letter for row in session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, InvitationState.UNSENT),
        ({"sent_at": NOON}, InvitationState.OPEN),
        ({"sent_at": NOON, "expires_at": NOON}, InvitationState.EXPIRED),
        ({"sent_at": NOON, "expires_at": NOON + timedelta(seconds=1)}, InvitationState.OPEN),
        ({"revoked_at": NOON, "expires_at": NOON}, InvitationState.REVOKED),
        ({"registration": Registration(status="waitlisted"), "revoked_at": NOON}, InvitationState.ANSWERED),
        ({"registration": Registration(status="cancelled"), "sent_at": NOON}, InvitationState.OPEN),
    ],
)
def test_where_an_invitation_stands(values, expected):
    assert state(Invitation(**values), at=NOON) == expected


def test_the_page_knows_the_person_and_takes_them_once(client, session, invitation):
    page = client.get(address(invitation))
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert re.search(r'<input[^>]*name="email"[^>]*readonly[^>]*value="rosa@example.pe"', page.text)
    assert 'value="Municipalidad de Imaza"' in page.text
    answer = client.post(address(invitation), data=GOOD | {"email": "otra@example.pe"})
    assert (answer.status_code, answer.location.partition("?")[2]) == (303, "estado=inscrito")
    row = session.scalars(select(Registration)).one()
    session.refresh(invitation)
    assert (row.email, invitation.registration_id, row.form_id) == (
        "rosa@example.pe",
        row.id,
        invitation.form_id,
    )
    repeated = client.post(address(invitation), data=GOOD)
    other = client.post(
        address(invitation), data=GOOD | {"document_number": "00000002", "idempotency_key": "k" * 16}
    )
    assert (repeated.status_code, other.status_code, total(session)) == (303, 410, 1)
    assert "ya fue usada" in client.get(address(invitation)).text


def test_who_cancelled_may_answer_it_again(client, session, invitation):
    assert client.post(address(invitation), data=GOOD).status_code == 303
    first = session.scalars(select(Registration)).one()
    services.cancel(first, at=NOON, by_participant=True)
    session.commit()
    assert client.get(address(invitation)).status_code == 200
    assert queries.to_remind(invitation.form.event, since=NOON, at=NOON) == []
    again = GOOD | {"idempotency_key": "another-key-here"}
    assert client.post(address(invitation), data=again).status_code == 303
    session.refresh(invitation)
    assert invitation.registration.status == "confirmed"
    assert invitation.registration_id != first.id
    assert client.get(address(invitation)).status_code == 410


@pytest.mark.parametrize(
    ("values", "said"),
    [({"revoked_at": NOON}, "fue anulada"), ({"expires_at": NOON - timedelta(hours=1)}, "venció")],
)
def test_an_ended_invitation_says_what_to_do(client, session, form, values, said):
    invitation = factories.invitation(form, "rosa@example.pe", **values)
    for answer in (client.get(address(invitation)), client.post(address(invitation), data=GOOD)):
        assert (answer.status_code, said in answer.text) == (410, True)
    assert total(session) == 0


def test_other_tokens_open_nothing(client, session, form, invitation):
    good, other = address(invitation), factories.event()
    foreign = good.replace(form.event.slug, other.slug)
    for wrong in (foreign, good[:-1], good.rpartition("/")[0] + "/ñ", good.rpartition("/")[0] + "/AAAAAAAB"):
        assert client.get(wrong).status_code == 404
    invitations.send_again(invitation, at=NOON)
    session.commit()
    assert (client.get(good).status_code, client.get(address(invitation)).status_code) == (404, 200)


def test_without_an_invitation_there_is_no_form(client, session, form):
    plain = f"/eventos/{form.event.slug}/inscripcion"
    page = client.get(plain)
    assert ("Necesita una invitación" in page.text, 'name="given_names"' in page.text) == (True, False)
    assert client.post(plain, data=GOOD).status_code == 422
    with pytest.raises(InvitationNeeded):
        services.register(form.event, person(), form=form, idempotency_key="k" * 9, language="es", at=NOON)
    stolen = factories.invitation(form, "otra@example.pe")
    with pytest.raises(InvitationNeeded):
        services.register(
            form.event,
            person(),
            form=form,
            invitation=stolen,
            idempotency_key="k" * 9,
            language="es",
            at=NOON,
        )
    assert total(session) == 0


def test_a_wrong_answer_keeps_the_form_and_the_invitation(client, session, invitation):
    answer = client.post(address(invitation), data=GOOD | {"document_number": "1"})
    session.refresh(invitation)
    assert (answer.status_code, invitation.registration_id, total(session)) == (422, None, 0)


def test_letters_go_out_once(session, form, frozen_clock):
    event, now = form.event, frozen_clock
    people = [Invitee(f"p{number}@example.pe") for number in range(3)]
    assert invitations.invite(form, [*people, people[0]], expires_at=None, at=now) == 3
    assert invitations.invite(form, people, expires_at=None, at=now) == 0
    ids = queries.unsent(event, at=now)
    assert [invitations.send(event, ids, at=now) for _ in range(2)] == [3, 0]
    later = now + timedelta(hours=13)
    waiting = queries.to_remind(event, since=later - invitations.BETWEEN_LETTERS, at=later)
    assert [invitations.remind(event, waiting, at=later) for _ in range(2)] == [3, 0]
    assert letters(session) == ["registration.invitation"] * 3 + ["registration.invitation_reminder"] * 3
    with clock.freeze(later):
        letter = build("registration.invitation_reminder", {"invitation_id": ids[0]})
        invitations.revoke(session.get(Invitation, ids[0]), at=later)
        assert build("registration.invitation", {"invitation_id": ids[0]}) is None
    assert letter.subject == f"Su invitación espera una respuesta: {event.title}"
    assert address(session.get(Invitation, ids[0])) in letter.text


def test_the_office_types_a_list_sends_and_sees_who_answered(session, form, organiser):
    typed = "ana@example.pe\nbea@example.pe; Quispe Mamani, Bea; Comunidad San Rafael\n\n"
    answer = organiser.post(office(form), data={"form_id": str(form.id), "people": typed})
    assert answer.status_code == 303
    rows = session.scalars(select(Invitation).order_by(Invitation.email)).all()
    assert [(one.email, one.invitee, one.entity, one.sent_at) for one in rows] == [
        ("ana@example.pe", "ana@example.pe", "", None),
        ("bea@example.pe", "Bea Quispe Mamani", "Comunidad San Rafael", None),
    ]
    assert "Enviar 2 invitaciones" in organiser.get(office(form)).text
    for _ in range(2):
        assert organiser.post(f"{office(form)}/enviar").status_code == 303
    assert organiser.post(f"{office(form)}/{rows[0].id}/recordar").status_code == 303
    assert organiser.post(f"{office(form)}/{rows[0].id}/anular").status_code == 303
    assert letters(session) == ["registration.invitation"] * 2
    page = organiser.get(office(form)).text
    assert ("Anulada" in page, "Sin respuesta" in page) == (True, True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Escriba al menos un correo"),
        ("ana@example.pe\nana", "Línea 2: Escriba un correo"),
        ("ana@example.pe; <b>Ana</b>", "Línea 1: Escriba el nombre con letras"),
    ],
)
def test_wrong_lines_are_named_and_nobody_is_added(session, form, organiser, typed, said):
    answer = organiser.post(office(form), data={"form_id": str(form.id), "people": typed})
    assert (answer.status_code, said in answer.text, total(session, Invitation)) == (422, True, 0)


def test_a_file_of_invitees(session, form, organiser):
    def send(text, name="lista.csv"):
        sent = {"form_id": str(form.id), "people": "", "file": (io.BytesIO(text.encode("latin-1")), name)}
        return organiser.post(office(form), data=sent, content_type="multipart/form-data")

    assert send("Correo;Nombres;Apellidos;Entidad\nana@example.pe;Ana;Ñahui Túpac;UGEL\n").status_code == 303
    row = session.scalars(select(Invitation)).one()
    assert (row.invitee, row.entity) == ("Ana Ñahui Túpac", "UGEL")
    for text, said in (
        ("Correo;Nombres\nbea@example.pe;Bea\nbea;Bea\n", "Fila 3: Escriba un correo"),
        ("Nombres;Apellidos\nAna;Quispe\n", "Ninguna columna"),
        ("\0\0", "está vacío"),
    ):
        answer = send(text)
        assert (answer.status_code, said in answer.text, total(session, Invitation)) == (422, True, 1)


def test_strangers_and_readers_invite_nobody(client, session, form, invitation, sign_in):
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    reader = sign_in(factories.user(Role.READER, organisation=form.event.organisation))
    for visitor, status in ((client, 302), (stranger, 404), (reader, 403)):
        for path in ("", "/enviar", "/recordar", f"/{invitation.id}/anular"):
            assert visitor.post(office(form) + path).status_code == status
    assert reader.get(office(form)).status_code == 200
    other = factories.invitation(
        factories.form(factories.event(form.event.organisation), access=Access.INVITED)
    )
    own = sign_in(factories.user(Role.ORGANISER, organisation=form.event.organisation))
    assert own.post(f"{office(form)}/{other.id}/anular").status_code == 404


def test_the_list_asks_no_more_for_many(session, form, organiser, count_queries):
    def statements():
        with count_queries() as found:
            assert organiser.get(office(form)).status_code == 200
        return len(found)

    factories.invitation(form)
    one = statements()
    for _ in range(30):
        factories.invitation(form)
    assert statements() == one


def use_in_a_tab(number, invitation_id):
    """Register with an invitation as a request does."""
    with clock.freeze(NOON), unit_of_work.transaction():
        invitation = queries.invitation_by_id(invitation_id)
        who = person(number, email=invitation.email)
        event = invitation.form.event
        return services.register(
            event,
            who,
            form=invitation.form,
            invitation=invitation,
            idempotency_key=f"tab-{number:05}",
            language="es",
            at=NOON,
        )


def use_unguarded(number, invitation_id):
    """Look in one transaction and register in another, as if there were no other tab."""
    invitation = queries.invitation_by_id(invitation_id)
    free, email = state(invitation, at=NOON) == InvitationState.OPEN, invitation.email
    db.session.rollback()
    await_rivals()
    with unit_of_work.transaction():
        event, who = queries.invitation_by_id(invitation_id).form.event, person(number, email=email)
        if free:
            key, status = f"tab-{number:05}", RegistrationStatus.CONFIRMED
            registering._add(event, who, status, idempotency_key=key, language="es", at=NOON)


def registered_from_tabs(url, function):
    with database(url):
        form = factories.form(factories.event(), access=Access.INVITED)
        number = factories.invitation(form, "rosa@example.pe").id
    answers = race(url, function, [(tab, number) for tab in range(1, 9)])
    with database(url):
        return answers, total(db.session)


def test_without_the_guard_one_invitation_registers_several(own_database):
    assert registered_from_tabs(own_database, use_unguarded)[1] > 1


def test_one_invitation_in_eight_tabs_is_one_registration(own_database):
    answers, found = registered_from_tabs(own_database, use_in_a_tab)
    assert sorted(type(one).__name__ for one in answers) == ["InvitationUsed"] * 7 + ["RegistrationStatus"]
    assert found == 1
