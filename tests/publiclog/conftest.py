"""Certificates that may enter the log."""

from typing import Any

import pytest

from app import clock
from app.certificates import issuing, services
from app.certificates.models import Certificate
from app.extensions import db
from tests.certificates import scenes
from tests.conftest import NOON


@pytest.fixture
def issued(session: Any) -> list[Certificate]:
    """Three certificates, of which the second was replaced by a fourth and the third annulled."""
    event = scenes.event()
    for name in ("Ana", "Berta", "Carla"):
        scenes.earner(event, given_names=name)
    with clock.freeze(NOON):
        issuing.issue_here(event, by=None, at=NOON)
        first, second, third = db.session.query(Certificate).order_by(Certificate.id)
        services.replace(second, name="Berta Corregida", reason="Nombre", by=None, at=NOON)
        services.annul(third, reason="Error", by=None, at=NOON)
    db.session.flush()
    return [first, second, third, *db.session.query(Certificate).filter(Certificate.edition == 2)]
