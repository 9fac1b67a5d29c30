"""What certificates will say, who has earned them, and what becomes of single ones."""

import hashlib
import io
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.audit import AuditEntry
from app.certificates import issuing, queries, services
from app.certificates.errors import (
    HoursMissing,
    HoursNotSayable,
    NobodyQualifies,
    NoLongerHolds,
    SameName,
    StillHolds,
    StrayBrace,
    UnknownMergeField,
    Unprintable,
)
from app.certificates.models import Certificate, CertificateDesign, CertificateEnding, EndingKind
from app.certificates.queries import State
from app.mail.models import OutgoingLetter
from app.registration.models import DocumentType, RegistrationStatus
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")


def all_of(model: Any, session: Session) -> list[Any]:
    return list(session.scalars(select(model).order_by(model.id)))


def issued(session: Session, **person: Any) -> Certificate:
    """Return the certificate of the only participant of a new event."""
    registration = scenes.earner(scenes.event(), **person)
    issuing.issue_here(registration.event, by=None, at=NOON)
    session.commit()
    return session.scalars(select(Certificate)).one()


# What they will say


def test_a_new_event_starts_from_the_usual_words(session: Session) -> None:
    organisation = factories.organisation(year_name="«Año de la Prueba»")
    terms = services.terms_of(factories.event(organisation, minimum_percent=75))
    assert terms.hours == 0
    assert terms.minimum_percent == 75
    assert terms.title == "Constancia de participación"
    assert terms.year_name == "«Año de la Prueba»"
    assert terms.signatories == ()


def test_terms_are_kept(session: Session) -> None:
    event = scenes.event()
    wanted = replace(
        services.terms_of(event),
        hours=Decimal("7.5"),
        minimum_percent=60,
        title="Constancia",
        wording="asistió al {evento} durante {horas}",
        signatories=({"name": "Quien firma", "position": "Cargo"},),
    )
    services.save_terms(event, wanted, at=NOON)
    session.commit()
    assert services.terms_of(event) == wanted
    assert (event.hours, event.minimum_percent) == (Decimal("7.5"), 60)
    assert [entry.action for entry in all_of(AuditEntry, session)] == ["certificates.settings_saved"]


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"wording": "como {rol} y {cargo}"}, UnknownMergeField, "wording"),
        ({"opening": "La {entidda}"}, UnknownMergeField, "opening"),
        ({"wording": "como {rol"}, StrayBrace, "wording"),
        ({"hours": Decimal("2.25")}, HoursNotSayable, "hours"),
        ({"hours": Decimal(1000)}, HoursNotSayable, "hours"),
    ],
)
def test_terms_that_cannot_be_kept(
    session: Session, change: dict[str, Any], error: type[Exception], field: str
) -> None:
    event = scenes.event()
    with pytest.raises(error) as refusal:
        services.save_terms(event, replace(services.terms_of(event), **change), at=NOON)
    assert refusal.value.field == field  # type: ignore[attr-defined]
    assert queries.settings_of(event.id) is None


def test_a_sample_needs_hours(session: Session) -> None:
    event = factories.event()
    with pytest.raises(HoursMissing):
        services.sample(event, services.terms_of(event), name="Rosa", at=NOON)


def test_a_sample_shows_unsaved_terms(session: Session) -> None:
    event = scenes.event()
    terms = replace(services.terms_of(event), title="Otro título")
    data = services.sample(event, terms, name="Rosa Quispe", at=NOON)
    text = PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert "Otro título" in text
    assert "Muestra sin valor." in text
    assert services.terms_of(event).title == "Constancia de participación"


def test_the_design_gets_a_new_version_only_when_something_changes(session: Session) -> None:
    event = scenes.event()
    first = services.present_design(services.stored(queries.first_award(event)), at=NOON)
    assert services.present_design(services.stored(queries.first_award(event)), at=NOON) is first
    event.organisation.name = "Otro nombre"
    second = services.present_design(services.stored(queries.first_award(event)), at=NOON)
    assert [first.version, second.version] == [1, 2]
    assert first.content["organisation"] == "Municipalidad de Prueba"


