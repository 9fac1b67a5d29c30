"""Making the file of one certificate, beside a bare typst compile of the same design.

Every certificate has a name, a number and a code of its own: typst remembers what it set before.
"""

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import typst
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from flask import Flask
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from app import codes
from app.accounts.models import Organisation
from app.certificates import composition, looks, pdf, signatures, wording
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
    """Yield ms for one certificate in each design, signed too, and the growth of a batch with its size."""
    many = 8 if options.quick else 100
    design = composition.design_content(*_event())
    for template in looks.TEMPLATES:
        yield _unsigned(options, template, design, many)
    yield _signed(options, design, many // 4)
    edition = looks.PLAIN.template
    batches = [_ms(lambda size: _issue(edition, design, size), size) for size in (many, 10 * many)]
    yield growth("certificates", options.engine, many, [(batches[0], batches[1])])


def _unsigned(options: Options, template: looks.Template, design: dict[str, Any], many: int) -> Figure:
    edition = template.edition
    _issue(edition, design, 10)
    compiler = _bare_compiler(edition)
    _compile(compiler, _contents(design, 10))
    pairs = pairs_of(
        lambda: _ms(lambda contents: _compile(compiler, contents), _contents(design, many)) / many,
        lambda: _ms(lambda _nothing: _issue(edition, design, many), None) / many,
        options.times,
    )
    return compared(f"certificates-{template.name}", "ms", options.engine, many, pairs)


def _signed(options: Options, design: dict[str, Any], many: int) -> Figure:
    """Return what a signature of an elliptic curve adds: beside a bare compile and pyHanko's own signature."""
    edition = looks.PLAIN.template
    compiler = _bare_compiler(edition)
    data = _key()
    plain = signers.SimpleSigner.load_pkcs12_data(data, [], passphrase=None)
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "bench"  # noqa: S105 - seals nothing that is kept
    with app.app_context():
        kept = signatures.sealed(signatures.opened(data, ""))

        def bare(contents: list[str]) -> None:
            for content in contents:
                (drawn,) = _compile(compiler, [content])
                writer = IncrementalPdfFileWriter(io.BytesIO(drawn))
                meta = signers.PdfSignatureMetadata(
                    field_name="Firma", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
                )
                signers.PdfSigner(meta, signer=plain).sign_pdf(writer)

        def product(number: int) -> None:
            for _ in range(number):
                drawn = pdf.render(edition, _content(design), issued_at=ISSUED)
                signatures.signed(drawn, kept, name="Presidencia del Consejo de Ministros")

        product(2)
        pairs = pairs_of(
            lambda: _ms(bare, _contents(design, many)) / many,
            lambda: _ms(product, many) / many,
            options.times,
        )
    return compared("certificates-signed", "ms", options.engine, many, pairs)


def _key() -> bytes:
    """Return a key of the curve P-256 with a certificate that it made for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Juana Firmante")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(ISSUED)
        .not_valid_after(ISSUED + timedelta(days=3650))
        .sign(key, SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"firma", key, certificate, None, NoEncryption())


def _ms(work: Callable[[Any], object], argument: Any) -> float:
    began = time.perf_counter()
    work(argument)
    return 1000 * (time.perf_counter() - began)


def _issue(edition: str, design: dict[str, Any], many: int) -> None:
    for _ in range(many):
        pdf.render(edition, _content(design), issued_at=ISSUED)


def _compile(compiler: typst.Compiler, contents: list[str]) -> list[bytes]:
    return [
        compiler.compile(  # type: ignore[misc]
            format="pdf",
            sys_inputs={"content": content},
            pdf_standards=pdf.STANDARDS,  # type: ignore[arg-type]
            timestamp=int(ISSUED.timestamp()),
        )
        for content in contents
    ]


def _bare_compiler(edition: str) -> typst.Compiler:
    folder = pdf.workshop(os.getpid())
    return typst.Compiler(
        str(folder / f"{edition}.typ"),
        root=str(folder),
        ignore_system_fonts=True,
        font_paths=[str(folder / "fonts")],
    )


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
