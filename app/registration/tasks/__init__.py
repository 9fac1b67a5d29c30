"""What the clock and the queue do about registrations."""

from app.registration.tasks.imports import sweep_imports, take_up_imports, wake_import, work_on_import
from app.registration.tasks.offers import sweep_offers

__all__ = ["sweep_imports", "sweep_offers", "take_up_imports", "wake_import", "work_on_import"]