# Who has earned one


def test_who_stands_where(session: Session) -> None:
    event = scenes.event()
    full = scenes.earner(event, first_surname="Zárate")
    half = scenes.attend(factories.registration(event, first_surname="Ñahui"), days=1)
    absent = factories.registration(event, first_surname="Alva")
    scenes.earner(event, status=RegistrationStatus.CANCELLED)
    scenes.earner(event, status=RegistrationStatus.WAITLISTED)
    scenes.earner(scenes.event())
    found = queries.standings(queries.first_award(event))
    assert [(s.registration_id, s.state, [lack.missing for lack in s.decision.lacks]) for s in found] == [
        (absent.id, State.LACKING, [240]),
        (half.id, State.LACKING, [90]),
        (full.id, State.EARNED, []),
    ]
    assert queries.counted(found) == {
        State.ISSUED: 0,
        State.EARNED: 1,
        State.LACKING: 2,
        State.REFUSED: 0,
        State.ANNULLED: 0,
    }
    assert queries.outlooks(half)[0].decision == found[1].decision


@pytest.mark.parametrize("search", ["nahui", "ÑAHUI rosa", "00000077", " "])
def test_people_are_found_by_name_and_document(session: Session, search: str) -> None:
    event = scenes.event()
    wanted = factories.registration(event, first_surname="Ñahui", document_number="00000077")
    if search.strip():
        factories.registration(event, first_surname="Otra")
    assert [s.registration_id for s in queries.standings(queries.first_award(event), search=search)] == [
        wanted.id
    ]


def test_pages_of_people(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["app.certificates.queries.standings"], "PAGE", 2)
    event = scenes.event()
    people = [factories.registration(event, first_surname=name) for name in "ABCDE"]
    found = queries.standings(queries.first_award(event))
    last = queries.page_of(found, page=99)
    assert (last.page, last.pages, last.total) == (3, 3, 5)
    assert [row.person.id for row in last.rows] == [people[4].id]
    assert queries.page_of([], page=1) == queries.Page([], 1, 1, 0)


def test_the_number_of_queries_does_not_grow(session: Session, count_queries: Any) -> None:
    def queries_for(people: int) -> int:
        event = scenes.event()
        for _number in range(people):
            scenes.earner(event)
        issuing.issue_here(event, by=None, at=NOON)
        session.commit()
        session.refresh(event)
        with count_queries() as statements:
            page = queries.page_of(queries.standings(queries.first_award(event)), page=1)
            assert [row.certificate is not None for row in page.rows] == [True] * people
        return len(statements)

    assert queries_for(1) == queries_for(30)


# Single certificates


def test_an_issued_certificate_is_the_same_file_for_ever(session: Session) -> None:
    certificate = issued(session, given_names="Rosa", second_surname="Mamani")
    first = services.file_of(certificate)
    assert hashlib.sha256(first).hexdigest() == certificate.sha256
    certificate.event.title = "Otro título"
    certificate.event.organisation.name = "Otra entidad"
    certificate.event.hours = Decimal(99)
    certificate.registration.given_names = "Otra"
    session.commit()
    session.expire_all()
    assert services.file_of(certificate) == first


