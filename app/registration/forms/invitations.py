"""Whom an office invites: typed, a line each, or in a file."""

from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField, TextAreaField

from app.errors import DomainError
from app.forms import Form, choice_field, instant, moment_field
from app.registration import rules
from app.registration.labels import LETTER_LANGUAGES
from app.registration.models import RegistrationForm
from app.registration.rules.invitations import Invitee, language_of, lines
from app.registration.sheets import examine, open_table
from app.registration.sheets.people import guesses, names_in
from app.text import folded, is_email, tidy

MOST = 5_000  # invitees at once
_ON_A_LINE = ("email", "full_name", "entity")
_CALLED_LANGUAGE = frozenset({"idioma", "lengua", "language"})
_SHOWN = 20  # problems that are named; the rest is counted


class InviteForm(Form):
    """Invitees of a form, and until when they may answer."""

    form_id = choice_field(_l("Form"))
    people = TextAreaField(_l("People, one on each line"))
    file = FileField(_l("Or a file (CSV or Excel)"))
    language = choice_field(_l("Language of the letters"), LETTER_LANGUAGES, default="es")
    expires_at = moment_field(_l("Open until"))

    @classmethod
    def to(cls, forms: list[RegistrationForm], title: Any, **options: Any) -> "InviteForm":
        """Return the form with the forms to which one can invite; `title` tells how each is called."""
        form = cls(**options)
        form.form_id.choices = [(str(one.id), title(one.title)) for one in forms]
        return form

    def until(self, zone: str) -> datetime | None:
        """Return when the invitations end."""
        return instant(self.expires_at.data, zone)

    def invitees(self) -> list[Invitee]:
        """Return whom to invite. Raises DomainError, with every line that cannot be taken."""
        rows = [*self._typed(), *self._filed()]
        if not rows:
            raise DomainError(_("Write at least one e-mail, or choose a file."), "people")
        if len(rows) > MOST:
            raise DomainError(_("Invite at most %(max)s people at once.", max=MOST), "people")
        found, problems = [], []
        for where, facts in rows:
            problem = _problem(facts)
            if problem:
                problems.append(f"{where}: {problem}")
            language = language_of(facts.pop("language"), otherwise=self.language.data)
            found.append(Invitee(**facts, language=language))
        if problems:
            more = len(problems) - _SHOWN
            rest = [_("And %(num)s more.", num=more)] if more > 0 else []
            raise DomainError(" ".join([*problems[:_SHOWN], *rest]), "file" if self.file.data else "people")
        return found

    def _typed(self) -> list[tuple[str, dict[str, str]]]:
        return [
            (_("Line %(number)s", number=number), _facts(dict(zip(_ON_A_LINE, parts, strict=False))))
            for number, parts in lines(self.people.data or "")
        ]

    def _filed(self) -> list[tuple[str, dict[str, str]]]:
        sent = self.file.data
        if not isinstance(sent, FileStorage) or not sent.filename:
            return []
        with NamedTemporaryFile(suffix=".upload") as kept:
            sent.save(kept)
            kept.flush()
            reading, _sheets = examine(Path(kept.name), sent.filename[:120])
            table = open_table(Path(kept.name), reading)
            columns = {target: place for place, target in guesses(table.headings).items()}
            for place, heading in enumerate(table.headings):
                if folded(heading) in _CALLED_LANGUAGE:
                    columns["language"] = place
            if "email" not in columns:
                raise DomainError(_("No column of the file is called «correo» or «e-mail»."), "file")
            rows = []
            for row in table.rows():
                cells = {
                    target: row.cells[place] for target, place in columns.items() if place < len(row.cells)
                }
                rows.append((_("Row %(number)s", number=row.number), _facts(cells)))
                if len(rows) > MOST:
                    break
            return rows


def _facts(cells: dict[str, str]) -> dict[str, str]:
    """Return what a line tells of somebody, by the names of Invitee."""
    clean = {name: tidy(text) for name, text in cells.items()}
    return {
        **names_in(clean),
        "email": clean.get("email", "").lower().removeprefix("mailto:"),
        "entity": clean.get("entity", ""),
        "language": clean.get("language", ""),
    }


def _problem(facts: dict[str, str]) -> str:
    if not is_email(facts["email"]):
        return _("Write an e-mail address such as nombre@entidad.gob.pe.")
    names = [facts[name] for name in ("given_names", "first_surname", "second_surname")]
    if any(name and (len(name) > 120 or not rules.is_name(name)) for name in names):
        return _("Write the name with letters; spaces, hyphens, dots and apostrophes are fine.")
    if len(facts["email"]) > 254 or len(facts["entity"]) > 200:
        return _("Write at most %(max)d characters.", max=200)
    return ""
