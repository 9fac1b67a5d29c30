"""What the rooms refuse."""

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class QuestionsClosed(DomainError):
    """The room takes no questions, or is not open."""

    message = _l("Questions are closed in this room.")
    field = "text"


class QuestionMissing(DomainError):
    """Nothing was written."""

    message = _l("Write your question.")
    field = "text"


class QuestionTooLong(DomainError):
    """More than a question's length."""

    message = _l("A question has at most 500 characters.")
    field = "text"


class NothingToVote(DomainError):
    """The question is gone, or waits for the moderator."""

    message = _l("This question cannot be voted for now.")
    field = "board"


class PollNotOpen(DomainError):
    """The poll is a draft or closed, or belongs to another room."""

    message = _l("This poll is not open.")
    field = "board"


class WrongChoice(DomainError):
    """None of the poll's answers was chosen, or several where one is allowed."""

    message = _l("Choose one of the answers of the poll.")
    field = "board"


class BadPoll(DomainError):
    """A poll needs a question and some answers; the message says what is wrong."""


class HandsClosed(DomainError):
    """The room takes no hands, or is not open."""

    message = _l("In this room one cannot raise a hand now.")
    field = "hand"


class TooManyHands(DomainError):
    """As many hands are up as a moderator can see."""

    message = _l("A hundred hands are up already. Try again in a moment, or write your question.")
    field = "hand"


class RoomNotOpen(DomainError):
    """It is too early, or too late."""

    message = _l("The room is not open.")


class RoomFull(DomainError):
    """All places of the room are taken."""

    message = _l("The room is full. Try again in a few minutes: places become free when people leave.")


class NoOwnRoom(DomainError):
    """The session is not in a room of this server, or this server has none."""

    message = _l("This session is not in the room of this server.")


class SentOut(DomainError):
    """Whoever moderates has sent this person out."""

    message = _l("Whoever moderates has taken you off the stage of this room.")


class StageFull(DomainError):
    """There are more speakers in the agenda than fit on the stage."""

    message = _l("Six people fit on the stage: the first six of this session in the agenda.")


class BadMaterial(DomainError):
    """A file that may not stand beside a room; the message says why."""

    field = "file"


class TooManyMaterials(DomainError):
    """The room has as many files as it may."""

    message = _l("There are twenty files beside this room already. Take one away first.")
    field = "file"


class LinkMissing(DomainError):
    """A link without words or without address."""

    message = _l("Write what the link is and its address.")
    field = "url"


class ChatClosed(DomainError):
    """The room has no chat, or is not open."""

    message = _l("The chat of this room is closed.")
    field = "message"


class Silenced(DomainError):
    """A moderator lets this person write no more."""

    message = _l("Whoever moderates has closed the chat for you in this room. You can still ask and vote.")
    field = "message"


class MessageMissing(DomainError):
    """Nothing was written."""

    message = _l("Write your message.")
    field = "message"


class MessageTooLong(DomainError):
    """More than a message's length."""

    message = _l("A message has at most 300 characters.")
    field = "message"


class LinksRefused(DomainError):
    """A link, where none is wanted."""

    message = _l("Links are not allowed in this chat.")
    field = "message"
