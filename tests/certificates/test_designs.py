"""The finished designs: every name and every letter has its place in each, and they are drawn alike for ever."""

import hashlib
import io
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from app.certificates import pdf
from app.certificates.errors import Unprintable
from app.certificates.looks import EDITIONS, SPANISH_MARK, TEMPLATES, Look
from tests.certificates import samples

NAMES = [template.name for template in TEMPLATES]
LONG_NAME = (
    "María de los Ángeles Inmaculada Concepción Ñahui Túpac Yupanqui Huamán D’Ángela de la Cruz "
    "y Rodríguez de Mendoza Ataw"
)
# Points that each design leaves free: left, top, right, bottom.
FREE = {
    "sober": (85, 42, 85, 28),
    "modern": (28, 42, 60, 28),
    "bilingual": (65, 42, 65, 28),
    "portrait": (70, 60, 70, 40),
    "badge": (24, 30, 24, 14),
}
PAGES = {"portrait": (595.276, 841.89), "badge": (297.638, 419.528)}
SPANISH = "aábcdeéfghiíjklmnñoópqrstuúüvwxyz ¿?¡!«»“”°ºª–—’"
QUECHUA = "a ch chh chʼ h i j k kh kʼ l ll m n ñ p ph pʼ q qh qʼ r s sh t th tʼ tr u w y ch’ k’ p’ q’ t’"
AYMARA = "a ä ch chh chʼ i ï j k kh kʼ l ll m n ñ p ph pʼ q qh qʼ r s t th tʼ u ü w x y"
AWAJUN = "a b ch d e g g̃ h i j k m n ŋ p r s sh t ts u w y ã ẽ ĩ ũ ɨ"
WAMPIS = "a ä ch e ë g h i ï j k m n ng p r s sh t ts u ü w y a̱ e̱ i̱ u̱ ɨ"
LETTERS = [SPANISH, QUECHUA, AYMARA, AWAJUN, WAMPIS]
PEOPLE = tuple(
    {"name": f"María Inmaculada Ñahui Huamán {number}", "position": "Jefa de la Oficina de Protocolo"}
    for number in range(1, 5)
)


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height), "#1f5f5b").save(out, "PNG")
    return out.getvalue()


FILES = {
    f"{place}.png": picture(*size)
    for place, size in {
        "logo": (90, 30),
        "second_logo": (20, 200),
        "background": (60, 40),
        **{f"signature_{number}": (120, 40) for number in range(1, 5)},
    }.items()
}


def look(name: str, **values: Any) -> Look:
    return Look(template=EDITIONS[name], **values)


def full(name: str) -> Look:
    """Return a design with every picture and everybody who may sign."""
    return look(
        name,
        files={path.removesuffix(".png"): path for path in FILES},
        signatories=PEOPLE,
        second_logo_of="Otra entidad",
        shows_signature=True,
    )


def render(chosen: Look, **values: Any) -> bytes:
    return samples.render(look=chosen, load=FILES.__getitem__, **values)


def words(data: bytes, folder: Path, *, free: tuple[int, int, int, int]) -> tuple[list[str], list[str]]:
    """Return the words of the only page, and those of them that leave their room."""
    path = folder / "certificate.pdf"
    path.write_bytes(data)
    found = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, encoding="utf-8", check=True
    )
    space = "{http://www.w3.org/1999/xhtml}"
    (page,) = ET.fromstring(found.stdout).iter(f"{space}page")  # noqa: S314 - our own file
    width, height = float(page.attrib["width"]), float(page.attrib["height"])
    left, top, right, bottom = free
    within, outside = [], []
    for word in page.iter(f"{space}word"):
        x0, x1, y0, y1 = (float(word.attrib[edge]) for edge in ("xMin", "xMax", "yMin", "yMax"))
        is_in = x0 >= left and y0 >= top and x1 <= width - right and y1 <= height - bottom
        within.append(word.text or "")
        if not is_in:
            outside.append(word.text or "")
    return within, outside


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("person", [LONG_NAME, "Ó", "W" * 120, "Wenceslao " * 12, "שרה כהן", "Nin\u0303o 🎉"])
def test_every_name_has_its_place(name: str, person: str, tmp_path: Path) -> None:
    """In a design that is as full as it can be, with a very long title of the event."""
    event = samples.event(
        title="Programa de fortalecimiento de capacidades en gestión pública descentralizada " * 2
    )
    data = render(full(name), event_=event, name=person, terms={"signatories": ()}, signed_by="Juana " * 20)
    reader = PdfReader(io.BytesIO(data))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(
        PAGES.get(name, (841.89, 595.276)), abs=0.01
    )
    assert words(data, tmp_path, free=FREE[name])[1] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_same_in_every_design_and_names_its_pictures(name: str, tmp_path: Path) -> None:
    data = render(full(name), terms={"signatories": ()}, signed_by="Juana Firmante")
    text = " ".join(words(data, tmp_path, free=FREE[name])[0])
    for phrase in ("Constancia de participación", "Rosa Quispe Mamani", "DNI N.° 00000001", "7XK2-M9QW-4RTA"):
        assert phrase in text
    assert "Firmado electrónicamente por Juana Firmante" in re.sub(r"- ", "", text)
    assert "digitalmente" not in text
    reader = PdfReader(io.BytesIO(data))
    objects = (reader.get_object(number) for number in range(1, reader.trailer["/Size"]))
    figures = [item for item in objects if isinstance(item, dict) and item.get("/S") == "/Figure"]
    assert {str(figure["/Alt"]) for figure in figures} == {
        "Logo de Presidencia del Consejo de Ministros",
        "Logo de Otra entidad",
        "Código QR de la dirección https://constancias.example.gob.pe/verificar/7XK2-M9QW-4RTA",
        *(f"Imagen de la firma de {one['name']}" for one in PEOPLE),
    }
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "es-PE"


