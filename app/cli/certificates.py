"""`flask certificates issue <slug>`: issue in batch without the back office."""

import time

import click
from flask.cli import AppGroup

from app import clock, unit_of_work
from app.certificates import issuing, keys
from app.certificates import queries as certificates
from app.certificates.models import RunStatus
from app.errors import DomainError

SHARE = 40
cli = AppGroup("certificates", help="Certificates: issue them in batch.")


@cli.command("issue")
@click.argument("slug")
def issue(slug: str) -> None:
    """Issue a certificate to everybody who has earned one at the event SLUG and has none."""
    run_id = _start(slug)
    run = certificates.run(run_id)
    with click.progressbar(length=run.total, label="certificates") as bar:
        while not issuing.work_on(run_id, limit=SHARE):
            run = certificates.run(run_id)
            if run.status == RunStatus.WAITING:
                raise click.ClickException("a second person has to confirm this issue in the back office")
            handled = run.done + run.failed + run.skipped
            if handled == bar.pos:
                time.sleep(1)  # a worker of the server is at it
            bar.update(handled - bar.pos)
        run = certificates.run(run_id)
        bar.update(run.done + run.failed + run.skipped - bar.pos)
    click.echo(f"{run.done} issued, {run.failed} could not be printed.")
    for person, text in certificates.problems_of(run):
        click.echo(f"  {person.listed_name}: {text}", err=True)


def _start(slug: str) -> int:
    with unit_of_work.transaction():
        event = certificates.event_by_slug(slug)
        if event is None:
            raise click.ClickException(f"there is no event {slug}")
        try:
            keys.try_out(event.organisation, at=clock.now())
            return issuing.start(event, by=None, at=clock.now()).id
        except DomainError as error:
            raise click.ClickException(str(error)) from error
