"""All events of an e-mail address by one link: it goes to the mailbox alone, and the page that asks tells nothing."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from app import clock, codes, signing
from app.certificates import issuing
from app.certificates import queries as certificates
from app.certificates import services as issue
from app.extensions import db, limiter
from app.mail import letters
from app.mail.models import OutgoingLetter
from app.participants import emails, links
from app.registration import queries, services
from app.registration.models import RegistrationStatus
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON

ADDRESS = "familia@example.pe"
pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def person(session):
    return someone()


def someone(event=None, **values):
    chosen = {"email": ADDRESS, "given_names": "Rosa", "first_surname": "Quispe", "second_surname": "Mamani"}
    return factories.registration(event or factories.event(title="Semana de prueba"), **chosen | values)


def ask(client, email=ADDRESS):
    return client.post("/mis-eventos", data={"email": email})


def path(end=""):
    return f"/mis-eventos/{links.token_for(queries.of_email(ADDRESS), at=NOON)}{end}"


def queued(session):
    return [(row.letter, row.recipient) for row in session.query(OutgoingLetter).order_by(OutgoingLetter.id)]


def written(email=ADDRESS):
    (row,) = [row for row in db.session.query(OutgoingLetter) if row.recipient == email]
    return letters.build(row.letter, row.payload)


# --- asking


def test_the_link_goes_to_the_mailbox_alone(client, session, person):
    answer = ask(client, f"  {ADDRESS.upper()} ")
    assert (answer.status_code, answer.location) == (303, "/mis-eventos/enviado")
    assert queued(session) == [("participants.my_events", ADDRESS)]
    letter = written()
    (token,) = re.findall(r"/mis-eventos/([\w-]{20,})$", letter.text, re.M)
    assert client.get(f"/mis-eventos/{token}").status_code == 200
    assert f"/mi/{queries.personal_token(person)}" in letter.text
    assert f"/mi/{queries.personal_token(person)}" in letter.html
    assert token not in answer.text


def test_whether_an_address_is_known_shows_nowhere(client, session, person, count_queries):
    """The same answer, after the same statements; only the worker finds out, and writes nothing."""
    found = []
    for email in (ADDRESS, "nadie@example.pe"):
        with count_queries() as statements:
            answer = ask(client, email)
        kept = {name: value for name, value in answer.headers if name != "Date"}
        found.append((answer.status_code, kept, answer.get_data(), statements))
    assert found[0] == found[1]
    assert [row[0] for row in queued(session)] == ["participants.my_events"] * 2
    assert written("nadie@example.pe") is None
    assert written() is not None


@pytest.mark.parametrize("typed", ["", "   ", "rosa", "rosa@", "a" * 300 + "@example.pe"])
def test_what_is_no_address_is_said_at_the_field(client, session, typed):
    answer = ask(client, typed)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert queued(session) == []


def test_one_mailbox_gets_a_few_letters_and_the_answer_stays_the_same(client, session, person):
    limiter.enabled = True
    answers = [ask(client) for _ in range(5)]
    assert {(one.status_code, one.location, one.get_data()) for one in answers} == {
        (303, "/mis-eventos/enviado", answers[0].get_data())
    }
    assert len(queued(session)) == 3
    assert ask(client, "otra@example.pe").status_code == 303
    assert len(queued(session)) == 4, "another mailbox has a count of its own"


def test_one_visitor_cannot_ask_for_ever(client, session):
    limiter.enabled = True
    found = [ask(client, f"persona{number}@example.pe").status_code for number in range(31)]
    assert found == [303] * 30 + [429]


def test_the_event_s_page_and_the_foot_of_every_page_lead_there(client, person):
    page = client.get(f"/eventos/{person.event.slug}").text
    assert re.search(r'<form[^>]+method="post" action="/mis-eventos">', page)
    assert "Perdí mi enlace" in page
    assert '<a href="/mis-eventos">Mis eventos</a>' in client.get("/").text


# --- the link


def test_the_address_does_not_stand_in_the_link(person):
    token = links.token_for([person], at=NOON)
    assert b"example" not in signing.from_text(token)


def test_it_works_as_often_as_it_is_opened_for_a_week(client, person):
    address = path()
    codes_then = []
    for days in (0, 6.99, 7, 30):
        with clock.freeze(NOON + timedelta(days=days)):
            codes_then.append(
                (client.get(address).status_code, client.get(f"{address}/constancias.zip").status_code)
            )
    assert codes_then == [(200, 303), (200, 303), (410, 410), (410, 410)]


def test_a_link_that_ended_offers_another(client, person):
    with clock.freeze(NOON + timedelta(days=8)):
        page = client.get(path()).text
    assert "Este enlace ya no funciona" in page
    assert 'action="/mis-eventos"' in page
    assert ADDRESS not in page


def test_it_dies_when_somebody_of_the_address_changes_a_personal_link(client, session, person):
    other = someone(given_names="Elmer")
    address = path()
    services.renew_link(person, at=NOON)
    session.commit()
    assert client.get(address).status_code == 404
    assert client.get(path()).status_code == 200
    services.renew_link(other, at=NOON)
    session.commit()


def test_it_survives_a_new_registration(client, person):
    address = path()
    someone(factories.event(title="Otro foro"))
    assert "Otro foro" in client.get(address).text


def test_a_registration_that_moved_to_another_address_takes_nobody_along(client, session, person):
    address = path()
    person.email = "nueva@example.pe"
    session.commit()
    assert client.get(address).status_code == 404


def test_forged_links_open_nothing(client, person):
    stranger = factories.registration(factories.event())
    raw = signing.from_text(links.token_for([person], at=NOON))
    later = int((NOON + timedelta(days=900)).timestamp()).to_bytes(5)
    forged = {
        "another person": stranger.id.to_bytes(6) + raw[6:],
        "a later end": raw[:6] + later + raw[11:],
        "a personal link": signing.from_text(queries.personal_token(person)),
        "no signature": raw[:11],
        "half a signature": raw[:20],
        "huge number": b"\xff" * 11 + raw[11:],
        "nothing": b"",
    }
    for kind, token in forged.items():
        for end in ("", "/constancias.zip"):
            assert client.get(f"/mis-eventos/{signing.to_text(token) or '-'}{end}").status_code == 404, kind
    for token in ("ñ" * 30, "A" * 10_000, signing.to_text(raw) + "="):
        assert client.get(f"/mis-eventos/{token}").status_code == 404


def test_the_other_link_opens_no_personal_page(client, person):
    assert client.get(f"/mi/{links.token_for([person], at=NOON)}").status_code == 404


# --- the page


def headings(page):
    return [
        re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<h[234][^>]*>(.*?)</h[234]>", page, re.S)
    ]


def test_people_who_share_an_address_stand_apart(client, session):
    now, later = factories.event(title="Foro de hoy"), factories.event(title="Foro que viene")
    past = factories.event(title="Foro pasado")
    for row, days in ((later, 30), (past, -30)):
        for day in row.days:
            day.date += timedelta(days=days)
    session.commit()
    someone(later)
    someone(now)
    someone(past)
    someone(factories.event(title="Foro dejado"), status=RegistrationStatus.CANCELLED)
    someone(now, given_names="Ángel", first_surname="Ríos", second_surname="")
    factories.registration(now, given_names="Nadie", first_surname="Ajeno")
    page = client.get(path()).text
    assert headings(page) == [
        *("Ángel Ríos", "Por venir", "Foro de hoy"),
        *("Rosa Quispe Mamani", "Por venir", "Foro de hoy", "Foro que viene"),
        *("Pasados y cancelados", "Foro dejado", "Foro pasado"),
    ]
    assert "Ajeno" not in page


def test_an_event_to_come_shows_the_code_and_leads_to_the_pass(client, person):
    page = client.get(path()).text
    assert codes.grouped(person.code) in page
    assert f'href="/mi/{queries.personal_token(person)}"' in page
    assert f'href="/mi/{queries.personal_token(person)}/agenda.ics"' in page
    assert client.get(path()).headers["Cache-Control"] == "no-store"
    assert client.get(path()).headers["Referrer-Policy"] == "no-referrer"


def test_who_waits_has_no_code_on_it(client, session):
    waiting = someone(status=RegistrationStatus.WAITLISTED)
    page = client.get(path()).text
    assert codes.grouped(waiting.code) not in page
    assert "Esperando" in page or "En espera" in page


def test_every_status_can_be_shown(client, session):
    for status in RegistrationStatus:
        someone(status=status)
    assert client.get(path()).status_code == 200


def earned(number):
    """Return the certificates of one person in several events, all of one address."""
    rows = [scenes.earner(scenes.event(title=f"Foro {one}"), email=ADDRESS) for one in range(number)]
    for row in rows:
        issuing.issue_here(row.event, by=None, at=NOON)
    db.session.commit()
    return certificates.holding([row.id for row in rows])


def test_all_certificates_come_in_one_file(client, session):
    issued = earned(2)
    page = client.get(path()).text
    answer = client.get(path("/constancias.zip"))
    assert (answer.status_code, answer.mimetype, answer.is_streamed) == (200, "application/zip", True)
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(files.values()) == sorted(issue.file_of(one) for one in issued)
    for certificate in issued:
        code = codes.grouped(certificate.code)
        assert f'href="/certificados/{code}.pdf"' in page
        assert f"certId={code}" in page
        assert [name for name in files if name.endswith(f"- {code}.pdf")] != []


def test_an_annulled_certificate_is_not_among_them(client, session):
    first, _second = earned(2)
    issue.annul(first, reason="Error", by=None, at=NOON)
    session.commit()
    assert codes.grouped(first.code) not in client.get(path()).text
    with zipfile.ZipFile(io.BytesIO(client.get(path("/constancias.zip")).get_data())) as archive:
        assert len(archive.namelist()) == 1


def test_odd_titles_make_sound_file_names(session):
    from app.participants import downloads

    (certificate,) = earned(1)
    certificate.design.content["facts"]["event"] = '..\\../"Foro": ¿sí?\n' + "x" * 300
    name = downloads._file_name(certificate)
    assert not re.search(r'[\\/:*?"<>|\n]', name)
    assert len(name.encode()) < 255
    session.rollback()


def test_the_number_of_queries_does_not_grow(client, session, count_queries):
    def statements(number):
        for _ in range(number):
            someone(given_names=f"Rosa {'abcdefghij'[_ % 10]}")
        address = path()
        with count_queries() as found:
            assert client.get(address).status_code == 200
        return len(found)

    assert statements(1) == statements(29)


def test_the_letter_is_written_in_the_person_s_language(client, session, person):
    client.post("/mis-eventos?lang=en", data={"email": ADDRESS})
    assert [row.language for row in session.query(OutgoingLetter)] == ["en"]
    assert emails.write_my_events("nadie@example.pe") is None
