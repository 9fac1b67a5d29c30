"""What somebody answered, as it is shown to them and to the office: each answer under the words it was given to."""

from datetime import datetime
from typing import NamedTuple

from flask_babel import get_locale

from app.registration import queries
from app.registration.models import FieldKind, Registration, RegistrationForm, Upload
from app.registration.rules.answers import as_text, words


class Receipt(NamedTuple):
    """An answer in words. A consent has the exact text that was agreed to, or not, a file the row that leads to it."""

    question: str
    answer: str
    version: int
    answered_at: datetime
    is_consent: bool
    consent_text: str
    upload: Upload | None


def receipts(registration: Registration, *, survey: RegistrationForm | None = None) -> list[Receipt]:
    """Return what a person answered to an event's own fields, or to a survey, in the order of the form."""
    if registration.form_id is None and survey is None:
        return []
    language, files = str(get_locale()), queries.uploads_of(registration)
    found = []
    for answer in queries.answers_of(registration, survey=survey):
        version = answer.version
        is_consent = version.kind == FieldKind.CONSENT
        found.append(
            Receipt(
                question=words(version.label, language),
                answer=as_text(version, answer.value, language),
                version=version.number,
                answered_at=answer.answered_at,
                is_consent=is_consent,
                consent_text=words(version.settings.get("text") or {}, language) if is_consent else "",
                upload=files.get(answer.value) if version.kind == FieldKind.FILE else None,
            )
        )
    return found
