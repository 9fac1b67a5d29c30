"""The participant's own page: what it says before, during and after, and that it says it to nobody else."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app import clock, codes, signing
from app.attendance.models import PresenceInterval
from app.extensions import db, limiter
from app.mail.models import OutgoingLetter
from app.registration import queries
from app.registration.models import DocumentType, RegistrationStatus
from tests import factories

BEFORE = datetime(2026, 5, 11, 17, 0, tzinfo=UTC)
DURING = datetime(2026, 5, 12, 14, 30, tzinfo=UTC)  # half past nine in Lima: the first session is on
LAST_NIGHT = datetime(2026, 5, 15, 4, 59, tzinfo=UTC)  # one minute to midnight of the last day in Lima
AFTER = datetime(2026, 5, 15, 5, 0, tzinfo=UTC)
CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
CANCELLED = RegistrationStatus.CANCELLED


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(title="Semana de prueba", contact_email="eventos@example.pe")


@pytest.fixture
def person(event):
    return factories.registration(
        event, given_names="Zoë", first_surname="Ñahui", second_surname="", entity="Comunidad San Rafael"
    )


def path(row, end=""):
    return f"/mi/{queries.personal_token(row)}{end}"


def open_page(client, row, *, at=BEFORE):
    with clock.freeze(at):
        page = client.get(path(row))
    assert page.status_code == 200
    return page.text


def headings(page):
    return [
        re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<h[12][^>]*>(.*?)</h[12]>", page, re.S)
    ]


def test_before_the_event_the_pass_comes_first(client, person):
    page = open_page(client, person)
    assert headings(page)[:3] == ["Zoë Ñahui", "Su pase", "Su agenda"]
    assert "Inscripción confirmada" in page
    assert codes.grouped(person.code) in page
    assert f"DNI {person.document_number}" in page
    assert "Comunidad San Rafael" in page


def test_the_pass_is_a_qr_symbol_of_the_code_and_a_code_to_type(client, person):
    from app import qr

    page = open_page(client, person)
    side, symbol = qr.svg_path(person.code)
    assert f'viewBox="0 0 {side} {side}"' in page
    assert symbol in page
    assert f'<p class="pass-code">{codes.grouped(person.code)}</p>' in page


def test_the_agenda_has_every_session_in_the_event_s_time(client, event, person):
    page = open_page(client, person)
    for day in event.days:
        for session in day.sessions:
            assert session.title in page
    assert page.count("9:00\u00a0a.\u00a0m.") == 3
    assert "hora de Lima" in page


def test_while_a_room_is_open_it_comes_before_the_pass(client, event, person):
    session = event.days[0].sessions[0]
    session.online_url = "https://meet.jit.si/prueba"
    db.session.commit()
    page = open_page(client, person, at=DURING)
    room = f"{path(person)}/sala/{session.id}"
    assert page.index(room) < page.index("pass-code")
    assert "meet.jit.si" not in page, "the room's own address stands on the room's page alone"
    assert room not in open_page(client, person, at=BEFORE)


def test_what_was_attended_stands_in_the_agenda(client, event, person):
    session = event.days[0].sessions[0]
    db.session.add(
        PresenceInterval(
            event_id=event.id,
            registration_id=person.id,
            session_id=session.id,
            device="a" * 16,
            starts_at=session.starts_at,
            ends_at=session.starts_at + timedelta(minutes=40),
        )
    )
    db.session.commit()
    assert "40 de 90 min" in open_page(client, person, at=DURING)


@pytest.mark.parametrize(("at", "shows_pass"), [(DURING, True), (LAST_NIGHT, True), (AFTER, False)])
def test_the_pass_stays_until_the_last_midnight_of_the_event(client, person, at, shows_pass):
    page = open_page(client, person, at=at)
    assert ("pass-code" in page) is shows_pass
    assert ("Cancelar mi inscripción" in page) is shows_pass


def test_who_waits_sees_the_place_and_no_pass(client, event):
    rows = [
        factories.registration(event, status=WAITLISTED, email=f"w{number}@example.pe") for number in range(3)
    ]
    page = open_page(client, rows[1])
    assert "Es el número 2 de la lista de espera" in headings(page)
    assert "w1@example.pe" in page
    assert codes.grouped(rows[1].code) not in page
    assert "Su pase" not in page
    assert "Su agenda" not in page


def test_who_cancelled_may_register_again(client, event):
    page = open_page(client, factories.registration(event, status=CANCELLED))
    assert "Esta inscripción está cancelada" in headings(page)
    assert f'href="/eventos/{event.slug}/inscripcion"' in page
    assert "Su pase" not in page
    assert "Cambiar mi enlace" not in page


def test_a_cancelled_event_says_so(client, event, person):
    event.status = "cancelled"
    db.session.commit()
    assert "Evento cancelado" in open_page(client, person)


def test_in_english(client, person):
    assert "Your agenda" in client.get(f"{path(person)}?lang=en").text


# --- nobody else's


def test_nothing_of_others_stands_on_it(client, event, person):
    others = [
        factories.registration(event, given_names=f"Otra{number}", first_surname="Persona", status=status)
        for number, status in enumerate(RegistrationStatus)
    ]
    page = open_page(client, person)
    for other in others:
        for secret in (other.given_names, other.email, other.document_number, codes.grouped(other.code)):
            assert secret not in page
        assert queries.personal_token(other) not in page


@pytest.mark.parametrize("end", ["", "/cancelar"])
def test_the_page_is_kept_nowhere(client, person, end):
    answer = client.get(path(person, end))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "ETag" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def forged(row):
    """Return tokens that are nearly the person's."""
    token = queries.personal_token(row)
    mac = signing.from_text(token)[6:]
    flipped = "A" if token[-1] != "A" else "B"
    return {
        "another number": signing.to_text((row.id + 1).to_bytes(6) + mac),
        "one letter": token[:-1] + flipped,
        "no signature": signing.to_text(row.id.to_bytes(6)),
        "half a signature": signing.to_text(row.id.to_bytes(6) + mac[:9]),
        "another purpose": signing.to_text(
            row.id.to_bytes(6) + signing.derive("other", row.id, row.link_version)
        ),
        "another version": signing.to_text(
            row.id.to_bytes(6) + signing.derive("personal-link", row.id, row.link_version + 1)
        ),
        "longer": token + "AA",
        "padded": token + "=",
        "lower case": token.lower(),
        "huge number": signing.to_text(b"\xff" * 6 + mac),
        "10,000 signs": "A" * 10_000,
        "not ASCII": "ñ" * 32,
    }