def test_the_stamp_stands_on_signed_files_alone(tmp_path: Path) -> None:
    text = words(render(full("sober")), tmp_path, free=FREE["sober"])[0]
    assert "Firmado" not in text


def test_what_has_no_translation_stands_in_spanish_with_a_mark(tmp_path: Path) -> None:
    def told(**second: str) -> str:
        return " ".join(words(render(look("bilingual", second=second)), tmp_path, free=FREE["bilingual"])[0])

    assert told().count("Constancia de participación") == 2
    assert SPANISH_MARK in told()
    some = told(title="Aaaa bbbb", opening="Cccc")
    assert some.count("Constancia de participación") == 1
    assert SPANISH_MARK in some
    whole = told(title="Aaaa bbbb", opening="Cccc", wording="Dddd {evento} {horas}.")
    assert "Dddd Semana de Gobierno Abierto 2024 seis (6) horas cronológicas." in whole
    assert SPANISH_MARK not in whole


def test_a_signature_s_picture_follows_its_name(tmp_path: Path) -> None:
    """An event may name its own people; whoever the design knows keeps the picture, nobody else gets it."""
    chosen = full("sober")
    other = {"name": "Otra Persona", "position": "Directora"}
    assert chosen.signing([other, PEOPLE[2]]) == [(other, None), (PEOPLE[2], "signature_3.png")]
    assert chosen.signing([])[0] == (PEOPLE[0], "signature_1.png")


@pytest.mark.parametrize("name", ["sober", "modern"])  # one of each family of letters
@pytest.mark.parametrize("letters", LETTERS)
def test_the_fonts_have_every_letter(name: str, letters: str, tmp_path: Path) -> None:
    """Typst refuses a PDF/A with a missing glyph, and the text that is read back is the one that was set."""
    text = f"{letters} {letters.upper()}"
    data = render(look(name), terms={"opening": text})
    path = tmp_path / "letters.pdf"
    path.write_bytes(data)
    read = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, encoding="utf-8", check=True)
    # Poppler tells a letter and its mark twice where they are two glyphs.
    told = re.sub(r"(.[\u0303\u0331])\1", r"\1", "".join(read.stdout.split()))
    assert "".join(text.split()) in told


@pytest.mark.parametrize("name", ["王小明", "A" + "\u0301" * 9, "🎉", "١٢"])
def test_what_cannot_be_set_is_refused(name: str) -> None:
    with pytest.raises(Unprintable):
        render(look("modern"), name=name)


def test_every_design_is_drawn_alike_for_ever() -> None:
    """A change of a design, of typst or of the fonts would break the promise of the same bytes: see 0010.

    A design that certificates bear is never changed: the next edition is another file.
    """
    content = json.loads((Path(__file__).parent / "designs.json").read_text())
    drawn = {
        name: hashlib.sha256(
            pdf.render(EDITIONS[name], content, issued_at=samples.ISSUED_AT, load=FILES.__getitem__)
        ).hexdigest()[:16]
        for name in NAMES
    }
    assert drawn == {
        "sober": "a5cce87c5b2d9917",
        "modern": "90aa89bd7b77eef2",
        "bilingual": "61ba0064b41001a7",
        "portrait": "f75a2d31ca79693d",
        "badge": "4f6b25e49b9d6a9d",
    }
