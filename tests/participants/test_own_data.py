"""The pages on which participants look after their data: what they ask, what they say, and to whom they open."""

import re
from datetime import timedelta

import pytest

from app import clock, signing
from app.certificates import issuing
from app.extensions import db, limiter
from app.mail.models import OutgoingLetter
from app.registration import queries, services
from app.registration.models import EmailChange, NameRequest, RegistrationStatus
from app.registration.models.uploads import Upload
from app.registration.queries import requests as asked_for
from app.registration.services import addresses
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON
from tests.organisers.registrations import error_at
from tests.participants.test_page import AFTER, forged

BEFORE = NOON - timedelta(days=2)
PAGES = ("/datos", "/nombre", "/correo")
OLD, NEW = "vieja@example.pe", "nueva@example.pe"


@pytest.fixture
def event(session):
    with clock.freeze(BEFORE):
        yield factories.event(title="Semana de prueba", contact_email="eventos@example.pe")


@pytest.fixture
def rosa(event):
    return factories.registration(event, second_surname="Mamani", email=OLD, entity="Comunidad San Rafael")


def path(row, end=""):
    return f"/mi/{queries.personal_token(row)}{end}"


def names(row, **values):
    return {
        "document_type": "dni",
        "document_number": row.document_number,
        "given_names": row.given_names,
        "first_surname": row.first_surname,
        "second_surname": row.second_surname,
    } | values


def shown(client, row, answer):
    """Return what the personal page says after an answer that led back to it."""
    assert answer.status_code == 303
    assert answer.location.partition("?")[0] == path(row)
    return " ".join(client.get(answer.location).text.split())


