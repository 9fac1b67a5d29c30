"""Settings, and the key that is made once."""

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from app import config


@pytest.fixture
def instance(tmp_path, monkeypatch):
    monkeypatch.setenv("TINKUY_INSTANCE", str(tmp_path / "instance"))
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "BASE_URL", "PORT", "SMTP_URL", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    return config.instance_folder()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_and_read_by_nobody_else(instance):
    key = config.secret_key(instance)
    assert len(key) == 64
    assert config.secret_key(instance) == key
    assert (mode(instance), mode(instance / "secret.key")) == (0o700, 0o600)
    assert [path.name for path in instance.iterdir()] == ["secret.key"]


def test_the_key_is_private_even_where_everything_else_is_open(instance):
    before = os.umask(0)
    try:
        config.secret_key(instance)
    finally:
        os.umask(before)
    assert mode(instance / "secret.key") == 0o600


def test_the_environment_names_another_key(instance, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    assert config.secret_key(instance) == "given"
    assert not (instance / "secret.key").exists()


def test_an_empty_key_file_is_refused(instance):
    (instance / "secret.key").write_text("\n")
    with pytest.raises(RuntimeError, match=r"secret\.key is empty"):
        config.secret_key(instance)


def _make_key(folder, start, found):
    os.environ.pop("SECRET_KEY", None)  # the server that processes are forked from may have begun with it
    start.wait(30)
    found.put(config.secret_key(Path(folder)))


def test_processes_that_start_at_once_agree_on_one_key(instance):
    context = multiprocessing.get_context("forkserver")
    start, found = context.Barrier(6), context.Queue()
    rivals = [context.Process(target=_make_key, args=(str(instance), start, found)) for _ in range(6)]
    for rival in rivals:
        rival.start()
    keys = {found.get(timeout=60) for _ in rivals}
    for rival in rivals:
        rival.join(30)
    assert keys == {(instance / "secret.key").read_text().strip()}
    assert [path.name for path in instance.glob("secret*")] == ["secret.key"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("TRUE", True), (" on ", True), ("yes", True), ("0", False), ("no", False)],
)
def test_switches(monkeypatch, text, expected):
    monkeypatch.setenv("DEMO", text)
    assert config.flag("DEMO", default=not expected) is expected


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_switch_is_the_default(monkeypatch, text):
    monkeypatch.setenv("DEMO", text)
    assert [config.flag("DEMO", default=choice) for choice in (True, False)] == [True, False]


def test_what_is_not_set_has_a_working_value(instance):
    values = config.settings()
    assert values["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{instance / 'tinkuy.db'}"
    assert (values["BASE_URL"], values["SERVER_NAME"]) == ("http://127.0.0.1:8000", "127.0.0.1:8000")
    assert (values["SMTP_URL"], values["DEMO"], values["SESSION_COOKIE_SECURE"]) == ("", False, False)


def test_cookies_are_kept_to_https_where_that_is_the_address(instance, monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://eventos.example.pe/")
    values = config.settings()
    assert values["BASE_URL"] == "https://eventos.example.pe"
    assert (values["PREFERRED_URL_SCHEME"], values["SERVER_NAME"]) == ("https", "eventos.example.pe")
    assert values["SESSION_COOKIE_SECURE"] is values["REMEMBER_COOKIE_SECURE"] is True
