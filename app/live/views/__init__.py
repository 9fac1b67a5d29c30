"""Pages of virtual rooms."""

from app.live.views import talk, talk_office

__all__ = ["talk", "talk_office"]
