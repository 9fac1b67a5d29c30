"""The web server process: Granian over `wsgi:app`, loaded once before the workers fork from it.

Loading first halves the work of a start, and the workers share the memory of what was loaded.
"""

import gc
import os
import sys
from importlib import import_module

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def main(target: str = "wsgi:app") -> None:
    """Serve until SIGTERM or SIGINT, at HOST and PORT with WORKERS processes (from the environment)."""
    gc.disable()  # collecting in the middle of so many imports finds nothing and takes a tenth of a second
    try:
        import_module(target.partition(":")[0])
    except ModuleNotFoundError as error:
        sys.exit(f"Tinkuy: the Python module {error.name} is missing: delete .venv and start again.")
    gc.freeze()
    gc.enable()
    # The default threshold collects after every request or so, and takes a tenth of its time.
    gc.set_threshold(10_000, 20, 50)
    Granian(
        target,
        address=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("WORKERS", "2")),
        blocking_threads=1,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
