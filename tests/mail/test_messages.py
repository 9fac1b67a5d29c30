"""What a letter is made of when it arrives."""

import re
import ssl
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from icalendar import Calendar

from app import clock, codes, mail, qr, unit_of_work
from app.extensions import db
from app.mail import services, transport
from app.mail.letters import Inline, Letter
from app.registration import emails, queries
from app.registration import services as registration
from app.registration.models import RegistrationStatus
from tests import factories
from tests.support.post_office import open_post_office

CERTIFICATE = Path(__file__).with_name("localhost.pem")


@pytest.fixture
def event(session, frozen_clock):
    organisation = factories.organisation(
        "Municipalidad de Ñahuimpuquio", short_name="Ñahuimpuquio", accent="#1f5f5b"
    )
    return factories.event(
        organisation, title="Gestión pública & «diálogo» <hoy>", contact_email="eventos@example.gob.pe"
    )


@pytest.fixture
def person(event):
    return factories.registration(
        event, given_names="Zoë", first_surname="D’Ángela", second_surname="Tsʼejeŋ", email="zoe@example.pe"
    )


def arrived(posted, queue, row):
    """Queue a letter about a registration, deliver it, and return it as it arrived."""
    with unit_of_work.transaction():
        queue(db.session.merge(row))
    assert services.deliver_due() == 1
    return posted.letters[-1]


def shape(part):
    """Return a message as nested lists of content types."""
    if part.is_multipart():
        return [part.get_content_type(), *map(shape, part.iter_parts())]
    return part.get_content_type()


def test_a_confirmation_has_text_html_pictures_and_calendar(posted, person):
    letter = arrived(posted, emails.received, person)
    assert shape(letter) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/png", "image/png"]],
        "text/calendar",
    ]


def test_a_letter_without_a_pass_has_no_calendar(posted, event):
    waiting = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    letter = arrived(posted, emails.received, waiting)
    assert shape(letter) == [
        "multipart/alternative",
        "text/plain",
        ["multipart/related", "text/html", "image/png"],
    ]
    assert "lista de espera" in letter["Subject"]


def test_the_headers(posted, person, frozen_clock):
    letter = arrived(posted, emails.received, person)
    assert letter["Subject"] == "Su inscripción está confirmada: Gestión pública & «diálogo» <hoy>"
    assert letter["From"].addresses[0].display_name == "Ñahuimpuquio"
    assert letter["From"].addresses[0].addr_spec == "no-responder@localhost"
    assert str(letter["To"]) == "zoe@example.pe"
    assert letter["Reply-To"] == "eventos@example.gob.pe"
    assert letter["Date"].datetime == frozen_clock
    assert letter["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{24}@localhost>", letter["Message-ID"])


def test_names_of_all_regions_survive(posted, person):
    letter = arrived(posted, emails.received, person)
    for kind in ("plain", "html"):
        assert "Zoë" in letter.get_body((kind,)).get_content()
    assert "Gestión pública & «diálogo» <hoy>" in letter.get_body(("plain",)).get_content()
    assert "Gestión pública &amp; «diálogo» &lt;hoy&gt;" in letter.get_body(("html",)).get_content()


def test_everything_on_the_wire_is_ascii_with_short_lines(posted, person):
    arrived(posted, emails.received, person)
    assert posted.raw[-1].isascii()
    assert max(map(len, posted.raw[-1].split(b"\r\n"))) <= 998


def test_the_pictures_are_those_that_the_html_shows(posted, person):
    letter = arrived(posted, emails.received, person)
    html = letter.get_body(("html",)).get_content()
    pictures = {part["Content-ID"].strip("<>"): part for part in letter.walk() if part["Content-ID"]}
    assert set(pictures) == set(re.findall(r'src="cid:([^"]+)"', html)) == {"band", "pass"}
    assert pictures["pass"].get_content() == qr.png(person.code)
    assert {part.get_content_disposition() for part in pictures.values()} == {"inline"}
    assert "http" not in re.sub(r'href="[^"]*"', "", html.replace("http-equiv", "")), (
        "nothing is fetched from outside"
    )


