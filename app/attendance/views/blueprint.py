"""The door and the attendance office of one event."""

from flask import Blueprint

bp = Blueprint("attendance_office", __name__, url_prefix="/gestion/eventos/<slug>")
