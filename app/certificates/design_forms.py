"""The forms of a design."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, FormField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import Length, Regexp

from app.certificates.designing import Draft
from app.certificates.looks import PICTURE_PLACES, Look
from app.certificates.models import Signatory
from app.forms import Form, choice_field, paragraphs_field, required, text_field, whole_field

TEMPLATES = [
    ("sober", _l("Sober: A4 on its side, a band above")),
    ("modern", _l("Modern: A4 on its side, a column in your colour")),
    ("bilingual", _l("Bilingual: Spanish and a native language side by side")),
    ("portrait", _l("Portrait: A4 upright, around one axis")),
    ("badge", _l("Badge: A6 upright, for the pocket")),
]
LANGUAGES = [
    ("qu", _l("Quechua")),
    ("ay", _l("Aymara")),
    ("agr", _l("Awajún")),
    ("hub", _l("Wampis")),
]
_COLOUR = Regexp(r"#[0-9a-fA-F]{6}\Z", message=_l("Write a colour such as #9e1b42."))
_EMPTY: Signatory = {"name": "", "position": ""}


class DesignSignatoryForm(PlainForm):
    """Somebody who signs where an event names nobody."""

    name = text_field(_l("Name"), limit=80)
    position = text_field(_l("Position"), limit=120)


class DesignForm(Form):
    """A design by its look. Each picture has a place of its own."""

    name = text_field(_l("Name of the design"), limit=80, is_required=True)
    template = choice_field(_l("Layout"), TEMPLATES)
    accent = text_field(_l("Colour of titles"), _COLOUR, limit=7)
    paper = text_field(_l("Colour of the paper"), _COLOUR, limit=7, is_required=True)
    veil = whole_field(_l("Paper over the picture behind, in per cent"), 0, 95, is_required=True)
    language = choice_field(_l("Second language"), LANGUAGES)
    second_title = text_field(_l("Title in the second language"), limit=120)
    second_opening = text_field(_l("Words before the name in the second language"), limit=300)
    second_wording = paragraphs_field(_l("Words after the name in the second language"), limit=1200)
    second_logo_of = text_field(_l("Whose the second logo is"), limit=120)
    shows_signature = BooleanField(_l("Say on the page who signed the file electronically"))
    signatories = FieldList(FormField(DesignSignatoryForm), min_entries=4, max_entries=4)
    logo = FileField(_l("Logo in place of the institution's"))
    second_logo = FileField(_l("Second logo"))
    background = FileField(_l("Picture behind everything"))
    signature_1 = FileField(_l("Picture of signature %(number)s", number=1))
    signature_2 = FileField(_l("Picture of signature %(number)s", number=2))
    signature_3 = FileField(_l("Picture of signature %(number)s", number=3))
    signature_4 = FileField(_l("Picture of signature %(number)s", number=4))
    remove_logo = BooleanField(_l("Remove it"))
    remove_second_logo = BooleanField(_l("Remove it"))
    remove_background = BooleanField(_l("Remove it"))
    remove_signature_1 = BooleanField(_l("Remove it"))
    remove_signature_2 = BooleanField(_l("Remove it"))
    remove_signature_3 = BooleanField(_l("Remove it"))
    remove_signature_4 = BooleanField(_l("Remove it"))

    @classmethod
    def of(cls, draft: Draft) -> "DesignForm":
        """Return the form filled with a design as it is."""
        look = draft.look
        return cls(
            formdata=None,
            name=draft.name,
            template=look.template,
            accent=look.accent,
            paper=look.paper,
            veil=look.veil,
            language=look.language,
            **{f"second_{part}": look.second.get(part, "") for part in ("title", "opening", "wording")},
            second_logo_of=look.second_logo_of,
            shows_signature=look.shows_signature,
            signatories=[*look.signatories, *[_EMPTY] * 4][:4],
        )

    def draft(self, files: dict[str, str]) -> Draft:
        """Return what was typed, with these files in their places."""
        lines = [
            Signatory(name=one["name"] or "", position=one["position"] or "") for one in self.signatories.data
        ]
        while lines and not any(lines[-1].values()):
            lines.pop()
        look = Look(
            template=self.template.data,
            accent=(self.accent.data or "").lower(),
            paper=self.paper.data.lower(),
            veil=self.veil.data,
            language=self.language.data,
            second={
                part: " ".join((getattr(self, f"second_{part}").data or "").split())
                for part in ("title", "opening", "wording")
            },
            second_logo_of=self.second_logo_of.data or "",
            signatories=tuple(lines),
            files=files,
            shows_signature=self.shows_signature.data,
        )
        return Draft(self.name.data, look)

    def texts(self) -> dict[str, bytes]:
        """Return the files that were typed rather than sent, by their place."""
        return {}

    def files(self, before: dict[str, str], keep: Callable[[str, bytes], str]) -> dict[str, str]:
        """Return the files that a design has after this form was sent; `keep` keeps a new one.

        Raises what `keep` raises.
        """
        files = {
            place: name
            for place, name in before.items()
            if place in PICTURE_PLACES and not self._fields[f"remove_{place}"].data
        }
        for place in PICTURE_PLACES:
            sent: Any = self._fields[place].data
            data = sent.read() if sent and not isinstance(sent, str) else b""
            if data:
                files[place] = keep(place, data)
        return files


class SourceForm(DesignForm):
    """A design by a Typst source of one's own, with the pictures and people that it may name."""

    template = choice_field(_l("Layout"), [("own", _l("Of your own, in Typst"))], default="own")
    source = TextAreaField(
        _l("Typst source"),
        validators=[required(), Length(max=60_000, message=_l("Write at most %(max)d characters."))],
        filters=[lambda text: text.replace("\r\n", "\n") if text else text],
    )

    def texts(self) -> dict[str, bytes]:
        """Return the source."""
        return {"source": self.source.data.encode()}
