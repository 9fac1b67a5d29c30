"""What holds for a form's make-up: keys, conditions, the templates that come with Tinkuy."""

from typing import Any

import pytest

from app.registration import rules, services
from app.registration.models import Asked, FieldKind

CHOICES = [{"key": "a", "label": {"es": "A"}}, {"key": "b", "label": {"es": "B"}}]


@pytest.mark.parametrize(
    ("label", "taken", "key"),
    [
        ("Régimen laboral", (), "regimen-laboral"),
        ("Régimen laboral", ("regimen-laboral",), "regimen-laboral-2"),
        ("¿Edad?", ("edad", "edad-2"), "edad-3"),
        ("a" * 60, ("a" * 40,), "a" * 38 + "-2"),
    ],
)
def test_a_key_is_made_of_the_label_and_is_nobody_else_s(
    label: str, taken: tuple[str, ...], key: str
) -> None:
    assert rules.fresh_key(label, taken) == key


def shown_if(key: str) -> dict[str, Any]:
    return {"field": key, "is": True}


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        ([("a", None), ("b", shown_if("a")), ("c", shown_if("b"))], []),
        ([("b", shown_if("a")), ("a", None)], ["b"]),
        ([("a", shown_if("a"))], ["a"]),
        ([("a", shown_if("b")), ("b", shown_if("a"))], ["a"]),
        ([("a", None), ("b", shown_if("gone"))], ["b"]),
    ],
)
def test_a_condition_looks_at_what_stands_before(order: list[Any], wrong: list[str]) -> None:
    assert rules.misplaced(order) == wrong


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (FieldKind.YES_NO, [True, False]),
        (FieldKind.ONE_OF, ["a", "b"]),
        (FieldKind.SOME_OF, ["a", "b"]),
        (FieldKind.SHORT_TEXT, []),
    ],
)
def test_a_condition_asks_for_one_of_a_few_answers(kind: FieldKind, values: list[Any]) -> None:
    assert rules.values_of(kind, CHOICES) == values


def test_four_templates_come_along() -> None:
    assert [one.title["es"] for one in services.shipped().values()] == [
        "Evento público",
        "Capacitación de servidores públicos",
        "Taller comunitario",
        "Encuesta de satisfacción",
    ]


@pytest.mark.parametrize("key", ["public-event", "training", "community"])
def test_a_shipped_template_is_sound(key: str) -> None:
    template = services.shipped()[key]
    facts = dict(template.fields)
    assert len(facts) == len(template.fields)
    assert rules.misplaced([(name, one.shown_if) for name, one in template.fields]) == []
    for condition in (one.shown_if for one in facts.values() if one.shown_if):
        asked = facts[condition["field"]]
        assert condition["is"] in rules.values_of(asked.kind, asked.choices)
    sensitive = [one for one in facts.values() if one.settings.get("is_sensitive")]
    assert {one.is_required for one in sensitive} <= {False}
    texts = [template.title, template.about, *(one.label for one in facts.values())]
    texts += [choice["label"] for one in facts.values() for choice in one.choices]
    assert [one for one in texts if set(one) != {"es", "en"} or not all(one.values())] == []
    assert {one["asked"] for one in template.core.values()} <= set(Asked)


def test_the_templates_ask_what_their_people_can_answer() -> None:
    community, training = services.shipped()["community"], services.shipped()["training"]
    assert {fact: one["asked"] for fact, one in community.core.items()} == {
        "document": "optional",
        "email": "optional",
        "phone": "optional",
        "entity": "required",
        "position": "no",
        "ubigeo": "optional",
    }
    assert training.core["document"]["asked"] == training.core["position"]["asked"] == "required"
    regime = dict(training.fields)["regimen-laboral"]
    assert [choice["key"] for choice in regime.choices] == ["276", "728", "cas", "30057", "servicios", "otro"]
