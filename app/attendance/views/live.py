"""The live page: a day of an event as it goes."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.attendance import queries, rules
from app.attendance.views.blueprint import bp
from app.attendance.views.door import day_of
from app.events import queries as events
from app.events.rules import today
from app.permissions import Permission, requires
from app.registration import queries as registrations
from app.registration.models import RegistrationStatus
from app.registration.ubigeo import departments

CHART = (720, 160)  # width and height of its drawing


@bp.get("/asistencia/en-vivo")
@requires(Permission.ATTENDANCE_VIEW)
def live(slug: str) -> ResponseReturnValue:
    """Show who came on a day and is there now; a script loads the page anew now and then."""
    event = events.managed_event_or_404(slug, agenda=True)
    at = clock.now()
    day = day_of(event, request.args.get("dia", ""), at=at)
    found = None if day is None else queries.live_day(event, day, at=at)
    return render_template(
        "attendance/live.html",
        event=event,
        day=day,
        at=at,
        is_today=day is not None and day.date == today(event, at=at),
        found=found,
        chart=None if found is None else _chart(rules.bars(found.crowd.arrivals)),
        size=CHART,
        by_day=queries.came_by_day(event),
        confirmed=registrations.counts(event.id)[RegistrationStatus.CONFIRMED],
        departments=departments(),
    )


def _chart(bars: rules.Bars | None) -> dict[str, Any] | None:
    """Return where the bars of the drawing stand: x, y, width, height, when and how many."""
    if bars is None:
        return None
    width, height = CHART
    most = max(bars.counts)
    step = width / len(bars.counts)
    drawn = [
        {
            "x": round(place * step, 2),
            "y": round(height - height * count / most, 2),
            "width": round(max(step - 1.5, step * 0.7), 2),
            "height": round(height * count / most, 2),
            "at": bars.at(place),
            "count": count,
        }
        for place, count in enumerate(bars.counts)
    ]
    return {"bars": drawn, "minutes": bars.minutes, "most": most, "last": bars.at(len(drawn))}
