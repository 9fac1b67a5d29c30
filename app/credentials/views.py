"""Who this installation is, for programs that check its credentials."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.credentials import services
from app.permissions import public

bp = Blueprint("credentials", __name__)


@bp.get("/.well-known/did.json")
@public
def did() -> ResponseReturnValue:
    """Answer the DID document (did:web)."""
    response = jsonify(services.did_document())
    response.content_type = "application/did+json"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