@pytest.mark.parametrize("end", PAGES)
def test_the_personal_page_leads_there_and_the_pages_are_kept_nowhere(client, rosa, end):
    assert f'href="{path(rosa, end)}"' in client.get(path(rosa)).text
    answer = client.get(path(rosa, end))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("end", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_forged_links_open_nothing(client, rosa, method, end):
    for kind, token in forged(rosa).items():
        assert client.open(f"/mi/{token}{end}", method=method).status_code == 404, kind


@pytest.mark.parametrize("end", PAGES)
@pytest.mark.parametrize("status", RegistrationStatus)
def test_every_status_has_the_pages(client, event, status, end):
    row = factories.registration(event, status=status)
    assert client.get(path(row, end)).status_code == 200


def test_facts_are_changed(client, rosa):
    page = client.get(path(rosa, "/datos")).text
    assert 'value="Comunidad San Rafael"' in page
    typed = {
        "phone": "987 654 321",
        "entity": "Municipalidad de Imaza",
        "position": "",
        "ubigeo": "Imaza, Bagua",
    }
    said = shown(client, rosa, client.post(path(rosa, "/datos"), data=typed))
    assert "Sus datos están guardados." in said
    assert "Municipalidad de Imaza" in said
    db.session.expire_all()
    assert (rosa.phone, rosa.ubigeo, rosa.full_name) == ("987 654 321", "010205", "Rosa Quispe Mamani")


def test_facts_hold_neither_name_nor_document(client, rosa):
    before = rosa.full_name, rosa.document_number, rosa.email, rosa.status
    forged_fields = {
        "given_names": "Elmer",
        "document_number": "1",
        "email": NEW,
        "status": "cancelled",
        "phone": "",
    }
    assert client.post(path(rosa, "/datos"), data=forged_fields).status_code == 303
    db.session.expire_all()
    assert (rosa.full_name, rosa.document_number, rosa.email, rosa.status) == before


@pytest.mark.parametrize(
    ("field", "typed"),
    [("phone", "abc"), ("entity", "x" * 201), ("ubigeo", "Nirgendwo"), ("position", "\u202eoidualc")],
)
def test_what_cannot_be_taken_is_said_at_the_field_and_kept(client, rosa, field, typed):
    answer = client.post(path(rosa, "/datos"), data={"phone": "", field: typed})
    assert answer.status_code == 422
    assert error_at(answer, field) != ""
    db.session.expire_all()
    assert rosa.phone == ""


def test_once_the_event_begins_facts_are_closed(client, rosa):
    with clock.freeze(AFTER):
        page = client.get(path(rosa, "/datos")).text
        answer = client.post(path(rosa, "/datos"), data={"phone": "987654321"})
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert "eventos@example.pe" in page
    assert answer.status_code == 422
    db.session.expire_all()
    assert rosa.phone == ""


def test_a_small_slip_of_a_name_is_corrected(client, rosa):
    answer = client.post(path(rosa, "/nombre"), data=names(rosa, given_names="Róza"))
    said = shown(client, rosa, answer)
    assert "Su nombre está corregido." in said
    assert "Róza Quispe Mamani" in said


def test_another_name_goes_to_the_organiser(client, rosa):
    typed = names(rosa, given_names="Elmer", reason="Soy Elmer.")
    said = shown(client, rosa, client.post(path(rosa, "/nombre"), data=typed))
    assert "Quien organiza tiene su pedido" in said
    assert [(row.given_names, row.reason) for row in db.session.query(NameRequest)] == [
        ("Elmer", "Soy Elmer.")
    ]
    assert "Todavía no le responden sobre: Elmer Quispe Mamani." in client.get(path(rosa, "/nombre")).text


def test_a_name_without_letters_is_refused(client, rosa):
    answer = client.post(path(rosa, "/nombre"), data=names(rosa, first_surname="1234"))
    assert answer.status_code == 422
    assert error_at(answer, "first_surname") != ""
    assert error_at(client.post(path(rosa, "/nombre"), data=names(rosa)), "given_names") != ""
    assert db.session.query(NameRequest).count() == 0


def test_after_issue_even_a_slip_goes_to_the_organiser(client, session):
    with clock.freeze(NOON):
        row = scenes.earner(scenes.event(), second_surname="Mamani")
        issuing.issue_here(row.event, by=None, at=NOON)
        session.commit()
        assert "ya fue emitida" in client.get(path(row, "/nombre")).text
        answer = client.post(path(row, "/nombre"), data=names(row, given_names="Roza"))
    assert answer.location.endswith("guardado=pedido")
    db.session.expire_all()
    assert row.given_names == "Rosa"


# --- the e-mail address


def token(is_new):
    return asked_for.change_token(db.session.query(EmailChange).one(), is_new=is_new)


@pytest.fixture
def asked(client, rosa):
    client.post(path(rosa, "/correo"), data={"email": NEW.upper()})
    db.session.expire_all()


@pytest.mark.usefixtures("asked")
def test_both_addresses_confirm_and_the_link_is_another(client, rosa):
    former = path(rosa)
    assert "A change" not in client.get(path(rosa, "/correo")).text
    assert NEW in client.get(path(rosa, "/correo")).text
    for is_new in (True, False):
        page = client.get(f"/confirmar-correo/{token(is_new)}")
        assert page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers
        assert page.text.count("<form") == 2
        assert client.post(f"/confirmar-correo/{token(is_new)}/si").status_code == 200
    db.session.expire_all()
    assert rosa.email == NEW
    assert client.get(former).status_code == 404
    for is_new in (True, False):
        last = client.get(f"/confirmar-correo/{token(is_new)}").text
        assert "El correo fue cambiado" in last
        assert queries.personal_token(rosa) not in last


@pytest.mark.usefixtures("asked")
def test_opening_the_link_alone_changes_nothing(client, rosa):
    """Programs that look through mail open every link."""
    for is_new in (True, False):
        for end in ("", "/si", "/no"):
            client.get(f"/confirmar-correo/{token(is_new)}{end}")
    db.session.expire_all()
    change = db.session.query(EmailChange).one()
    assert (change.new_confirmed_at, change.old_confirmed_at, change.ended_at) == (None, None, None)


@pytest.mark.usefixtures("asked")
def test_the_former_address_says_no(client, rosa):
    client.post(f"/confirmar-correo/{token(True)}/si")
    answer = client.post(f"/confirmar-correo/{token(False)}/no")
    assert "Nada cambió" in answer.text
    assert "Nada cambió" in client.post(f"/confirmar-correo/{token(False)}/si").text
    db.session.expire_all()
    assert rosa.email == OLD


@pytest.mark.usefixtures("asked")
def test_a_change_that_expired_says_so(client, rosa):
    with clock.freeze(BEFORE + addresses.LIFETIME):
        assert "Pasó el plazo" in client.post(f"/confirmar-correo/{token(True)}/si").text
    assert db.session.query(EmailChange).one().new_confirmed_at is None


@pytest.mark.usefixtures("asked")
def test_forged_words_count_for_nothing(client, rosa):
    raw = signing.from_text(token(True))
    other = signing.from_text(token(False))
    forged_tokens = {
        "the other side": raw[:6] + other[6:7] + raw[7:],
        "a third side": raw[:6] + b"\2" + raw[7:],
        "another change": (10**6).to_bytes(6) + raw[6:],
        "no signature": raw[:7],
        "nothing": b"\0",
        "a personal link": signing.from_text(queries.personal_token(rosa)),
    }
    for kind, forgery in forged_tokens.items():
        for method, end in (("GET", ""), ("POST", "/si"), ("POST", "/no")):
            address = f"/confirmar-correo/{signing.to_text(forgery)}{end}"
            assert client.open(address, method=method).status_code == 404, kind


@pytest.mark.parametrize("typed", ["", "nueva", OLD])
def test_addresses_that_are_none_are_said_at_the_field(client, rosa, typed):
    answer = client.post(path(rosa, "/correo"), data={"email": typed})
    assert answer.status_code == 422
    assert error_at(answer, "email") != ""
    assert db.session.query(OutgoingLetter).count() == 0


def test_changes_are_limited(client, rosa):
    limiter.enabled = True
    found = [client.post(path(rosa, "/correo"), data={"email": ""}).status_code for _ in range(21)]
    assert found == [422] * 20 + [429]


# --- cancelling with a reason


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({}, ""),
        ({"reason": "work"}, "work"),
        ({"reason": "work", "words": "No me dejan"}, "work"),
        ({"reason": "other", "words": "Me mudo"}, "Me mudo"),
        ({"words": "Me mudo"}, "Me mudo"),
        ({"reason": "forged"}, ""),
    ],
)
def test_the_reason_is_kept_and_the_person_may_come_again(client, event, rosa, typed, kept):
    assert client.post(path(rosa, "/cancelar"), data=typed).status_code == 303
    db.session.expire_all()
    assert (rosa.status, rosa.cancel_reason) == (RegistrationStatus.CANCELLED, kept)
    assert re.search(f'href="/eventos/{event.slug}/inscripcion"', client.get(path(rosa)).text)


