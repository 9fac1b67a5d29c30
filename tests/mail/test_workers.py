"""Several workers, killed workers, and the worker process itself."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.mail import services
from app.mail.models import OutgoingLetter
from scripts.console import PROJECT
from tests.mail.writing import address, post
from tests.registration.test_views import GOOD
from tests.support.databases import database
from tests.support.races import await_rivals, race
from tests.support.servers import serving

LETTERS = 60


def rows():
    return list(db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id)))


def deliver():
    """Empty the outbox, as a worker does."""
    return services.deliver_due()


def deliver_unguarded():
    """Empty the outbox without claiming: read what is due and send it."""
    services._claim = _due
    return services.deliver_due(limit=LETTERS)


def _due(limit):
    statement = select(OutgoingLetter.id).where(OutgoingLetter.sent_at.is_(None)).order_by(OutgoingLetter.id)
    ids = list(db.session.scalars(statement.limit(limit)))
    db.session.rollback()
    if ids:
        await_rivals()
    return ids


def raced(url, smtp_server, function):
    """Let four workers empty one outbox, and return how often each person got a letter."""
    smtp_server.pause = 0.005
    with database(url):
        post(LETTERS)
    results = race(url, function, [()] * 4, processes=4, SMTP_URL=smtp_server.url)
    assert [one for one in results if isinstance(one, Exception)] == []
    return Counter(smtp_server.reached)


def test_workers_at_once_send_each_letter_once(own_database, smtp_server):
    counts = raced(own_database, smtp_server, deliver)
    assert counts == {address(number): 1 for number in range(LETTERS)}
    with database(own_database):
        assert all(row.sent_at and row.attempts == 1 for row in rows())


def test_without_claims_people_get_letters_twice(own_database, smtp_server):
    counts = raced(own_database, smtp_server, deliver_unguarded)
    assert set(counts) == {address(number) for number in range(LETTERS)}
    assert max(counts.values()) > 1


WORKER = """
import sys
import tests.mail.writing
from app import create_app
from app.mail import services
app = create_app(SQLALCHEMY_DATABASE_URI=sys.argv[1], SMTP_URL=sys.argv[2])
with app.app_context():
    services.deliver_due()
"""


def test_a_killed_worker_leaves_nothing_unsent(own_database, smtp_server):
    smtp_server.pause = 0.1
    with database(own_database, SMTP_URL=smtp_server.url):
        post(20)
        worker = subprocess.Popen([sys.executable, "-c", WORKER, own_database, smtp_server.url], cwd=PROJECT)
        _until(lambda: len(smtp_server.letters) >= 3, "the worker sends")
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        time.sleep(0.3)  # what was on its way arrives
        before = len(smtp_server.letters)
        assert before < 20
        smtp_server.pause = 0
        assert services.deliver_due() == 0, "the killed worker's claim holds"
        with clock.freeze(clock.now() + services.CLAIM + timedelta(seconds=1)):
            services.deliver_due()
        assert all(row.sent_at for row in rows())
    counts = Counter(smtp_server.reached)
    assert set(counts) == {address(number) for number in range(20)}
    # Only the letter that was in the server's hands may come twice, and then under one Message-ID.
    assert sum(counts.values()) <= 21
    assert len({letter["Message-ID"] for letter in smtp_server.letters}) == 20


def _until(ready, what, *, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.fixture
def queue_settings(request):
    """The settings of the queue: a SQLite file in the instance folder or, where there is a PostgreSQL, a Redis."""
    if not os.environ.get("TEST_DATABASE_URL"):
        return {}
    return {"REDIS_URL": request.getfixturevalue("redis_url")}


@pytest.fixture
def running(tmp_path, own_database, smtp_server, queue_settings):
    """A real server and a real worker, whose letters go to the post office of the test."""
    settings = {"DATABASE_URL": own_database, "SMTP_URL": smtp_server.url, "DEMO": "1", **queue_settings}
    with serving(tmp_path, **settings) as server:
        yield server


def test_a_letter_of_the_web_process_leaves_through_the_worker_within_seconds(running, smtp_server):
    _until(lambda: smtp_server.letters, "the demonstration's letter goes out first")
    form = urllib.parse.urlencode(GOOD | {"document_number": "44444444"}).encode()
    page = f"{running.url}/eventos/semana-gobierno-abierto/inscripcion"
    with urllib.request.urlopen(page, form) as answer:  # noqa: S310 - our own server
        assert answer.url.endswith("recibida?estado=inscrito")
    _until(
        lambda: "rosa@example.pe" in smtp_server.reached,
        "the letter arrives before the sweep of the minute",
        seconds=40,
    )
    text = smtp_server.letters[-1].get_body(("plain",)).get_content()
    link = re.search(r"(http://\S+/mi/\S+)", text)[1]
    assert link.startswith(running.url)
    with urllib.request.urlopen(link) as answer:  # noqa: S310 - our own server
        assert answer.status == 200


def test_what_is_queued_while_no_worker_runs_goes_out_when_one_does(own_database, smtp_server, tmp_path):
    with database(own_database):
        event_letter = OutgoingLetter(
            letter="accounts.unknown",
            recipient="a@example.pe",
            language="es",
            payload={},
            created_at=clock.now(),
            next_attempt_at=clock.now(),
        )
        db.session.add(event_letter)
        db.session.commit()
    environment = {
        **os.environ,
        "DATABASE_URL": own_database,
        "FLASK_APP": "wsgi",
        "TINKUY_INSTANCE": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "worker"], cwd=PROJECT, env=environment, stderr=subprocess.PIPE
    ) as worker:
        try:
            with database(own_database):
                _until(_was_tried, "the sweep finds the letter", seconds=75)
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(15) == 0


def _was_tried():
    db.session.rollback()
    return rows()[0].attempts > 0
