"""The awards of the programme of five subjects: a constancia for each, and a certificado at its end."""

from datetime import datetime
from decimal import Decimal

from app.assessments import services as grades
from app.certificates import issuing
from app.certificates import services as certificates
from app.certificates.models import CertificateKind, CertificateRole
from app.certificates.rules import AllOf, Grade, Percent
from app.certificates.services import AwardFacts
from app.events.models import Event
from app.registration.models import Registration

_HOURS = Decimal(12)  # of each subject
_PASSED = Decimal(14)
_SUBJECTS = 5


def of_programme(event: Event, people: list[Registration], *, at: datetime) -> None:
    """Give a programme its subjects, the grades of the first one, and its awards; issue the first subject's."""
    days = list(event.days)
    awards = []
    for number in range(_SUBJECTS):
        sessions = [one for day in days[2 * number : 2 * number + 2] for one in day.sessions if one.counts]
        name = sessions[0].title
        subject = grades.add_subject(event, name, at=at)
        facts = AwardFacts(
            kind=CertificateKind.SUBJECT,
            role=CertificateRole.ATTENDEE,
            name=name,
            hours=_HOURS,
            sessions=tuple(one.id for one in sessions),
        )
        rule = AllOf((Percent(80), Grade(_PASSED, subject.id)))
        awards.append((subject, certificates.add_award(event, facts, at=at, rule=rule)))
    final = AwardFacts(
        kind=CertificateKind.FINAL, role=CertificateRole.ATTENDEE, name="Certificado del programa"
    )
    certificates.add_award(event, final, at=at, rule=AllOf((Percent(80), Grade(_PASSED))))
    first, award = awards[0]
    entered = {(person.id, first.id): Decimal(11 + number * 7 % 10) for number, person in enumerate(people)}
    grades.enter(event, dict(entered), by=None, at=at)
    issuing.issue_here(event, award=award, by=None, at=at)
