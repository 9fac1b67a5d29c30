"""Verification and download: open to everybody who has a code, and to nobody who looks for a name."""

import hashlib
import io
import re

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from app import clock, codes
from app.addresses import absolute
from app.certificates import labels, queries, services, sharing
from app.certificates.models import Certificate
from app.certificates.rules import masked_document, normalise_code
from app.certificates.wording import FILE_NAME
from app.credentials import rules as badges
from app.credentials import services as credentials
from app.extensions import csrf, limiter
from app.permissions import public

bp = Blueprint("certificates", __name__)
# Codes cannot be guessed at any speed; the limit keeps robots from trying. An office may share one address.
_PER_ADDRESS = "60 per minute; 1000 per hour"
_LONGEST_SHOWN = 40
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@bp.get("/verificar")
@public
@limiter.limit(_PER_ADDRESS)
def verify() -> ResponseReturnValue:
    """Ask for a code, or go on to what was typed."""
    typed = request.args.get("codigo", "").strip()
    if not typed:
        return render_template("certificates/verify.html")
    code = normalise_code(typed)
    if code is None:
        return _unknown(typed)
    return redirect(url_for(".show", code=codes.grouped(code)))


@bp.get("/verificar/<code>")
@public
@limiter.limit(_PER_ADDRESS)
def show(code: str) -> ResponseReturnValue:
    """Say whether a certificate is valid, replaced or annulled; 404 with the form for anything else."""
    certificate = _certificate(code)
    return _unknown(code) if certificate is None else _verdict(certificate)


@bp.get("/verificar/<code>.json")
@public
@limiter.limit(_PER_ADDRESS)
def as_json(code: str) -> ResponseReturnValue:
    """Answer the same for programs: `status` is valid, replaced, annulled or unknown."""
    certificate = _certificate(code)
    response = jsonify(status="unknown") if certificate is None else jsonify(_facts(certificate))
    response.status_code = 404 if certificate is None else 200
    response.headers["Access-Control-Allow-Origin"] = "*"
    return _unindexed(response)


def _facts(certificate: Certificate) -> dict[str, object]:
    facts, ending = certificate.design.content["facts"], certificate.ending
    return {
        "status": str(ending.kind) if ending else "valid",
        "code": codes.grouped(certificate.code),
        "name": certificate.printed_name,
        "document": masked_document(certificate.document_type, certificate.document_number),
        "role": str(certificate.role),
        "event": facts["event"],
        "organisation": facts["organisation"],
        "starts_on": facts["starts_on"],
        "ends_on": facts["ends_on"],
        "hours": float(certificate.hours),
        "hour_unit": str(certificate.hour_unit),
        "issued_at": certificate.issued_at.isoformat(timespec="seconds"),
        "ended_at": ending.at.isoformat(timespec="seconds") if ending else None,
        "replaced_by": _successor(certificate),
        "replaces": queries.replaced_code(certificate),
        "sha256": certificate.sha256,
    }


@bp.post("/verificar")
@public
@csrf.exempt
@limiter.limit(_PER_ADDRESS)
def compare() -> ResponseReturnValue:
    """Take a file's fingerprint and forget the file: for browsers that cannot take it themselves."""
    file = request.files.get("archivo")
    data = file.read() if file else b""
    if not data:
        return render_template("certificates/verify.html", lacks_file=True), 422
    return redirect(url_for(".show_file", fingerprint=hashlib.sha256(data).hexdigest()), 303)


@bp.get("/verificar/archivo/<fingerprint>")
@public
@limiter.limit(_PER_ADDRESS)
def show_file(fingerprint: str) -> ResponseReturnValue:
    """Say which certificate the file of this SHA-256 is, byte for byte; 404 with the form where it is none."""
    known = _FINGERPRINT.fullmatch(fingerprint)
    certificate = queries.by_fingerprint(fingerprint) if known else None
    if certificate is None:
        return _unindexed(make_response(render_template("certificates/verify.html", other_file=True), 404))
    return _verdict(certificate, is_same_file=True)


