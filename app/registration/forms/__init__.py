"""What people type to register, and what is said at a field that cannot be taken; what an office asks them."""

from app.registration.forms.agreement import ByHandForm
from app.registration.forms.built import PREVIEW, built, by_hand_form, office_form, preview_form, public_form
from app.registration.forms.editing import CORE, FormForm, NewFormForm, SurveyForm, TemplateForm
from app.registration.forms.fields import AskingForm, OneOfForm, field_form
from app.registration.forms.groups import GroupForm, GroupPeopleForm, NamesForm, people_form
from app.registration.forms.person import OfficePersonForm, PublicForm
from app.registration.forms.questions import QuestionsForm, answered, asking

__all__ = [
    "CORE",
    "PREVIEW",
    "AskingForm",
    "ByHandForm",
    "FormForm",
    "GroupForm",
    "GroupPeopleForm",
    "NamesForm",
    "NewFormForm",
    "OfficePersonForm",
    "OneOfForm",
    "PublicForm",
    "QuestionsForm",
    "SurveyForm",
    "TemplateForm",
    "answered",
    "asking",
    "built",
    "by_hand_form",
    "field_form",
    "office_form",
    "people_form",
    "preview_form",
    "public_form",
]
