"""Letters: a row in the outbox within the transaction, a text made and sent by the worker after it."""

from app.mail.letters import Letter, letter
from app.mail.services import queue

__all__ = ["Letter", "letter", "queue"]