def test_the_calendar_holds_every_session(posted, event, person):
    letter = arrived(posted, emails.received, person)
    part = next(letter.iter_attachments())
    assert (part.get_content_type(), part.get_param("method"), part.get_filename()) == (
        "text/calendar",
        "PUBLISH",
        "agenda.ics",
    )
    entries = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    sessions = [session for day in event.days for session in day.sessions]
    assert len(entries) == len(sessions) == 6
    assert {str(entry["SUMMARY"]) for entry in entries} == {session.title for session in sessions}


def link_in(letter):
    return re.search(r"http://127\.0\.0\.1:8000(/mi/\S+)", letter.get_body(("plain",)).get_content())[1]


@pytest.mark.parametrize(
    "queue", [emails.received, emails.registered_already, emails.promoted, emails.link_renewed]
)
def test_the_personal_link_works(client, posted, person, queue):
    letter = arrived(posted, queue, person)
    address = link_in(letter)
    assert address == f"/mi/{queries.personal_token(person)}"
    assert f'href="http://127.0.0.1:8000{address}"' in letter.get_body(("html",)).get_content()
    page = client.get(address)
    assert page.status_code == 200
    assert codes.grouped(person.code) in page.text


def test_a_renewed_link_is_another_and_the_old_one_is_dead(client, posted, person, frozen_clock):
    old = link_in(arrived(posted, emails.received, person))
    with unit_of_work.transaction():
        registration.renew_link(db.session.merge(person), at=frozen_clock)
    services.deliver_due()
    new = link_in(posted.letters[-1])
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_each_letter_speaks_its_person_s_language(posted, event):
    people = [factories.registration(event, language=language) for language in ("es", "en", "es")]
    with unit_of_work.transaction():
        for person in people:
            emails.received(db.session.merge(person))
    services.deliver_due()
    subjects = [letter["Subject"].split(":")[0] for letter in posted.letters]
    assert subjects == [
        "Su inscripción está confirmada",
        "You are registered",
        "Su inscripción está confirmada",
    ]
    texts = [letter.get_body(("plain",)).get_content() for letter in posted.letters]
    assert ["Hola" in texts[0], "Hello" in texts[1], "12 to 14 May 2026" in texts[1]] == [True] * 3
    assert [
        "12 al 14 de mayo de 2026" in texts[0],
        'lang="en"' in posted.letters[1].get_body(("html",)).get_content(),
    ] == [True] * 2


@pytest.mark.parametrize("status", [RegistrationStatus.WAITLISTED, RegistrationStatus.CANCELLED])
def test_what_is_written_is_how_it_stands_when_it_is_sent(posted, person, frozen_clock, status):
    with unit_of_work.transaction():
        emails.received(db.session.merge(person))
    row = db.session.merge(person)
    row.status = status
    db.session.commit()
    services.deliver_due()
    subjects = [letter["Subject"].split(":")[0] for letter in posted.letters]
    expected = {
        RegistrationStatus.WAITLISTED: ["Está en la lista de espera"],
        RegistrationStatus.CANCELLED: [],
    }
    assert subjects == expected[status]


