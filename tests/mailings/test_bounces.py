"""Reports that a letter came back: read, matched with the letter, taken from a mail server and from a mailbox."""

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from app.events.models import Event
from app.extensions import db
from app.mail import services as outbox_services
from app.mail import transport
from app.mail.models import OutgoingLetter
from app.mailings import bounces, imap
from app.mailings.bounces import Bounce
from app.permissions import Role
from app.registration import emails
from app.registration.models import Registration
from tests import factories
from tests.mail.conftest import posted  # noqa: F401 - a fixture

TOKEN = "una palabra larga y secreta"


REPORT = """\
From: MAILER-DAEMON@mx.example.pe (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="9F2A.1779/mx.example.pe"

This is a MIME-encapsulated message.

--9F2A.1779/mx.example.pe
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9F2A.1779/mx.example.pe
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.pe
X-Postfix-Queue-ID: 9F2A
Arrival-Date: Tue, 12 May 2026 12:00:00 -0500 (-05)

Final-Recipient: rfc822; rosa@example.pe
Original-Recipient: rfc822;rosa@example.pe
Action: {action}
Status: {status}
Remote-MTA: dns; correo.example.pe
Diagnostic-Code: smtp; 550 5.1.1 <rosa@example.pe>: Recipient address rejected

--9F2A.1779/mx.example.pe
Content-Description: Undelivered Message
Content-Type: {kind}

{original}
--9F2A.1779/mx.example.pe--
"""


def report(
    *, to="no-responder@localhost", action="failed", status="5.1.1", original=None, headers_only=False
):
    """Return a delivery status notification as Postfix writes it (RFC 3464)."""
    brought = "" if original is None else original.as_string().replace("\r\n", "\n")
    if headers_only:
        brought = brought.split("\n\n")[0] + "\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    text = REPORT.format(to=to, action=action, status=status, kind=kind, original=brought)
    return text.replace("\n", "\r\n").encode()


def original(letter_id, domain="localhost"):
    letter = EmailMessage()
    letter["Subject"] = "Su inscripción está confirmada"
    letter["Message-ID"] = f"<{transport.reference(letter_id)}@{domain}>"
    letter.set_content("Hola\n")
    return letter


@pytest.fixture
def letter_id(session, frozen_clock, posted):  # noqa: F811
    """A letter that has left."""
    person = factories.registration(factories.event(days=1))
    emails.received(person)
    db.session.commit()
    outbox_services.deliver_due()
    return db.session.scalars(select(OutgoingLetter.id)).one()


def bounced():
    db.session.expire_all()
    return db.session.execute(select(OutgoingLetter.bounced_at, OutgoingLetter.last_error)).one()


@pytest.mark.parametrize("headers_only", [True, False])
def test_the_original_that_came_along_names_the_letter(app, headers_only):
    with app.app_context():
        raw = report(original=original(7), headers_only=headers_only)
        assert bounces.read(raw) == Bounce(7, "5.1.1")


def test_the_return_path_names_the_letter(app):
    with app.app_context():
        to = f"rebotes+{transport.reference(7)}@muni.gob.pe"
        assert bounces.read(report(to=to)) == Bounce(7, "5.1.1")


@pytest.mark.parametrize(
    ("action", "status", "found"),
    [
        ("failed", "5.1.1", "5.1.1"),
        ("Failed", "5.7.1 (rejected)", "5.7.1"),
        ("failed", "4.4.7", "4.4.7"),  # tried for days, and given up
        ("failed", "", "5.0.0"),
        ("delayed", "4.2.2", None),
        ("delivered", "2.0.0", None),
        ("relayed", "2.1.5", None),
    ],
)
def test_final_failures_alone_count(app, action, status, found):
    with app.app_context():
        read = bounces.read(report(action=action, status=status, original=original(7)))
    assert read == (None if found is None else Bounce(7, found))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 1000,
        b"From: a@b.pe\r\nSubject: Out of office\r\n\r\nNo estoy.\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x",
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n",
    ],
)
def test_other_messages_are_no_reports(app, raw):
    with app.app_context():
        assert bounces.read(raw) is None


def test_a_made_up_reference_is_no_letter_s(app):
    with app.app_context():
        forged = original(7)
        name = transport.reference(7)
        forged.replace_header("Message-ID", f"<{'f' * 8}{name[8:]}@localhost>")
        assert bounces.read(report(original=forged)) is None


