"""The process that looks into a workbook for a web process (see apart): the file is its argument, how it is read comes
by its standard input, and what is seen goes out as JSON.
"""

import json
import resource
import sys
from pathlib import Path

from flask import Flask
from flask_babel import Babel, force_locale

from app import config
from app.registration.sheets.apart import as_json, look_here
from app.registration.sheets.tables import Reading, UnreadableFile

_MOST_MEMORY = 1024 * 1024 * 1024  # bytes: no workbook that the guard lets through needs as much


def _main() -> str:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    name, language, reading, most = json.load(sys.stdin)
    speaking = Flask("app")
    Babel(speaking, default_translation_directories=str(config.PROJECT / "translations"))
    with speaking.app_context(), force_locale(language):
        try:
            read_as = Reading(**reading) if reading else None
            return as_json(look_here(Path(sys.argv[1]), name, read_as, most=most))
        except UnreadableFile as error:
            return json.dumps({"error": str(error)})


if __name__ == "__main__":
    sys.stdout.write(_main())
