"""Which part of the list of registrations somebody looks at, as addresses say it."""

from typing import Any

from flask import request

from app.forms import whole
from app.organisers import queries
from app.organisers.queries import Filters
from app.registration import ubigeo
from app.registration.models import RegistrationStatus
from app.text import tidy

_ANSWERS = {"si": True, "no": False}


def filters_asked_for() -> Filters:
    """Read what of the list is asked for; what means nothing asks for everything."""
    status, department = request.args.get("estado", ""), request.args.get("departamento", "")
    is_known = department in ubigeo.departments() or department == queries.NOWHERE
    return Filters(
        text=tidy(request.args.get("q", "")[:200])[:100],
        status=RegistrationStatus(status) if status in set(RegistrationStatus) else None,
        department=department if is_known else "",
        attended=_ANSWERS.get(request.args.get("asistencia", "")),
        doubtful=request.args.get("repetidas") == "si",
        form_id=whole(request.args.get("formulario"), default=0) or None,
        answer=_answer(request.args.get("respuesta", "")),
    )


def _answer(text: str) -> tuple[int, str] | None:
    """Read a field and one of its choices: "12:mesa-1"."""
    field_id, _colon, option = text.partition(":")
    return (whole(field_id), option[:40]) if option and field_id.isascii() and field_id.isdecimal() else None


def place_in_list() -> dict[str, Any]:
    """Return which part of the list one looks at, for addresses that lead back to it."""
    filters = filters_asked_for()
    return {
        "q": filters.text or None,
        "estado": filters.status,
        "departamento": filters.department or None,
        "asistencia": next((word for word, value in _ANSWERS.items() if value == filters.attended), None),
        "repetidas": "si" if filters.doubtful else None,
        "formulario": filters.form_id,
        "respuesta": ":".join(map(str, filters.answer)) if filters.answer else None,
        "pagina": whole(request.args.get("pagina")) if "pagina" in request.args else None,
    }
