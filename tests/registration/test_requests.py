"""Corrections of names, other addresses, other facts: what is done, when, and what is refused."""

from collections import Counter
from datetime import timedelta

import pytest

from app import clock, unit_of_work
from app.audit import AuditEntry
from app.extensions import db
from app.mail import letters
from app.mail.models import OutgoingLetter
from app.registration import errors, queries
from app.registration.models import (
    CancelReason,
    DocumentType,
    EmailChange,
    NameRequest,
    Registration,
    RegistrationSettings,
    RegistrationStatus,
    RequestStatus,
)
from app.registration.queries import requests as asked_for
from app.registration.services import addresses, cancel, requests, upkeep
from app.registration.services.requests import Correction
from app.registration.services.upkeep import Facts
from tests import factories
from tests.conftest import NOON
from tests.registration.test_race import database
from tests.support.races import await_rivals, race

BEFORE = NOON - timedelta(days=2)
OLD, NEW = "vieja@example.pe", "nueva@example.pe"


@pytest.fixture
def event(session, frozen_clock):
    return factories.event()


@pytest.fixture
def rosa(event):
    return factories.registration(event, second_surname="Mamani", email=OLD)


def wish(row, **values):
    known = {
        name: getattr(row, name)
        for name in ("document_type", "document_number", "given_names", "first_surname", "second_surname")
    }
    return Correction(**known | values)


def sent(session):
    return [(row.letter, row.recipient) for row in session.query(OutgoingLetter).order_by(OutgoingLetter.id)]


def entries(session):
    rows = session.query(AuditEntry).order_by(AuditEntry.id)
    return [(row.action, row.details) for row in rows]


# --- names


def test_a_small_slip_is_corrected_at_once(session, rosa):
    request = requests.ask(rosa, wish(rosa, first_surname="Quizpe"), is_certified=False, at=NOON)
    assert (rosa.full_name, rosa.sort_key) == ("Rosa Quizpe Mamani", "quizpe mamani, rosa")
    assert (request.status, request.former_name, request.decided_at) == (
        "applied",
        "Rosa Quispe Mamani",
        NOON,
    )
    assert sent(session) == [("registration.name_corrected", OLD)]
    assert entries(session) == [
        ("registration.corrected", {"changed": ["first_surname"]}),
        ("name_request.asked", {"status": "applied"}),
    ]


@pytest.mark.parametrize(
    ("change", "is_certified"),
    [
        ({"first_surname": "Quizpe"}, True),
        ({"given_names": "Elmer"}, False),
        ({"document_number": "87654321"}, False),
        ({"document_type": DocumentType.PASSPORT, "document_number": "AB12345"}, False),
        ({"document_number": "87654321", "first_surname": "Quizpe"}, False),
    ],
)
def test_what_is_not_small_or_comes_late_waits_for_the_office(session, rosa, change, is_certified):
    request = requests.ask(rosa, wish(rosa, **change), is_certified=is_certified, at=NOON)
    assert request.status == RequestStatus.WAITING
    assert rosa.full_name == "Rosa Quispe Mamani"
    assert sent(session) == []
    assert asked_for.requests_waiting(rosa.event) == [request]
    assert asked_for.number_waiting(rosa.event) == 1
    assert asked_for.number_waiting(factories.event()) == 0


def test_small_steps_lead_nowhere(session, rosa):
    """One slip is a person's own to correct; a second goes to the office."""
    requests.ask(rosa, wish(rosa, first_surname="Quizpe"), is_certified=False, at=NOON)
    second = requests.ask(rosa, wish(rosa, first_surname="Quizpez"), is_certified=False, at=NOON)
    assert (second.status, rosa.first_surname) == (RequestStatus.WAITING, "Quizpe")


def test_a_newer_wish_takes_the_place_of_one_that_waits(session, rosa):
    first = requests.ask(rosa, wish(rosa, given_names="Elmer"), is_certified=False, at=NOON)
    second = requests.ask(rosa, wish(rosa, given_names="Erika"), is_certified=False, at=NOON)
    session.refresh(first)
    assert (first.status, second.status) == (RequestStatus.WITHDRAWN, RequestStatus.WAITING)
    assert asked_for.waiting_request(rosa) == second


