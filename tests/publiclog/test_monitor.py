"""Following a log from outside: over HTTP, from what it publishes, believing nothing."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.cli.log import cli
from app.publiclog import monitor, notes, rules
from app.publiclog.monitor import Rewritten
from app.publiclog.notes import BadNote, Checkpoint
from tests.publiclog.test_rules import reader

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
NAME = "bitacora.example/registro/"


class Log:
    """A published log: the addresses below its own, and what stands there."""

    def __init__(self, entries, *, key=KEY, size=None):
        self.entries, self.key = entries, key
        self.size = len(entries) if size is None else size
        self.read = reader(entries)

    def __call__(self, path):
        if path == "clave":
            return notes.verifier_key(NAME, self.key.public_key()).encode()
        read = self.read
        if path == "checkpoint":
            return notes.signed(Checkpoint(NAME, self.size, rules.root(read, self.size)), self.key).encode()
        _tile, level, address = path.split("/", 2)
        number, _, width = address.partition(".p/")
        first, count = rules.tile_number(number) * rules.WIDTH, int(width or rules.WIDTH)
        if level != "entries":
            return b"".join(read(int(level), first, count))
        return b"".join(len(one).to_bytes(2) + one for one in self.entries[first : first + count])


def entries(count, *, year=2026):
    return [
        json.dumps(
            {
                "digest": f"{number:064x}",
                "logged": f"{year}-05-12T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z",
            }
        ).encode()
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("before", "after"), [(0, 0), (0, 5), (5, 5), (5, 9), (200, 256), (255, 700), (700, 66_000)]
)
def test_a_log_that_only_grows_is_fine(before, after):
    told = entries(after)
    seen, new = monitor.visit(Log(told[:before]), None)
    assert new == before
    now, new = monitor.visit(Log(told), seen)
    assert new == after - before
    assert notes.opened(now.note, now.verifier).size == after


def swapped(told):
    return [told[1], told[0], *told[2:]]


@pytest.mark.parametrize(
    ("rewritten", "words"),
    [
        (lambda told: told[:299], "had 300 entries and shows 299"),
        (swapped, "no longer those"),
        (
            lambda told: [*told[:40], told[40].replace(b"2026", b"2025"), *told[41:], *entries(5)],
            "no longer those",
        ),
        (lambda told: [b'{"logged":"2025"}', *told], "no longer those"),
        (lambda told: [*told[:100], *told[101:], *entries(9)], "no longer those"),
        (
            lambda told: [*told, b'{"logged":"2025-01-01T00:00:00Z"}', b'{"logged":"2024-01-01T00:00:00Z"}'],
            "older",
        ),
    ],
)
def test_any_rewriting_raises_the_alarm(rewritten, words):
    told = entries(300)
    seen, _new = monitor.visit(Log(told), None)
    with pytest.raises(Rewritten, match=words):
        monitor.visit(Log(rewritten(told)), seen)


def test_entries_that_are_not_those_of_the_tree_raise_the_alarm():
    log = Log(entries(10))
    other = Log([*entries(9), b'{"logged":"2026-06-01T00:00:00Z"}'])

    def fetch(path):
        return (other if "entries" in path else log)(path)

    with pytest.raises(Rewritten, match="not those of the tree"):
        monitor.visit(fetch, None)


def test_a_higher_tile_that_hides_another_past_raises_the_alarm():
    log, other = Log(entries(600)), Log(swapped(entries(600)))

    def fetch(path):
        return (other if path.startswith("tile/1/") else log)(path)

    with pytest.raises(Rewritten):
        monitor.visit(fetch, None)


def test_a_checkpoint_of_another_key_is_not_believed():
    seen, _new = monitor.visit(Log(entries(5)), None)
    with pytest.raises(BadNote):
        monitor.visit(Log(entries(6), key=Ed25519PrivateKey.from_private_bytes(b"x" * 32)), seen)


@pytest.fixture
def published():
    """A log over HTTP on this machine: its address, and the log that one may exchange."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = server.log(self.path.removeprefix("/registro/"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.log = Log(entries(3))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/registro/", server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_command_follows_and_shouts(app, tmp_path, published):
    address, server = published
    state = tmp_path / "registro.json"
    run = CliRunner().invoke
    first = run(cli, ["monitor", address, "--state", str(state)])
    assert (first.exit_code, "3 entries" in first.output, "3 new" in first.output) == (0, True, True)
    server.log = Log(entries(8))
    again = run(cli, ["monitor", address, "--state", str(state)])
    assert (again.exit_code, "5 new" in again.output) == (0, True)
    kept = state.read_text()
    server.log = Log(swapped(entries(9)))
    alarm = run(cli, ["monitor", address, "--state", str(state)])
    assert (alarm.exit_code, "ALARM" in alarm.output, state.read_text()) == (1, True, kept)


def test_the_command_says_what_it_cannot_read(app, tmp_path):
    for address in ("http://127.0.0.1:9/registro/", "file:///etc/passwd"):
        answer = CliRunner().invoke(cli, ["monitor", address, "--state", str(tmp_path / "s.json")])
        assert answer.exit_code == 1
        assert "Error" in answer.output
