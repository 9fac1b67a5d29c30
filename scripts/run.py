"""`make run`: everything from an empty machine to a running Tinkuy."""

from scripts import serve, steps
from scripts.build import build


def main() -> None:
    """Install and build what is missing, then serve until Ctrl-C."""
    settings = serve.Settings.from_environment()
    serve.check(settings)
    build()
    serve.serve(settings, python=steps.python_of(".venv"))


if __name__ == "__main__":
    main()