def test_nothing_new_and_nobody_there_are_refused(session, event, rosa):
    with pytest.raises(errors.NothingChanged):
        requests.ask(rosa, wish(rosa), is_certified=False, at=NOON)
    gone = factories.registration(event, status=RegistrationStatus.CANCELLED)
    with pytest.raises(errors.AlreadyCancelled):
        requests.ask(gone, wish(gone, given_names="Roza"), is_certified=False, at=NOON)
    assert session.query(NameRequest).count() == 0


def test_who_else_is_registered_is_not_learnt_from_it(session, event):
    """Corrected at once, two registrations would be one person: the wish waits like any other."""
    known = {"document_type": DocumentType.NONE, "document_number": "", "email": OLD, "second_surname": ""}
    factories.registration(event, **known, first_surname="Quizpe")
    row = factories.registration(event, **known)
    request = requests.ask(row, wish(row, first_surname="Quizpe"), is_certified=False, at=NOON)
    assert (request.status, row.first_surname) == (RequestStatus.WAITING, "Quispe")
    with pytest.raises(errors.SamePerson):
        requests.accept(request, by=factories.user().id, note="", at=NOON)


def test_the_office_accepts(session, rosa):
    request = requests.ask(rosa, wish(rosa, document_number="87654321"), is_certified=False, at=NOON)
    user = factories.user()
    requests.accept(request, by=user.id, note="Con copia del DNI.", at=NOON)
    session.flush()
    assert (rosa.document_number, rosa.identity) == ("87654321", "dni:87654321")
    assert (request.status, request.decided_by_id) == (RequestStatus.ACCEPTED, user.id)
    (row,) = session.query(OutgoingLetter)
    assert "Con copia del DNI." in letters.build(row.letter, row.payload).text


def test_the_office_declines_and_says_why(session, rosa):
    request = requests.ask(rosa, wish(rosa, given_names="Elmer"), is_certified=False, at=NOON)
    requests.decline(request, by=factories.user().id, note="Envíe su DNI.", at=NOON)
    session.flush()
    assert (rosa.given_names, request.status) == ("Rosa", RequestStatus.DECLINED)
    (row,) = session.query(OutgoingLetter)
    assert row.letter == "registration.name_declined"
    assert "Envíe su DNI." in letters.build(row.letter, row.payload).html


@pytest.mark.parametrize("answer", [requests.accept, requests.decline])
def test_a_wish_is_decided_once(session, rosa, answer):
    request = requests.ask(rosa, wish(rosa, given_names="Elmer"), is_certified=False, at=NOON)
    by = factories.user().id
    requests.decline(request, by=by, note="", at=NOON)
    with pytest.raises(errors.AlreadyDecided):
        answer(request, by=by, note="", at=NOON)
    assert len(sent(session)) == 1


# --- the e-mail address


def test_both_addresses_say_yes_and_the_change_is_made(session, rosa):
    change = addresses.ask(rosa, NEW, at=NOON)
    assert sent(session) == [
        ("registration.confirm_new_address", NEW),
        ("registration.confirm_old_address", OLD),
    ]
    link = queries.personal_token(rosa)
    assert addresses.confirm(change, is_new=True, at=NOON) is False
    assert addresses.confirm(change, is_new=True, at=NOON) is False
    assert (rosa.email, queries.personal_token(rosa)) == (OLD, link)
    assert addresses.confirm(change, is_new=False, at=NOON) is True
    assert addresses.confirm(change, is_new=False, at=NOON) is True
    assert (rosa.email, rosa.link_version) == (NEW, 2)
    assert NEW in rosa.search_text
    assert sent(session)[2:] == [("registration.address_changed", NEW), ("registration.address_left", OLD)]