def test_words_that_are_too_long_are_refused_before_anything_is_done(client, rosa):
    answer = client.post(path(rosa, "/cancelar"), data={"words": "x" * 301})
    assert answer.status_code == 422
    assert error_at(answer, "words") != ""
    db.session.expire_all()
    assert rosa.status == RegistrationStatus.CONFIRMED


# --- the answers to an event's own form


@pytest.fixture
def own_form(event):
    return factories.form(
        event,
        factories.asks("mesa", "one_of", "agua", "suelo", is_required=True),
        factories.asks("quien", "short_text", shown_if={"field": "mesa", "is": "agua"}),
        factories.asks("carta", "file", is_required=True),
        core={
            "document": {"asked": "no"},
            "email": {"asked": "required"},
            "position": {"asked": "no"},
            "entity": {"asked": "required", "label": {"es": "Comunidad"}},
        },
    )


@pytest.fixture
def elmer(event, own_form):
    row = factories.registration(event, form_id=own_form.id, entity="San Rafael", position="Apu", email=OLD)
    letter = next(version for version in queries.current_fields(own_form) if version.field.key == "carta")
    sent = Upload(
        id=7,
        field_id=letter.field_id,
        stored_name="letter",
        file_name="carta.pdf",
        content_type="application/pdf",
        size=1,
        created_at=row.created_at,
    )
    db.session.add(sent)
    db.session.flush()
    values = {"mesa": "agua", "quien": "Rosa", "carta": 7}
    services.save_answers(row, own_form, values, at=row.created_at)
    db.session.commit()
    return row


