"""`flask attendance`: compute the summaries anew."""

import click
from flask.cli import AppGroup

from app import unit_of_work
from app.attendance import services
from app.events import queries as events

cli = AppGroup("attendance", help="The attendance ledger: recompute what it comes to.")


@cli.command("recompute")
@click.argument("slug", required=False)
def recompute(slug: str | None) -> None:
    """Throw the summaries of an event (of all, without SLUG) away and compute them from the ledger."""
    ids = events.ids_of(slug)
    if slug and not ids:
        raise click.ClickException(f"there is no event {slug}")
    for event_id in ids:
        with unit_of_work.transaction():
            services.summaries.forget(event_id)
    done = 1
    while done:
        with unit_of_work.transaction():
            done = services.summaries.catch_up()
    click.echo(f"The summaries of {len(ids)} event(s) are computed anew.")
