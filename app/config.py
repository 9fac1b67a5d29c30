"""Settings: each comes from an environment variable of the same name, described in docs/settings.md."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent


def instance_folder() -> Path:
    """Return the folder that holds everything this installation must keep, made private on first use."""
    folder = Path(os.environ.get("TINKUY_INSTANCE") or PROJECT / "instance").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def flag(name: str, *, default: bool = False) -> bool:
    """Return whether the environment variable `name` is switched on."""
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def secret_key(folder: Path) -> str:
    """Return SECRET_KEY, or the key kept in the instance folder, made on first use.

    Personal links are derived from it: whoever loses it invalidates every link that was sent.

    Raises RuntimeError for an empty file, as a full disk leaves it: with an empty key anybody could sign.
    """
    if from_environment := os.environ.get("SECRET_KEY"):
        return from_environment
    path = folder / "secret.key"
    if not path.exists():
        # Written aside and linked into place whole: of two processes that start at once, one key stays.
        draft = folder / f"secret.key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    if not (key := path.read_text().strip()):
        raise RuntimeError(
            f"{path} is empty: put the key back from a copy, or remove the file to make another"
        )
    return key


def settings() -> dict[str, Any]:
    """Return Flask's configuration, read from the environment."""
    folder = instance_folder()
    base_url = os.environ.get("BASE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
    redis_url = os.environ.get("REDIS_URL", "")
    https = base_url.startswith("https://")
    return {
        "INSTANCE": folder,
        "SECRET_KEY": secret_key(folder),
        "SQLALCHEMY_DATABASE_URI": os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'tinkuy.db'}",
        "BASE_URL": base_url,
        # Lets commands and jobs build addresses; requests for other hosts are answered all the same.
        "SERVER_NAME": urlsplit(base_url).netloc,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "REDIS_URL": redis_url,
        "SMTP_URL": os.environ.get("SMTP_URL", ""),
        "MAIL_FROM": os.environ.get("MAIL_FROM", "Tinkuy <no-responder@localhost>"),
        "BOUNCE_ADDRESS": os.environ.get("BOUNCE_ADDRESS", ""),
        "BOUNCE_MAILBOX": os.environ.get("BOUNCE_MAILBOX", ""),
        "BOUNCE_TOKEN": os.environ.get("BOUNCE_TOKEN", ""),
        "PRIVATE_HOSTS": frozenset(os.environ.get("PRIVATE_HOSTS", "").replace(",", " ").split()),
        # Loaded into the process: nobody but who runs the server may name it.
        "PKCS11_LIBRARY": os.environ.get("PKCS11_LIBRARY", ""),
        # The room of this server: where browsers reach Janus, and its first port on this machine.
        "JANUS_URL": os.environ.get("JANUS_URL", ""),
        "JANUS_PORT": int(os.environ.get("JANUS_PORT", "8288")),
        "TURN_URL": os.environ.get("TURN_URL", ""),
        "LIVE_IP": os.environ.get("LIVE_IP", ""),
        "DEMO": flag("DEMO"),
        "TRUSTED_PROXIES": int(os.environ.get("TRUSTED_PROXIES", "0")),
        "RATELIMIT_ENABLED": flag("RATELIMIT_ENABLED", default=True),
        "ROBOT_CHECKS": flag("ROBOT_CHECKS", default=True),
        "RATELIMIT_STORAGE_URI": redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        # One address may belong to a whole municipality, so limits count generously (see the views).
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SECURE": https,
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        # A working day counts from signing in. Signing the cookie anew for every answer costs a scan a tenth.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": True,
        # Every message of a form is our own; WTForms' would be read from their file for each form.
        "WTF_I18N_ENABLED": False,
        "BABEL_DEFAULT_LOCALE": "es",
        "BABEL_DEFAULT_TIMEZONE": "America/Lima",
        "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT / "translations"),
        "LANGUAGES": ("es", "en"),
    }
