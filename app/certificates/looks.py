"""How certificates look: one of the finished designs with a body's own colours, pictures and people. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.certificates.models import Signatory

People = list[tuple[Signatory, str | None]]  # who signs, and the file with the picture of the signature

OWN = "own_1"  # drawn by a body's own Typst source
PAPER = "#fdfcf8"
SPANISH_MARK = "En español: aún sin traducción revisada"
SIGNATURE_PLACES = ("signature_1", "signature_2", "signature_3", "signature_4")
PICTURE_PLACES = ("logo", "second_logo", "background", *SIGNATURE_PLACES)


class Template(NamedTuple):
    """A finished design: its file, and the edition that is used for what is issued now."""

    name: str
    edition: str


TEMPLATES = (
    Template("sober", "sober_2"),
    Template("modern", "modern_1"),
    Template("bilingual", "bilingual_1"),
    Template("portrait", "portrait_1"),
    Template("badge", "badge_1"),
)
EDITIONS = {template.name: template.edition for template in TEMPLATES} | {"own": OWN}


@dataclass(frozen=True)
class Look:
    """What a version of a design settles. Empty colours are the body's own."""

    template: str = "sober_2"  # the edition
    accent: str = ""
    paper: str = PAPER
    veil: int = 70  # per cent of paper over the picture behind, so that the text can be read
    language: str = "qu"  # of the second column (BCP 47)
    second: Mapping[str, str] = field(default_factory=dict)  # title, opening, wording
    second_logo_of: str = ""
    signatories: Sequence[Signatory] = ()
    files: Mapping[str, str] = field(default_factory=dict)  # place -> name of a kept file
    shows_signature: bool = False

    signature_places = SIGNATURE_PLACES

    def signing(self, own: Sequence[Signatory]) -> People:
        """Return who signs, with pictures: an event's own people, or the design's where it names nobody.

        The picture of somebody's signature follows their name.
        """
        pictures = {
            one["name"].casefold(): self.files.get(place)
            for one, place in zip(self.signatories, SIGNATURE_PLACES, strict=False)
            if one["name"]
        }
        return [(one, pictures.get(one["name"].casefold())) for one in own or self.signatories]


PLAIN = Look()
