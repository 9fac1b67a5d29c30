"""What an office fills in to make a form: its name, its window, which facts of a person it asks."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, RadioField
from wtforms.validators import ValidationError

from app.accounts.rules import slugify
from app.events.models import Event
from app.events.rules import is_slug
from app.forms import (
    Form,
    choice_field,
    instant,
    moment_field,
    options,
    paragraphs_field,
    text_field,
    typed,
    whole_field,
)
from app.registration import labels
from app.registration.models import Access, Asked, RegistrationForm, Words
from app.registration.rules.answers import words
from app.registration.services import FormFacts, Shipped

LONGEST_LABEL = 200
LONGEST_TITLE = 120
LARGEST_CAPACITY = 1_000_000
CORE = ("document", "email", "phone", "entity", "position", "ubigeo")


def both(form: Form, name: str) -> Words:
    """Return what was typed in Spanish and in English, without what was left empty."""
    typed_in = {language: form[f"{name}_{language}"].data for language in ("es", "en")}
    return {language: text for language, text in typed_in.items() if text}


def apart(name: str, text: Words) -> dict[str, str]:
    """Return a text of both languages as two fields show it."""
    return {f"{name}_{language}": text.get(language, "") for language in ("es", "en")}


def _check_slug(_form: Any, field: Any) -> None:
    if not is_slug(field.data):
        raise ValidationError(_("Use small letters without accents, digits and dashes: semana-abierta-2026"))


class NewFormForm(Form):
    """A new form: its name, and what it begins with."""

    title_es = text_field(_l("Name in Spanish"), limit=LONGEST_TITLE, is_required=True)
    title_en = text_field(_l("Name in English"), limit=LONGEST_TITLE)
    template = RadioField(_l("Begin with"), default="", validate_choice=True)

    @classmethod
    def offering(cls, shipped: Mapping[str, Shipped], own: Iterable[RegistrationForm]) -> Self:
        """Return the form with the templates that can be chosen."""
        form = cls()
        form.own = {f"own-{one.id}": one for one in own}
        form.shipped = shipped
        language = str(get_locale())
        form.template.choices = options(
            [
                ("", _("Nothing: only who the person is")),
                *((key, words(one.title, language)) for key, one in shipped.items()),
                *((key, words(one.title, language)) for key, one in form.own.items()),
            ]
        )
        return form

    def chosen(self) -> Shipped | RegistrationForm | None:
        """Return the template that was chosen."""
        return self.own.get(self.template.data) or self.shipped.get(self.template.data)

    def facts(self) -> FormFacts:
        """Return what was written; the address is made of the name."""
        title = both(self, "title")
        return FormFacts(title=title, slug=slugify(title["es"], limit=60))


class TemplateForm(Form):
    """The name under which a form is kept as a template."""

    title_es = text_field(_l("Name of the template"), limit=LONGEST_TITLE, is_required=True)


class CoreForm(Form):
    """Whether one of the core facts is asked, and by which name."""

    asked = choice_field(_l("Asked"))
    label_es = text_field(_l("Name in Spanish"), limit=LONGEST_LABEL)
    label_en = text_field(_l("Name in English"), limit=LONGEST_LABEL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked.choices = options([(str(one), labels.asked(one)) for one in Asked])

    def value(self) -> dict[str, Any]:
        """Return what was chosen, as RegistrationForm keeps it."""
        label = both(self, "label")
        return {"asked": self.asked.data} | ({"label": label} if label else {})


class FormForm(Form):
    """What an office tells of a form."""

    title_es = text_field(_l("Name in Spanish"), limit=LONGEST_TITLE, is_required=True)
    title_en = text_field(_l("Name in English"), limit=LONGEST_TITLE)
    slug = text_field(_l("Address"), _check_slug, limit=60, is_required=True)
    intro_es = paragraphs_field(_l("Introduction in Spanish"), limit=2000)
    intro_en = paragraphs_field(_l("Introduction in English"), limit=2000)
    access = choice_field(_l("Who may use it"))
    is_moderated = BooleanField(_l("The office reviews each registration before it is confirmed"))
    capacity = whole_field(_l("Seats of this form"), 0, LARGEST_CAPACITY)
    opens_at = moment_field(_l("Opens"))
    closes_at = moment_field(_l("Closes"))
    document = FormField(CoreForm, _l("Document"))
    email = FormField(CoreForm, _l("E-mail"))
    phone = FormField(CoreForm, _l("Mobile phone"))
    entity = FormField(CoreForm, _l("Institution or community"))
    position = FormField(CoreForm, _l("Post or role"))
    ubigeo = FormField(CoreForm, _l("District"))

    @classmethod
    def of(cls, event: Event, form: RegistrationForm) -> Self:
        """Return what is known of a form, or what was sent. Moments are shown in the event's zone."""
        known: dict[str, Any] = {
            **apart("title", form.title),
            **apart("intro", form.intro),
            "slug": form.slug,
            "access": str(form.access),
            "is_moderated": form.is_moderated,
            "capacity": form.capacity,
            "opens_at": typed(form.opens_at, event.timezone),
            "closes_at": typed(form.closes_at, event.timezone),
        }
        for name in CORE:
            kept = form.core.get(name, {})
            asked = kept.get("asked", Asked.REQUIRED if name == "email" else Asked.OPTIONAL)
            known[name] = {"asked": str(asked), **apart("label", kept.get("label", {}))}
        page = cls(data=known)
        page._offer_access()
        return page

    def _offer_access(self) -> None:
        # A survey stays one, and a form by which people register never becomes one.
        offered = [(str(one), labels.access(one)) for one in Access if one != Access.SURVEY]
        self.access.choices = options(offered)

    def facts(self, event: Event) -> FormFacts:
        """Return what was written, its moments as instants."""
        return FormFacts(
            slug=self.slug.data,
            title=both(self, "title"),
            intro=both(self, "intro"),
            core={name: self[name].form.value() for name in CORE},
            access=Access(self.access.data),
            is_moderated=self.is_moderated.data,
            capacity=self.capacity.data,
            opens_at=instant(self.opens_at.data, event.timezone),
            closes_at=instant(self.closes_at.data, event.timezone),
        )


class SurveyForm(FormForm):
    """What an office tells of a survey."""

    access = is_moderated = capacity = document = email = phone = entity = position = ubigeo = None

    def _offer_access(self) -> None:
        """Nothing is to be chosen: a survey is for those who take part."""

    def facts(self, event: Event) -> FormFacts:
        """Return what was written, its moments as instants."""
        return FormFacts(
            slug=self.slug.data,
            title=both(self, "title"),
            intro=both(self, "intro"),
            access=Access.SURVEY,
            opens_at=instant(self.opens_at.data, event.timezone),
            closes_at=instant(self.closes_at.data, event.timezone),
        )