@bp.get("/certificados/<code>.pdf")
@public
@limiter.limit(_PER_ADDRESS)
def pdf(code: str) -> ResponseReturnValue:
    """Answer the file of a certificate that holds; of one that has ended, 410 with what became of it."""
    certificate = _certificate(code)
    if certificate is None:
        return _unknown(code)
    if not certificate.holds:
        return _verdict(certificate, status=410)
    fingerprint = queries.fingerprint_of(certificate)
    if request.if_none_match.contains(fingerprint):
        answer = Response(status=304)
        answer.set_etag(fingerprint)
        return _unindexed(answer)
    return _unindexed(
        send_file(
            io.BytesIO(services.file_of(certificate)),
            mimetype="application/pdf",
            as_attachment=True,
            download_name=f"{FILE_NAME} - {certificate.printed_name}.pdf",
            etag=fingerprint,
            max_age=0,
        )
    )


@bp.get("/verificar/<code>.jwt")
@public
@limiter.limit(_PER_ADDRESS)
def credential(code: str) -> ResponseReturnValue:
    """Answer the verifiable credential of a certificate, as it stands inside its file."""
    certificate = _certificate(code)
    if certificate is None or not certificate.credential:
        abort(404)
    return _unindexed(Response(certificate.credential, content_type="application/vc+jwt"))


@bp.get("/verificar/<code>.png")
@public
@limiter.limit(_PER_ADDRESS)
def card(code: str) -> ResponseReturnValue:
    """Answer the picture that other sites show for a certificate that holds; 404 for any other."""
    certificate = _certificate(code)
    if certificate is None or not certificate.holds:
        abort(404)
    response = _unindexed(Response(sharing.card(certificate), content_type="image/png"))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/credenciales/estado/<int:number>")
@public
@limiter.limit(_PER_ADDRESS)
def status_list(number: int) -> ResponseReturnValue:
    """Answer which credentials of a status list no longer hold (Bitstring Status List), signed."""
    if number > credentials.newest_list():
        abort(404)
    address = absolute("certificates.status_list", number=number)
    ended = queries.ended_places(number * badges.LIST_LENGTH, badges.LIST_LENGTH)
    issuer = credentials.did()
    payload = badges.status_list(address, ended, issuer=issuer, at=clock.now().replace(microsecond=0))
    response = Response(credentials.signed(payload), content_type="application/vc+jwt")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _certificate(typed: str) -> Certificate | None:
    code = normalise_code(typed)
    return None if code is None else queries.by_code(code)


def _verdict(certificate: Certificate, *, status: int = 200, is_same_file: bool = False) -> Response:
    page = render_template(
        "certificates/verdict.html",
        certificate=certificate,
        event=certificate.event,
        facts=certificate.design.content["facts"],
        labels=labels,
        code=codes.grouped(certificate.code),
        document=masked_document(certificate.document_type, certificate.document_number),
        successor=_successor(certificate),
        predecessor=queries.replaced_code(certificate),
        address=absolute("certificates.show", code=codes.grouped(certificate.code)),
        picture=absolute("certificates.card", code=codes.grouped(certificate.code)),
        is_same_file=is_same_file,
        key=certificate.signed_file.key if certificate.signed_file else None,
        signers_outside=queries.signers_outside(certificate),
    )
    return _unindexed(make_response(page, status))


def _successor(certificate: Certificate) -> str | None:
    """Return the code of the certificate that took this one's place."""
    ending = certificate.ending
    return codes.grouped(ending.replaced_by.code) if ending and ending.replaced_by else None


def _unknown(typed: str) -> Response:
    is_misspelt = normalise_code(typed) is None
    page = render_template(
        "certificates/verify.html", unknown=typed[:_LONGEST_SHOWN], is_misspelt=is_misspelt
    )
    return _unindexed(make_response(page, 404))


def _unindexed(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
