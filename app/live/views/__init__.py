"""Pages of virtual rooms."""

from app.live.views import files, own, stage_desk, talk, talk_office

__all__ = ["files", "own", "stage_desk", "talk", "talk_office"]
