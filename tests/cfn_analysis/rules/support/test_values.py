"""The forms in which a template writes a value, and what the rules see of them.

A rule that takes its values from here has one test of such a form, not one of each.
"""

from typing import Any

import pytest
from cfnlint.jsonschema import CfnTemplateValidator, Validator
from cfnlint.template import Template

from cfn_analysis.rules.support.references import partial_text, sub_text
from cfn_analysis.rules.support.scenarios import (
    default_values,
    is_possible,
    only_value,
    scenarios,
    state,
    when,
)
from cfn_analysis.rules.support.values import assume, case_of, values

from ..harness import decoded

TEMPLATE = """
Parameters:
  Default: {Type: String, Default: a}
  Choice: {Type: String, Default: a, AllowedValues: [a, b]}
  Open: {Type: String}
Mappings:
  Map: {a: {Value: x}, b: {Value: y}}
Conditions:
  Hot: !Equals [!Ref Open, 'on']
  Cold: !Not [!Condition Hot]
  IsB: !Equals [!Ref Choice, b]
  IsY: !Equals [!FindInMap [Map, !Ref Choice, Value], y]
Resources:
  Queue: {Type: AWS::SQS::Queue, Condition: Hot}
"""


@pytest.fixture(name="validator", scope="module")
def template_validator() -> Validator:
    """Return a validator of the template, without assumptions."""
    cfn = Template("template.yaml", decoded(TEMPLATE), ["eu-west-1"])
    validator: Validator = CfnTemplateValidator({}, cfn=cfn, context=cfn.context)
    return validator


def node(text: str) -> Any:
    """Return a value as a template has it."""
    return decoded(f"Resources: {{}}\nValue: {text}")["Value"]


def listed(cases: Any) -> list[tuple[Any, dict[str, bool]]]:
    """Return each value with the conditions of its case."""
    return [(value, dict(case.context.conditions.status)) for value, case in cases]


FORMS = [
    ("literal", [("literal", {})]),
    ("3", [(3, {})]),
    ("!Ref Default", [("a", {})]),
    ("!Sub '${Default}-x'", [("a-x", {})]),
    ("!Join ['-', [!Ref Default, x]]", [("a-x", {})]),
    ("!Select [1, [x, y]]", [("y", {})]),
    ("!FindInMap [Map, a, Value]", [("x", {})]),
    ("!FindInMap [Map, !Ref Choice, Value]", [("x", {}), ("y", {})]),
    ("!Ref Choice", [("a", {}), ("b", {})]),
    ("!Ref AWS::Region", [("eu-west-1", {})]),
    ("!If [Hot, x, y]", [("x", {"Hot": True}), ("y", {"Hot": False})]),
    ("!If [Hot, x, !Ref AWS::NoValue]", [("x", {"Hot": True}), (None, {"Hot": False})]),
    ("!If [Hot, !Ref Default, !Sub '${Default}']", [("a", {"Hot": True}), ("a", {"Hot": False})]),
    ("!If [Hot, x, !If [Hot, y, z]]", [("x", {"Hot": True}), ("z", {"Hot": False})]),
    ("!Ref Open", [({"Ref": "Open"}, {})]),
    ("!ImportValue x", [({"Fn::ImportValue": "x"}, {})]),
    ("!GetAtt Queue.Arn", [({"Fn::GetAtt": ["Queue", "Arn"]}, {})]),
    ("!Sub '${Queue}-x'", [({"Fn::Sub": "${Queue}-x"}, {})]),
]


@pytest.mark.parametrize(("text", "expected"), FORMS, ids=[text for text, _ in FORMS])
def test_values_of_each_form(validator: Validator, text: str, expected: list[tuple[Any, Any]]) -> None:
    """Every possible value is there with the conditions of its case; an unknown one stays a function."""
    assert listed(values(validator, node(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Choice", ["a"]),
        ("!Ref Default", ["a"]),
        ("!If [Hot, !Ref Choice, z]", ["a", "z"]),
        ("x", ["x"]),
    ],
)
def test_a_parameter_counts_with_its_default(validator: Validator, text: str, expected: list[str]) -> None:
    """Of a parameter, only the default is compared with other values."""
    assert [value for value, _ in default_values(validator, node(text))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "x"),
        ("!Ref Default", "a"),
        ("!Ref Choice", None),
        ("!If [Hot, x, y]", None),
        ("!Ref Open", None),
    ],
)
def test_the_only_value(validator: Validator, text: str, expected: str | None) -> None:
    """A value with alternatives, or an unknown one, is none."""
    assert only_value(validator, node(text)) == expected


