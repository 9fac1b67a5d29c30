"""A worker that is killed in the middle of a share: `python -m tests.mailings.killed URL MAILING LETTERS`."""

import os
import signal
import sys

from app import clock, create_app, mail, unit_of_work
from app.mailings.services import mailings


def main(url: str, mailing_id: str, letters: str) -> None:
    """Write letters of a mailing, and die with the last of them, before anything is committed."""
    left = int(letters)
    queue = mail.queue

    def deadly(*args, **kwargs):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return queue(*args, **kwargs)

    mail.queue = deadly
    app = create_app(TESTING=True, SQLALCHEMY_DATABASE_URI=url)
    with app.app_context(), unit_of_work.transaction():
        mailings.advance(int(mailing_id), at=clock.now())


if __name__ == "__main__":
    main(*sys.argv[1:])
