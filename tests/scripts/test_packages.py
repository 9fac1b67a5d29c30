"""What the tests need of Debian is installed, or named; nothing is skipped for want of it."""

import os
import subprocess
from typing import Any

import pytest

from scripts import services, test


@pytest.fixture
def without_two(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A machine that lacks two packages; collects what is run on it."""
    commands: list[list[str]] = []

    def run(command: list[str], **_options: Any) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(services, "missing_packages", lambda: ["chromium", "redis-server"])
    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_root_gets_them_installed(without_two: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    test.install_packages()
    assert [command[3:] for command in without_two] == [
        ["update"],
        ["install", "--yes", "--no-install-recommends", "chromium", "redis-server"],
    ]


def test_others_are_told_what_to_install(
    without_two: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=r"^Tinkuy: .* apt-get install chromium redis-server$"):
        test.install_packages()
    assert without_two == []


def test_where_all_is_there_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "find", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(subprocess, "run", lambda *_words, **_options: pytest.fail("something was run"))
    test.install_packages()
    assert services.missing_packages() == []


def test_every_program_that_is_looked_for_has_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "find", lambda _program: None)
    assert services.missing_packages() == [
        "chromium",
        "postgresql",
        "redis-server",
        "poppler-utils",
        "softhsm2",
        "janus",
        "coturn",
        "iproute2",
    ]
