"""An office's own words leave in every letter that may have them, also in those to people who take no part yet."""

import io
from datetime import timedelta

import pytest

from app import clock, unit_of_work
from app.extensions import db
from app.mail import services as outbox_services
from app.mail import templates
from app.mailings.catalogue import LETTERS
from app.registration import emails, queries
from app.registration.emails import requests as request_emails
from app.registration.models import (
    Access,
    EmailChange,
    HeldSubmission,
    NameRequest,
    RegistrationGroup,
    RequestStatus,
)
from app.registration.queries import requests as asked_for
from tests import factories
from tests.mail.conftest import posted  # noqa: F401 - a fixture

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(days=1)


@pytest.fixture
def write(event, posted):  # noqa: F811
    """A function that gives a letter words of the event's own, has it written, and returns what left as text."""

    def run(letter, queue, language="es", body="Hola {nombres}. {enlace} {evento}"):
        known = {"Hola", *LETTERS[letter].fields}
        body = " ".join(part for part in body.split(" ") if part.strip("{}.") in known)
        with unit_of_work.transaction():
            templates.save(letter, language, subject="Propio", body=body, at=clock.now(), event_id=event.id)
            queue()
        outbox_services.deliver_due()
        found = [one for one in posted.letters if one["Subject"] == "Propio"]
        return [one.get_body(("plain",)).get_content().splitlines()[0] for one in found]

    return run


@pytest.fixture
def invitation(event):
    form = factories.form(event, access=Access.INVITED)
    return factories.invitation(form, "rosa@example.pe", given_names="Rosa", language="en")


def test_an_invitation_is_in_own_words_and_in_the_person_s_language(event, invitation, write, posted):  # noqa: F811
    link = f"{BASE}/eventos/{event.slug}/invitacion/{queries.invitation_token(invitation)}?lang=en"
    assert write("registration.invitation", lambda: emails.invited(invitation), "es") == []
    assert posted.letters[-1]["Subject"].startswith("You are invited: ")
    for letter, queue in (
        ("registration.invitation", emails.invited),
        ("registration.invitation_reminder", emails.reminded),
    ):
        posted.letters.clear()
        assert write(letter, lambda queue=queue: queue(invitation), "en") == [
            f"Hola Rosa. {link} {event.title}"
        ]
    html = posted.letters[-1].get_body(("html",)).get_content()
    assert "invited this address to" in html, "the foot says why one gets the letter"
    assert "somebody registered with this address" not in html


def test_a_list_says_in_which_language_each_is_invited(event, sign_in, invitation, session):
    office = sign_in(factories.user("organiser", organisation=event.organisation))
    rows = "correo;idioma\nana@example.pe;Inglés\nluz@example.pe;quechua\neva@example.pe;Castellano\n"
    data = {
        "form_id": str(invitation.form_id),
        "language": "en",
        "file": (io.BytesIO(rows.encode()), "invitados.csv"),
    }
    answer = office.post(f"/gestion/eventos/{event.slug}/invitaciones", data=data)
    assert answer.status_code == 303, answer.text
    found = {one.email: one.language for one in queries.invitations_of(event, limit=9, offset=0)}
    assert found == {
        "rosa@example.pe": "en",
        "ana@example.pe": "en",
        "luz@example.pe": "en",
        "eva@example.pe": "es",
    }


def test_the_event_s_end_is_told_in_own_words(event, write):
    person = factories.registration(event)
    link = emails.personal_url(person)
    found = write("registration.event_cancelled", lambda: emails.event_cancelled(event))
    assert found == [f"Hola {person.given_names}. {link} {event.title}"]


def test_the_former_address_gets_no_link_and_the_new_one_no_name(event, write):
    person = factories.registration(event, given_names="Ana", email="nueva@example.pe")
    change = EmailChange(
        registration=person,
        email="nueva@example.pe",
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=3),
    )
    db.session.add(change)
    db.session.commit()
    known = [
        write(letter, lambda ask=ask: ask(change))
        for letter, ask in (
            ("registration.confirm_new_address", request_emails.confirm_new_address),
            ("registration.confirm_old_address", request_emails.confirm_old_address),
        )
    ]
    links = [
        f"{BASE}/confirmar-correo/{asked_for.change_token(change, is_new=is_new)}" for is_new in (True, False)
    ]
    assert known[0] == [f"Hola {links[0]} {event.title}"]
    assert known[1][-1] == f"Hola Ana. {links[1]} {event.title}"
    change = db.session.merge(change)
    change.applied_at = clock.now()
    db.session.commit()
    write("registration.address_left", lambda: None)
    both = write(
        "registration.address_changed",
        lambda: request_emails.address_changed(change, former="vieja@example.pe"),
    )
    assert both[2:] == [f"Hola Ana. {emails.personal_url(person)} {event.title}", f"Hola Ana. {event.title}"]


@pytest.mark.parametrize(
    ("letter", "status", "queue"),
    [
        ("registration.name_corrected", RequestStatus.APPLIED, request_emails.name_corrected),
        ("registration.name_declined", RequestStatus.DECLINED, request_emails.name_declined),
    ],
)
def test_corrections_are_told_in_own_words(event, write, letter, status, queue):
    person = factories.registration(event)
    names = {
        name: getattr(person, name)
        for name in ("document_type", "document_number", "given_names", "first_surname", "second_surname")
    }
    request = NameRequest(
        registration=person,
        status=status,
        former_name="x",
        former_document="x",
        reason="",
        note="Según su DNI",
        created_at=clock.now(),
        **names,
    )
    db.session.add(request)
    db.session.commit()
    assert write(letter, lambda: queue(request), body="Hola {nombres} {nota}") == [
        f"Hola {person.given_names} Según su DNI"
    ]


def test_a_held_form_and_a_group_s_link_are_written_in_own_words(event, write):
    held = HeldSubmission(
        event=event, body=[], idempotency_key="k" * 16, language="es", created_at=clock.now()
    )
    group = RegistrationGroup(
        event=event,
        name="Imaza",
        coordinator_name="Eva",
        coordinator_email="eva@example.pe",
        coordinator_language="en",
        link_version=1,
        created_at=clock.now(),
        consent_kind="oral",
    )
    db.session.add_all([held, group])
    db.session.commit()
    link = f"{BASE}/inscripcion/confirmar/{queries.held_token(held)}"
    assert write("registration.held", lambda: emails.held(held, to="ana@example.pe")) == [
        f"Hola {link} {event.title}"
    ]
    body = "Hola {nombre} {grupo} {enlace}"
    assert write("registration.group_link", lambda: emails.group_link(group), "en", body=body)[-1:] == [
        f"Hola Eva Imaza {BASE}/grupos/{queries.group_token(group)}?lang=en"
    ]
