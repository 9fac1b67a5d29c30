"""`make build`: install and build what is missing, without starting anything."""

import os

from scripts import steps
from scripts.console import give_up


def build() -> None:
    """Bring the libraries, the browser parts and the translations up to date; touch nothing that is."""
    try:
        steps.ensure(steps.LIBRARIES, steps.BROWSER_PARTS, steps.translations())
    except OSError as error:
        give_up(f"{error.filename or os.getcwd()} cannot be written ({error.strerror}).")


if __name__ == "__main__":
    build()