def test_it_holds_for_every_registration_of_the_person_at_that_address_with_the_body(session, event, rosa):
    body, document = event.organisation, {"document_number": rosa.document_number}
    coming = factories.registration(factories.event(body), **document, email=OLD)
    past = factories.registration(factories.event(body), **document, email=OLD)
    for day in past.event.days:
        day.date -= timedelta(days=60)
    cancelled = factories.registration(
        factories.event(body), **document, email=OLD, status=RegistrationStatus.CANCELLED
    )
    left = [
        factories.registration(factories.event(factories.organisation()), **document, email=OLD),
        factories.registration(factories.event(body), **document, email="otra@example.pe"),
        factories.registration(factories.event(body), email=OLD),
        factories.registration(event, email=OLD),
    ]
    theirs = addresses.ask(coming, "ajena@example.pe", at=NOON)
    addresses.confirm(theirs, is_new=True, at=NOON)
    change = addresses.ask(rosa, NEW, at=NOON)
    question = letters.build("registration.confirm_old_address", {"change_id": change.id})
    assert "otras 3 inscripciones" in question.text
    for is_new in (True, False):
        addresses.confirm(change, is_new=is_new, at=NOON)
    moved = [rosa, coming, past, cancelled]
    assert [(one.email, one.link_version) for one in moved] == [(NEW, 2)] * 4
    assert [one.link_version for one in left] == [1] * 4
    assert sent(session)[4:] == [
        ("registration.address_changed", NEW),
        ("registration.address_changed", NEW),
        ("registration.address_left", OLD),
    ]
    assert addresses.confirm(theirs, is_new=False, at=NOON) is False, "the former mailbox has no say any more"
    rows = session.query(OutgoingLetter).order_by(OutgoingLetter.id)[4:]
    too, own, gone = [letters.build(row.letter, row.payload).text for row in rows]
    assert [queries.personal_token(coming) in text for text in (too, own, gone)] == [True, False, False]
    assert "otras 3 inscripciones" in gone


def test_the_former_address_gets_no_link(session, rosa):
    change = addresses.ask(rosa, NEW, at=NOON)
    for is_new in (True, False):
        addresses.confirm(change, is_new=is_new, at=NOON)
    session.flush()
    texts = {row.letter: letters.build(row.letter, row.payload) for row in session.query(OutgoingLetter)}
    token = queries.personal_token(rosa)
    assert {name for name, letter in texts.items() if letter and token in letter.text + letter.html} == {
        "registration.address_changed"
    }
    assert texts["registration.confirm_new_address"] is None, "an old question is asked no more"


def test_each_letter_brings_the_link_of_its_own_side(session, rosa):
    change = addresses.ask(rosa, NEW, at=NOON)
    texts = {
        row.recipient: letters.build(row.letter, row.payload).text for row in session.query(OutgoingLetter)
    }
    tokens = {
        address: asked_for.change_token(change, is_new=is_new)
        for address, is_new in ((NEW, True), (OLD, False))
    }
    assert {address: [one in text for one in tokens.values()] for address, text in texts.items()} == {
        NEW: [True, False],
        OLD: [False, True],
    }


def test_who_had_no_address_confirms_the_new_one_alone(session, event):
    row = factories.registration(event, email="")
    change = addresses.ask(row, NEW, at=NOON)
    assert sent(session) == [("registration.confirm_new_address", NEW)]
    assert addresses.confirm(change, is_new=True, at=NOON) is True
    assert row.email == NEW


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_after_three_days_nothing_is_changed(session, rosa, order):
    change = addresses.ask(rosa, NEW, at=NOON)
    addresses.confirm(change, is_new=order[0], at=NOON)
    assert addresses.confirm(change, is_new=order[1], at=NOON + addresses.LIFETIME) is False
    assert rosa.email == OLD
    assert asked_for.open_change(rosa, at=NOON + addresses.LIFETIME) is None


def test_either_address_takes_it_back(session, rosa):
    change = addresses.ask(rosa, NEW, at=NOON)
    addresses.confirm(change, is_new=True, at=NOON)
    assert addresses.take_back(change, at=NOON) is True
    assert addresses.take_back(change, at=NOON) is False
    assert addresses.confirm(change, is_new=False, at=NOON) is False
    assert rosa.email == OLD


