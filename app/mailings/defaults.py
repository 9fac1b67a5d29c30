"""The default letters in the notation of mail.wording: what an office finds when it begins to write its own words.

They are made of the very templates of `templates/mail`, each fact replaced by the field that stands for it.
"""

from types import SimpleNamespace
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import ChainableUndefined

from app.mailings.catalogue import LETTERS


def _facts() -> dict[str, Any]:
    organisation = SimpleNamespace(name="{organizacion}", label="{organizacion}")
    event = SimpleNamespace(
        title="{evento}",
        organisation=organisation,
        starts_on="{fecha}",
        ends_on="{fecha}",
        venue_name="{lugar}",
        venue_address="",
        contact_email="{contacto}",
        timezone="",
    )
    registration = SimpleNamespace(
        given_names="{nombres}",
        full_name="{nombre}",
        entity="{institucion}",
        review_note="{nota}",
        cancel_reason="{motivo}",
        offer_expires_at="{plazo}",
        email="{correo}",
    )
    session = SimpleNamespace(title="{sesion}", starts_at="{horario}", room=None)
    return {
        "enrolment": SimpleNamespace(status="enrolled", enrollable=SimpleNamespace(session=session)),
        "event": event,
        "invitation": SimpleNamespace(given_names="{nombres}", expires_at="{plazo}"),
        "invitation_url": "{enlace}",
        "group": SimpleNamespace(name="{grupo}", coordinator_name="{nombre}"),
        "link": "{enlace}",
        "request": SimpleNamespace(note="{nota}"),
        "change": SimpleNamespace(email="{correo}", expires_at="{plazo}"),
        "address": "{enlace}",
        "registration": registration,
        "personal_url": "{enlace}",
        "event_url": "{pagina}",
        "pdf_url": "{constancia}",
        "survey_url": "{encuesta}",
        "code": "{codigo}",
        "reply_to": "{contacto}",
        "note": "{nota}",
        "format_days": lambda *_dates, **_options: "{fecha}",
        "format_moment": lambda moment, _zone: moment,
        "format_day": lambda *_date, **_options: "{fecha}",
    }


def source(letter: str, language: str) -> tuple[str, str]:
    """Return subject and body of a default letter, in a language, with fields in place of the facts.

    Signature and code are left out: the frame of every letter brings them.
    """
    editable = LETTERS[letter]
    with force_locale(language):
        environment = current_app.jinja_env.overlay(undefined=ChainableUndefined)
        template = environment.get_template(f"mail/{editable.template}.txt")
        heading = str(editable.title)
        text = template.render(**_facts(), heading=heading, **{"waits": False} | dict(editable.facts))
    lines = [line.strip() for line in text.strip().split("\n") if "{codigo}" not in line]
    while lines and lines[-1] in {"{organizacion}", "{pagina}", ""}:
        lines.pop()
    kept = [line for index, line in enumerate(lines) if line or lines[index - 1]]
    return f"{heading}: {{evento}}", "\n".join(kept)
