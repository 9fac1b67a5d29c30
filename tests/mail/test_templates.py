"""Own words go before the default, the event's before the organisation's; and a copy of what was sent is kept."""

from datetime import timedelta

import pytest

from app import clock, unit_of_work
from app.extensions import db
from app.mail import copies, services, templates, transport
from app.registration import emails, queries
from app.registration.models import RegistrationStatus
from tests import factories
from tests.mail.test_messages import arrived, event, person, shape  # noqa: F401 - fixtures


def content(letter, kind):
    return letter.get_body((kind,)).get_content().replace("\r\n", "\n")


def save(letter="registration.received", language="es", **values):
    values = {"subject": "Lo esperamos en {evento}", "body": "Hola {nombres}\n\n{enlace}"} | values
    with unit_of_work.transaction():
        templates.save(letter, language, at=clock.now(), **values)


def test_own_words_stand_in_the_frame_of_every_letter(posted, event, person):  # noqa: F811
    save(event_id=event.id, body="Hola <{nombres}>\n\n[Abrir]({enlace})")
    letter = arrived(posted, emails.received, person)
    link = f"http://127.0.0.1:8000/mi/{queries.personal_token(person)}"
    assert letter["Subject"] == "Lo esperamos en Gestión pública & «diálogo» <hoy>"
    text, html = (content(letter, kind) for kind in ("plain", "html"))
    assert text.startswith(f"Hola <Zoë>\n\nAbrir: {link}\n")
    assert "Hola &lt;Zoë&gt;" in html
    assert f'href="{link}"' in html
    assert 'src="cid:pass"' in html
    assert shape(letter)[0] == "multipart/mixed", "the calendar travels along"


def test_the_event_goes_before_the_organisation_and_another_s_words_are_not_taken(posted, event, person):  # noqa: F811
    other = factories.event()
    subjects = []
    for values in (
        {"event_id": other.id, "subject": "ajeno"},
        {"organisation_id": other.organisation_id, "subject": "ajena"},
        {"event_id": event.id, "language": "en", "subject": "English"},
        {"organisation_id": event.organisation_id, "subject": "de la entidad"},
        {"event_id": event.id, "subject": "del evento"},
    ):
        save(**values)
        subjects.append(arrived(posted, emails.received, person)["Subject"].split(":")[0])
    default = "Su inscripción está confirmada"
    assert subjects == [default, default, default, "de la entidad", "del evento"]


def test_the_waitlist_has_words_of_its_own(posted, event):  # noqa: F811
    save("registration.waitlisted", event_id=event.id, subject="En espera")
    save(event_id=event.id, subject="Confirmada")
    waiting = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    assert arrived(posted, emails.received, waiting)["Subject"] == "En espera"


def test_restored_words_are_the_default_again(posted, event, person):  # noqa: F811
    save(event_id=event.id)
    with unit_of_work.transaction():
        templates.restore("registration.received", "es", event_id=event.id)
    assert arrived(posted, emails.received, person)["Subject"].startswith("Su inscripción está confirmada")


def test_a_copy_is_kept_without_the_personal_link(posted, outbox, person):  # noqa: F811
    letter = arrived(posted, emails.received, person)
    copy = copies.copy_of(outbox()[0])
    token = queries.personal_token(person)
    assert copy.subject == letter["Subject"]
    assert copy.text == content(letter, "plain").replace(token, "…")
    assert token not in copy.html
    assert "cid:" not in copy.html
    assert "Zoë" in copy.html


def test_nothing_is_kept_of_what_was_not_sent(posted, outbox, person):  # noqa: F811
    posted.unwelcome["zoe@example.pe"] = "550 no such mailbox"
    with unit_of_work.transaction():
        emails.received(db.session.merge(person))
    services.deliver_due()
    assert copies.copy_of(outbox()[0]) is None


@pytest.mark.parametrize(("days", "left"), [(180, 1), (181, 0)])
def test_copies_are_forgotten_after_half_a_year(posted, outbox, person, frozen_clock, days, left):  # noqa: F811
    arrived(posted, emails.received, person)
    with unit_of_work.transaction():
        gone = copies.forget(at=frozen_clock + timedelta(days=days))
    assert (gone, len(copies.with_copies(outbox()))) == (1 - left, left)


def test_a_reference_names_one_letter_and_cannot_be_made_up(app):
    with app.app_context():
        name = transport.reference(7)
        forged = transport.reference(8)[:8] + name[8:]
        found = [transport.letter_id_of(text) for text in (name, forged, name[:-2], "", "zz", name + "00")]
    assert found == [7, None, None, None, None, None]


@pytest.mark.parametrize(("setting", "domain"), [("", None), ("rebotes@muni.gob.pe", "muni.gob.pe")])
def test_the_return_path_names_the_letter(app, posted, outbox, person, monkeypatch, setting, domain):  # noqa: F811
    monkeypatch.setitem(app.config, "BOUNCE_ADDRESS", setting)
    arrived(posted, emails.received, person)
    name = transport.reference(outbox()[0].id)
    assert posted.senders == [f"rebotes+{name}@{domain}" if domain else "no-responder@localhost"]