def test_a_newer_change_ends_the_open_one(session, rosa):
    first = addresses.ask(rosa, NEW, at=NOON)
    second = addresses.ask(rosa, "otra@example.pe", at=NOON)
    for is_new in (True, False):
        assert addresses.confirm(first, is_new=is_new, at=NOON) is False
    assert asked_for.open_change(rosa, at=NOON) == second
    assert rosa.email == OLD


def test_changes_that_make_no_sense_are_refused(session, event, rosa):
    with pytest.raises(errors.SameAddress):
        addresses.ask(rosa, OLD, at=NOON)
    for number in range(addresses.MOST_A_DAY):
        addresses.ask(rosa, f"otra{number}@example.pe", at=NOON)
    with pytest.raises(errors.TooManyChanges):
        addresses.ask(rosa, NEW, at=NOON)
    addresses.ask(rosa, NEW, at=NOON + timedelta(days=1))
    gone = factories.registration(event, status=RegistrationStatus.REJECTED)
    with pytest.raises(errors.AlreadyCancelled):
        addresses.ask(gone, NEW, at=NOON)


def test_a_change_cannot_make_two_registrations_one_person(session, event):
    known = {"document_type": DocumentType.NONE, "document_number": "", "second_surname": "Mamani"}
    factories.registration(event, **known, email=NEW)
    row = factories.registration(event, **known, email=OLD)
    change = addresses.ask(row, NEW, at=NOON)
    addresses.confirm(change, is_new=True, at=NOON)
    with pytest.raises(errors.AddressInUse):
        addresses.confirm(change, is_new=False, at=NOON)
    assert row.email == OLD


def confirm(change_id, is_new):
    """Say yes as a request does."""
    with clock.freeze(NOON), unit_of_work.transaction():
        return addresses.confirm(asked_for.change_by_id(change_id), is_new=is_new, at=NOON)


def confirm_unguarded(change_id, is_new):
    """Say yes without letting the row decide who applies it."""
    change = asked_for.change_by_id(change_id)
    is_open = change.applied_at is None
    db.session.rollback()
    await_rivals()
    with clock.freeze(NOON), unit_of_work.transaction():
        change = asked_for.change_by_id(change_id)
        change.applied_at = NOON
        if is_open:
            addresses._apply(change, [], at=NOON)
    return is_open


@pytest.fixture
def change_id(own_database):
    with database(own_database), clock.freeze(NOON), unit_of_work.transaction():
        row = factories.registration(factories.event(), email=OLD)
        change = addresses.ask(row, NEW, at=NOON)
        db.session.flush()
        return change.id


def both_at_once(change_id):
    return [(change_id, bool(number % 2)) for number in range(8)]


def changed_letters(url):
    with database(url):
        row = db.session.query(Registration).one()
        found = Counter(one.letter for one in db.session.query(OutgoingLetter))
        return row.email, row.link_version, found["registration.address_changed"]


def test_both_links_opened_at_once_apply_it_once(own_database, change_id):
    answers = race(own_database, confirm, both_at_once(change_id))
    assert {type(one) for one in answers} == {bool}
    assert answers.count(True) >= 1
    assert changed_letters(own_database) == (NEW, 2, 1)


def test_without_the_row_s_word_it_would_be_applied_several_times(own_database, change_id):
    race(own_database, confirm_unguarded, both_at_once(change_id))
    assert changed_letters(own_database)[2] > 1


def confirm_own(change_id):
    """Say the last word about one of several changes, as a request does."""
    with clock.freeze(NOON), unit_of_work.transaction():
        return addresses.confirm(db.session.get_one(EmailChange, change_id), is_new=False, at=NOON)


