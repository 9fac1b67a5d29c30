"""`make run`: everything from an empty machine to a running Tinkuy."""

import os

from scripts import serve, steps
from scripts.console import give_up


def main() -> None:
    """Install and build what is missing, then serve until Ctrl-C."""
    settings = serve.Settings.from_environment()
    serve.check(settings)
    try:
        steps.ensure(steps.LIBRARIES, steps.BROWSER_PARTS, steps.translations())
    except OSError as error:
        give_up(f"{error.filename or os.getcwd()} cannot be written: {error.strerror}.")
    serve.serve(settings, python=steps.python_of(".venv"))


if __name__ == "__main__":
    main()
