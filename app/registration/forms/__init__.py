"""What people type to register, and what is said at a field that cannot be taken."""

from app.registration.forms.person import ByHandForm, OfficePersonForm, PublicForm

__all__ = ["ByHandForm", "OfficePersonForm", "PublicForm"]
