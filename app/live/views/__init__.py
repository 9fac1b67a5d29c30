"""Pages of virtual rooms."""

from app.live.views import files, stage_desk, talk, talk_office

__all__ = ["files", "stage_desk", "talk", "talk_office"]
