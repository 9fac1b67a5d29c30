"""What a moderator's desk does, for the office and for whoever moderates a session by a link of their own."""

from collections.abc import Callable
from typing import NamedTuple

from flask import abort, request

from app import clock
from app.errors import DomainError
from app.events.models import Event, Session
from app.live import queries, services
from app.live.forms import ChatForm, PollForm, SettingsForm
from app.live.models import PollState, QuestionState


def settle(event: Event, session: Session) -> None:
    """Decide how people take part."""
    form = SettingsForm()
    services.settle(
        event,
        session,
        takes_questions=form.takes_questions.data,
        takes_hands=form.takes_hands.data,
        is_moderated=form.is_moderated.data,
        is_anonymous=form.is_anonymous.data,
        at=clock.now(),
    )


def settle_chat(event: Event, session: Session) -> None:
    """Open or close the chat."""
    form = ChatForm()
    services.settle_chat(
        event, session, takes_chat=form.takes_chat.data, allows_links=form.allows_links.data, at=clock.now()
    )


def question(event: Event, session: Session, question_id: int) -> None:
    """Let a question in, pin it, call it answered, or put it away; 404 for one of another room."""
    chosen = queries.question_of(session.id, question_id)
    wanted = request.form.get("do", "")
    if chosen is None or wanted not in {*QuestionState, "pin"}:
        abort(404)
    if wanted == "pin":
        services.pin(event, chosen, at=clock.now())
    else:
        services.move_question(event, chosen, QuestionState(wanted), at=clock.now())


def draft(event: Event, session: Session) -> PollForm | None:
    """Write a poll; return its form where it cannot be taken."""
    form = PollForm()
    if not form.validate():
        return form
    try:
        services.draft_poll(
            event,
            session,
            form.text.data,
            form.options.data,
            is_multiple=form.is_multiple.data,
            at=clock.now(),
        )
    except DomainError as error:
        form.with_error(error)
        return form
    return None


def poll(event: Event, session: Session, poll_id: int) -> None:
    """Open or close a poll, show or hide how it stands; 404 for one of another room."""
    chosen = queries.poll_of(session.id, poll_id)
    wanted = request.form.get("do", "")
    if chosen is None or wanted not in {PollState.OPEN, PollState.CLOSED, "show", "hide"}:
        abort(404)
    if wanted in {"show", "hide"}:
        services.show_results(event, chosen, shown=wanted == "show", at=clock.now())
    else:
        services.move_poll(event, chosen, PollState(wanted), at=clock.now())


def message(event: Event, session: Session, message_id: int) -> None:
    """Take a message away, or let its author write no more; who was silenced may write again."""
    said = queries.message_of(session.id, message_id) or abort(404)
    wanted = request.form.get("do", "")
    if wanted == "remove":
        services.remove_message(event, said, at=clock.now())
    elif wanted == "silence":
        services.silence(event, session, said.registration_id, at=clock.now())
    else:
        abort(404)


def hand(event: Event, session: Session, person_id: int) -> None:
    """Give somebody the word, or take their hand down."""
    do = {"word": services.give_word, "lower": services.lower_hand}.get(request.form.get("do", ""))
    if do is None:
        abort(404)
    do(event, session, person_id, at=clock.now())


def lower_hands(event: Event, session: Session) -> None:
    """Take all hands down."""
    services.lower_hands(event, session, at=clock.now())


class Act(NamedTuple):
    """What is done with one press at either desk: its endpoint and path there, and the part to show afterwards."""

    name: str
    path: str
    work: Callable[..., None]
    anchor: str


ACTS = (
    Act("settle", "/ajustes", settle, "ajustes"),
    Act("settle_chat", "/conversacion", settle_chat, "conversacion"),
    Act("question", "/preguntas/<int:question_id>", question, "pregunta-{question_id}"),
    Act("poll", "/encuestas/<int:poll_id>", poll, "encuesta-{poll_id}"),
    Act("message", "/mensajes/<int:message_id>", message, "conversacion"),
    Act("hand", "/manos/<int:person_id>", hand, "manos"),
    Act("lower_hands", "/manos", lower_hands, "manos"),
)
