"""What people type to register, and what is said at a field that cannot be taken."""

from app.registration.forms.built import built, public_form
from app.registration.forms.groups import GroupForm, GroupPeopleForm, NamesForm
from app.registration.forms.person import ByHandForm, OfficePersonForm, PublicForm
from app.registration.forms.questions import QuestionsForm, answered, asking

__all__ = [
    "ByHandForm",
    "GroupForm",
    "GroupPeopleForm",
    "NamesForm",
    "OfficePersonForm",
    "PublicForm",
    "QuestionsForm",
    "answered",
    "asking",
    "built",
    "public_form",
]
