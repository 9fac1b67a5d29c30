"""The file of a certificate: what it says, that it fits, that it is accessible, and always the same."""

import hashlib
import io
import json
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from app.certificates import pdf
from app.certificates.errors import Unprintable
from tests.certificates import samples

LONG_NAME = (
    "María de los Ángeles Inmaculada Concepción Ñahui Túpac Yupanqui Huamán D’Ángela de la Cruz "
    "y Rodríguez de Mendoza Ataw"
)
TAGS = "{http://www.w3.org/1999/xhtml}"


def poppler(tool: str, data: bytes, folder: Path, *options: str) -> str:
    """Return what one of poppler's tools says about a file."""
    path = folder / "certificate.pdf"
    path.write_bytes(data)
    words = [tool, *options, str(path)] + (["-"] if tool == "pdftotext" else [])
    return subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace", check=True).stdout


def words_outside(data: bytes, folder: Path) -> list[str]:
    """Return the words that leave the page's margins."""
    root = ET.fromstring(poppler("pdftotext", data, folder, "-bbox"))  # noqa: S314 - our own file
    pages = root.findall(f".//{TAGS}page")
    assert len(pages) == 1
    width, height = float(pages[0].attrib["width"]), float(pages[0].attrib["height"])
    margin = 85.0  # points: thirty millimetres, of the thirty-two that the design leaves
    return [
        word.text or ""
        for word in pages[0].iter(f"{TAGS}word")
        if float(word.attrib["xMin"]) < margin
        or float(word.attrib["xMax"]) > width - margin
        or float(word.attrib["yMin"]) < 42
        or float(word.attrib["yMax"]) > height - 28
    ]


def test_it_says_what_it_must(tmp_path: Path) -> None:
    text = " ".join(poppler("pdftotext", samples.render(), tmp_path, "-raw").split())
    assert text == (
        "Presidencia del Consejo de Ministros Secretaría de Gestión Pública "
        "«Año de la recuperación y consolidación» "
        "Constancia de participación Se deja constancia de que Rosa Quispe Mamani DNI N.° 00000001 "
        "participó en calidad de asistente en el evento «Semana de Gobierno Abierto 2024», realizado "
        "del 28 al 30 de mayo de 2024, en modalidad virtual, con una duración de "
        "seis (6) horas cronológicas. "
        "Lima, 31 de mayo de 2024 "
        "Nombre de quien firma Secretaria de Gestión Pública "
        "Otra persona que firma Directora de Gobierno Abierto "
        "Verifique en constancias.example.gob.pe/verificar 7XK2-M9QW-4RTA No acredita aprobación."
    )


def test_it_is_one_page_of_a4_on_its_side_with_its_fonts_inside(tmp_path: Path) -> None:
    facts = poppler("pdfinfo", samples.render(), tmp_path)
    found = {
        key: " ".join(value.split())
        for key, _colon, value in (line.partition(":") for line in facts.splitlines())
    }
    assert found["Pages"] == "1"
    assert found["Page size"] == "841.89 x 595.276 pts (A4)"
    assert found["Tagged"] == "yes"
    assert found["Title"] == "Constancia de participación: Rosa Quispe Mamani"
    assert found["Author"] == "Presidencia del Consejo de Ministros"
    fonts = poppler("pdffonts", samples.render(), tmp_path).splitlines()[2:]
    assert fonts
    assert {tuple(line.split()[-5:-2]) for line in fonts} == {
        ("yes", "yes", "yes")
    }  # embedded, subset, unicode
    assert all("Libertinus" in line for line in fonts)


def test_it_declares_both_standards_and_its_language() -> None:
    reader = PdfReader(io.BytesIO(samples.render()))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "2024-05-31T17:00:00" in metadata
    assert reader.trailer["/Root"]["/Lang"] == "es-PE"


def test_a_screen_reader_meets_headings_paragraphs_and_named_pictures(tmp_path: Path) -> None:
    logo = {"logo": png(40, 20), "logo_type": "image/png"}
    data = samples.render(samples.event(organisation=logo))
    structure = poppler("pdfinfo", data, tmp_path, "-struct-text")
    kinds = re.findall(r"^ *(H\d|P|Figure|Link)\b", structure, re.MULTILINE)
    assert [kind for kind in kinds if kind.startswith("H")] == ["H1", "H2"]
    assert kinds.count("Figure") == 2
    assert kinds.count("Link") == 1
    order = [
        structure.index(words) for words in ("Presidencia", "Constancia de", "Rosa", "participó", "Verifique")
    ]
    assert order == sorted(order)
    named = alternatives(data)
    assert named == {
        "Logo de Presidencia del Consejo de Ministros",
        "Código QR de la dirección https://constancias.example.gob.pe/verificar/7XK2-M9QW-4RTA",
    }


def alternatives(data: bytes) -> set[str]:
    """Return the alternative texts of all figures."""
    found = set()
    reader = PdfReader(io.BytesIO(data))
    for number in range(1, reader.trailer["/Size"]):
        item = reader.get_object(number)
        if isinstance(item, dict) and item.get("/S") == "/Figure":
            found.add(str(item["/Alt"]))
    return found


def test_the_qr_symbol_leads_to_the_verification(tmp_path: Path) -> None:
    links = [
        annotation.get_object()["/A"]["/URI"]
        for page in PdfReader(io.BytesIO(samples.render())).pages
        for annotation in page["/Annots"]
    ]
    assert links == ["https://constancias.example.gob.pe/verificar/7XK2-M9QW-4RTA"]


