"""The office decides about corrections: the registration, the certificate and the letter follow together."""

import pytest

from app.audit import AuditEntry
from app.certificates import issuing
from app.certificates import queries as certificates
from app.certificates.models import Certificate
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.permissions import Role
from app.registration.models import CancelReason, NameRequest, RegistrationStatus, RequestStatus
from app.registration.services import requests
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON
from tests.organisers.registrations import error_at, letters, page
from tests.registration.test_requests import wish

BASE = "/gestion/eventos/foro/solicitudes"
pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def event(session):
    return scenes.event(slug="foro")


@pytest.fixture
def rosa(event):
    return scenes.earner(event, second_surname="Mamani", email="rosa@example.pe")


def ask(row, *, is_certified=False, **values):
    request = requests.ask(
        row, wish(row, **(values or {"given_names": "Elmer"})), is_certified=is_certified, at=NOON
    )
    db.session.commit()
    return request


def decide(client, request, how, note=""):
    return client.post(f"{BASE}/{request.id}/{how}", data={f"pedido-{request.id}-note": note})


def outcome(request):
    db.session.expire_all()
    return db.session.get(NameRequest, request.id).status


def test_the_tab_says_how_many_wait(organiser, reader, rosa):
    assert 'class="count"' not in page(organiser, BASE)
    request = ask(rosa, given_names="Elmer", reason="Soy Elmer")
    for client in (organiser, reader):
        for address in (BASE, "/gestion/eventos/foro/inscripciones"):
            assert '<span class="count">1<span class="visually-hidden"> en espera' in page(client, address)
    text = page(organiser, BASE)
    assert "<dd>Rosa Quispe Mamani</dd>" in text
    requests.decline(request, by=factories.user().id, note="", at=NOON)
    db.session.commit()
    assert 'class="count"' not in page(organiser, BASE)


def test_accepting_before_issue_corrects_the_registration(organiser, session, rosa):
    request = ask(rosa)
    assert decide(organiser, request, "aceptar").status_code == 303
    assert outcome(request) == RequestStatus.ACCEPTED
    assert rosa.full_name == "Elmer Quispe Mamani"
    assert letters(session) == ["registration.name_corrected"]
    assert session.query(Certificate).count() == 0
    assert "Aceptada" in page(organiser, BASE)


@pytest.mark.parametrize("change", [{"given_names": "Elmer"}, {"document_number": "87654321"}])
def test_accepting_after_issue_issues_again(organiser, session, event, rosa, change):
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    (former,) = certificates.holding([rosa.id])
    request = ask(rosa, is_certified=True, **change)
    assert "se emite de nuevo" in page(organiser, BASE)
    assert decide(organiser, request, "aceptar").status_code == 303
    session.expire_all()
    (holding,) = certificates.holding([rosa.id])
    assert holding.id != former.id
    assert (holding.printed_name, holding.document_number) == (rosa.full_name, rosa.document_number)
    assert session.get(Certificate, former.id).ending.kind == "replaced"


def test_who_may_not_issue_leaves_the_certificate_and_is_told(organiser, session, event, rosa, monkeypatch):
    from app.organisers.views import requests as views

    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    request = ask(rosa, is_certified=True)
    monkeypatch.setattr(views, "may", lambda _permission, _event: False)
    answer = organiser.post(
        f"{BASE}/{request.id}/aceptar", data={f"pedido-{request.id}-note": ""}, follow_redirects=True
    )
    assert "La constancia todavía dice otra cosa." in answer.text
    assert [one.printed_name for one in certificates.holding([rosa.id])] == ["Rosa Quispe Mamani"]


def test_what_cannot_be_printed_changes_nothing(organiser, session, event, rosa):
    """The registration, the certificate and the letter follow together or not at all."""
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    before = session.query(OutgoingLetter).count(), session.query(AuditEntry).count()
    request = ask(rosa, is_certified=True, given_names="ꙮꙮ𓀀")
    asked = before[0], before[1] + 1
    answer = decide(organiser, request, "aceptar")
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert "formaction" in answer.text, "it still waits on the page that says why"
    assert outcome(request) == RequestStatus.WAITING
    assert rosa.given_names == "Rosa"
    assert (session.query(OutgoingLetter).count(), session.query(AuditEntry).count()) == asked


def test_another_person_s_document_is_refused_to_the_office_in_words(organiser, event, rosa):
    factories.registration(event, document_number="87654321")
    request = ask(rosa, document_number="87654321")
    answer = decide(organiser, request, "aceptar")
    assert answer.status_code == 422
    assert "mismo documento" in answer.text
    assert outcome(request) == RequestStatus.WAITING


def test_declining_asks_why(organiser, session, rosa):
    request = ask(rosa)
    answer = decide(organiser, request, "rechazar", note="  ")
    assert answer.status_code == 422
    assert error_at(answer, f"pedido-{request.id}-note") != ""
    assert decide(organiser, request, "rechazar", note="Envíe su DNI.").status_code == 303
    assert outcome(request) == RequestStatus.DECLINED
    assert rosa.given_names == "Rosa"
    assert letters(session) == ["registration.name_declined"]
    assert "Envíe su DNI." in page(organiser, BASE)


@pytest.mark.parametrize("how", ["aceptar", "rechazar"])
def test_what_was_decided_meanwhile_is_said(organiser, session, rosa, how):
    request = ask(rosa)
    requests.decline(request, by=factories.user().id, note="", at=NOON)
    session.commit()
    answer = decide(organiser, request, how, note="Nota")
    assert answer.status_code == 422
    assert "alguien decidió" in answer.text


@pytest.mark.parametrize("how", ["aceptar", "rechazar"])
def test_who_only_reads_or_works_elsewhere_decides_nothing(reader, sign_in, session, rosa, how):
    request = ask(rosa)
    assert "formaction" not in page(reader, BASE)
    assert decide(reader, request, how, note="Nota").status_code == 403
    other = factories.event()
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=other.organisation))
    assert decide(stranger, request, how, note="Nota").status_code == 404
    assert stranger.get(BASE).status_code == 404
    at_home = f"/gestion/eventos/{other.slug}/solicitudes/{request.id}/{how}"
    assert stranger.post(at_home, data={f"pedido-{request.id}-note": "Nota"}).status_code == 404
    assert outcome(request) == RequestStatus.WAITING


def test_the_number_of_queries_does_not_grow(organiser, session, event, count_queries):
    def statements(number):
        for _ in range(number):
            ask(scenes.earner(event))
            done = ask(factories.registration(event))
            requests.decline(done, by=user.id, note="", at=NOON)
        session.commit()
        with count_queries() as found:
            assert organiser.get(BASE).status_code == 200
        return len(found)

    user = factories.user()
    assert statements(1) == statements(14)


def test_why_people_cancelled_is_shown_and_counted(organiser, event, rosa):
    address = "/gestion/eventos/foro/inscripciones"
    for reason in (CancelReason.WORK, CancelReason.WORK, "Me mudo", "Viajo", "<b>", ""):
        row = factories.registration(event, status=RegistrationStatus.CANCELLED, cancel_reason=reason)
    text = page(organiser, address, estado="cancelled")
    assert "otro motivo <strong>3</strong> · No puedo dejar mi trabajo <strong>2</strong>" in text
    assert "Motivos de cancelación" not in page(organiser, address)
    row.cancel_reason = "<b>Viajo</b>"
    db.session.commit()
    assert "&lt;b&gt;Viajo&lt;/b&gt;" in page(organiser, f"{address}/{row.id}")
