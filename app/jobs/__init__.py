"""Background work: Huey, kept in a SQLite file, or in Redis where several machines share the work.

The database is the truth and the queue only wakes: a task takes ids, claims its rows itself and may run twice; a
periodic sweep finds what a crash left behind.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask

from app import config
from app.imports import without

# Huey loads the driver of every store that it knows: 130 modules, of which ours needs half or none.
with without("psycopg", *([] if config.settings()["REDIS_URL"] else ["redis"])):
    from huey import Huey, RedisHuey, SqliteHuey, crontab

__all__ = ["bind", "crontab", "huey", "periodic", "task"]


def _make() -> Huey:
    values = config.settings()
    if values["REDIS_URL"]:
        return RedisHuey("tinkuy", url=values["REDIS_URL"], results=False)
    return SqliteHuey("tinkuy", filename=str(values["INSTANCE"] / "jobs.db"), results=False, fsync=False)


huey = _make()
_bound: dict[str, Flask] = {}


def bind(app: Flask) -> None:
    """Let tasks run inside the context of `app`."""
    _bound["app"] = app


def _in_context(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with _bound["app"].app_context():
            return function(*args, **kwargs)

    return run


def task() -> Callable[[Callable[..., Any]], Any]:
    """Make a function a background task that runs inside the application's context."""

    def decorate(function: Callable[..., Any]) -> Any:
        return huey.task()(_in_context(function))

    return decorate


def periodic(schedule: Callable[..., bool]) -> Callable[[Callable[[], Any]], Any]:
    """Make a function run by the clock, `schedule` being a `crontab(...)` in UTC."""

    def decorate(function: Callable[[], Any]) -> Any:
        return huey.periodic_task(schedule)(_in_context(function))

    return decorate
