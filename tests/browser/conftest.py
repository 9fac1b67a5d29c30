"""What the walks share."""

from tests.browser.camera import before_the_camera
from tests.browser.rooms import busy_room
from tests.browser.stage import stage

__all__ = ["before_the_camera", "busy_room", "stage"]
