"""The way in for whoever runs the installation: `flask setup`, `flask user password`, `flask worker`."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.extensions import db
from scripts.console import PROJECT
from tests import factories
from tests.demo.conftest import application, run

NEW = {
    "organisation": "Municipalidad Distrital de Paracas",
    "name": "Ana Quispe",
    "email": "ana@example.pe",
    "password": "una clave bastante larga",
    "again": "una clave bastante larga",
}


@pytest.fixture
def empty(own_database, tmp_path):
    """An application on an empty database."""
    app = application(own_database, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def path_of(printed):
    return re.fullmatch(r"http://127\.0\.0\.1:8000(/\S+)\n", printed)[1]


def test_setup_prints_an_address_that_works_once(empty):
    path = path_of(run(empty, "setup"))
    client = empty.test_client()
    assert client.get(path).status_code == 200
    answer = client.post(path, data=NEW)
    assert (answer.status_code, answer.location) == (303, "/gestion/")
    assert client.get("/gestion/").status_code == 200
    assert empty.test_client().get(path).status_code == 410


def test_setup_is_refused_once_somebody_can_sign_in(empty):
    factories.user()
    result = empty.test_cli_runner().invoke(args=["setup"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


def test_of_several_addresses_the_newest_works(empty):
    first, second = (path_of(run(empty, "setup")) for _ in range(2))
    assert [empty.test_client().get(path).status_code for path in (first, second)] == [410, 200]


def test_a_new_password_by_command(empty):
    person = factories.user()
    path = path_of(run(empty, "user", "password", person.email.upper()))
    assert empty.test_client().get(path).status_code == 200
    result = empty.test_cli_runner().invoke(args=["user", "password", "nobody@example.pe"])
    assert (result.exit_code, result.output) == (1, "Error: Nobody signs in with nobody@example.pe.\n")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_ends_when_it_is_told_to(own_database, tmp_path, ending):
    environment = {
        **os.environ,
        "FLASK_APP": "wsgi",
        "DATABASE_URL": own_database,
        "TINKUY_INSTANCE": str(tmp_path / "instance"),
    }
    log = Path(tmp_path / "log")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=output,
        ) as worker,
    ):
        deadline = time.monotonic() + 60
        while "waiting for work" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert worker.poll() is None, log.read_text()
        worker.send_signal(ending)
        assert worker.wait(20) == 0, log.read_text()
    assert "Traceback" not in log.read_text()
