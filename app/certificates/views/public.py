"""Verification and download: open to everybody who has a code, and to nobody who looks for a name."""

import io

from flask import Blueprint, Response, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app import codes
from app.certificates import labels, queries, services
from app.certificates.models import Certificate
from app.certificates.rules import masked_document, normalise_code
from app.certificates.wording import FILE_NAME
from app.extensions import limiter
from app.permissions import public

bp = Blueprint("certificates", __name__)
# Codes cannot be guessed at any speed; the limit keeps robots from trying. An office may share one address.
_PER_ADDRESS = "60 per minute; 1000 per hour"
_LONGEST_SHOWN = 40


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
    if request.if_none_match.contains(certificate.sha256):
        answer = Response(status=304)
        answer.set_etag(certificate.sha256)
        return _unindexed(answer)
    return _unindexed(
        send_file(
            io.BytesIO(services.file_of(certificate)),
            mimetype="application/pdf",
            as_attachment=True,
            download_name=f"{FILE_NAME} - {certificate.printed_name}.pdf",
            etag=certificate.sha256,
            max_age=0,
        )
    )


def _certificate(typed: str) -> Certificate | None:
    code = normalise_code(typed)
    return None if code is None else queries.by_code(code)


def _verdict(certificate: Certificate, *, status: int = 200) -> Response:
    page = render_template(
        "certificates/verdict.html",
        certificate=certificate,
        event=certificate.event,
        facts=certificate.design.content["facts"],
        labels=labels,
        code=codes.grouped(certificate.code),
        document=masked_document(certificate.document_type, certificate.document_number),
        successor=_successor(certificate),
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
