"""A message goes to exactly whom its choice means, each once, so many a minute, whatever is killed on the way."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, mail, unit_of_work
from app.extensions import db
from app.mail import services as outbox_services
from app.mail.models import OutgoingLetter
from app.mail.services import mark_bounced
from app.mailings import rules
from app.mailings.errors import Nobody, NotADraft
from app.mailings.models import Mailing, MailingStatus
from app.mailings.queries import audience, mailings, notices
from app.mailings.queries.mailings import Result
from app.mailings.rules import Audience
from app.mailings.services import mailings as services
from app.mailings.services import notices as notice_services
from app.mailings.services.mailings import Message
from app.registration.models import (
    Answer,
    ChosenOption,
    Enrolment,
    EnrolmentStatus,
    RegistrationStatus,
)
from scripts.console import PROJECT
from tests import factories
from tests.mail.conftest import outbox, posted  # noqa: F401 - fixtures
from tests.support.databases import database
from tests.support.races import await_rivals, race

PEOPLE = 20


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(days=2)


def draft(event, *, is_notice=False, per_minute=1000, **chosen):
    message = Message(
        subject="Aviso para {nombres}",
        body="Hola {nombre}\n\n{enlace}",
        is_notice=is_notice,
        audience=Audience(**chosen),
        per_minute=per_minute,
    )
    with unit_of_work.transaction():
        return services.draft(db.session.merge(event), message, by=None, at=clock.now()).id


def begin(mailing_id, *, send_at=None):
    with unit_of_work.transaction():
        mailing = mailings.by_id(mailing_id)
        number = audience.count(mailing.event, Audience.of(mailing.audience), is_notice=mailing.is_notice)
        services.send(mailing, expected=number, send_at=send_at, at=clock.now())


def advance(mailing_id):
    with unit_of_work.transaction():
        return services.advance(mailing_id, at=clock.now())


def send(mailing_id):
    begin(mailing_id)
    advance(mailing_id)


def addresses():
    db.session.expire_all()
    return sorted(db.session.scalars(select(OutgoingLetter.recipient)))


def status(mailing_id):
    db.session.expire_all()
    return mailings.by_id(mailing_id).status


def meant(event, *, is_notice=False, **chosen):
    people = audience.some(event, Audience(**chosen), is_notice=is_notice)
    assert len(people) == audience.count(event, Audience(**chosen), is_notice=is_notice)
    return {person.given_names for person in people}


def test_a_choice_means_those_whom_it_says(event):
    first, second = event.days
    other = factories.event()
    ana = factories.registration(event, given_names="Ana", entity="Municipalidad de Ñaña", ubigeo="150101")
    luz = factories.registration(event, given_names="Luz", ubigeo="080101")
    factories.registration(event, given_names="Eva", status=RegistrationStatus.WAITLISTED)
    factories.registration(event, given_names="Sin", email="")
    factories.registration(other, given_names="Otra", entity="Municipalidad de Ñaña")
    factories.attendance(ana, day_id=first.id)
    session = first.sessions[0]
    factories.enrollable(session)
    db.session.add(
        Enrolment(
            session_id=session.id,
            registration_id=luz.id,
            status=EnrolmentStatus.ENROLLED,
            created_at=clock.now(),
        )
    )
    db.session.commit()
    assert meant(event) == {"Ana", "Luz"}
    assert meant(event, statuses=("waitlisted", "confirmed")) == {"Ana", "Luz", "Eva"}
    assert meant(event, statuses=("waitlisted",)) == {"Eva"}
    assert meant(event, statuses=()) == set()
    assert meant(event, attended=True) == {"Ana"}
    assert meant(event, attended=False) == {"Luz"}
    assert meant(event, attended=True, day_id=second.id) == set()
    assert meant(event, attended=False, day_id=second.id) == {"Ana", "Luz"}
    assert meant(event, entity="ÑAÑA") == {"Ana"}
    assert meant(event, department="08") == {"Luz"}
    assert meant(event, session_id=session.id) == {"Luz"}


def test_an_answer_chooses(event):
    form = factories.form(event, factories.asks("mesa", "one_of", "uno", "dos"))
    field = form.fields[0]
    for name, option in (("Ana", "uno"), ("Luz", "dos")):
        person = factories.registration(event, given_names=name, form_id=form.id)
        answer = Answer(
            registration_id=person.id,
            field_id=field.id,
            version_id=field.versions[0].id,
            value=option,
            answered_at=clock.now(),
        )
        db.session.add(answer)
        db.session.flush()
        db.session.add(
            ChosenOption(answer_id=answer.id, option=option, field_id=field.id, registration_id=person.id)
        )
    factories.registration(event, given_names="Eva")
    db.session.commit()
    assert meant(event, field_id=field.id, option="dos") == {"Luz"}
    assert meant(event, form_id=form.id) == {"Ana", "Luz"}


@pytest.fixture
def consents(event):
    """A function that adds a person who answered the question about notices."""
    form = factories.form(event, factories.asks(rules.NOTICES, "consent"))
    field = form.fields[0]

    def agree(name, value):
        person = factories.registration(event, given_names=name, form_id=form.id)
        answer = {"field_id": field.id, "version_id": field.versions[0].id, "answered_at": clock.now()}
        db.session.add(Answer(registration_id=person.id, value=value, **answer))
        db.session.commit()
        return person

    return agree


def test_a_notice_goes_to_those_alone_who_agreed(event, consents):
    consents("Ana", True)
    consents("Luz", False)
    consents("Eva", None)
    factories.registration(event, given_names="Ida")
    assert meant(event, is_notice=True) == {"Ana"}


def test_a_notice_can_be_stopped_with_one_click(event, consents, posted, client):  # noqa: F811
    ana, luz = consents("Ana", True), consents("Luz", True)
    send(draft(event, is_notice=True))
    outbox_services.deliver_due()
    letter = next(one for one in posted.letters if one["To"] == ana.email)
    address = letter["List-Unsubscribe"].strip(" <>")
    assert address == f"http://127.0.0.1:8000/baja/{notices.token(ana)}"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in letter.get_body(("plain",)).get_content()
    path = address.removeprefix("http://127.0.0.1:8000")
    assert "No recibir más</button>" in client.get(path).text
    assert not notices.is_suppressed(db.session.merge(ana)), "looking changes nothing"
    db.session.commit()
    client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert client.post(path).status_code == 200, "twice is once"
    posted.letters.clear()
    assert meant(event, is_notice=True) == {"Luz"}, "the number shown is that of those who get it"
    send(draft(event, is_notice=True))
    outbox_services.deliver_due()
    assert [one["To"] for one in posted.letters] == [luz.email]


def test_the_address_of_the_header_is_never_broken(app, event, consents, posted, monkeypatch):  # noqa: F811
    monkeypatch.setitem(
        app.config, "BASE_URL", "https://inscripciones-eventos.municipalidad-provincial.gob.pe/tinkuy"
    )
    ana = consents("Ana", True)
    send(draft(event, is_notice=True))
    outbox_services.deliver_due()
    line = f"<https://inscripciones-eventos.municipalidad-provincial.gob.pe/tinkuy/baja/{notices.token(ana)}>"
    assert line.encode() in posted.raw[0]


def test_a_message_about_the_event_carries_no_such_headers(event, posted):  # noqa: F811
    factories.registration(event)
    send(draft(event))
    outbox_services.deliver_due()
    assert [posted.letters[0][name] for name in ("List-Unsubscribe", "List-Unsubscribe-Post")] == [None, None]


@pytest.mark.parametrize("token", ["x", "AAAA", "AAAAAAAC3vKp0Zk9QxYz1fGh2JkLmNoP", "ñ"])
def test_a_made_up_token_stops_nothing(client, token):
    assert (client.get(f"/baja/{token}").status_code, client.post(f"/baja/{token}").status_code) == (404, 404)


def test_a_personal_link_s_token_is_no_token_of_notices_nor_the_other_way_round(event, client):
    person = factories.registration(event)
    assert client.get(f"/mi/{notices.token(person)}").status_code == 404


def test_who_stopped_notices_of_one_body_still_gets_another_s(event, consents):
    ana = consents("Ana", True)
    with unit_of_work.transaction():
        notice_services.stop(db.session.merge(ana), at=clock.now())
    other = factories.registration(factories.event(), email=ana.email)
    same = factories.registration(factories.event(event.organisation), email=ana.email.upper())
    assert [notices.is_suppressed(one) for one in (other, same)] == [False, True]


def test_the_number_of_letters_a_minute_is_kept(event, frozen_clock):
    for _ in range(5):
        factories.registration(event)
    mailing_id = draft(event, per_minute=2)
    begin(mailing_id)
    written = []
    for seconds in (0, 1, 59, 61, 62, 122, 190):
        with clock.freeze(frozen_clock + timedelta(seconds=seconds)):
            advance(mailing_id)
        written.append(len(addresses()))
    assert written == [2, 2, 2, 4, 4, 5, 5]
    assert status(mailing_id) == MailingStatus.FINISHED


@pytest.mark.parametrize(
    ("per_minute", "lately", "allowed"), [(60, 0, 60), (60, 59, 1), (60, 60, 0), (60, 90, 0)]
)
def test_the_allowance(per_minute, lately, allowed):
    assert rules.allowance(per_minute, lately=lately) == allowed


def test_a_scheduled_message_waits_and_counts_again(event, frozen_clock):
    factories.registration(event, email="ana@example.pe")
    mailing_id = draft(event)
    begin(mailing_id, send_at=frozen_clock + timedelta(hours=1))
    factories.registration(event, email="luz@example.pe")
    assert mailings.unfinished(at=frozen_clock + timedelta(minutes=59)) == []
    assert advance(mailing_id) is False
    assert addresses() == []
    with clock.freeze(frozen_clock + timedelta(hours=1)):
        assert mailings.unfinished(at=clock.now()) == [mailing_id]
        advance(mailing_id)
    assert addresses() == ["ana@example.pe", "luz@example.pe"]


def test_a_paused_message_goes_on_where_it_stopped(event, frozen_clock):
    for _ in range(3):
        factories.registration(event)
    mailing_id = draft(event, per_minute=2)
    send(mailing_id)
    with unit_of_work.transaction():
        services.set_status(mailings.by_id(mailing_id), MailingStatus.PAUSED, at=clock.now())
    with clock.freeze(frozen_clock + timedelta(minutes=2)):
        advance(mailing_id)
        assert len(addresses()) == 2
        with unit_of_work.transaction():
            services.set_status(mailings.by_id(mailing_id), MailingStatus.SENDING, at=clock.now())
        advance(mailing_id)
    assert len(addresses()) == len(set(addresses())) == 3


def test_a_stopped_message_calls_back_what_has_not_left(event, posted):  # noqa: F811
    for _ in range(2):
        factories.registration(event)
    mailing_id = draft(event, per_minute=1)
    send(mailing_id)
    with unit_of_work.transaction():
        services.set_status(mailings.by_id(mailing_id), MailingStatus.CANCELLED, at=clock.now())
    outbox_services.deliver_due()
    assert posted.letters == []
    assert mailings.unfinished(at=clock.now() + timedelta(hours=1)) == []
    assert mailings.results(mailings.by_id(mailing_id))[Result.FAILED] == 1


def test_who_cancelled_meanwhile_gets_nothing(event, posted):  # noqa: F811
    person = factories.registration(event)
    mailing_id = draft(event)
    send(mailing_id)
    db.session.merge(person).status = RegistrationStatus.CANCELLED
    db.session.commit()
    outbox_services.deliver_due()
    assert posted.letters == []
    assert mailings.results(mailings.by_id(mailing_id))[Result.NOT_SENT] == 1


def test_ten_people_with_one_address_get_ten_letters(event, posted):  # noqa: F811
    for number in range(10):
        factories.registration(event, email="casa@example.pe", given_names=f"Ana{number}")
    send(draft(event))
    outbox_services.deliver_due()
    assert {one["Subject"] for one in posted.letters} == {f"Aviso para Ana{number}" for number in range(10)}


def test_every_address_has_its_result(event, posted, outbox):  # noqa: F811
    people = [factories.registration(event, email=f"p{number}@example.pe") for number in range(4)]
    posted.unwelcome["p1@example.pe"] = "550 no such mailbox"
    posted.unwelcome["p2@example.pe"] = "450 busy"
    mailing_id = draft(event)
    send(mailing_id)
    outbox_services.deliver_due()
    with unit_of_work.transaction():
        mark_bounced(outbox()[3].id, status="5.1.1", at=clock.now())
    mailing = mailings.by_id(mailing_id)
    page = mailings.recipients(mailing, result=None, number=1)
    found = {row.address: (row.result, row.reason) for row in page.rows}
    assert found == {
        "p0@example.pe": (Result.SENT, ""),
        "p1@example.pe": (Result.FAILED, "refused (550)"),
        "p2@example.pe": (Result.WAITING, "deferred (450)"),
        "p3@example.pe": (Result.BOUNCED, "5.1.1"),
    }
    assert len(people) == sum(mailings.results(mailing).values())
    assert [row.address for row in mailings.recipients(mailing, result=Result.BOUNCED, number=1).rows] == [
        "p3@example.pe"
    ]


def test_it_is_sent_once(event):
    factories.registration(event)
    mailing_id = draft(event)
    begin(mailing_id)
    with pytest.raises(NotADraft), unit_of_work.transaction():
        services.send(mailings.by_id(mailing_id), expected=1, send_at=None, at=clock.now())


def test_nobody_is_refused(event):
    mailing_id = draft(event)
    with pytest.raises(Nobody):
        begin(mailing_id)


def stage(url):
    with database(url):
        event = factories.event(days=1)
        for number in range(PEOPLE):
            factories.registration(event, email=f"p{number}@example.pe")
        mailing_id = draft(event)
        begin(mailing_id)
        return mailing_id


def counted(url):
    with database(url):
        return Counter(db.session.scalars(select(OutgoingLetter.recipient)))


EVERYBODY = Counter(f"p{number}@example.pe" for number in range(PEOPLE))


def test_a_killed_worker_loses_nothing_and_repeats_nothing(own_database):
    mailing_id = stage(own_database)
    words = [sys.executable, "-m", "tests.mailings.killed", own_database, str(mailing_id), str(PEOPLE // 2)]
    killed = subprocess.run(words, cwd=PROJECT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert counted(own_database) == Counter(), "half a share was not kept"
    with database(own_database):
        advance(mailing_id)
        advance(mailing_id)
        assert status(mailing_id) == MailingStatus.FINISHED
    assert counted(own_database) == EVERYBODY


def unguarded(mailing_id):
    """Go on without the lock: see who has no letter, then write."""
    with unit_of_work.transaction():
        mailing = mailings.by_id(mailing_id)
    people = [
        (recipient.registration_id, person.email)
        for recipient, person in mailings.still_to_write(mailing, limit=PEOPLE)
    ]
    db.session.rollback()
    await_rivals()
    with unit_of_work.transaction():
        for registration_id, email in people:
            mail.queue(
                "mailings.message", to=email, payload={"registration_id": registration_id}, language="es"
            )
        db.session.execute(mailings.MailingRecipient.__table__.update().values(queued_at=clock.now()))


def test_without_the_lock_workers_write_twice(own_database):
    mailing_id = stage(own_database)
    race(own_database, unguarded, [(mailing_id,)] * 4, processes=4)
    assert max(counted(own_database).values()) > 1


def test_workers_that_begin_together_write_once(own_database):
    mailing_id = stage(own_database)
    race(own_database, advance, [(mailing_id,)] * 4, processes=4)
    assert counted(own_database) == EVERYBODY
    with database(own_database):
        assert db.session.scalars(select(Mailing.status)).one() == MailingStatus.FINISHED