def test_a_letter_that_left_through_smtp_is_found_by_its_own_message_id(posted, letter_id):  # noqa: F811
    raw = report(original=posted.letters[0])
    assert bounces.take(raw) is True
    assert bounces.take(raw) is False, "the same report twice tells nothing new"
    assert bounced().last_error == "5.1.1"


def post(client, raw, token=TOKEN):
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return client.post("/correo/rebotes", data=raw, headers=headers, content_type="message/rfc822")


def test_a_mail_server_hands_a_report_in_and_the_office_sees_it(
    app, client, letter_id, frozen_clock, monkeypatch, sign_in
):
    monkeypatch.setitem(app.config, "BOUNCE_TOKEN", TOKEN)
    answer = post(client, report(original=original(letter_id)))
    assert (answer.status_code, answer.json) == (200, {"recorded": True})
    assert bounced() == (frozen_clock, "5.1.1")
    assert post(client, b"Subject: Hola\r\n\r\nx").json == {"recorded": False}
    event = db.session.scalars(select(Event)).one()
    office = sign_in(factories.user(Role.READER, organisation=event.organisation))
    person = db.session.scalars(select(Registration)).one()
    page = office.get(f"/gestion/eventos/{event.slug}/inscripciones/{person.id}").text
    assert "Rebotó" in page
    assert "5.1.1" in page


@pytest.mark.parametrize(
    ("configured", "given", "status"),
    [("", "", 404), ("", TOKEN, 404), (TOKEN, "otra", 401), (TOKEN, None, 401), (TOKEN, "ñ", 401)],
)
def test_without_the_token_nothing_is_taken(app, client, letter_id, monkeypatch, configured, given, status):
    monkeypatch.setitem(app.config, "BOUNCE_TOKEN", configured)
    assert post(client, report(original=original(letter_id)), given).status_code == status
    assert bounced().bounced_at is None


@pytest.fixture
def collected(app, monkeypatch, mailbox):
    """A function that reads the mailbox of bounces, as the worker does."""
    monkeypatch.setitem(app.config, "BOUNCE_MAILBOX", mailbox.url)
    return lambda: imap.collect(bounces.take)


def test_a_mailbox_is_read_and_its_messages_are_marked(mailbox, collected, letter_id):
    mailbox.deliver(b"Subject: Hola\r\n\r\nx\r\n", report(original=original(letter_id)))
    assert collected() == 1
    assert mailbox.unread() == 0
    assert bounced().last_error == "5.1.1"
    mailbox.deliver(report(original=original(letter_id)))
    assert (collected(), mailbox.unread()) == (0, 0), "the same report twice tells nothing new"


def test_of_a_huge_message_the_head_is_read(mailbox, collected, letter_id):
    raw = report(original=original(letter_id)) + b"x" * 70 + b"\r\n"
    mailbox.deliver(raw + b"\r\n".join([b"y" * 70] * 20_000))
    assert collected() == 1
    assert bounced().last_error == "5.1.1"


@pytest.mark.parametrize(
    ("change", "told"),
    [(("se%40creto", "otra"), "error"), (("Devueltos", "Ninguna"), "error")],
    ids=["password", "folder"],
)
def test_a_mailbox_that_lets_nobody_in_is_told_in_the_log(app, mailbox, monkeypatch, caplog, change, told):
    monkeypatch.setitem(app.config, "BOUNCE_MAILBOX", mailbox.url.replace(*change))
    mailbox.deliver(b"Subject: Hola\r\n\r\nx\r\n")
    with app.app_context():
        assert imap.collect(bounces.take) == 0
    assert f"mailbox of bounces: {told}" in caplog.text
    assert mailbox.unread() == 1


def test_a_mailbox_out_of_reach_stops_nobody(app, session, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "BOUNCE_MAILBOX", "imap://a:secreto@127.0.0.1:1/INBOX")
    assert imap.collect(bounces.take) == 0
    assert "mailbox of bounces: ConnectionRefusedError" in caplog.text
    assert "secreto" not in caplog.text


def test_without_a_mailbox_nothing_is_read(app, session):
    assert imap.collect(bounces.take) == 0