def test_changes_of_one_person_in_several_events_do_not_wait_for_each_other(own_database):
    """Each would lock its own event, then the rows of all: PostgreSQL ends such a ring by an error."""
    with database(own_database):
        body, asked = factories.organisation(), {"created_at": NOON, "expires_at": NOON + timedelta(days=1)}
        for _ in range(8):
            row = factories.registration(factories.event(body), document_number="00000001", email=OLD)
            db.session.add(EmailChange(registration=row, email=NEW, new_confirmed_at=NOON, **asked))
        db.session.commit()
        calls = [(one.id,) for one in db.session.query(EmailChange)]
    found = race(own_database, confirm_own, calls)
    assert Counter(map(str, found)) == {"False": 7, "True": 1}, "the first ends the others"
    with database(own_database):
        assert {(one.email, one.link_version) for one in db.session.query(Registration)} == {(NEW, 2)}


# --- facts


FACTS = Facts(phone="987654321", entity="Municipalidad de Imaza", position="Regidora", ubigeo="010205")


def test_facts_are_changed_with_a_trace_of_the_names_of_fields_alone(session, rosa):
    assert upkeep.update_facts(rosa, FACTS, at=BEFORE) == ["phone", "entity", "position", "ubigeo"]
    assert (rosa.entity, rosa.entity_key) == ("Municipalidad de Imaza", "municipalidad de imaza")
    assert entries(session) == [
        ("registration.facts_changed", {"changed": ["phone", "entity", "position", "ubigeo"]})
    ]
    assert upkeep.update_facts(rosa, FACTS, at=BEFORE) == []
    assert len(entries(session)) == 1


def test_the_window_ends_with_the_event_s_beginning_or_as_the_office_says(session, event, rosa):
    begins = event.days[0].sessions[0].starts_at
    assert upkeep.editing_until(event) == begins
    upkeep.update_facts(rosa, FACTS, at=begins - timedelta(seconds=1))
    with pytest.raises(errors.EditingOver):
        upkeep.update_facts(rosa, FACTS, at=begins)
    session.add(RegistrationSettings(event_id=event.id, answers_until=begins + timedelta(days=1)))
    session.commit()
    upkeep.update_facts(rosa, FACTS, at=begins)
    with pytest.raises(errors.EditingOver):
        upkeep.update_facts(rosa, FACTS, at=begins + timedelta(days=1))


def test_an_event_without_days_has_no_end_of_it(session):
    row = factories.registration(factories.event(days=0))
    assert upkeep.update_facts(row, FACTS, at=NOON + timedelta(days=900)) != []


def test_two_people_told_apart_by_their_community_stay_two(session, event):
    known = {"document_type": DocumentType.NONE, "document_number": "", "email": "", "second_surname": ""}
    factories.registration(event, **known, entity=FACTS.entity)
    row = factories.registration(event, **known, entity="Comunidad San Rafael")
    with pytest.raises(errors.SamePerson) as refusal:
        upkeep.update_facts(row, FACTS, at=BEFORE)
    assert (refusal.value.field, row.entity) == ("entity", "Comunidad San Rafael")


def test_nobody_moves_to_an_institution_without_a_seat_left(session, event, rosa):
    from app.registration.models import EntityQuota

    session.add(
        EntityQuota(event_id=event.id, entity=FACTS.entity, entity_key="municipalidad de imaza", seats=1)
    )
    factories.registration(event, entity=FACTS.entity)
    session.commit()
    with pytest.raises(errors.EntityFull):
        upkeep.update_facts(rosa, FACTS, at=BEFORE)


def test_who_is_not_registered_any_more_changes_nothing(session, event):
    with pytest.raises(errors.AlreadyCancelled):
        upkeep.update_facts(
            factories.registration(event, status=RegistrationStatus.CANCELLED), FACTS, at=BEFORE
        )


# --- cancelling


@pytest.mark.parametrize("reason", ["", CancelReason.WORK, "Me mudo a Iquitos"])
def test_the_reason_is_kept(session, rosa, reason):
    cancel(rosa, at=BEFORE, by_participant=True, reason=reason)
    session.commit()
    assert rosa.cancel_reason == reason
