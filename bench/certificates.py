"""Making the file of one certificate, beside a bare typst compile of the same design.

Every certificate has a name, a number and a code of its own: typst remembers what it set before.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import typst

from app import codes
from app.accounts.models import Organisation
from app.certificates import composition, pdf, wording
from app.certificates.models import CertificateRole
from app.events.models import Event, HourUnit, Modality
from app.registration.models import DocumentType
from bench.figures import Figure, compared, growth, pairs_of
from bench.harness import Options

ISSUED = datetime(2024, 5, 31, 17, tzinfo=UTC)
GIVEN = ("Rosa", "Julia", "Nilo", "Yeni", "Édgar", "Ñusta", "Saúl", "Carmen")
SURNAMES = ("Quispe", "Mamani", "Huamán", "Núñez", "Tsamajain", "Rojas", "Chávez", "Ccori")
_numbers = count()


def measure(options: Options) -> Iterator[Figure]:
    """Yield ms for one certificate, and the growth of a batch with its size."""
    many = 40 if options.quick else 100
    design = composition.design_content(*_event())
    compiler = _bare_compiler()
    _issue(design, 10)
    _compile(compiler, _contents(design, 10))
    pairs = pairs_of(
        lambda: _ms(lambda contents: _compile(compiler, contents), _contents(design, many)) / many,
        lambda: _ms(lambda _nothing: _issue(design, many), None) / many,
        options.times,
    )
    yield compared("certificates", "ms", options.engine, many, pairs)
    batches = [_ms(lambda size: _issue(design, size), size) for size in (many, 10 * many)]
    yield growth("certificates", options.engine, many, [(batches[0], batches[1])])


def _ms(work: Callable[[Any], None], argument: Any) -> float:
    began = time.perf_counter()
    work(argument)
    return 1000 * (time.perf_counter() - began)


def _issue(design: dict[str, Any], many: int) -> None:
    for _ in range(many):
        pdf.render(composition.TEMPLATE, _content(design), issued_at=ISSUED)


def _compile(compiler: typst.Compiler, contents: list[str]) -> None:
    for content in contents:
        compiler.compile(
            format="pdf",
            sys_inputs={"content": content},
            pdf_standards=pdf.STANDARDS,  # type: ignore[arg-type]
            timestamp=int(ISSUED.timestamp()),
        )


def _bare_compiler() -> typst.Compiler:
    folder = Path(pdf.__file__).parent / "designs"
    path = folder / f"{composition.TEMPLATE}.typ"
    return typst.Compiler(str(path), root=str(folder), ignore_system_fonts=True)


def _contents(design: dict[str, Any], many: int) -> list[str]:
    return [json.dumps(_content(design), ensure_ascii=False) for _ in range(many)]


def _content(design: dict[str, Any]) -> dict[str, Any]:
    number = next(_numbers)
    bearer = composition.Bearer(
        code=codes.generate(12),
        name=f"{GIVEN[number % 8]} {SURNAMES[number // 8 % 8]} {SURNAMES[number // 64 % 8]}",
        document_type=DocumentType.DNI,
        document_number=f"{number + 1:08d}",
        role=CertificateRole.ATTENDEE,
        percent=87,
        verify_url="https://eventos.example.pe/verificar",
        issued_at=ISSUED,
    )
    return composition.content_of(design, bearer)


def _event() -> tuple[Event, composition.Terms]:
    event = Event(
        slug="semana",
        title="Semana de Gobierno Abierto 2024",
        modality=Modality.VIRTUAL,
        timezone="America/Lima",
        starts_on=date(2024, 5, 28),
        ends_on=date(2024, 5, 30),
        organisation=Organisation(name="Presidencia del Consejo de Ministros", accent="#9e1b42"),
    )
    terms = composition.Terms(
        title=wording.TITLE,
        opening=wording.OPENING,
        wording=wording.WORDING,
        place=wording.PLACE,
        hours=Decimal(12),
        hour_unit=HourUnit.CHRONOLOGICAL,
        minimum_percent=80,
        year_name="Año de la medida",
        signatories=({"name": "Julia Rojas Ccori", "position": "Secretaria de Gestión Pública"},),
    )
    return event, terms