def test_the_same_row_has_the_same_message_id_and_others_another(app):
    with app.app_context():
        letter = Letter(subject="s", text="t\n", html="<p>t</p>")
        ids = [transport.message(letter, to="a@b.pe", letter_id=number)["Message-ID"] for number in (1, 1, 2)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("field", ["subject", "reply_to", "sender_name"])
def test_no_header_can_be_smuggled_in(app, field, end):
    values = {"subject": "s", "text": "t\n", "html": "<p>t</p>", field: f"x{end}Bcc: spy@example.com"}
    with app.app_context(), pytest.raises(ValueError, match=r"(?i)cr|linefeed|newline"):
        transport.message(Letter(**values), to="a@b.pe", letter_id=1)


@pytest.mark.parametrize(
    "to", ["a@b.pe\r\nBcc: spy@example.com", "a@b.pe, spy@example.com", "a@b.pe; spy@c.pe"]
)
def test_no_second_recipient_can_be_smuggled_in(posted, to):
    with unit_of_work.transaction():
        mail.queue("test.plain", to=to, payload={"number": 1}, language="es")
    services.deliver_due()
    assert all("spy" not in recipient for recipient in posted.reached)


def test_a_title_of_two_lines_is_one_line_in_the_subject(posted, event):
    event.title = "Uno\r\nBcc: spy@example.com"
    waiting = factories.registration(event, status=RegistrationStatus.WAITLISTED, email="zoe@example.pe")
    letter = arrived(posted, emails.received, waiting)
    assert letter["Subject"].endswith("Uno Bcc: spy@example.com")
    assert letter["Bcc"] is None
    assert posted.reached == ["zoe@example.pe"]


def test_names_in_the_sender_are_quoted(app):
    with app.app_context():
        letter = Letter(subject="s", text="t\n", html="<p>t</p>", sender_name='Área "A", <x@y.pe>')
        data = transport.message(letter, to="a@b.pe", letter_id=1).as_bytes()
    sender = message_from_bytes(data, policy=policy.default)["From"].addresses
    assert [(one.display_name, one.addr_spec) for one in sender] == [
        ('Área "A", <x@y.pe>', "no-responder@localhost")
    ]


def test_pictures_keep_their_bytes(app):
    with app.app_context():
        letter = Letter(
            subject="s", text="t\n", html='<img src="cid:a">', pictures=(Inline("a", bytes(range(256))),)
        )
        data = transport.message(letter, to="a@b.pe", letter_id=1).as_bytes()
    parts = [part for part in message_from_bytes(data, policy=policy.default).walk() if part["Content-ID"]]
    assert [part.get_content() for part in parts] == [bytes(range(256))]


def test_without_a_server_letters_lie_in_a_private_folder(app, session, person, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    with unit_of_work.transaction():
        emails.received(db.session.merge(person))
    assert services.deliver_due() == 1
    folder = tmp_path / "outbox"
    assert folder.stat().st_mode & 0o777 == 0o700
    [file] = folder.iterdir()
    assert re.fullmatch(r"20260512T170000-[0-9a-f]{24}\.eml", file.name)
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (letter["To"], letter["Subject"].split(":")[0]) == (
        "zoe@example.pe",
        "Su inscripción está confirmada",
    )


def test_a_full_disk_loses_nothing(app, session, outbox, person, tmp_path, monkeypatch, frozen_clock):
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    with unit_of_work.transaction():
        emails.received(db.session.merge(person))

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        assert services.deliver_due() == 0
    assert (outbox()[0].sent_at, outbox()[0].last_error) == (None, "OSError")
    with clock.freeze(frozen_clock + timedelta(minutes=1)):
        assert services.deliver_due() == 1


@pytest.fixture
def encrypted_office(app, session, monkeypatch):
    """A post office that wants STARTTLS and a password, under a certificate for this machine."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)

    def check(_server, _session, _envelope, _mechanism, given):
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=(given.login, given.password) == (b"user", b"p@ss"))

    options = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": check,
        "auth_required": True,
    }
    with open_post_office(**options) as office:
        url = office.url.replace("smtp://", "smtp://user:p%40ss@") + "?starttls=1"
        monkeypatch.setitem(app.config, "SMTP_URL", url)
        yield office


def test_letters_go_encrypted_to_a_server_that_proves_who_it_is(encrypted_office, person, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert arrived(encrypted_office, emails.received, person)["To"] == "zoe@example.pe"


def test_a_server_that_cannot_prove_who_it_is_gets_no_letter(encrypted_office, outbox, person):
    with unit_of_work.transaction():
        emails.received(db.session.merge(person))
    assert services.deliver_due() == 0
    assert "certificate verify failed" in outbox()[0].last_error
    assert encrypted_office.letters == []
