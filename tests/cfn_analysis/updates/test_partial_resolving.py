"""``partial_resolving``: known values are resolved as by ``resolve``, others are not changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import resolve
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES
from cfn_analysis.updates.partial_resolving import OtherStacks, PartialBody, in_stack

DATA = load(Path(__file__).with_name("partial_resolving.yaml").read_text("utf-8"))
TEMPLATE: dict[str, Any] = DATA["template"]
IS_OPEN = '{"IsOpen": {"Fn::Equals": [{"Ref": "Open"}, "a"]}, "parameter Open": {"Fn::NotGiven": "Open"}}'


class Network(OtherStacks):
    """A stack with one output, which it exports."""

    value: ClassVar = {"Fn::In": ["network", {"Ref": "VPC"}]}

    def imported(self, export: str) -> Any:
        """Return the value of the export."""
        return self.value if export == "vpc" else None

    def output(self, argument: Mapping[str, Any]) -> Any:
        """Return the value of the output."""
        return self.value if argument["OutputName"] == "Id" else None


@pytest.fixture
def body() -> PartialBody:
    """The template above, in us-east-1, without a value for Open."""
    return PartialBody(TEMPLATE, {}, "us-east-1").reading(Network())


@pytest.mark.parametrize(("node", "value"), DATA["values"])
def test_values(body: PartialBody, node: Any, value: Any) -> None:
    """Functions of known values are replaced by their values. Other functions keep their arguments."""
    assert body.value(node, "x") == value


def test_secret_values_are_compared_and_not_kept(body: PartialBody) -> None:
    """A NoEcho value is replaced by its digest. Conditions are evaluated with the value itself."""
    value = body.value({"Ref": "Password"}, "x")

    assert set(value) == {"Fn::Hidden"}
    assert "hush" not in str(body.values)
    assert value != PartialBody(TEMPLATE, {"Password": "other"}, "us-east-1").value({"Ref": "Password"}, "x")
    assert body.truths["IsSecret"] is YES


def test_conditions_are_true_false_or_unknown(body: PartialBody) -> None:
    """A condition is unknown if it depends on a missing value, on the account, or on itself."""
    assert body.truths == {
        "IsA": YES,
        "IsOpen": UNKNOWN,
        "IsMine": UNKNOWN,
        "IsSecret": YES,
        "Either": YES,
        "Circle": UNKNOWN,
        "IsNotA": NO,
        "IsClosed": UNKNOWN,
        "IsBig": UNKNOWN,
    }
    assert body.exists({"Condition": "IsOpen"}, "x") is UNKNOWN
    assert body.exists({"Condition": "IsNotA"}, "x") is NO
    assert body.exists({}, "x") is YES


def turned(value: Any) -> Any:
    """Return a value whose keys have the reverse order."""
    if not isinstance(value, dict):
        return value
    return {key: turned(member) for key, member in reversed(value.items())}


@pytest.mark.parametrize(
    ("condition", "definition"),
    [
        ("IsOpen", IS_OPEN),
        ("IsClosed", f'{{"IsClosed": {{"Fn::Not": [{{"Condition": "IsOpen"}}]}}, {IS_OPEN[1:]}'),
        (
            "IsBig",
            '{"IsBig": {"Fn::Equals": [{"Fn::FindInMap": ["Sizes", {"Ref": "Open"}, "Size"]}, 1]}, '
            '"mapping Sizes": {"a": {"Size": 1, "Type": 2}}, "parameter Open": {"Fn::NotGiven": "Open"}}',
        ),
        ("Circle", '{"Circle": {"Fn::Not": [{"Condition": "Circle"}]}}'),
        ("Missing", '{"Missing": null}'),
    ],
)
def test_what_a_condition_depends_on(body: PartialBody, condition: str, definition: str) -> None:
    """The text has all conditions, mappings and parameter values, independent of the order of their keys."""
    assert body.condition_inputs(condition) == definition
    assert PartialBody(turned(TEMPLATE), {}, "us-east-1").condition_inputs(condition) == definition


def test_a_template_without_sections() -> None:
    """What refers to a section that is missing is not known."""
    size = {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::AccountId"}, "Size"]}
    body = PartialBody({"Resources": {}}, {}, "us-east-1")

    assert body.condition_inputs("Missing") == '{"Missing": null}'
    of_size = PartialBody({"Conditions": {"IsBig": {"Fn::Equals": [size, 1]}}}, {}, "us-east-1")
    assert of_size.condition_inputs("IsBig").endswith('"mapping Sizes": null}')
    assert body.value(size, "x") == {"Fn::FindInMap": [*size["Fn::FindInMap"], "null"]}


def test_per_deploy_values_are_not_the_default() -> None:
    """The default is not used for a value that the pipeline passes."""
    body = PartialBody(TEMPLATE, {}, "us-east-1", unknown=["Name"])

    assert body.value({"Ref": "Name"}, "x") == {"Fn::NotGiven": "Name"}
    assert body.truths["IsA"] is UNKNOWN


def test_our_stacks_are_resolved_as_a_build_does(built: dict[str, BuiltStack]) -> None:
    """With the defaults, all results of ``resolve`` are found, except values known only in the account."""
    for stack in built.values():
        region = stack.region
        expected = resolve(stack.template, region=region, account="{Ref}", stack_name="{Ref}")["Resources"]
        body = PartialBody(stack.template, {}, region)
        for name, resource in expected.items():
            properties = body.value(stack.resources[name].get("Properties", {}), name)
            assert _known(properties) == _known(resource.get("Properties", {})), f"{stack.name}.{name}"


def _known(value: Any) -> Any:
    """Return a value with each part known only in the account as one word."""
    match value:
        case {"Ref": "AWS::AccountId" | "AWS::StackName"}:
            return "{Ref}"
        case {"Fn::Sub": [str(text), dict(bound)]}:
            return {"Fn::Sub": [_known(text), _known(bound)]}
        case {"Fn::Sub": str(text)} if "${AWS::AccountId}" in text or "${AWS::StackName}" in text:
            text_known = _known(text)
            return {"Fn::Sub": text_known} if "${" in text_known.replace("${!", "") else text_known
        case str():
            return value.replace("${AWS::AccountId}", "{Ref}").replace("${AWS::StackName}", "{Ref}")
        case dict():
            return {key: _known(member) for key, member in value.items()}
        case list():
            return [_known(member) for member in value]
    return value


@pytest.mark.parametrize(("value", "handed_on"), DATA["in_stack"])
def test_in_stack(value: Any, handed_on: Any) -> None:
    """References to resources of a stack contain its name if they are in another stack."""
    assert in_stack("s", value) == handed_on
