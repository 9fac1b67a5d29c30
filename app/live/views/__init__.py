"""Pages of virtual rooms."""

from app.live.views import files, talk, talk_office

__all__ = ["files", "talk", "talk_office"]