def answers(row):
    db.session.expire_all()
    return {answer.version.field.key: answer.value for answer in queries.answers_of(row)}


def test_what_was_answered_is_shown_and_changed_and_the_rest_is_kept(client, elmer):
    page = client.get(path(elmer, "/datos")).text
    assert 'value="Rosa"' in page
    assert "Comunidad" in page
    for name in ("position", "document_type", "email", "given_names"):
        assert f'name="{name}"' not in page
    typed = {
        "entity": "Santa Rosa",
        "f_mesa": "agua",
        "f_quien": "Zoë",
        "position": "Forjada",
        "f_carta": "9",
    }
    assert client.post(path(elmer, "/datos"), data=typed).status_code == 303
    assert answers(elmer) == {"mesa": "agua", "quien": "Zoë", "carta": 7}
    assert (elmer.entity, elmer.position) == ("Santa Rosa", "Apu")


def test_what_is_no_longer_asked_of_somebody_is_let_go(client, elmer):
    typed = {"entity": "San Rafael", "f_mesa": "suelo", "f_quien": "Rosa"}
    assert client.post(path(elmer, "/datos"), data=typed).status_code == 303
    assert answers(elmer) == {"mesa": "suelo", "carta": 7}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"entity": "San Rafael", "f_mesa": ""}, "f_mesa"),
        ({"entity": "San Rafael", "f_mesa": "fuego"}, "f_mesa"),
        ({"f_mesa": "agua"}, "entity"),
    ],
)
def test_answers_are_checked_as_at_the_first_time(client, elmer, typed, field):
    answer = client.post(path(elmer, "/datos"), data=typed)
    assert answer.status_code == 422
    assert error_at(answer, field) != ""
    assert answers(elmer) == {"mesa": "agua", "quien": "Rosa", "carta": 7}


def test_answers_of_another_event_s_form_are_out_of_reach(client, event, elmer):
    factories.form(factories.event(), factories.asks("ajena", "short_text"))
    typed = {"entity": "San Rafael", "f_mesa": "agua", "f_quien": "Rosa", "f_ajena": "x"}
    assert client.post(path(elmer, "/datos"), data=typed).status_code == 303
    assert answers(elmer) == {"mesa": "agua", "quien": "Rosa", "carta": 7}


def test_a_choice_without_a_place_left_is_refused_and_one_that_is_left_goes_on(client, session, event):
    asked = factories.form(event, factories.asks("mesa", "one_of", "agua", "suelo"))
    (version,) = queries.current_fields(asked)
    version.choices = [{**choice, "seats": 1} for choice in version.choices]
    session.commit()
    first, second = (factories.registration(event, form_id=asked.id, phone="1") for _ in range(2))
    services.save_answers(first, asked, {"mesa": "agua"}, at=first.created_at)
    services.save_answers(second, asked, {"mesa": "suelo"}, at=first.created_at)
    session.commit()
    refused = client.post(path(second, "/datos"), data={"phone": "987654321", "f_mesa": "agua"})
    assert refused.status_code == 422
    assert error_at(refused, "f_mesa") != ""
    assert answers(second) == {"mesa": "suelo"}
    assert second.phone == "1", "nothing is half-saved"
    assert client.post(path(first, "/datos"), data={"phone": "", "f_mesa": ""}).status_code == 303
    assert client.post(path(second, "/datos"), data={"phone": "", "f_mesa": "agua"}).status_code == 303
    assert answers(second) == {"mesa": "agua"}


def test_boxes_are_unticked(client, session, event):
    asked = factories.form(
        event, factories.asks("temas", "some_of", "agua", "suelo"), factories.asks("avisos", "consent")
    )
    row = factories.registration(event, form_id=asked.id)
    services.save_answers(row, asked, {"temas": ["agua", "suelo"], "avisos": True}, at=row.created_at)
    session.commit()
    assert client.get(path(row, "/datos")).text.count(" checked") == 3
    assert client.post(path(row, "/datos"), data={"f_temas": "suelo"}).status_code == 303
    assert {key: value for key, value in answers(row).items() if value} == {"temas": ["suelo"]}
