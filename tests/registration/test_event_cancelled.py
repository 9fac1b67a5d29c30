"""When an event is called off, everybody who counts on it is written to."""

from sqlalchemy import select

from app.events import services as events
from app.mail.letters import build
from app.mail.models import OutgoingLetter
from app.registration import queries
from app.registration.models import RegistrationStatus
from tests import factories


def test_everybody_is_told_in_one_statement(session, client, frozen_clock):
    event = factories.event()
    people = [factories.registration(event, status=status) for status in RegistrationStatus]
    factories.registration(event, email="")
    factories.registration(factories.event())
    events.cancel(event, at=frozen_clock)
    rows = session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.recipient)).all()
    told = sorted((one for one in people if one.is_active), key=lambda one: one.email)
    assert len(told) == 5
    assert [(row.letter, row.recipient, row.payload, row.about, row.attempts) for row in rows] == [
        ("registration.event_cancelled", one.email, {"registration_id": one.id}, f"registrations:{one.id}", 0)
        for one in told
    ]
    assert {row.next_attempt_at for row in rows} == {frozen_clock}
    letter = build(rows[0].letter, rows[0].payload)
    assert (letter.subject, letter.calendar) == (f"El evento fue cancelado: {event.title}", None)
    confirmed = next(one for one in told if one.status == RegistrationStatus.CONFIRMED)
    session.commit()
    page = client.get(f"/mi/{queries.personal_token(confirmed)}").text
    assert ("Este evento se canceló" in page, "pass-code" in page) == (True, False)