def test_the_same_certificate_is_the_same_file_in_every_process() -> None:
    here = samples.render()
    assert samples.render(name="Otra Persona") != here
    assert samples.render() == here
    program = (
        "import hashlib; from tests.certificates import samples; "
        "samples.render(name='Quien vino antes'); print(hashlib.sha256(samples.render()).hexdigest())"
    )
    elsewhere = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": "", "LANG": "C"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert elsewhere == {f"{hashlib.sha256(here).hexdigest()}\n"}


def test_a_certificate_of_today_is_drawn_alike_for_ever() -> None:
    """Certificates are drawn again at each download, so a change here breaks the promise of the same bytes.

    Whoever changes sober_1.typ after the first issue makes sober_2.typ instead; where an upgrade of typst is the
    cause, it must wait until issued files are stored (docs/decisions/0010).
    """
    content = json.loads((Path(__file__).parent / "sober_1.json").read_text())
    data = pdf.render("sober_1", content, issued_at=samples.ISSUED_AT)
    assert hashlib.sha256(data).hexdigest() == (
        "10046afbfb84a61130587ddc5840bc04286e423bcecdbd9a2d3b4f010b3f0134"
    )


@pytest.mark.parametrize(
    "name",
    [
        LONG_NAME,
        "W" * 120,
        "Ñ " * 60,
        "i" * 120,
        "Wenceslao " * 12,
        "Ana",
        "É" * 30 + " " + "g" * 89,
    ],
)
def test_no_name_leaves_its_place(name: str, tmp_path: Path) -> None:
    assert len(name) <= 120
    assert words_outside(samples.render(name=name), tmp_path) == []


def test_the_longest_texts_fit_together(tmp_path: Path) -> None:
    def words(length: int) -> str:
        text = "Gerencia Regional de Planeamiento, Presupuesto y Acondicionamiento Territorial "
        return (text * 30)[:length].strip()

    full = samples.event(organisation={"name": words(200)}, unit=None, title=words(200))
    terms = {
        "title": words(120),
        "opening": words(300),
        "wording": words(900) + " {rol} {evento} {horas}",
        "year_name": words(200),
        "place": words(100),
        "signatories": tuple({"name": words(80), "position": words(120)} for _ in range(4)),
    }
    data = samples.render(
        full, terms=terms, name=LONG_NAME, verify_url=f"https://{'capacitaciones.' * 6}gob.pe/verificar"
    )
    assert words_outside(data, tmp_path) == []
    assert words_outside(samples.render(full, terms=terms, name="W" * 362), tmp_path) == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_up_to_four_people_sign(count: int, tmp_path: Path) -> None:
    people = tuple({"name": f"Firma {number}", "position": "Cargo"} for number in range(count))
    data = samples.render(terms={"signatories": people})
    assert words_outside(data, tmp_path) == []
    text = poppler("pdftotext", data, tmp_path)
    assert re.findall(r"Firma \d", text) == [f"Firma {number}" for number in range(count)]


@pytest.mark.parametrize(
    "name",
    [
        "#strong[x] $x$ *b* _i_",
        "@ref <l> \\ `c` // c",
        "'; DROP TABLE",
        "<script>alert",
        '"q\\"',
        "=cmd() %d {rol}",
    ],
)
def test_typed_text_is_never_read_as_markup(name: str, tmp_path: Path) -> None:
    assert name in poppler("pdftotext", samples.render(name=name), tmp_path)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Zoë Ñahui D’Ángela", "Zoë Ñahui D’Ángela"),
        ("Shimbucat ʼɨwa Ɨ Ŋ", "Shimbucat ʼɨwa Ɨ Ŋ"),
        ("Nin\u0303o", "Niño"),
        ("Rosa 🎉 Quispe", "Rosa Quispe"),
        ("👩‍👩‍👧 Rosa", "Rosa"),
        ("\u202eRosa\u200b Quispe\x00\x07", "Rosa Quispe"),
        ("Rosa\ue000\ufe0f", "Rosa"),
    ],
)
def test_names_are_printed_as_far_as_they_can_be(name: str, printed: str, tmp_path: Path) -> None:
    text = poppler("pdftotext", samples.render(name=name), tmp_path)
    assert f"\n{printed}\n" in re.sub(" +", " ", text)


@pytest.mark.parametrize("name", ["王小明", "Rosa 王", "🎉", "..."])
def test_letters_without_a_glyph_are_told_and_not_left_out(name: str) -> None:
    with pytest.raises(Unprintable):
        samples.render(name=name)


def test_other_scripts_of_the_fonts_are_printed(tmp_path: Path) -> None:
    for name in ("Ωμέγα", "Иван Петров", "שלום"):
        assert words_outside(samples.render(name=name), tmp_path) == []


def test_a_sample_says_that_it_is_one(tmp_path: Path) -> None:
    assert "Muestra sin valor." in poppler("pdftotext", samples.render(is_sample=True), tmp_path)
    assert "Muestra" not in poppler("pdftotext", samples.render(), tmp_path)


@given(st.text(min_size=1, max_size=160), st.text(max_size=200))
@settings(max_examples=40)
def test_any_text_makes_one_page_or_a_clear_refusal(name: str, title: str) -> None:
    try:
        data = samples.render(name=name, terms={"title": title, "place": title})
    except Unprintable:
        return
    assert len(PdfReader(io.BytesIO(data)).pages) == 1


def png(width: int, height: int) -> bytes:
    """Return a small picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    lines = b"".join(b"\0" + b"\x9e\x1b\x42\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in chunks)


@pytest.mark.parametrize("logo", [png(40, 20), png(2, 200), b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_no_logo_upsets_the_page(logo: bytes, tmp_path: Path) -> None:
    data = samples.render(samples.event(organisation={"logo": logo, "logo_type": "image/png"}))
    assert words_outside(data, tmp_path) == []
