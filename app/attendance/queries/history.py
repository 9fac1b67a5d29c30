"""The history of one registration: every row of the ledger about it, and which rows correct which."""

from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.attendance.models import AttendanceEvent, LedgerKind
from app.extensions import db
from app.registration.models import Registration


class HistoryRow(NamedTuple):
    """A row of the ledger, by whom it was written, and the row that corrects it."""

    row: AttendanceEvent
    by: str | None
    corrected_by: AttendanceEvent | None

    @property
    def holds(self) -> bool:
        """Whether it says something that nobody corrected."""
        return self.corrected_by is None and self.row.kind != LedgerKind.VOID


def history(registration: Registration) -> list[HistoryRow]:
    """Return every row about a person, corrected ones too, the last recorded first; in one query."""
    rows = db.session.execute(
        select(AttendanceEvent, User.name)
        .outerjoin(User, User.id == AttendanceEvent.recorded_by_id)
        .where(AttendanceEvent.registration_id == registration.id)
        .order_by(AttendanceEvent.recorded_at.desc(), AttendanceEvent.id.desc())
    ).all()
    corrections = {row.corrects_id: row for row, _name in rows if row.corrects_id is not None}
    return [HistoryRow(row, name, corrections.get(row.id)) for row, name in rows]
