"""Tinkuy: free public training events, from the agenda to a verified constancia."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(**overrides: Any) -> "Flask":
    """Return the application, configured from the environment and by `overrides`."""
    # Whoever checks a certificate from outside (app.cli.verify) imports this package and needs no web framework.
    from app import factory  # noqa: PLC0415 - slow to load, and not everybody makes the application

    return factory.create_app(**overrides)