def test_a_change_of_the_drawing_is_noticed(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    certificate = issued(session)
    certificate.sha256 = "0" * 64
    with session.no_autoflush:
        services.file_of(certificate)
    assert "no longer drawn as it was issued" in caplog.text
    session.rollback()


def test_annulling_ends_a_certificate_once(session: Session) -> None:
    certificate = issued(session)
    person = factories.user()
    services.annul(certificate, reason="Error", by=person, at=NOON)
    assert certificate.ending is not None
    assert (certificate.ending.kind, certificate.ending.reason) == (EndingKind.ANNULLED, "Error")
    assert certificate.ending.by_id == person.id
    with pytest.raises(NoLongerHolds):
        services.annul(certificate, reason="Otra vez", by=person, at=NOON)
    with pytest.raises(NoLongerHolds):
        services.replace(certificate, name="Otra", reason="Error", by=person, at=NOON)
    assert queries.standings(queries.first_award(certificate.event))[0].state == State.ANNULLED
    assert queries.certificates_of(certificate.registration) == []


def test_a_corrected_name_makes_a_new_certificate(session: Session) -> None:
    old = issued(session, given_names="Rossa", second_surname="Mamani", email="rosa@example.pe")
    new = services.replace(
        old, name=" Rosa  Quispe Mamani", reason="Tipeo", by=None, at=NOON + timedelta(days=9)
    )
    session.commit()
    assert (old.printed_name, new.printed_name) == ("Rossa Quispe Mamani", "Rosa Quispe Mamani")
    assert (old.edition, new.edition) == (1, 2)
    assert old.code != new.code
    assert old.ending is not None
    assert (old.ending.kind, old.ending.replaced_by_id) == (EndingKind.REPLACED, new.id)
    assert hashlib.sha256(services.file_of(new)).hexdigest() == new.sha256
    assert queries.certificates_of(old.registration) == [new]
    assert queries.standings(queries.first_award(old.event))[0].state == State.ISSUED
    assert [certificate.id for certificate in queries.editions_of(old)] == [new.id, old.id]
    letters = all_of(OutgoingLetter, session)
    assert [letter.payload for letter in letters] == [{"certificate_id": old.id}, {"certificate_id": new.id}]


def test_a_replacement_must_differ_and_be_printable(session: Session) -> None:
    certificate = issued(session, given_names="Rosa", second_surname="Mamani")
    with pytest.raises(SameName):
        services.replace(certificate, name="Rosa Quispe  Mamani", reason="-", by=None, at=NOON)
    with pytest.raises(Unprintable):
        services.replace(certificate, name="王小明", reason="-", by=None, at=NOON)
    session.rollback()
    assert certificate.holds


def test_whoever_was_annulled_is_issued_again_only_on_purpose(session: Session) -> None:
    certificate = issued(session)
    with pytest.raises(StillHolds):
        services.issue_again(certificate, name="Rosa", by=None, at=NOON)
    services.annul(certificate, reason="Error", by=None, at=NOON)
    with pytest.raises(NobodyQualifies):
        issuing.issue_here(certificate.event, by=None, at=NOON)
    new = services.issue_again(certificate, name="Rosa Quispe", by=None, at=NOON)
    assert (new.edition, new.holds) == (2, True)
    with pytest.raises(StillHolds):
        services.issue_again(certificate, name="Rosa", by=None, at=NOON)


# Only ever added to


@pytest.mark.parametrize("model", [Certificate, CertificateDesign, CertificateEnding, AuditEntry])
def test_the_database_refuses_to_change_or_delete(session: Session, model: Any) -> None:
    services.annul(issued(session), reason="Error", by=None, at=NOON)
    session.commit()
    table = model.__table__
    column = {"certificates": "printed_name", "certificate_endings": "reason"}.get(table.name, "id")
    for statement in (table.update().values({column: table.c[column]}), table.delete()):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(statement)
        session.rollback()
    assert len(all_of(model, session)) >= 1


def test_a_person_without_document_gets_no_document_line(session: Session) -> None:
    certificate = issued(session, document_type=DocumentType.NONE, document_number="")
    text = PdfReader(io.BytesIO(services.file_of(certificate))).pages[0].extract_text()
    assert "N.°" not in text


def test_the_moment_of_issue_is_the_event_s_own_day(session: Session) -> None:
    registration = scenes.earner(scenes.event())
    late_in_lima = datetime.fromisoformat("2026-06-01T03:00:00+00:00")
    issuing.issue_here(registration.event, by=None, at=late_in_lima)
    certificate = session.scalars(select(Certificate)).one()
    text = PdfReader(io.BytesIO(services.file_of(certificate))).pages[0].extract_text()
    assert "Lima, 31 de mayo de 2026" in text
