"""Letters for the tests of the post, and a way to put them into the outbox."""

from app import mail, unit_of_work
from app.extensions import db
from app.mail.letters import Letter


@mail.letter("test.plain")
def plain(number: int) -> Letter:
    """Write a letter that nobody awaits."""
    return Letter(subject=f"Carta {number}", text=f"Número {number}\n", html=f"<p>Número {number}</p>")


@mail.letter("test.unwanted")
def unwanted() -> None:
    """Write nothing: what the letter was about is gone."""


@mail.letter("test.unwritable")
def unwritable() -> Letter:
    """Fail."""
    raise ZeroDivisionError


def address(number: int) -> str:
    """Return where letter `number` goes."""
    return f"persona{number}@example.pe"


def post(count: int) -> None:
    """Put letters 0 to `count` - 1 into the outbox."""
    with unit_of_work.transaction():
        for number in range(count):
            mail.queue("test.plain", to=address(number), payload={"number": number}, language="es")
        db.session.flush()
