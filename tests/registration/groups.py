"""What the tests of groups share."""

from typing import Any

from flask.testing import FlaskClient

from app.events.models import Event
from app.registration import services
from app.registration.models import RegistrationGroup
from app.registration.services import GroupFacts
from tests import factories
from tests.conftest import NOON

FORM = {
    "entity": "Comunidad Nativa Yutupis",
    "ubigeo": "Río Santiago",
    "language": "agr",
    "consent_kind": "oral",
    "consent_witness": "Ana Tsamajain",
    "consent_place": "Yutupis",
    "consent_on": "2026-05-10",
    "consent": "y",
    "idempotency_key": "a-key-of-the-table",
}


def row(
    index: int, number: str = "", names: str = "Rosa", surname: str = "Quispe", **more: str
) -> dict[str, str]:
    """Return one line of the table as a browser sends it."""
    kind = "dni" if number else "none"
    facts = {"document_type": kind, "document_number": number, "given_names": names, "first_surname": surname}
    return {f"rows-{index}-{name}": value for name, value in (facts | more).items()}


def table(*rows: dict[str, str], **more: str) -> dict[str, str]:
    """Return the whole form with these lines, and an empty one after them."""
    found: dict[str, str] = {**FORM, **row(len(rows), names="", surname="")}
    for one in rows:
        found |= one
    return found | more


def group(event: Event, **facts: Any) -> RegistrationGroup:
    """Return a group of an event."""
    named = {"name": "Yutupis", "coordinator_name": "Ana Tsamajain", "coordinator_email": "ana@example.pe"}
    return services.create_group(event, GroupFacts(**named | facts), by=factories.user(), at=NOON)


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    """Return a page's text on one line."""
    answer = client.get(path)
    assert answer.status_code == status
    return " ".join(answer.get_data(as_text=True).split())
