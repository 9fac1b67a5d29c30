"""Bodies' own designs: made, changed by a new version, chosen for an event, and their kept files."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from app import audit, pictures, theme
from app.accounts.models import Actor, Organisation
from app.certificates import wording
from app.certificates.errors import CertificateError, ColoursTooAlike
from app.certificates.looks import EDITIONS, PLAIN, Look
from app.certificates.models import Award, Design, DesignFile, DesignVersion, EventDesign
from app.events.models import Event
from app.extensions import db

_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg"}
_LONGEST_SIDES = {"background": 2400}  # pixels: A4 at 200 dots per inch
_LONGEST_SIDE = 1200  # of logos and signatures
_DARKEST_TEXT = "#4f5664"  # the lightest of the inks that designs write with, on the paper


@dataclass(frozen=True)
class Draft:
    """A design as somebody wants it: its name, and the look that is asked for, with files of the version before."""

    name: str
    look: Look  # `template` is the name of a finished design here, not its edition


def of_organisation(organisation: Organisation) -> list[Design]:
    """Return the designs of a body that are in use, by name."""
    statement = select(Design).where(Design.organisation_id == organisation.id, Design.retired_at.is_(None))
    return list(db.session.scalars(statement.order_by(Design.name, Design.id)))


def of_organisation_or_404(organisation: Organisation, design_id: int) -> Design:
    """Return a design of this body that is in use, or answer 404."""
    statement = select(Design).where(
        Design.id == design_id, Design.organisation_id == organisation.id, Design.retired_at.is_(None)
    )
    return db.session.scalar(statement) or abort(404)


def newest(design: Design) -> DesignVersion:
    """Return what a design is now."""
    statement = select(DesignVersion).where(DesignVersion.design_id == design.id)
    return db.session.scalars(statement.order_by(DesignVersion.number.desc()).limit(1)).one()


def versions(design: Design) -> list[DesignVersion]:
    """Return all that a design was, the newest first."""
    statement = select(DesignVersion).where(DesignVersion.design_id == design.id)
    return list(db.session.scalars(statement.order_by(DesignVersion.number.desc())))


def look_of(version: DesignVersion) -> Look:
    """Return how a version looks, drawn by today's edition of its template."""
    return Look(**{**version.options, "template": EDITIONS[version.template], "files": version.files})


def draft_of(design: Design) -> Draft:
    """Return what a design is now, as its editor shows it."""
    version = newest(design)
    return Draft(
        design.name, Look(**{**version.options, "template": version.template, "files": version.files})
    )


def chosen_for(event: Event) -> Design | None:
    """Return the design that an event's certificates take, or None for the plain one."""
    statement = select(EventDesign).options(joinedload(EventDesign.design))
    chosen = db.session.scalar(statement.where(EventDesign.event_id == event.id))
    return chosen.design if chosen else None


def look_for(event: Event, award: Award | None = None) -> Look:
    """Return how the certificates of an event, or of one of its awards, look if they are issued now."""
    own = db.session.get(Design, award.design_id) if award is not None and award.design_id else None
    design = own or chosen_for(event)
    return look_of(newest(design)) if design else PLAIN


def choose(event: Event, design: Design | None, *, at: datetime) -> None:
    """Let an event's certificates take a design of its own body from now on, or the plain one."""
    found = db.session.get(EventDesign, event.id)
    if found is not None and design is None:
        db.session.delete(found)
    elif found is not None and design is not None:
        found.design_id = design.id
    elif design is not None:
        db.session.add(EventDesign(event_id=event.id, design_id=design.id))
    audit.record("certificates.design_chosen", design, event=event, at=at)


def create(organisation: Organisation, draft: Draft, *, by: Actor | None, at: datetime) -> Design:
    """Make a design. Raises what check raises."""
    check(draft)
    design = Design(organisation_id=organisation.id, name=draft.name, created_at=at)
    db.session.add(design)
    db.session.flush()
    db.session.add(_version(design, 1, draft, by=by, at=at))
    audit.record("design.created", design, organisation=organisation, at=at)
    return design


def change(design: Design, draft: Draft, *, by: Actor | None, at: datetime) -> DesignVersion:
    """Make the next version of a design, unless nothing has changed. Raises what check raises."""
    check(draft)
    db.session.execute(select(Design.id).where(Design.id == design.id).with_for_update())
    before = newest(design)
    version = _version(design, before.number + 1, draft, by=by, at=at)
    is_same = (version.template, version.options, version.files) == (
        before.template,
        before.options,
        before.files,
    )
    if design.name != draft.name or not is_same:
        audit.record(
            "design.changed", design, organisation=design.organisation, at=at, version=version.number
        )
    design.name = draft.name
    if is_same:
        return before
    db.session.add(version)
    db.session.flush()
    return version


def retire(design: Design, *, at: datetime) -> None:
    """Offer a design no more, and let events that chose it go back to the plain one, awards to their event's.

    What bears it stays.
    """
    design.retired_at = at
    db.session.execute(update(Award).where(Award.design_id == design.id).values(design_id=None))
    for chosen in db.session.scalars(select(EventDesign).where(EventDesign.design_id == design.id)):
        db.session.delete(chosen)
    audit.record("design.retired", design, organisation=design.organisation, at=at)


def _version(design: Design, number: int, draft: Draft, *, by: Actor | None, at: datetime) -> DesignVersion:
    return DesignVersion(
        design_id=design.id,
        number=number,
        template=draft.look.template,
        options=_options(draft.look),
        files=dict(draft.look.files),
        created_at=at,
        created_by_id=None if by is None else by.id,
    )


def _options(look: Look) -> dict[str, Any]:
    kept = asdict(look)
    del kept["template"], kept["files"]
    return kept | {"signatories": list(kept["signatories"])}


def check(draft: Draft) -> None:
    """Check the words and colours of a design.

    Raises UnknownMergeField, StrayBrace, and ColoursTooAlike where the text could not be read on the paper.
    """
    for part in ("opening", "wording"):
        try:
            wording.check_fields(draft.look.second.get(part, ""))
        except CertificateError as error:
            error.field = f"second_{part}"
            raise
    if theme.contrast(theme.parse(draft.look.paper), theme.parse(_DARKEST_TEXT)) < theme.READABLE:
        raise ColoursTooAlike


def events_with(design: Design) -> int:
    """Return how many events have chosen a design."""
    statement = select(func.count()).select_from(EventDesign).where(EventDesign.design_id == design.id)
    return db.session.scalar(statement) or 0


def keep_picture(place: str, data: bytes) -> str:
    """Keep a picture for a place of a design; return the name of the file. Raises BadPicture."""
    try:
        found = pictures.sound(data, longest_side=_LONGEST_SIDES.get(place, _LONGEST_SIDE))
    except pictures.BadPicture as error:
        error.field = place
        raise
    return keep(found.data, _ENDINGS[found.content_type])


def keep(data: bytes, ending: str) -> str:
    """Keep a file under the name that follows from what it holds; return the name."""
    name = name_of(data, ending)
    if db.session.get(DesignFile, name) is None:
        db.session.add(DesignFile(name=name, data=data))
        db.session.flush()
    return name


def name_of(data: bytes, ending: str) -> str:
    """Return the name under which a file is kept."""
    return hashlib.sha256(data).hexdigest() + ending


def load(name: str) -> bytes:
    """Return what a kept file holds."""
    return db.session.execute(select(DesignFile.data).where(DesignFile.name == name)).scalar_one()


def with_files(look: Look, files: Mapping[str, str]) -> Look:
    """Return a look with these files in its places."""
    return Look(**{**asdict(look), "files": dict(files)})
