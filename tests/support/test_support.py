"""The helpers keep what they promise: a guard that lets nothing through, a race that is one."""

import os
import smtplib
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import text

from app.extensions import db
from tests.support.network import NetworkRefused
from tests.support.post_office import PostOffice
from tests.support.races import race


@pytest.mark.parametrize("address", ["http://example.com/", "http://192.0.2.1/", "http://[2001:db8::1]/"])
def test_other_machines_are_out_of_reach(address: str) -> None:
    with pytest.raises(NetworkRefused):
        urllib.request.urlopen(address)  # noqa: S310 - refused, whatever it is


def test_the_post_office_keeps_letters_and_refuses_on_request(smtp_server: PostOffice) -> None:
    smtp_server.refusals.append("451 later")
    with smtplib.SMTP("127.0.0.1", smtp_server.port) as connection:
        with pytest.raises(smtplib.SMTPDataError, match="later"):
            connection.sendmail("a@example.pe", ["b@example.pe"], "Subject: uno\r\n\r\n.")
        connection.sendmail("a@example.pe", ["b@example.pe"], "Subject: dos\r\n\r\n.")
    assert [letter["Subject"] for letter in smtp_server.letters] == ["dos"]
    assert smtp_server.recipients == [["b@example.pe"]]


def moment_in_a_process(number: int) -> tuple[int, int, float]:
    """Return who this is and when, and fail for the number three."""
    if number == 3:
        raise ValueError(number)
    assert db.session.scalar(text("SELECT 1")) == 1
    return number, os.getpid(), time.monotonic()


def test_rivals_are_processes_that_begin_together(own_database: str) -> None:
    *found, failed = race(own_database, moment_in_a_process, [(number,) for number in range(4)], processes=4)
    assert isinstance(failed, ValueError)
    assert [number for number, _process, _moment in found] == [0, 1, 2]
    assert len({process for _number, process, _moment in found} - {os.getpid()}) == 3
    moments = [moment for _number, _process, moment in found]
    assert max(moments) - min(moments) < 10


def test_services_start_where_none_is_given(postgresql_url: str, redis_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(redis_url) as server:
        assert server.ping() is True
