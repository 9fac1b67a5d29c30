"""Awards in the back office: kinds, rules, lists, words by hand, grades, and the second person."""

import hashlib
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assessments import queries as grades
from app.assessments import services as assessments
from app.assessments.errors import BadGradeFile
from app.audit import AuditEntry
from app.certificates import issuing, queries, rules, services, tasks
from app.certificates.errors import NobodyQualifies, SamePerson
from app.certificates.models import Certificate, CertificateKind, CertificateRole, RunStatus
from app.certificates.queries import Change, State
from app.certificates.rules import AllOf, AnyOf, ByHand, Days, Grade, Percent
from app.certificates.services import AwardFacts
from app.events.models import Appearance, Event, SpeakerRole
from app.permissions import Role
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_verification import words
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
BASE = "/gestion/eventos/foro/constancias/tipos"


@pytest.fixture
def event(session: Session) -> Event:
    return scenes.event(slug="foro")


@pytest.fixture
def organiser(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return client


def award_of(event: Event, kind: CertificateKind = CertificateKind.DAY, **values: Any) -> Any:
    facts = AwardFacts(kind=kind, role=values.pop("role", CertificateRole.ATTENDEE), **values)
    return services.add_award(event, facts, at=NOON)


def test_each_award_has_its_own_standings_and_certificates(session: Session, event: Event) -> None:
    first_day = tuple(one.id for one in event.days[0].sessions)
    award = award_of(event, name="Día 1", sessions=first_day, hours=Decimal(3), credits_attended=True)
    half = scenes.attend(factories.registration(event), days=1)
    [standing] = queries.standings(award)
    assert (standing.state, standing.decision.hours) == (State.EARNED, Decimal("2.5"))
    assert queries.standings(queries.first_award(event))[0].state == State.LACKING
    issuing.issue_here(event, award=award, by=None, at=NOON)
    [certificate] = session.scalars(select(Certificate))
    assert (certificate.kind, certificate.hours, certificate.award_id) == ("day", Decimal("2.5"), award.id)
    scenes.attend(half)
    issuing.issue_here(event, by=None, at=NOON)
    assert {one.kind for one in queries.certificates_of(half)} == {"participation", "day"}
    assert [outlook.certificate is None for outlook in queries.outlooks(half)] == [False, False]


def test_speakers_of_the_agenda_get_theirs(session: Session, event: Event) -> None:
    speaker = factories.speaker(event, "Zoë Ñahui Túpac")
    session.add(Appearance(session=event.days[0].sessions[0], speaker=speaker, role=SpeakerRole.SPEAKER))
    session.commit()
    award = award_of(event, CertificateKind.PARTICIPATION, role=CertificateRole.SPEAKER)
    services.add_recipient(event, CertificateRole.SPEAKER, name="Ana Sin Agenda", at=NOON)
    run = issuing.issue_here(event, award=award, by=None, at=NOON)
    assert run.done == 2
    found = session.scalars(select(Certificate).order_by(Certificate.printed_name)).all()
    assert [(one.printed_name, one.role) for one in found] == [
        ("Ana Sin Agenda", "speaker"),
        ("Zoë Ñahui Túpac", "speaker"),
    ]
    services.replace(found[1], name="Zoë Ñahui", reason="Como firma", by=None, at=NOON)
    with pytest.raises(NobodyQualifies):
        issuing.issue_here(event, award=award, by=None, at=NOON)


def test_a_word_by_hand_goes_before_the_rule(session: Session, event: Event) -> None:
    absent, present = (
        factories.registration(event, first_surname="A"),
        scenes.earner(event, first_surname="B"),
    )
    award = services.stored(queries.first_award(event))
    for person, verdict in ((absent, ByHand.GRANTED), (present, ByHand.REFUSED)):
        services.decide_by_hand(award, person, verdict, reason="Acta 1", by=None, at=NOON)
    assert [one.state for one in queries.standings(award)] == [State.EARNED, State.REFUSED]
    services.decide_by_hand(award, present, ByHand.WITHDRAWN, reason="Acta 2", by=None, at=NOON)
    assert [one.state for one in queries.standings(award)] == [State.EARNED, State.EARNED]


def test_what_changed_since_the_last_issue_is_told(session: Session, event: Event) -> None:
    renamed, lost = scenes.earner(event, first_surname="A"), scenes.earner(event, first_surname="B")
    issuing.issue_here(event, by=None, at=NOON)
    renamed.given_names = "Rosita"
    award = queries.first_award(event)
    services.decide_by_hand(award, lost, ByHand.REFUSED, reason="Suplantación", by=None, at=NOON)
    scenes.earner(event, first_surname="C")
    assert [one.change for one in queries.standings(award)] == [Change.NAME, Change.LOST, Change.NEW]
    event.hours = Decimal(8)
    session.commit()
    services.decide_by_hand(award, lost, ByHand.WITHDRAWN, reason="Aclarado", by=None, at=NOON)
    assert queries.standings(award)[1].change == Change.HOURS


def test_a_second_person_confirms(session: Session, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes.earner(event)
    services.ask_second_person(event.organisation, needed=True, at=NOON)
    first, second = (factories.user(Role.ORGANISER, organisation=event.organisation) for _ in range(2))
    run = issuing.start(event, by=first, at=NOON)
    assert (run.status, issuing._taken(run.id, "x", 5), issuing.abandoned(at=NOON)) == (
        RunStatus.WAITING,
        [],
        [],
    )
    with pytest.raises(SamePerson):
        issuing.confirm(run, by=first, at=NOON)
    issuing.confirm(run, by=second, at=NOON)
    assert (run.status, run.confirmed_by_id) == (RunStatus.RUNNING, second.id)


def test_grades_decide_and_are_printed(session: Session, event: Event) -> None:
    person = scenes.earner(event, document_number="00000007")
    subject = assessments.add_subject(event, "Presupuesto", at=NOON)
    award = award_of(event, CertificateKind.SUBJECT, name="Presupuesto")
    services.set_rule(award, AllOf((Percent(80), Grade(Decimal(14), subject.id))), at=NOON)
    assert queries.standings(award)[0].state == State.LACKING
    with pytest.raises(BadGradeFile) as refused:
        assessments.import_file(event, b"dni;Presupuesto\n00000007;21\n1;12\n", by=None, at=NOON)
    assert [problem[:2] for problem in refused.value.problems] == ["2:", "3:"]
    assert grades.grades_of(person.id) == {}
    assert assessments.import_file(event, b'DNI,presupuesto\n00000007,"15,5"\n', by=None, at=NOON) == 1
    assert grades.grades_of(person.id) == {subject.id: Decimal("15.5")}
    issuing.issue_here(event, award=award, by=None, at=NOON)
    certificate = queries.certificates_of(person)[0]
    assert certificate.rule_result["grade"] == "15.50"
    [page] = PdfReader(io.BytesIO(services.file_of(certificate))).pages
    assert "50/100 (15.50)" in page.extract_text().replace("\n", " ")


def test_a_rule_is_built_on_its_page(session: Session, event: Event, organiser: FlaskClient) -> None:
    page = organiser.post(f"{BASE}/nuevo", data={"kind": "final", "role": "attendee", "name": "Programa"})
    award = queries.awards_of(event)[-1]
    assert page.location.endswith(f"{BASE}/{award.id}")
    add = f"{BASE}/{award.id}/condiciones"
    assert organiser.post(add, data={"what": "any", "share": "80"}).status_code == 303
    assert (
        organiser.post(add, data={"what": "days", "amount": "2", "share": "80", "path": "1"}).status_code
        == 303
    )
    assert (
        organiser.post(add, data={"what": "grade", "amount": "11", "share": "80", "path": "1"}).status_code
        == 303
    )
    session.expire_all()
    assert rules.from_json(award.rule or {}) == AllOf((Percent(80), AnyOf((Days(2), Grade(Decimal(11))))))
    text = words(organiser.get(f"{BASE}/{award.id}"))
    assert "Basta una de estas" in text
    assert organiser.post(add, data={"what": "grade", "amount": "21", "share": "80"}).status_code == 422
    assert organiser.post(add, data={"what": "sessions", "share": "80"}).status_code == 422
    assert organiser.post(f"{add}/quitar", data={"path": "1.0"}).status_code == 303
    assert organiser.post(f"{add}/quitar", data={"path": "9"}).status_code == 303
    assert organiser.post(f"{add}/modo", data={"mode": "default"}).status_code == 303
    session.expire_all()
    assert award.rule is None
    assert organiser.post(f"{BASE}/0/retirar").status_code == 422
    assert organiser.post(f"{BASE}/{award.id}/retirar").status_code == 303
    assert len(queries.awards_of(event)) == 1


def test_pages_answer(session: Session, event: Event, organiser: FlaskClient) -> None:
    person = scenes.earner(event)
    award = award_of(event, CertificateKind.PARTICIPATION, role=CertificateRole.ORGANISER)
    assessments.add_subject(event, "Presupuesto", at=NOON)
    session.commit()
    notes = "/gestion/eventos/foro/notas"
    addresses = [
        BASE,
        f"{BASE}/nuevo",
        f"{BASE}/0",
        f"{BASE}/{award.id}",
        f"{BASE}/0/participantes/{person.id}",
        notes,
    ]
    assert [organiser.get(address).status_code for address in addresses] == [200] * 6
    assert (
        organiser.post(
            f"{BASE}/{award.id}/personas", data={"name": "Ana", "document_type": "none"}
        ).status_code
        == 303
    )
    subject = grades.subjects_of(event.id)[0]
    assert organiser.post(notes, data={f"n-{person.id}-{subject.id}": "x"}).status_code == 422
    assert organiser.post(notes, data={f"n-{person.id}-{subject.id}": "12,5"}).status_code == 303
    assert grades.grades_of(person.id) == {subject.id: Decimal("12.5")}
    decided = organiser.post(
        f"{BASE}/0/participantes/{person.id}", data={"verdict": "refused", "reason": "No asistió"}
    )
    assert decided.status_code == 303
    assert (
        organiser.post(f"{BASE}/0/participantes/{person.id}", data={"verdict": "refused"}).status_code == 422
    )


@pytest.mark.parametrize(
    "address", [f"{BASE}/99", f"{BASE}/0/participantes/99", f"{BASE}/0/personas/99/quitar"]
)
def test_what_is_not_the_events_is_not_found(organiser: FlaskClient, session: Session, address: str) -> None:
    assert organiser.post(address, data={}).status_code == 404


def test_readers_change_nothing(event: Event, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "issue", lambda _run: None)
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert [
        reader.get(address).status_code for address in (BASE, f"{BASE}/0", "/gestion/eventos/foro/notas")
    ] == [403] * 3


def test_files_and_list_are_taken_away_and_audited(
    session: Session, event: Event, organiser: FlaskClient
) -> None:
    for _number in range(3):
        scenes.earner(event)
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    first = session.scalars(select(Certificate)).first()
    assert first is not None
    services.annul(first, reason="Error", by=None, at=NOON)
    session.commit()
    base = "/gestion/eventos/foro/constancias"
    with zipfile.ZipFile(io.BytesIO(organiser.post(f"{base}/archivos.zip").data)) as archive:
        hashes = {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    holding = select(Certificate.sha256).where(Certificate.id != first.id)
    assert hashes == set(session.scalars(holding))
    printed = PdfReader(io.BytesIO(organiser.post(f"{base}/impresion.pdf").data))
    assert (len(printed.pages), "/Names" in printed.root_object) == (2, False)
    assert all("Foro de Prueba" in page.extract_text() for page in printed.pages)
    with organiser.post(f"{base}/lista.xlsx") as answer:
        assert answer.data[:2] == b"PK"
    actions = (
        select(AuditEntry.action).where(AuditEntry.action.like("certificates.%ed")).order_by(AuditEntry.id)
    )
    assert list(session.scalars(actions))[-3:] == [
        "certificates.files_exported",
        "certificates.printed",
        "certificates.list_exported",
    ]