def test_an_assumed_condition_decides(validator: Validator) -> None:
    """In a case, only the branch of its conditions is a value, also under the opposite condition."""
    case = assume(validator, {"Hot": True})

    assert case is not None
    assert listed(values(case, node("!If [Hot, x, y]"))) == [("x", {"Hot": True})]
    assert [value for value, _ in values(case, node("!If [Cold, x, y]"))] == ["y"]
    assert assume(case, {"Cold": True}) is None


def test_a_resource_exists_under_its_condition(validator: Validator) -> None:
    """The case of a resource has its condition; a resource that another case excludes has none."""
    queue = validator.cfn.template["Resources"]["Queue"]
    case = case_of(validator, queue)
    off = assume(validator, {"Hot": False})

    assert case is not None
    assert off is not None
    assert case.context.conditions.status == {"Hot": True}
    assert case_of(off, queue) is None


def test_a_part_of_a_resource_in_each_case(validator: Validator) -> None:
    """Values that belong together are in the same case; what a case leaves out is not there."""
    part = node("{A: !If [Hot, x, !Ref AWS::NoValue], B: [!If [Hot, x, y], !If [Hot, !Ref AWS::NoValue, z]]}")

    assert listed(scenarios(validator, part)) == [
        ({"A": "x", "B": ["x"]}, {"Hot": True}),
        ({"B": ["y", "z"]}, {"Hot": False}),
    ]


@pytest.mark.parametrize(("condition", "expected"), [("IsB", ["b"]), ("IsY", ["b"])])
def test_values_agree_with_the_conditions(validator: Validator, condition: str, expected: list[str]) -> None:
    """A condition on a parameter, or on a map by the parameter, excludes its other values."""
    possible = []
    for value, case in values(validator, node("!Ref Choice")):
        assumed = assume(case, {condition: True})
        if assumed is not None and is_possible(assumed):
            possible.append(value)

    assert possible == expected


def test_cases_in_words(validator: Validator) -> None:
    """A message names the conditions of a case, and how a value came about."""
    written = node("!If [Hot, x, y]")
    (_, first), (_, second) = values(validator, written)

    assert when(validator, [first]) == " when Hot is true"
    assert when(validator, [first, second]) == ""
    assert state(validator, second, written, "y") == (
        'is {"Fn::If": ["Hot", "x", "y"]}, which is "y" when Hot is false'
    )
    assert state(validator, validator, node("!Ref Default"), "a") == 'is {"Ref": "Default"}, which can be "a"'
    assert state(validator, validator, "a", "a") == 'is "a"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "x"),
        ("!Ref Queue", "${Queue}"),
        ("!GetAtt Queue.Arn", "${Queue.Arn}"),
        ("!Sub '${Queue}/x'", "${Queue}/x"),
        ("!Sub ['${A}/x', {A: !Ref Queue}]", "${Queue}/x"),
        ("!Join ['/', [!Ref Queue, x]]", "${Queue}/x"),
        ("!ImportValue x", None),
        ("!Sub ['${A}/x', {A: !ImportValue x}]", None),
    ],
)
def test_texts_with_references(text: str, expected: str | None) -> None:
    """All notations of a text with references are one; a text with another function is not known."""
    assert sub_text(node(text)) == expected


def test_a_text_of_which_parts_are_not_known() -> None:
    """Another function in a text is a part of its name."""
    assert partial_text(node("!Sub ['${A}/${Queue}', {A: !ImportValue x}]")) == "${Fn::ImportValue}/${Queue}"
