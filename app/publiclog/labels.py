"""What the log's entries are called on the screen."""

from flask_babel import gettext as _

from app.publiclog.models import EntryKind, LogEntry


def kind_words(entry: LogEntry) -> str:
    """Return what happened to the certificate."""
    return {
        EntryKind.ISSUED: _("Issue"),
        EntryKind.REPLACED: _("Replacement"),
        EntryKind.ANNULLED: _("Annulment"),
    }[entry.kind]
