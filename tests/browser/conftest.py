"""What the walks share."""

from tests.browser.stage import stage

__all__ = ["stage"]
