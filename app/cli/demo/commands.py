"""`flask demo`: the demonstration."""

import json
from typing import Any

import click
from flask import current_app, url_for
from flask.cli import AppGroup

from app import clock, unit_of_work
from app.cli.demo import load
from app.registration import queries as registration

demo = AppGroup("demo", help="The demonstration: three invented bodies and their events.")


@demo.command("load")
def load_demo() -> None:
    """Load the demonstration into an empty database; where it is already there, only bring it up to date."""
    now = clock.now()
    try:
        with unit_of_work.transaction():
            if load.is_loaded():
                load.bring_to_today(at=now)
            else:
                load.load(at=now)
    except load.HoldsOtherData as error:
        raise click.ClickException(str(error)) from None
    _write_links()
    click.echo("The demonstration is loaded.")


@demo.command("links")
def show_links() -> None:
    """Print how to sign in and a participant's personal link."""
    for name, value in _links().items():
        click.echo(f"{name}: {json.dumps(value, ensure_ascii=False)}")


def _links() -> dict[str, Any]:
    token = registration.personal_token(load.main_participant())
    return {
        "sign_ins": [
            {"role": str(role), "email": email, "password": load.PASSWORD}
            for role, email, _name in load.SIGN_INS
        ],
        "personal_link": url_for("participants.show", token=token, _external=False),
    }


def _write_links() -> None:
    path = current_app.config["INSTANCE"] / "demo.json"
    path.write_text(json.dumps(_links(), ensure_ascii=False, indent=2) + "\n")
    path.chmod(0o600)
