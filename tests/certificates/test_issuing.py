"""Issuing in batch: everybody who has earned it, once, whatever happens on the way."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock, unit_of_work
from app.certificates import issuing, queries, services, tasks
from app.certificates.errors import HoursMissing, NobodyQualifies
from app.certificates.models import Certificate, IssueItem, IssueRun, ItemState, RunStatus
from app.events.models import Event
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.registration.models import Registration, RegistrationStatus
from scripts.console import PROJECT
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON
from tests.support.databases import database
from tests.support.races import await_rivals, race


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def committed(own_database: str) -> Any:
    """An application on a database of its own, in which transactions are real."""
    with database(own_database) as application:
        yield application


def event_of(people: int) -> Event:
    event = scenes.event()
    for _number in range(people):
        scenes.earner(event)
    return event


def start(event: Event) -> int:
    run = issuing.start(event, by=None, at=clock.now())
    db.session.commit()
    return run.id


# Within one transaction


def test_everybody_who_earned_it_gets_one_and_a_letter(session: Session, frozen_clock: Any) -> None:
    event = scenes.event()
    earned = scenes.earner(event, given_names="Ñusta", second_surname="Áñez", language="en")
    without_mail = scenes.earner(event, email="")
    scenes.attend(factories.registration(event), days=1)
    person = factories.user()
    run = issuing.issue_here(event, by=person, at=NOON)
    assert (run.total, run.done, run.failed, run.status) == (2, 2, 0, RunStatus.FINISHED)
    found = list(session.scalars(select(Certificate).order_by(Certificate.registration_id)))
    assert [certificate.registration_id for certificate in found] == [earned.id, without_mail.id]
    certificate = found[0]
    assert certificate.printed_name == "Ñusta Quispe Áñez"
    assert (certificate.hours, certificate.hour_unit) == (6, "chronological")
    assert certificate.rule_result["percent"] == 100
    assert certificate.issued_by_id == person.id
    assert certificate.verify_url.endswith("/verificar")
    letter = session.scalars(select(OutgoingLetter)).one()
    assert (letter.letter, letter.recipient, letter.language) == (
        "certificates.available",
        earned.email,
        "en",
    )
    assert letter.payload == {"certificate_id": certificate.id}


def test_issuing_twice_adds_only_newcomers(session: Session, frozen_clock: Any) -> None:
    event = event_of(2)
    issuing.issue_here(event, by=None, at=NOON)
    with pytest.raises(NobodyQualifies):
        issuing.issue_here(event, by=None, at=NOON)
    late = scenes.earner(event)
    assert issuing.issue_here(event, by=None, at=NOON).done == 1
    assert count(Certificate) == 3
    assert queries.certificates_of(late)[0].edition == 1


def test_nothing_is_issued_without_hours(session: Session) -> None:
    event = scenes.event(hours=None)
    scenes.earner(event)
    with pytest.raises(HoursMissing):
        issuing.start(event, by=None, at=NOON)


def test_a_name_that_cannot_be_printed_holds_up_nobody(session: Session, frozen_clock: Any) -> None:
    event = event_of(2)
    odd = scenes.earner(event, given_names="小明", first_surname="王", second_surname="")
    run = issuing.issue_here(event, by=None, at=NOON)
    assert (run.total, run.done, run.failed) == (3, 2, 1)
    [(person, text)] = queries.problems_of(run)
    assert person.id == odd.id
    assert text[0] in "小明王"
    odd.given_names, odd.first_surname = "Xiaoming", "Wang"
    session.commit()
    assert issuing.issue_here(event, by=None, at=NOON).done == 1


def test_a_run_under_way_is_not_begun_twice(session: Session) -> None:
    event = event_of(1)
    first = issuing.start(event, by=None, at=NOON)
    assert issuing.start(event, by=None, at=NOON) is first
    other = event_of(1)
    assert issuing.start(other, by=None, at=NOON) is not first


# In transactions of its own


def test_a_run_goes_on_in_shares(committed: Flask) -> None:
    run_id = start(event_of(7))
    assert issuing.work_on(run_id, limit=3) is False
    run = queries.run(run_id)
    assert (run.done, run.percent) == (3, 42)
    assert set(db.session.scalars(select(IssueItem.claim))) == {None}
    assert issuing.work_on(run_id, limit=3) is False
    assert issuing.work_on(run_id, limit=3) is True
    assert issuing.work_on(run_id) is True
    run = queries.run(run_id)
    assert (run.done, run.status, run.percent) == (7, RunStatus.FINISHED, 100)
    assert (count(Certificate), count(OutgoingLetter)) == (7, 7)


def test_the_design_of_the_start_holds_for_the_whole_run(committed: Flask) -> None:
    event = event_of(2)
    run_id = start(event)
    assert issuing.work_on(run_id, limit=1) is False
    event.hours = 99
    db.session.commit()
    assert issuing.work_on(run_id) is True
    assert list(db.session.scalars(select(Certificate.hours))) == [6, 6]
    assert count(Certificate.design.property.mapper.class_) == 1


def test_whoever_cancels_meanwhile_gets_none(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    event = event_of(3)
    run_id = start(event)
    drawn = issuing._drawn

    def cancelled_while_drawing(*arguments: Any) -> Any:
        drawings = drawn(*arguments)
        db.session.rollback()
        first = db.session.scalars(select(Registration).order_by(Registration.id)).first()
        assert first is not None
        first.status = RegistrationStatus.CANCELLED
        db.session.commit()
        return drawings

    monkeypatch.setattr(issuing, "_drawn", cancelled_while_drawing)
    assert issuing.work_on(run_id) is True
    assert count(Certificate) == 2
    assert (queries.run(run_id).done, queries.run(run_id).skipped) == (2, 1)


def test_a_lost_claim_undoes_the_batch(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = start(event_of(2))
    drawn = issuing._drawn

    def taken_over_while_drawing(*arguments: Any) -> Any:
        drawings = drawn(*arguments)
        db.session.rollback()
        db.session.execute(update(IssueItem).values(claim="another"))
        db.session.commit()
        return drawings

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "_drawn", taken_over_while_drawing)
        assert issuing.work_on(run_id) is False
    assert (count(Certificate), count(OutgoingLetter), queries.run(run_id).done) == (0, 0, 0)
    assert issuing.work_on(run_id) is False  # the other one is still at it
    with clock.freeze(clock.now() + issuing.CLAIM + timedelta(seconds=1)):
        assert issuing.abandoned(at=clock.now()) == [run_id]
        assert issuing.work_on(run_id) is True
    assert count(Certificate) == 2


def test_the_sweep_takes_up_what_nobody_works_on(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks, "issue", asked.append)
    run_id = start(event_of(1))
    tasks.sweep.call_local()
    assert asked == [run_id]
    issuing.work_on(run_id)
    tasks.sweep.call_local()
    assert asked == [run_id]


def test_the_task_asks_for_its_next_share(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[Any] = []
    monkeypatch.setattr(tasks, "SHARE", 2)
    monkeypatch.setattr(tasks.issue, "schedule", lambda **options: later.append(options))
    run_id = start(event_of(3))
    tasks.issue.call_local(run_id)
    assert later == [{"args": (run_id,), "delay": 1}]
    tasks.issue.call_local(run_id)
    assert len(later) == 1
    db.session.rollback()  # the task had a session of its own
    assert queries.run(run_id).finished_at is not None


# Rivals and accidents, with real processes


def begin_and_work(slug: str) -> int:
    """Do as an organiser and a worker do; return the run that this process joined."""
    with unit_of_work.transaction():
        event = queries.event_by_slug(slug)
        assert event is not None
        try:
            run_id = issuing.start(event, by=None, at=clock.now()).id
        except NobodyQualifies:
            return 0  # this process came when all was done
    issuing.work_on(run_id)
    return run_id


def work_without_claims(run_id: int) -> int:
    """Draw and store as a worker would that knows of no claim: the database alone stands in its way."""
    stored = 0
    rows = db.session.scalars(
        select(IssueItem).where(IssueItem.run_id == run_id).order_by(IssueItem.id)
    ).all()
    items = [issuing.Item(row.id, row.registration_id, row.recipient_id, row.result) for row in rows]
    for first in range(0, len(items), issuing.BATCH):
        batch = items[first : first + issuing.BATCH]
        with unit_of_work.transaction():
            place = issuing._places(batch)
        drawings = issuing._drawn(run_id, batch, place)
        with unit_of_work.transaction():
            stored += len(issuing._insert([drawing.values for drawing in drawings if drawing.values]))
    return stored


def assert_one_each(people: int) -> None:
    db.session.rollback()
    assert count(Certificate) == people
    assert len(set(db.session.scalars(select(Certificate.registration_id)))) == people
    assert len(set(db.session.scalars(select(Certificate.code)))) == people


def take_without_looking(run_id: int) -> list[int]:
    """Take certificates as a worker would that claims nothing: what it saw free may be taken meanwhile."""
    with unit_of_work.transaction():
        free = list(
            db.session.scalars(
                select(IssueItem.id)
                .where(IssueItem.run_id == run_id, IssueItem.state == ItemState.WAITING)
                .limit(5)
            )
        )
    await_rivals()
    return free


def take(run_id: int) -> list[int]:
    """Take certificates as workers do."""
    with unit_of_work.transaction():
        return [item.id for item in issuing._taken(run_id, os.urandom(8).hex(), 5)]


def rivals(url: str) -> None:
    with database(url):
        event = event_of(25)
        slug = event.slug
        db.session.commit()
        runs = race(url, begin_and_work, [(slug,)] * 6, processes=6)
        db.session.rollback()
        run_id = db.session.scalars(select(IssueRun.id)).one()
        assert set(runs) <= {run_id, 0}
        assert db.session.get_one(IssueRun, run_id).finished_at is not None
        assert_one_each(25)
        assert count(OutgoingLetter) == 25
        other = event_of(25)
        other_run = start(other)
        stored = race(url, work_without_claims, [(other_run,)] * 4, processes=4)
        assert sum(stored) == 25
        assert_one_each(50)
        shared = start(event_of(20))
        unguarded = race(url, take_without_looking, [(shared,)] * 4, processes=4)
        assert len({number for taken in unguarded for number in taken}) < sum(map(len, unguarded))
        taken = race(url, take, [(shared,)] * 4, processes=4)
        assert sorted(number for share in taken for number in share) == sorted(
            db.session.scalars(select(IssueItem.id).where(IssueItem.run_id == shared))
        )


def test_rivals_issue_to_nobody_twice(own_database: str) -> None:
    rivals(own_database)


def test_a_killed_worker_loses_and_repeats_nothing(own_database: str, committed: Flask) -> None:
    event = event_of(60)
    run_id = start(event)
    program = (
        "import sys; from app import create_app; from app.certificates import issuing\n"
        "issuing.BATCH = 5\n"
        "with create_app(SQLALCHEMY_DATABASE_URI=sys.argv[1]).app_context():\n"
        "    issuing.work_on(int(sys.argv[2]))"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", program, own_database, str(run_id)], cwd=PROJECT, env=dict(os.environ)
    )
    deadline = time.monotonic() + 60
    while not 5 <= queries.run(run_id).done < 60:
        db.session.rollback()
        assert time.monotonic() < deadline
        assert worker.poll() is None
        time.sleep(0.005)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    db.session.rollback()
    survived = count(Certificate)
    assert 0 < survived < 60
    assert queries.run(run_id).done == survived == count(OutgoingLetter)
    db.session.rollback()
    with clock.freeze(clock.now() + issuing.CLAIM + timedelta(seconds=1)):
        assert issuing.work_on(run_id) is True
    assert_one_each(60)
    assert (queries.run(run_id).done, count(OutgoingLetter)) == (60, 60)


def test_the_command_issues(committed: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    event = event_of(3)
    runner = committed.test_cli_runner()
    result = runner.invoke(args=["certificates", "issue", event.slug])
    assert result.exit_code == 0, result.output
    assert "3 issued, 0 could not be printed." in result.output
    again = runner.invoke(args=["certificates", "issue", event.slug])
    assert again.exit_code == 1
    assert "Error: " in again.output
    unknown = runner.invoke(args=["certificates", "issue", "nada"])
    assert unknown.exit_code == 1
    assert "there is no event nada" in unknown.output
    assert count(Certificate) == 3


def test_all_files_of_a_run_are_as_recorded(session: Session, frozen_clock: Any) -> None:
    issuing.issue_here(event_of(5), by=None, at=NOON)
    for certificate in session.scalars(select(Certificate)):
        assert hashlib.sha256(services.file_of(certificate)).hexdigest() == certificate.sha256
