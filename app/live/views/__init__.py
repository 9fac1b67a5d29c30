"""Pages of virtual rooms."""

from app.live.views import files, hands, own, stage_desk, talk, talk_office

__all__ = ["files", "hands", "own", "stage_desk", "talk", "talk_office"]
