"""`make run LIVE=1`: what it says when the video room cannot be started."""

import shutil
import socket

import pytest

from scripts import rooms


def test_others_than_root_are_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _program: None)
    with pytest.raises(SystemExit, match=r"^Tinkuy: LIVE=1 needs programs .* apt-get install janus coturn$"):
        rooms.prepare()


def test_a_taken_port_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        monkeypatch.setenv("JANUS_PORT", str(port))
        with pytest.raises(SystemExit, match=rf"^Tinkuy: port {port} is taken: .* JANUS_PORT={port + 20}\.$"):
            rooms.prepare()


def test_a_port_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANUS_PORT", "uno")
    with pytest.raises(SystemExit, match="JANUS_PORT must be a number"):
        rooms.port()
