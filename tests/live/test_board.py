"""Questions and polls: in the room, before its moderator, and as everybody sees them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.audit import AuditEntry
from app.extensions import limiter
from app.live import queries, services
from app.live.models import Poll, PollOption, PollState, PollVote, Question, QuestionState, QuestionVote
from app.permissions import Role
from app.registration.queries import personal_token
from tests import factories
from tests.live.addresses import desk, room, shared
from tests.live.settling import settle

pytestmark = pytest.mark.usefixtures("during")


def ask(client, person, talk, text="¿Y los plazos?", **headers):
    return client.post(room(person, talk, "/preguntas"), data={"text": text}, headers=headers)


def vote(client, person, talk, question):
    return client.post(room(person, talk, "/votos"), data={"question": question})


def opened(event, talk, *, is_multiple=False):
    poll = services.draft_poll(
        event, talk, "¿Sirvió?", "Sí\nNo\nEn parte", is_multiple=is_multiple, at=clock.now()
    )
    services.move_poll(event, poll, PollState.OPEN, at=clock.now())
    factories.db.session.flush()
    return poll


def answer(client, person, talk, poll, *options):
    data = {"poll": poll.id, f"option-{poll.id}": [str(option) for option in options]}
    return client.post(room(person, talk, "/encuestas"), data=data)


def test_a_question_is_asked_voted_for_and_seen_by_all(client, session, talk, people):
    assert ask(client, people[0], talk).status_code == 303
    assert ask(client, people[1], talk, "<script>alert(1)</script>").status_code == 303
    second = session.scalars(select(Question.id).order_by(Question.id.desc())).first()
    for _ in range(2):
        assert vote(client, people[2], talk, second).status_code == 303
    board = queries.board(talk.id)
    assert [(one.text, one.votes, one.asked_by) for one in board.questions] == [
        ("<script>alert(1)</script>", 1, "Julia Quispe"),
        ("¿Y los plazos?", 0, "Rosa Quispe"),
    ]
    text = shared(client, people[2], talk)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert queries.voted_for(talk.id, people[2].id) == {second}


def test_the_shared_board_names_nobody_who_looks_at_it(client, talk, people):
    ask(client, people[0], talk)
    text = shared(client, people[1], talk)
    assert personal_token(people[1]) not in text
    assert shared(client, people[0], talk) == text


@pytest.mark.parametrize("key", ["", "A" * 16, "ñ"])
def test_without_its_key_there_is_no_board(client, talk, people, key):
    assert client.get(f"/sala/{talk.id}/{key}/tablero").status_code == 404


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_an_odd_question_is_said_at_its_place_and_kept(client, session, talk, people, text):
    page = ask(client, people[0], talk, text)
    assert page.status_code == 422
    assert "meet.jit.si" in page.text
    assert text in page.text
    assert session.scalar(select(func.count()).select_from(Question)) == 0
    told = ask(client, people[0], talk, text, Accept="application/json")
    assert (told.status_code, list(told.json)) == (422, ["error"])


def test_before_and_after_nothing_is_taken(client, session, event, talk, people):
    poll = opened(event, talk)
    ask(client, people[0], talk)
    question = session.scalars(select(Question.id)).one()
    with clock.freeze(talk.ends_at):
        assert ask(client, people[1], talk).status_code == 422
        assert vote(client, people[1], talk, question).status_code == 422
        assert answer(client, people[1], talk, poll, poll.options[0].id).status_code == 422
    assert session.scalar(select(func.count()).select_from(QuestionVote)) == 0


def test_where_questions_are_looked_at_first_nobody_sees_them_before(client, session, event, talk, people):
    settle(event, talk, is_moderated=True, is_anonymous=True)
    ask(client, people[0], talk)
    question = session.scalars(select(Question)).one()
    assert queries.board(talk.id).questions == []
    assert vote(client, people[1], talk, question.id).status_code == 422
    services.move_question(event, question, QuestionState.SHOWN, at=clock.now())
    (seen,) = queries.board(talk.id).questions
    assert (seen.asked_by, seen.text) == ("", "¿Y los plazos?")
    assert "Rosa" not in shared(client, people[1], talk)
    settle(event, talk, takes_questions=False, is_moderated=True, is_anonymous=True)
    assert ask(client, people[0], talk).status_code == 422


def test_a_single_choice_can_be_changed_and_never_doubled(client, session, event, talk, people):
    poll = opened(event, talk)
    yes, no, _partly = (option.id for option in poll.options)
    for option in (yes, yes, no):
        assert answer(client, people[0], talk, poll, option).status_code == 303
    assert answer(client, people[1], talk, poll, yes).status_code == 303
    (seen,) = queries.board(talk.id).polls
    assert (seen.people, [votes for _id, _text, votes, _share in seen.results]) == (2, [1, 1, 0])
    assert answer(client, people[0], talk, poll, yes, no).status_code == 422
    session.add(PollVote(poll_id=poll.id, registration_id=people[1].id, turn=0, option_id=no))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
    session.expunge_all()


def test_several_answers_where_the_poll_allows_them(client, event, talk, people):
    poll = opened(event, talk, is_multiple=True)
    yes, no, partly = (option.id for option in poll.options)
    answer(client, people[0], talk, poll, yes, no)
    answer(client, people[0], talk, poll, no, partly)
    (seen,) = queries.board(talk.id).polls
    assert (seen.people, [(votes, share) for _id, _text, votes, share in seen.results]) == (
        1,
        [(0, 0), (1, 100), (1, 100)],
    )


def test_answers_to_closed_polls_and_of_other_rooms_are_refused(client, session, event, talk, people):
    poll, other_talk = (
        opened(event, talk),
        factories.session(event, event.days[0], hour=15, online_url="https://a.pe/b"),
    )
    elsewhere = opened(event, other_talk)
    assert answer(client, people[0], talk, elsewhere, elsewhere.options[0].id).status_code == 422
    assert answer(client, people[0], talk, poll, elsewhere.options[0].id).status_code == 422
    refused = vote(client, people[0], talk, 999_999)
    assert refused.status_code == 422
    assert "Ahora no se puede votar" in refused.text.partition('id="tablero"')[2]  # where it was pressed
    services.move_poll(event, poll, PollState.CLOSED, at=clock.now())
    assert answer(client, people[0], talk, poll, poll.options[0].id).status_code == 422
    assert session.scalar(select(func.count()).select_from(PollVote)) == 0
    # An option belongs to one poll, in the database too.
    option = elsewhere.options[0].id
    session.add(PollVote(poll_id=poll.id, registration_id=people[0].id, turn=0, option_id=option))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
    session.expunge_all()


def test_results_are_seen_when_the_moderator_shows_them(client, event, talk, people):
    poll = opened(event, talk)
    answer(client, people[0], talk, poll, poll.options[0].id)
    assert "100 %" not in shared(client, people[1], talk)
    services.show_results(event, poll, shown=True, at=clock.now())
    assert "100 %" in shared(client, people[1], talk)


def test_a_draft_is_the_moderator_s_own(client, event, talk, people):
    services.draft_poll(event, talk, "¿Sirvió?", "Sí\nNo", is_multiple=False, at=clock.now())
    assert queries.board(talk.id).polls == []
    assert [one.state for one in queries.board(talk.id, is_moderator=True).polls] == [PollState.DRAFT]
    assert "¿Sirvió?" not in shared(client, people[0], talk)


def test_the_moderator_s_desk(client, session, event, talk, people, moderator):
    for person, text in zip(people, ("Una", "Dos", "Tres"), strict=True):
        ask(client, person, talk, text)
    first, second, third = session.scalars(select(Question).order_by(Question.id)).all()
    for question, word in ((second, "pin"), (first, "answered"), (third, "archived")):
        address = desk(event, talk, f"/preguntas/{question.id}")
        assert moderator.post(address, data={"do": word}).status_code == 303
    session.expire_all()
    assert [(one.text, one.is_pinned, one.state) for one in queries.board(talk.id).questions] == [
        ("Dos", True, "shown"),
        ("Una", False, "answered"),
    ]
    page = moderator.get(desk(event, talk))
    assert page.status_code == 200
    assert "Tres" in page.text
    assert moderator.post(desk(event, talk, f"/preguntas/{first.id}"), data={"do": "burn"}).status_code == 404
    kinds = set(session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("room.%"))))
    assert kinds == {"room.question_pinned", "room.question_answered", "room.question_archived"}


def test_polls_at_the_desk(client, session, event, talk, moderator):
    data = {"text": "¿Sirvió?", "options": "Sí\nNo"}
    assert moderator.post(desk(event, talk, "/encuestas"), data=data).status_code == 303
    poll = session.scalars(select(Poll)).one()
    for word in ("open", "show", "hide", "closed", "open"):
        assert (
            moderator.post(desk(event, talk, f"/encuestas/{poll.id}"), data={"do": word}).status_code == 303
        )
    session.expire_all()
    assert (poll.state, poll.shows_results) == (PollState.OPEN, False)
    for word in ("draft", "", "x"):
        assert (
            moderator.post(desk(event, talk, f"/encuestas/{poll.id}"), data={"do": word}).status_code == 404
        )
    page = moderator.post(desk(event, talk, "/encuestas"), data={"text": "¿?", "options": "una"})
    assert page.status_code == 422
    assert "Escriba entre dos y doce respuestas" in page.text
    assert session.scalar(select(func.count()).select_from(PollOption)) == 2


def test_a_stranger_finds_no_desk(sign_in, event, talk):
    other = sign_in(factories.user(role=Role.ORGANISER, organisation=factories.organisation()))
    assert other.get(desk(event, talk)).status_code == 404


def test_questions_are_limited_for_each_person(client, talk, people):
    limiter.enabled = True
    codes = [ask(client, people[0], talk, f"¿Número {number}?").status_code for number in range(5)]
    assert codes == [303] * 4 + [429]
    assert ask(client, people[1], talk).status_code == 303


def test_the_board_asks_no_more_for_more(client, event, talk, people, count_queries):
    def asked():
        with count_queries() as statements:
            queries.board(talk.id)
        return len(statements)

    ask(client, people[0], talk)
    opened(event, talk)
    few = asked()
    for number in range(10):
        factories.db.session.add(
            Question(
                session_id=talk.id,
                registration_id=people[number % 3].id,
                text=str(number),
                state=QuestionState.SHOWN,
                is_pinned=False,
                asked_at=clock.now(),
            )
        )
        opened(event, talk)
    factories.db.session.flush()
    factories.db.session.expire_all()
    assert asked() <= few + 1
