"""What the clock and the queue do about registrations."""

from app.registration.tasks.imports import sweep_imports, take_up_imports, wake_import, work_on_import
from app.registration.tasks.offers import sweep_offers
from app.registration.tasks.robots import purge_robots
from app.registration.tasks.uploads import sweep_uploads

__all__ = [
    "purge_robots",
    "sweep_imports",
    "sweep_offers",
    "sweep_uploads",
    "take_up_imports",
    "wake_import",
    "work_on_import",
]
