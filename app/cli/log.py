"""`flask log`: keep the public log, check it, and follow that of another installation."""

import urllib.error
import urllib.request
from pathlib import Path

import click
from flask.cli import AppGroup

from app import clock, unit_of_work
from app.publiclog import monitor, services
from app.publiclog.notes import BadNote

SECONDS = 30
LARGEST = 1_000_000  # bytes of one answer
cli = AppGroup("log", help="The public log of certificates: append, check, monitor.")


@cli.command("append")
def append() -> None:
    """Enter what happened to certificates and has no entry yet, as the worker does every minute."""
    total, appended = 0, services.BATCH
    while appended == services.BATCH:
        with unit_of_work.transaction():
            appended = services.append_pending(at=clock.now())
        total += appended
    click.echo(f"{total} entries added.")


@cli.command("check")
def check() -> None:
    """Compare the whole log with its tree, its checkpoints and the certificates; exit with 1 if they disagree."""
    found = list(services.problems())
    for problem in found:
        click.echo(problem, err=True)
    if found:
        raise click.exceptions.Exit(1)
    click.echo("The log, its tree, its checkpoints and the certificates agree.")


@cli.command("monitor")
@click.argument("address")
@click.option(
    "--state",
    "state",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File that keeps what was seen last.",
)
@click.option(
    "--key", "verifier", help="The log's key, where it was learned in another way than from the log itself."
)
def follow(address: str, state: Path, verifier: str | None) -> None:
    """Look at the log at ADDRESS once more (https://example.gob.pe/registro/); exit with 1 if its past was rewritten.

    Meant to be run every hour by somebody else than the one who keeps the log.
    """
    seen = monitor.Seen.kept(state) or (monitor.Seen(verifier, "") if verifier else None)
    try:
        now, new = monitor.visit(_fetcher(address), seen)
    except (monitor.Rewritten, BadNote) as error:
        click.echo(f"ALARM: the log at {address} was rewritten: {error}.", err=True)
        raise click.exceptions.Exit(1) from error
    except OSError as error:
        raise click.ClickException(f"the log cannot be read: {error}") from error
    now.keep(state)
    click.echo(f"{monitor.told(now.note, now.verifier)}; {new} new.")


def _fetcher(address: str) -> monitor.Fetch:
    base = address.rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise click.ClickException("the address begins with https:// or http://")

    def fetch(path: str) -> bytes:
        with urllib.request.urlopen(f"{base}/{path}", timeout=SECONDS) as answer:  # noqa: S310 - https or http, see above
            return bytes(answer.read(LARGEST))

    return fetch