@pytest.mark.parametrize(
    ("method", "end"), [("GET", ""), ("GET", "/cancelar"), ("POST", "/cancelar"), ("POST", "/renovar")]
)
def test_forged_links_open_nothing(client, person, method, end):
    for kind, token in forged(person).items():
        assert client.open(f"/mi/{token}{end}", method=method).status_code == 404, kind
    db.session.expire_all()
    assert (person.status, person.link_version) == (CONFIRMED, 1)


def test_a_copy_of_the_database_opens_nothing(client, app, person):
    """Under another server's key the same row has another link."""
    token = queries.personal_token(person)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.config, "SECRET_KEY", "the key of whoever stole the database")
        stolen = queries.personal_token(person)
    assert stolen != token
    assert client.get(f"/mi/{stolen}").status_code == 404


# --- cancelling


def test_cancelling_asks_first_and_promotes_the_next(client, event, person):
    waiting = factories.registration(event, status=WAITLISTED)
    event.capacity = 1
    db.session.commit()
    assert "¿Cancelar su inscripción?" in client.get(path(person, "/cancelar")).text
    db.session.expire_all()
    assert person.status == CONFIRMED, "asking changes nothing"
    answer = client.post(path(person, "/cancelar"))
    assert (answer.status_code, answer.location) == (303, path(person))
    db.session.expire_all()
    assert (person.status, waiting.status) == (CANCELLED, CONFIRMED)
    assert "Esta inscripción está cancelada" in client.get(path(person)).text


def test_cancelling_twice_says_so(client, person):
    client.post(path(person, "/cancelar"))
    again = client.post(path(person, "/cancelar"))
    assert again.status_code == 422
    assert "Esta inscripción ya fue cancelada." in again.text


def test_after_the_event_nothing_is_cancelled(client, person):
    with clock.freeze(AFTER):
        answer = client.post(path(person, "/cancelar"))
    assert answer.status_code == 422
    db.session.expire_all()
    assert person.status == CONFIRMED


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(client, person, method):
    assert client.open(path(person), method=method).status_code == 405
    assert client.get(path(person, "/renovar")).status_code == 405


# --- a new link


def letters(session):
    session.expire_all()
    return [(row.letter, row.recipient) for row in session.query(OutgoingLetter)]


def test_a_new_link_goes_to_the_owner_s_mailbox_alone(client, session, person):
    old = path(person)
    answer = client.post(f"{old}/renovar")
    assert answer.status_code == 200
    assert person.email in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    db.session.expire_all()
    new = path(person)
    assert new != old
    assert new not in answer.text, "whoever only has the old link learns nothing"
    assert letters(session) == [("registration.link_renewed", person.email)]
    assert [client.get(address).status_code for address in (old, f"{old}/cancelar", new)] == [404, 404, 200]
    assert "Este enlace ya no funciona" in client.get(old).text
    assert "Pedir mi enlace otra vez" in client.get(old).text


@pytest.mark.parametrize("values", [{"status": CANCELLED}, {"email": ""}])
def test_where_no_letter_would_bring_it_the_link_stays(client, session, event, values):
    row = factories.registration(event, **values)
    assert client.post(path(row, "/renovar")).status_code == 303
    db.session.expire_all()
    assert row.link_version == 1
    assert letters(session) == []
    assert "Cambiar mi enlace" not in client.get(path(row)).text


def test_new_links_are_limited(client, event):
    limiter.enabled = True
    row = factories.registration(event)
    found = []
    for _ in range(31):
        db.session.expire_all()
        found.append(client.post(path(row, "/renovar")).status_code)
    assert found == [200] * 30 + [429]


# --- cost


@pytest.mark.parametrize("status", RegistrationStatus)
def test_the_number_of_queries_does_not_grow(client, session, count_queries, frozen_clock, status):
    def statements(people, days):
        event = factories.event(days=days)
        rows = [factories.registration(event, status=status) for _ in range(people)]
        address = path(rows[0])
        db.session.expire_all()
        with count_queries() as found:
            assert client.get(address).status_code == 200
        return len(found)

    assert statements(1, 1) == statements(30, 10)


def test_a_person_without_document_or_mail_has_a_page_too(client, event):
    row = factories.registration(event, document_type=DocumentType.NONE, document_number="", email="")
    page = open_page(client, row)
    assert "<dt>Documento</dt>" not in page
    assert "<dd>–</dd>" in page
