"""`/registro/`: the log for people, and for programs that follow it."""

import base64

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import codes
from app.certificates.rules import normalise_code
from app.extensions import limiter
from app.permissions import public
from app.publiclog import queries, rules, services, tasks
from app.publiclog.labels import kind_words
from app.publiclog.models import LogEntry

__all__ = ["bp", "tasks"]  # the worker knows the tasks by this import

bp = Blueprint("publiclog", __name__, url_prefix="/registro")
_PER_ADDRESS = "120 per minute; 3000 per hour"
_FULL_TILE = "public, max-age=31536000, immutable"
_PARTIAL_TILE = "public, max-age=86400"


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Say what the log is, how far it has come, and how to check it."""
    return render_template(
        "publiclog/index.html",
        checkpoint=queries.newest_checkpoint(),
        verifier=services.verifier(),
        origin=services.origin(),
    )


@bp.get("/checkpoint")
@public
def checkpoint() -> ResponseReturnValue:
    """Answer the newest checkpoint as a signed note."""
    newest = queries.newest_checkpoint() or abort(404)
    return _machine(newest.note.encode(), "text/plain; charset=utf-8", "no-cache")


@bp.get("/clave")
@public
def key() -> ResponseReturnValue:
    """Answer the public key that checkpoints are signed with."""
    return _machine(f"{services.verifier()}\n".encode(), "text/plain; charset=utf-8", "no-cache")


@bp.get("/tile/entries/<path:tile>")
@public
def entries(tile: str) -> ResponseReturnValue:
    """Answer the leaves of a tile, each with its length before it (16 bits, big-endian)."""
    number, width = _asked(tile)
    found = queries.entries(number * rules.WIDTH, width)
    if len(found) != width:
        abort(404)
    data = b"".join(len(raw).to_bytes(2) + raw for raw in (entry.data.encode() for entry in found))
    return _tile(data, width)


@bp.get("/tile/<int:level>/<path:tile>")
@public
def hashes(level: int, tile: str) -> ResponseReturnValue:
    """Answer the hashes of a tile, one after the other."""
    number, width = _asked(tile)
    try:
        return _tile(b"".join(queries.read(level, number * rules.WIDTH, width)), width)
    except LookupError:
        abort(404)


def _asked(tile: str) -> tuple[int, int]:
    """Return the number and the width of the tile that an address asks for; 404 for what spells none."""
    path, _, partial = tile.partition(".p/")
    number = rules.tile_number(path)
    width = int(partial) if partial.isascii() and partial.isdecimal() and len(partial) <= 3 else rules.WIDTH
    if number is None or number > 2**31 // rules.WIDTH or not 0 < width <= rules.WIDTH:
        abort(404)
    if ".p/" in tile and (width == rules.WIDTH or partial != str(width)):
        abort(404)
    return number, width


def _tile(data: bytes, width: int) -> Response:
    return _machine(data, "application/octet-stream", _FULL_TILE if width == rules.WIDTH else _PARTIAL_TILE)


def _machine(data: bytes, kind: str, caching: str) -> Response:
    response = Response(data, content_type=kind)
    response.headers["Cache-Control"] = caching
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.get("/prueba/<code>")
@public
@limiter.limit(_PER_ADDRESS)
def proof(code: str) -> ResponseReturnValue:
    """Show the entries about a certificate, with the proof that each is in the log."""
    found = queries.entries_of(code)
    known = normalise_code(code)
    if not found or known is None:
        return _unindexed(Response(render_template("publiclog/absent.html", code=code[:40]), 404))
    page = render_template(
        "publiclog/proof.html",
        code=codes.grouped(known),
        found=found,
        proofs=[_proof(entry) for entry in found],
        kind_words=kind_words,
    )
    return _unindexed(Response(page))


@bp.get("/prueba/<code>.json")
@public
@limiter.limit(_PER_ADDRESS)
def proof_as_json(code: str) -> ResponseReturnValue:
    """Answer the same for programs."""
    found = queries.entries_of(code)
    response = jsonify(
        checkpoint=url_for(".checkpoint", _external=True), entries=[_proof(entry) for entry in found]
    )
    response.status_code = 200 if found else 404
    return _unindexed(response)


def _proof(entry: LogEntry) -> dict[str, object]:
    newest = queries.newest_checkpoint() or abort(404)
    path = rules.inclusion_proof(queries.by_tiles(), entry.number, newest.size)
    return {
        "number": entry.number,
        "entry": entry.data,
        "logged_at": entry.logged_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "size": newest.size,
        "root": base64.b64encode(bytes.fromhex(newest.root)).decode(),
        "proof": [base64.b64encode(step).decode() for step in path],
        "note": newest.note,
    }


@bp.get("/coherencia.json")
@public
@limiter.limit(_PER_ADDRESS)
def consistency() -> ResponseReturnValue:
    """Answer the proof that the tree of `hasta` entries begins with that of `desde`."""
    old, new = (request.args.get(name, type=int) for name in ("desde", "hasta"))
    newest = queries.newest_checkpoint()
    if old is None or new is None or newest is None or not 0 <= old <= new <= newest.size:
        abort(404)
    path = rules.consistency_proof(queries.by_tiles(), old, new)
    return jsonify(old=old, new=new, proof=[base64.b64encode(step).decode() for step in path])


def _unindexed(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
