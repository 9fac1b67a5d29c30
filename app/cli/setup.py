"""`flask setup` and `flask user password`: the way in for whoever runs the installation."""

import click

from app import clock, unit_of_work
from app.accounts import emails, queries, services
from app.addresses import absolute

_TAKEN = "There are people who sign in already. For a new password: flask user password E-MAIL"


@click.command("setup")
def setup() -> None:
    """Print the one-time address at which the first organisation and administrator are made."""
    with unit_of_work.transaction():
        if not queries.is_empty():
            raise click.ClickException(_TAKEN)
        token = services.make_link(services.SETUP, at=clock.now())
    click.echo(absolute("accounts.set_up", token=token))


@click.group("user")
def user() -> None:
    """People who sign in."""


@user.command("password")
@click.argument("email")
def password(email: str) -> None:
    """Print the one-time address at which the person with E-MAIL chooses a new password."""
    with unit_of_work.transaction():
        person = queries.user_by_email(email)
        if person is None:
            raise click.ClickException(f"Nobody signs in with {email}.")
        token = services.make_link(services.PASSWORD, at=clock.now(), user=person)
    click.echo(emails.password_url(token))
