"""A survey: who may answer it and when, once, and what it means for a certificate."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.certificates import queries as certificates
from app.certificates import rules
from app.certificates import services as awards
from app.certificates.models import CertificateKind, CertificateRole
from app.certificates.rules import AllOf, LackKind, Survey
from app.events.rules import RegistrationWindow, today
from app.mailings import emails as letters
from app.registration import queries, services
from app.registration.models import Access, RegistrationStatus, SurveyReply
from app.registration.rules import survey_window
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def event(session):
    return scenes.event(slug="foro")


@pytest.fixture
def survey(session, event):
    asked = factories.asks("agrado", "one_of", "mucho", "poco", is_required=True)
    return factories.form(event, asked, access=Access.SURVEY, slug="encuesta", title={"es": "Encuesta"})


@pytest.fixture
def person(session, event):
    return scenes.earner(event)


@pytest.fixture
def address(person):
    return f"/mi/{queries.personal_token(person)}"


def test_who_takes_part_answers_once(session, client, event, survey, person, address):
    assert "Responder la encuesta" in client.get(address).text
    page = f"{address}/encuestas/encuesta"
    assert (client.get(page).status_code, client.post(page, data={}).status_code) == (200, 422)
    sent = client.post(page, data={"f_agrado": "mucho"})
    assert (sent.status_code, sent.location) == (303, f"{address}?guardado=encuesta")
    again = client.post(page, data={"f_agrado": "poco"})
    assert (again.status_code, "Usted ya respondió esta encuesta" in again.text) == (422, True)
    [answer] = queries.answers_of(person, survey=survey)
    assert (answer.value, queries.answers_of(person)) == ("mucho", [])
    assert session.scalar(select(func.count(SurveyReply.id))) == 1
    assert "Responder la encuesta" not in client.get(address).text
    assert client.get(f"{address}/encuestas/otra").status_code == 404


def test_nobody_registers_by_a_survey(session, client, event, survey):
    assert queries.forms_of(event) == []
    assert (queries.main_form(event), queries.form_of(event, "encuesta")) == (None, None)
    assert client.get("/eventos/foro/inscripcion").status_code == 200
    assert client.get("/eventos/foro/inscripcion/encuesta").status_code == 404


@pytest.mark.parametrize("status", [RegistrationStatus.WAITLISTED, RegistrationStatus.CANCELLED])
def test_it_is_for_those_who_take_part(session, client, survey, person, address, status):
    person.status = status
    session.commit()
    sent = client.post(f"{address}/encuestas/encuesta", data={"f_agrado": "mucho"})
    assert (sent.status_code, queries.replied_by(person)) == (422, frozenset())


def test_a_survey_opens_with_the_event_or_as_it_says(event, survey):
    first = event.days[0].sessions[0].starts_at
    before = first - timedelta(days=1)
    assert today(event, at=before) < event.starts_on
    states = []
    for opens, closes, at in (
        (None, None, before),
        (None, None, first),
        (before, None, before),
        (first, None, before),
        (None, first, first),
    ):
        survey.opens_at, survey.closes_at = opens, closes
        states.append(survey_window(event, survey, at=at))
    shut, is_open, closed = RegistrationWindow.NOT_YET, RegistrationWindow.OPEN, RegistrationWindow.CLOSED
    assert states == [shut, is_open, is_open, shut, closed]


def test_an_award_asks_for_the_answer(session, client, event, survey, person, address):
    award = awards.add_award(
        event,
        awards.AwardFacts(kind=CertificateKind.APPROVAL, role=CertificateRole.ATTENDEE, name="Con encuesta"),
        at=NOON,
    )
    rule = AllOf((Survey(survey.id),))
    awards.set_rule(award, rule, at=NOON)
    assert rules.from_json(award.rule) == rule
    [lack] = certificates.standings(award)[0].decision.lacks
    assert (lack.kind, lack.survey_id) == (LackKind.SURVEY, survey.id)
    assert "responder «Encuesta»" in client.get(address).text
    services.reply(person, survey, {"agrado": "mucho"}, at=NOON)
    assert certificates.standings(award)[0].decision.qualifies
    assert certificates.decisions_for(person, [award])[award].qualifies


def test_the_letter_of_thanks_leads_to_it_until_it_is_answered(session, survey, person, address):
    assert letters._own_survey(person).endswith(f"{address}/encuestas/encuesta")
    services.reply(person, survey, {"agrado": "mucho"}, at=NOON)
    assert letters._own_survey(person) == ""


def test_a_survey_is_made_of_the_template_and_stays_one(session, event, sign_in):
    client = sign_in(factories.user("organiser", organisation=event.organisation))
    base = "/gestion/eventos/foro/formularios"
    made = client.post(f"{base}/nuevo", data={"title_es": "Qué le pareció", "template": "survey"})
    [form] = queries.surveys_of(event)
    assert (made.status_code, len(queries.current_fields(form))) == (303, 5)
    saved = client.post(
        f"{base}/{form.id}/ajustes", data={"title_es": "Opinión", "slug": "opinion", "access": "open"}
    )
    session.refresh(form)
    assert (saved.status_code, form.access, form.title) == (303, Access.SURVEY, {"es": "Opinión"})
    for page in (base, f"{base}/{form.id}", f"{base}/{form.id}/ajustes"):
        assert client.get(page).status_code == 200
