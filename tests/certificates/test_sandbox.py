"""A body's own Typst: each mischief ends with a clear message, nothing is issued, and this process lives on."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.certificates import composition, pdf, sandbox
from app.certificates.errors import (
    CodeNotShown,
    PackagesAsked,
    SourceBroken,
    SourceError,
    SourceTooGreedy,
    SourceTooSlow,
    UnknownSourceFields,
    Unprintable,
)
from app.certificates.looks import OWN, Look
from tests.certificates import samples, test_designs

EXAMPLE = (Path(pdf.__file__).parent / "designs" / "example.typ").read_text()
SHOWN = '#import "frame_1.typ": *\n#campo("codigo")\n'


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer on the clock than the product does: a machine full of tests is slow. CPU time stays bounded."""
    monkeypatch.setattr(sandbox, "SECONDS", 120)


def draw(source: str, **bearer: Any) -> bytes:
    files = {**test_designs.FILES, "source.typ": source.encode()}
    places = {"source": "source.typ", "logo": "logo.png"}
    look = Look(template=OWN, files=places, signatories=test_designs.PEOPLE)
    return samples.render(look=look, load=files.__getitem__, terms={"signatories": ()}, **bearer)


def test_the_example_makes_a_certificate_of_both_standards() -> None:
    for data in (draw(EXAMPLE), draw(EXAMPLE, name=test_designs.LONG_NAME + " 🎉")):
        reader = PdfReader(io.BytesIO(data))
        assert len(reader.pages) == 1
        assert reader.trailer["/Root"]["/Lang"] == "es-PE"
        metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in metadata
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert draw(EXAMPLE) == draw(EXAMPLE)


def test_the_example_needs_no_logo_and_nobody_who_signs() -> None:
    look = Look(template=OWN, files={"source": "source.typ"})
    data = samples.render(
        look=look, load={"source.typ": EXAMPLE.encode()}.__getitem__, terms={"signatories": ()}
    )
    assert len(PdfReader(io.BytesIO(data)).pages) == 1


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('#read("/etc/passwd")', 3),
        ('#read("../../../etc/passwd")', 3),
        ('#image("/proc/self/environ")', 3),
        ("#while true {}", 3),
        ("#let f(n) = f(n + 1)\n#f(1)", 3),
        ("= Título\n#nadie", 4),
        ('#plugin("x.wasm")', 3),
        ('#campo("no" + "che")', 3),
        ('#let p = "@pre" + "view/cetz:0.3.0"\n#include p', 4),
    ],
)
def test_what_typst_refuses_is_told_with_its_line(body: str, line: int | None) -> None:
    with pytest.raises(SourceBroken) as refused:
        draw(SHOWN + body)
    assert refused.value.line == line
    assert "tinkuy-source" not in str(refused.value)
    assert "root:" not in str(refused.value)


def test_a_loop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 2)
    within = "for i in range(9999) { for j in range(9999) { for k in range(9999) { let unused = n + i } } }"
    loop = f"#let f(n) = {{ {within} }}\n#f(1)"
    with pytest.raises(SourceTooSlow):
        draw(SHOWN + loop)


def test_what_allocates_without_end_is_ended() -> None:
    with pytest.raises(SourceTooGreedy):
        draw(SHOWN + '#let x = "abcdefgh" * 1000000\n#for i in range(40) { x = x + x }\n#x.len()')


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ('#import "@preview/cetz:0.3.0"\n' + SHOWN, PackagesAsked),
        ('#include "@local/x:1.0.0"\n' + SHOWN, PackagesAsked),
        ("= Constancia", CodeNotShown),
        ('// campo("codigo")\n= Constancia', CodeNotShown),
    ],
)
def test_what_can_be_told_beforehand_starts_no_process(source: str, refusal: type[SourceError]) -> None:
    with pytest.raises(refusal):
        sandbox.check(source)


def test_every_unknown_field_is_listed() -> None:
    with pytest.raises(UnknownSourceFields) as refused:
        sandbox.check(SHOWN + '#campo("nombre") #campo("apodo") #campo( "talla" ) // campo("otro")')
    assert refused.value.names == ["apodo", "talla"]


def test_every_field_that_is_offered_exists() -> None:
    look = Look(template=OWN, files={"source": "source.typ"})
    content = composition.content_of(
        composition.design_content(samples.event(), samples.TERMS, look), replace(samples.BEARER)
    )
    assert set(content["named"]) == sandbox.FIELDS


def test_letters_without_a_font_are_told() -> None:
    with pytest.raises(Unprintable):
        draw(EXAMPLE, name="王小明")


def test_no_network_is_reached_and_no_setting_is_seen() -> None:
    """Nothing of the environment goes into the process: Typst could not read it anyway."""
    assert draw(SHOWN + "#sys.inputs.keys()").startswith(b"%PDF")
