"""Emptying the outbox, over a real SMTP conversation, with servers that behave badly."""

import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest

from app import clock, mail, unit_of_work
from app.mail import services, transport
from scripts.services import free_port
from tests.mail.writing import address, post
from tests.support.post_office import open_post_office


def everybody(count):
    return [address(number) for number in range(count)]


@contextmanager
def a_server_that(behave):
    """Run a listener that treats each conversation with `behave(connection)`; yields its SMTP_URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()
    open_ones = []

    def accept():
        while not stopping.is_set():
            try:
                connection, _peer = listener.accept()
            except OSError:
                return
            open_ones.append(connection)
            with suppress(OSError):
                behave(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_ones:
            connection.close()
        thread.join(5)


def test_what_is_due_is_sent_once(posted, outbox, frozen_clock):
    post(3)
    assert services.deliver_due() == 3
    assert posted.reached == everybody(3)
    assert [row.sent_at for row in outbox()] == [frozen_clock] * 3
    assert services.deliver_due() == 0
    assert len(posted.letters) == 3


def test_one_conversation_carries_many_letters(posted, outbox):
    post(services.BATCH)
    services.deliver_due()
    assert len(posted.letters) == services.BATCH
    assert posted.conversations == 1


def test_more_than_a_batch_goes_out_in_one_round(posted, outbox):
    post(services.BATCH + 5)
    assert services.deliver_due() == services.BATCH + 5


def test_a_round_can_be_limited(posted, outbox):
    post(5)
    assert services.deliver_due(limit=2) == 2
    assert posted.reached == everybody(2)


def test_a_letter_that_nobody_wants_any_more_is_settled_without_sending(posted, outbox):
    with unit_of_work.transaction():
        mail.queue("test.unwanted", to="a@example.pe", payload={}, language="es")
    services.deliver_due()
    assert posted.letters == []
    assert outbox()[0].sent_at is not None


@pytest.mark.parametrize(
    ("letter", "error"), [("test.unwritable", "ZeroDivisionError"), ("test.unknown", "KeyError")]
)
def test_a_letter_that_cannot_be_written_waits_and_stops_nobody(posted, outbox, caplog, letter, error):
    with unit_of_work.transaction():
        mail.queue(letter, to="a@example.pe", payload={}, language="es")
    post(2)
    assert services.deliver_due() == 2
    bad = outbox()[0]
    assert (bad.sent_at, bad.failed_at, bad.attempts, bad.last_error) == (None, None, 1, error)


def test_after_each_failure_the_pause_doubles(posted, outbox, frozen_clock):
    post(1)
    at, pauses = frozen_clock, []
    for _ in range(4):
        posted.refusals.append("451 later")
        with clock.freeze(at):
            assert services.deliver_due() == 0
            assert services.deliver_due() == 0, "it is not due again at once"
        due = outbox()[0].next_attempt_at
        pauses.append((due - at) / timedelta(minutes=1))
        at = due
    assert pauses == [1, 2, 4, 8]
    with clock.freeze(at - timedelta(seconds=1)):
        assert services.deliver_due() == 0
    with clock.freeze(at):
        assert services.deliver_due() == 1
    assert (outbox()[0].attempts, outbox()[0].last_error) == (5, None)


def test_after_the_last_attempt_it_is_given_up(posted, session, outbox, frozen_clock):
    post(1)
    outbox()[0].attempts = services.GIVE_UP_AFTER - 1
    session.commit()
    posted.refusals.append("451 later")
    services.deliver_due()
    row = outbox()[0]
    assert (row.failed_at, row.last_error) == (frozen_clock, "deferred (451)")
    with clock.freeze(frozen_clock + timedelta(days=30)):
        assert services.deliver_due() == 0
    assert posted.letters == []


@pytest.mark.parametrize("answer", ["450 mailbox busy", "452 too many", "421 not you"])
def test_a_recipient_deferred_does_not_stop_the_others(posted, outbox, answer):
    posted.unwelcome[address(1)] = answer
    post(4)
    services.deliver_due()
    assert posted.reached == [address(0), address(2), address(3)]
    assert [row.sent_at is None for row in outbox()] == [False, True, False, False]
    assert outbox()[1].failed_at is None


def test_a_recipient_refused_is_refused_for_good(posted, outbox, frozen_clock):
    posted.unwelcome[address(1)] = "550 no such mailbox"
    post(3)
    services.deliver_due()
    assert posted.reached == [address(0), address(2)]
    row = outbox()[1]
    assert (row.sent_at, row.failed_at, row.last_error) == (None, frozen_clock, "refused (550)")
    with clock.freeze(frozen_clock + timedelta(days=1)):
        assert services.deliver_due() == 0


def test_a_text_refused_is_refused_for_good(posted, outbox, frozen_clock):
    posted.refusals.append("554 looks like spam")
    post(2)
    assert services.deliver_due() == 1
    assert (outbox()[0].failed_at, outbox()[0].last_error) == (frozen_clock, "refused (554)")


def test_a_letter_at_which_the_server_hangs_up_does_not_stop_the_others(posted, outbox):
    posted.dropped.add(address(0))
    post(4)
    assert services.deliver_due() == 3
    assert posted.reached == [address(1), address(2), address(3)]
    assert (outbox()[0].sent_at, outbox()[0].attempts) == (None, 1)


def assert_all_wait(rows, count, *, since):
    """Nothing is lost, and all is due again in a minute."""
    assert [(row.sent_at, row.failed_at) for row in rows] == [(None, None)] * count
    assert {row.next_attempt_at for row in rows} == {since + timedelta(minutes=1)}
    assert all(row.last_error for row in rows)


def test_a_server_that_is_gone_loses_nothing(posted, outbox, app, frozen_clock, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    post(3)
    assert services.deliver_due() == 0
    assert_all_wait(outbox(), 3, since=frozen_clock)
    monkeypatch.setitem(app.config, "SMTP_URL", posted.url)
    with clock.freeze(frozen_clock + timedelta(minutes=1)):
        assert services.deliver_due() == 3
    assert posted.reached == everybody(3)


def greet_and_hang(connection):
    connection.sendall(b"220 here I am\r\n")
    time.sleep(30)


def greet_and_hang_up(connection):
    connection.sendall(b"220 here I am\r\n")
    connection.close()


def speak_nonsense(connection):
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize(
    "behave",
    [
        lambda connection: None,
        greet_and_hang_up,
        speak_nonsense,
        lambda connection: connection.sendall(b"421 full\r\n"),
    ],
    ids=["silent", "hangs up", "nonsense", "closed"],
)
def test_a_server_that_behaves_badly_loses_nothing_and_is_not_waited_for(
    app, session, outbox, frozen_clock, monkeypatch, behave
):
    monkeypatch.setattr(transport, "TIMEOUT", 0.3)
    post(3)
    with a_server_that(behave) as url:
        monkeypatch.setitem(app.config, "SMTP_URL", url)
        begun = time.monotonic()
        assert services.deliver_due() == 0
        assert time.monotonic() - begun < 25
    assert_all_wait(outbox(), 3, since=frozen_clock)


def test_a_server_that_falls_silent_in_the_middle_loses_nothing(posted, outbox, frozen_clock, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", 0.3)
    posted.pause = 2
    post(4)
    begun = time.monotonic()
    assert services.deliver_due() == 0
    assert time.monotonic() - begun < 5, "two silences are enough to know"
    assert_all_wait(outbox(), 4, since=frozen_clock)


def test_a_sender_who_may_not_send_keeps_every_letter(session, app, outbox, frozen_clock, monkeypatch):
    """A wrong MAIL_FROM is ours to mend; the letters wait for it."""
    with open_post_office() as office:
        monkeypatch.setitem(app.config, "SMTP_URL", office.url)

        async def refuse(*_arguments):
            return "550 you may not send for this domain"

        office.handle_MAIL = refuse
        post(2)
        assert services.deliver_due() == 0
    assert_all_wait(outbox(), 2, since=frozen_clock)


def test_a_wrong_password_keeps_every_letter(posted, outbox, app, frozen_clock, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", posted.url.replace("smtp://", "smtp://user:p%40ss@"))
    post(2)
    assert services.deliver_due() == 0
    assert_all_wait(outbox(), 2, since=frozen_clock)


@pytest.mark.parametrize("recipient", ["ñusta@example.pe", "rosa@ñandú.pe", "ñusta@ñandú.pe"])
@pytest.mark.parametrize("enable_utf8", [True, False])
def test_addresses_in_other_letters_are_served_or_refused_and_stop_nobody(
    session, app, outbox, monkeypatch, recipient, enable_utf8
):
    with open_post_office(enable_SMTPUTF8=enable_utf8) as office:
        monkeypatch.setitem(app.config, "SMTP_URL", office.url)
        with unit_of_work.transaction():
            mail.queue("test.plain", to=recipient, payload={"number": 9}, language="es")
        post(2)
        services.deliver_due()
    served = enable_utf8 or recipient.isascii() or recipient.startswith("rosa")
    expected = [recipient.replace("ñandú.pe", "xn--and-6ma2c.pe")] if served else []
    assert office.reached == [*expected, *everybody(2)]
    assert (outbox()[0].sent_at is None, outbox()[0].failed_at is None) == (not served, served)


def test_a_slow_server_s_letters_are_given_back_before_the_claim_runs_out(
    posted, outbox, frozen_clock, monkeypatch
):
    monkeypatch.setattr(services, "CLAIM", timedelta(seconds=0.6))
    posted.pause = 0.2
    post(5)
    claims = []
    claim = services._claim
    monkeypatch.setattr(services, "_claim", lambda limit: claims.append(claim(limit)) or claims[-1])
    assert services.deliver_due() == 5
    assert posted.reached == everybody(5)
    assert len(claims) > 2
    assert {row.attempts for row in outbox()} == {1}
