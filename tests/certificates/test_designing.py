"""Bodies' own designs: versions, pictures, the choice for an event, and the editor."""

import io
import struct
import zlib
from datetime import datetime
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.certificates import designing, issuing, keys, queries, services, specimens
from app.certificates.designing import Draft
from app.certificates.errors import ColoursTooAlike, UnknownMergeField
from app.certificates.looks import PLAIN, Look
from app.certificates.models import Certificate, DesignFile, DesignVersion
from app.permissions import Role
from app.pictures import BadPicture
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_signatures import PASSWORD, p12
from tests.conftest import NOON


def image(width: int = 60, height: int = 20, *, mode: str = "RGB", format_: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, format_)
    return out.getvalue()


def enormous() -> bytes:
    """Return the head of a picture of 20,000 by 20,000 pixels: a small file that would fill 1.6 GB."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def event(session: Session, frozen_clock: datetime) -> Any:
    event = scenes.event()
    scenes.earner(event, given_names="Rosa")
    return event


def words(data: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(data)).pages[0].extract_text().split())


def issued(session: Session) -> Certificate:
    return session.scalars(select(Certificate).order_by(Certificate.id.desc()).limit(1)).one()


def test_what_was_issued_keeps_its_version_for_ever(session: Session, event: Any) -> None:
    name = designing.keep_picture("background", image(format_="JPEG"))
    look = Look(template="modern", accent="#1f5f5b", files={"background": name})
    design = designing.create(event.organisation, Draft("Moderno", look), by=None, at=NOON)
    designing.choose(event, design, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    certificate = issued(session)
    before = services.file_of(certificate)
    assert (certificate.design.template, certificate.design.content["accent"]) == ("modern_1", "#1f5f5b")

    designing.change(design, Draft("Moderno", Look(template="portrait")), by=None, at=NOON)
    assert [version.number for version in designing.versions(design)] == [2, 1]
    assert services.file_of(certificate) == before
    scenes.earner(event, given_names="Elmer")
    issuing.issue_here(event, by=None, at=NOON)
    assert issued(session).design.template == "portrait_1"
    award = services.stored(queries.first_award(event))
    own = designing.create(event.organisation, Draft("Propio", Look(template="badge")), by=None, at=NOON)
    award.design_id = own.id
    assert designing.look_for(event, award).template == "badge_1"
    designing.retire(own, at=NOON)
    session.refresh(award)
    assert (award.design_id, designing.look_for(event, award).template) == (None, "portrait_1")
    designing.retire(design, at=NOON)
    assert designing.look_for(event) == PLAIN
    assert services.file_of(certificate) == before


def test_what_changes_nothing_makes_no_version(session: Session, event: Any) -> None:
    draft = Draft("Uno", Look(template="sober"))
    design = designing.create(event.organisation, draft, by=None, at=NOON)
    designing.change(design, Draft("Otro nombre", Look(template="sober")), by=None, at=NOON)
    assert session.scalar(select(func.count()).select_from(DesignVersion)) == 1
    assert design.name == "Otro nombre"


def test_a_signed_certificate_alone_says_so(session: Session, event: Any) -> None:
    design = designing.create(
        event.organisation, Draft("Sello", Look(template="sober", shows_signature=True)), by=None, at=NOON
    )
    designing.choose(event, design, at=NOON)
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    certificate = issued(session)
    assert "Firmado electrónicamente por Juana Firmante" in words(services.file_of(certificate))
    assert services.file_of(certificate).startswith(services.drawn_again(certificate))
    keys.retire(event.organisation, at=NOON)
    scenes.earner(event, given_names="Elmer")
    issuing.issue_here(event, by=None, at=NOON)
    assert "Firmado" not in words(services.file_of(issued(session)))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (enormous(), "Esta imagen tiene demasiados píxeles. Redúzcala y elíjala otra vez."),
        (SVG, "No es una imagen PNG ni JPEG, diga lo que diga su nombre. Expórtela en uno de esos formatos."),
        (
            b"%PDF-1.7\n",
            "No es una imagen PNG ni JPEG, diga lo que diga su nombre. Expórtela en uno de esos formatos.",
        ),
        (b"\x89PNG\r\n\x1a\nrest", "Esta imagen no se puede leer. Guárdela de nuevo y elíjala otra vez."),
        (b"\0" * (5 * 1024 * 1024 + 1), "Este archivo pesa más de 5 MB. Elija uno más pequeño."),
    ],
    ids=["20,000 pixels", "SVG with script", "PDF called .png", "broken", "too large"],
)
def test_pictures_that_will_not_do_are_refused_by_name(session: Session, data: bytes, message: str) -> None:
    with pytest.raises(BadPicture) as refused:
        designing.keep_picture("logo", data)
    assert (str(refused.value), refused.value.field) == (message, "logo")
    assert session.scalar(select(func.count()).select_from(DesignFile)) == 0


def test_a_picture_in_the_colours_of_print_is_made_sound(session: Session, event: Any) -> None:
    name = designing.keep_picture("logo", image(3000, 100, mode="CMYK", format_="JPEG"))
    with Image.open(io.BytesIO(designing.load(name))) as kept:
        assert (kept.mode, kept.size) == ("RGB", (1200, 40))
    look = Look(template="badge", files={"logo": name})
    design = designing.create(event.organisation, Draft("Uno", look), by=None, at=NOON)
    designing.choose(event, design, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    assert services.file_of(issued(session)).startswith(b"%PDF")


def test_words_and_colours_are_checked(session: Session, event: Any) -> None:
    with pytest.raises(UnknownMergeField) as refused:
        designing.check(Draft("Uno", Look(template="bilingual", second={"wording": "{nadie}"})))
    assert refused.value.field == "second_wording"
    with pytest.raises(ColoursTooAlike):
        designing.check(Draft("Uno", Look(template="sober", paper="#777777")))


def test_a_preview_bears_the_longest_and_the_shortest_name(session: Session, event: Any) -> None:
    factories.registration(event, given_names="Ana", first_surname="Li", second_surname="")
    factories.registration(
        event, given_names="Inmaculada Concepción", first_surname="Huamán", second_surname="Ñahui"
    )
    shown = specimens.drawn(event.organisation, event, Look(template="sober"), at=NOON)
    assert list(shown.pictures) == ["Inmaculada Concepción Huamán Ñahui", "Ana Li"]
    assert all(data.startswith(b"<svg") for data in shown.pictures.values())


FIELDS = {"name": "Moderno", "template": "modern", "paper": "#ffffff", "veil": "50", "language": "qu"}


def test_an_office_makes_changes_and_chooses_a_design(session: Session, event: Any, sign_in: Any) -> None:
    client = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    base = f"/gestion/entidad/{event.organisation.slug}/disenos"
    assert client.get(f"{base}/nuevo").status_code == 200
    made = client.post(f"{base}/nuevo", data=FIELDS | {"logo": (io.BytesIO(image()), "logo.png")})
    assert made.status_code == 303
    (design,) = designing.of_organisation(event.organisation)
    assert list(designing.newest(design).files) == ["logo"]
    changed = client.post(f"{base}/{design.id}", data=FIELDS | {"accent": "#123456", "remove_logo": "y"})
    assert changed.status_code == 303
    newest = designing.newest(design)
    assert (newest.number, newest.options["accent"], newest.files) == (2, "#123456", {})
    assert design.name.encode() in client.get(base).data
    assert client.get(f"{base}/{design.id}/muestra.png").mimetype == "image/png"

    place = f"/gestion/eventos/{event.slug}/constancias/diseno"
    assert client.post(place, data={"design": design.id}).status_code == 303
    assert designing.chosen_for(event) == design
    assert client.get(place).status_code == 200
    assert client.post(f"{base}/{design.id}/retirar").status_code == 303
    assert designing.chosen_for(event) is None


def test_the_preview_answers_programs_and_people(event: Any, sign_in: Any) -> None:
    client = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/disenos/vista"
    asked = FIELDS | {"evento": event.slug}
    answer = client.post(address, data=asked, headers={"accept": "application/json"})
    assert [one["name"] for one in answer.json["pictures"]] == [specimens.names_of(event)[0]]
    assert answer.headers["Server-Timing"].startswith("draw;dur=")
    page = client.post(address, data=asked)
    assert (page.status_code, page.text.count("data:image/svg+xml,")) == (200, 1)
    wrong = client.post(address, data=asked | {"accent": "red"}, headers={"accept": "application/json"})
    assert (wrong.status_code, wrong.json) == (422, {"errors": ["Escriba un color como #9e1b42."]})
    dark = client.post(address, data=asked | {"paper": "#000000"})
    assert (dark.status_code, "Elija uno más claro." in dark.text) == (422, True)


def test_a_source_is_checked_before_it_is_kept(session: Session, event: Any, sign_in: Any) -> None:
    """Each mischief is told at the field; what is kept draws, and an event may choose it."""
    client = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    base = f"/gestion/entidad/{event.organisation.slug}/disenos"
    assert "frame_1.typ" in client.get(f"{base}/fuente").text
    start = '#import "frame_1.typ": *\n#campo("codigo")\n'
    fields = FIELDS | {"template": "own"}
    for source, told in (
        (start + '#read("/etc/passwd")', "Línea 3: file not found"),
        (start + '#campo("apodo") #campo("talla")', "No existen estos campos: apodo, talla."),
        ('#import "@preview/cetz:0.3.0"', "No se pueden usar paquetes"),
    ):
        answer = client.post(f"{base}/fuente", data=fields | {"source": source})
        assert (answer.status_code, told in answer.text, 'id="source-error"' in answer.text) == (
            422,
            True,
            True,
        )
    assert designing.of_organisation(event.organisation) == []
    good = {"source": start + '= #campo("titulo")\n#campo("nombre")'}
    assert client.post(f"{base}/fuente/vista", data=fields | good).text.count("data:image/svg+xml,") == 2
    assert client.post(f"{base}/fuente", data=fields | good).status_code == 303
    (design,) = designing.of_organisation(event.organisation)
    assert client.get(f"{base}/{design.id}").location.endswith("/fuente")
    assert client.get(f"{base}/{design.id}/fuente").status_code == 200
    designing.choose(event, design, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    certificate = issued(session)
    assert certificate.printed_name in words(services.file_of(certificate))

    organiser = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    assert organiser.get(f"{base}/fuente").status_code == 403
    assert organiser.get(f"{base}/{design.id}/fuente").status_code == 403


def test_a_refused_picture_is_told_beside_its_field(event: Any, sign_in: Any) -> None:
    client = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    answer = client.post(
        f"/gestion/entidad/{event.organisation.slug}/disenos/nuevo",
        data=FIELDS | {"signature_2": (io.BytesIO(SVG), "firma.png")},
    )
    assert answer.status_code == 422
    assert 'id="signature_2-error"' in answer.text
    assert designing.of_organisation(event.organisation) == []


def test_strangers_and_readers_have_no_part_in_designs(event: Any, sign_in: Any) -> None:
    design = designing.create(event.organisation, Draft("Uno", Look(template="sober")), by=None, at=NOON)
    base = f"/gestion/entidad/{event.organisation.slug}/disenos"
    client = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert client.get(base).status_code == 403
    other = factories.organisation()
    client = sign_in(factories.user(Role.ADMINISTRATOR, organisation=other))
    assert client.get(base).status_code == 404
    assert client.get(f"/gestion/entidad/{other.slug}/disenos/{design.id}").status_code == 404
    foreign = client.post(f"/gestion/entidad/{other.slug}/disenos/vista", data=FIELDS | {"design": design.id})
    assert foreign.status_code == 404
