"""Writes of subjects and grades."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, select

from app import audit, changes
from app.accounts.models import Actor
from app.assessments import queries, rules
from app.assessments.errors import BadGradeFile, NotAGrade, SubjectExists, SubjectHasGrades
from app.assessments.models import Grade, Subject
from app.events.models import Event
from app.extensions import db

_MOST_PROBLEMS = 20  # told of one file: more is read by nobody


def add_subject(event: Event, name: str, *, at: datetime) -> Subject:
    """Let an event give grades for something. Raises SubjectExists."""
    last = db.session.scalar(select(func.max(Subject.position)).where(Subject.event_id == event.id))
    subject = Subject(event_id=event.id, name=name, position=(last or 0) + 1)
    with changes.refused_as(SubjectExists, constraint="subjects.event_id"):
        db.session.add(subject)
        db.session.flush()
    audit.record("subject.added", subject, event=event, at=at)
    return subject


def delete_subject(event: Event, subject: Subject, *, at: datetime) -> None:
    """Take a subject away. Raises SubjectHasGrades."""
    if queries.is_graded(subject):
        raise SubjectHasGrades
    audit.record("subject.deleted", subject, event=event, at=at)
    db.session.delete(subject)


def enter(
    event: Event, grades: Mapping[tuple[int, int], Decimal | None], *, by: Actor | None, at: datetime
) -> int:
    """Enter grades by registration and subject; None takes one away. Returns how many changed.

    Both must be the event's: the caller has seen to that.
    """
    people = {person for person, _subject in grades}
    kept = {
        (grade.registration_id, grade.subject_id): grade
        for grade in db.session.scalars(select(Grade).where(Grade.registration_id.in_(people)))
    }
    changed = 0
    for key, value in grades.items():
        grade = kept.get(key)
        if (grade.value if grade else None) == value:
            continue
        changed += 1
        if value is None:
            db.session.execute(
                delete(Grade).where(Grade.registration_id == key[0], Grade.subject_id == key[1])
            )
            continue
        grade = grade or Grade(registration_id=key[0], subject_id=key[1])
        grade.value, grade.entered_at, grade.entered_by_id = value, at, None if by is None else by.id
        db.session.add(grade)
    if changed:
        audit.record("grades.entered", event=event, at=at, grades=changed)
    return changed


def import_file(event: Event, data: bytes, *, by: Actor | None, at: datetime) -> int:
    """Enter the grades of a CSV file, all of them or none. Returns how many changed. Raises BadGradeFile."""
    subjects = {subject.id: subject.name for subject in queries.subjects_of(event.id)}
    known = queries.keys_of_people(event)
    grades: dict[tuple[int, int], Decimal | None] = {}
    problems: list[str] = []
    rows = list(rules.entered(rules.decoded(data), subjects))
    for one in rows:
        person = known.get(rules.person_key(one.person))
        try:
            value = rules.parse(one.text)
        except NotAGrade as error:
            problems.append(f"{one.row}: {error}")
            continue
        if person is None:
            problems.append(f"{one.row}: {one.person[:20]}")
        else:
            grades[person, one.subject_id] = value
    if problems or not rows:
        raise BadGradeFile(problems[:_MOST_PROBLEMS])
    return enter(event, grades, by=by, at=at)
