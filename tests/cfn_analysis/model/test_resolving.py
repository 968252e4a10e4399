"""Templates, resolved in the same way as by CloudFormation, and the complete message of every error."""

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import ResolveError, Resolver, failed_assertions, resolve
from cfn_analysis.model.three_valued import Truth

Template = dict[str, Any]

DATA = load(Path(__file__).with_name("resolving.yaml").read_text("utf-8"))
NO_VALUE = {"Ref": "AWS::NoValue"}
TEMPLATE: Template = DATA["template"]


def with_property(node: Any) -> Template:
    """Return the template with one more resource, whose property Value is the node."""
    subject = {"Type": "AWS::SNS::Topic", "Properties": {"Value": node}}
    return TEMPLATE | {"Resources": TEMPLATE["Resources"] | {"Subject": subject}}


def resolved(node: Any, **parameters: str) -> Any:
    """Return the resolved value of a property with this node; KeyError if it is removed."""
    return resolve(with_property(node), parameters)["Resources"]["Subject"]["Properties"]["Value"]


def conditions(template: Template, parameters: Any = None, **deploy: Any) -> dict[str, bool]:
    """Return the conditions of a template, from the outputs that depend on them."""
    resources = {name: {"Type": resource["Type"]} for name, resource in template.get("Resources", {}).items()}
    outputs = {name: {"Value": name, "Condition": name} for name in template["Conditions"]}
    resolved = resolve({**template, "Resources": resources, "Outputs": outputs}, parameters, **deploy)
    return {name: name in resolved["Outputs"] for name in template["Conditions"]}


def message_of(call: Callable[[], object]) -> str:
    """Return the message of the ResolveError that the call raises, after a check of its form."""
    with pytest.raises(ResolveError) as caught:
        call()
    message = str(caught.value)
    assert message[-1] in ".?"
    return message


def table(test: str, **repeated: str) -> pytest.MarkDecorator:
    """Parametrize a test with its rows in resolving.yaml: a node and what is expected, by name.

    Args:
        test: name of the test.
        repeated: what ``<NAMES>`` in the expected messages stand for.
    """
    rows = []
    for name, (node, expected) in DATA[test].items():
        for placeholder, text in repeated.items():
            expected = expected.replace(f"<{placeholder}>", text)
        rows.append(pytest.param(node, expected, id=name))
    return pytest.mark.parametrize(("node", "expected"), rows)


@table("test_known")
def test_known(node: Any, expected: Any) -> None:
    """Functions of known values are replaced with their values."""
    assert expected == resolved(node)


@table("test_unknown")
def test_unknown(node: Any, expected: Any) -> None:
    """Values known only in a deployed stack stay functions, with known arguments resolved."""
    assert expected == resolved(node)


@table("test_text_with_unknown_parts")
def test_text_with_unknown_parts(node: Any, expected: Any) -> None:
    """Text has the same form, written as Sub or as Join. Resolving it again does not change it."""
    once = resolved(node)

    assert expected == once
    assert expected == resolved(once)


IN = "Resources.Subject.Properties.Value"
CIDR = "[IP block, count, subnet bits], of which the last may be missing"
FUNCTIONS = (
    "Fn::Base64, Fn::Cidr, Fn::FindInMap, Fn::GetAZs, Fn::GetAtt, Fn::GetStackOutput, Fn::If, "
    "Fn::ImportValue, "
    "Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Ref"
)


@table("test_refused_value", FUNCTIONS=FUNCTIONS)
def test_refused_value(node: Any, expected: str) -> None:
    """The message about a wrong value contains its position and the mistake."""
    assert IN + expected == message_of(lambda: resolved(node))


def test_conditional_resources_and_outputs() -> None:
    """Resources with a false condition are removed, and the result does not contain conditions."""
    template = {
        "Parameters": {"On": {"Type": "String", "Default": "true"}},
        "Conditions": {
            "IsOn": {"Fn::Equals": [{"Ref": "On"}, "true"]},
            "IsOff": {"Fn::Not": [{"Condition": "IsOn"}]},
        },
        "Resources": {
            "Always": {"Type": "T", "DeletionPolicy": "Retain", "Metadata": {"On": {"Ref": "On"}}},
            "WhenOn": {
                "Type": "T",
                "Condition": "IsOn",
                "DependsOn": "Always",
                "Properties": {"A": NO_VALUE},
            },
            "WhenOff": {"Type": "T", "Condition": "IsOff", "DependsOn": ["Always"]},
        },
        "Outputs": {
            "Id": {"Value": {"Ref": "Always"}, "Export": {"Name": {"Fn::Sub": "${On}-id"}}},
            "OnId": {"Condition": "IsOn", "Value": {"Ref": "WhenOn"}},
            "OffId": {"Condition": "IsOff", "Value": {"Ref": "WhenOff"}},
        },
    }
    always = {"Type": "T", "DeletionPolicy": "Retain"}

    assert {
        "Resources": {
            "Always": always | {"Metadata": {"On": "true"}},
            "WhenOn": {"Type": "T", "DependsOn": "Always", "Properties": {}},
        },
        "Outputs": {
            "Id": {"Value": {"Ref": "Always"}, "Export": {"Name": "true-id"}},
            "OnId": {"Value": {"Ref": "WhenOn"}},
        },
    } == resolve(template)
    assert {
        "Resources": {
            "Always": always | {"Metadata": {"On": "false"}},
            "WhenOff": {"Type": "T", "DependsOn": ["Always"]},
        },
        "Outputs": {
            "Id": {"Value": {"Ref": "Always"}, "Export": {"Name": "false-id"}},
            "OffId": {"Value": {"Ref": "WhenOff"}},
        },
    } == resolve(template, {"On": "false"})


@pytest.mark.parametrize("node", ["DevBucket", ["Bucket", "DevBucket"]], ids=["text", "list"])
def test_depends_on_absent(node: Any) -> None:
    """A DependsOn or a reference to a resource whose condition is false is an error."""
    template = with_property("x")
    template["Resources"]["Subject"]["DependsOn"] = node

    assert message_of(lambda: resolve(template)) == (
        "Resources.Subject.DependsOn: The resource 'DevBucket' does not exist here: its condition "
        "IsDev is false."
    )
    assert "DevBucket" in resolve(template, {"Environment": "dev"})["Resources"]


@table("test_refused_template")
def test_refused_template(node: Any, expected: str) -> None:
    """The message contains the position in the template."""
    assert expected == message_of(lambda: resolve(node))


PSEUDO = ["AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::StackName", "AWS::URLSuffix"]


@pytest.mark.parametrize(
    ("deploy", "expected"),
    [
        ({}, ["ap-northeast-1", "123456789012", "aws", "stack", "amazonaws.com"]),
        (
            {"region": "cn-north-1", "account": "210987654321", "stack_name": "web"},
            ["cn-north-1", "210987654321", "aws-cn", "web", "amazonaws.com.cn"],
        ),
        (
            {"region": "us-gov-west-1"},
            ["us-gov-west-1", "123456789012", "aws-us-gov", "stack", "amazonaws.com"],
        ),
    ],
    ids=["by default", "given", "by region"],
)
def test_pseudo_parameters(deploy: dict[str, Any], expected: list[str]) -> None:
    """Region, account and stack name come from the caller.

    The other pseudo parameters depend on the region.
    """
    equal = [{"Fn::Equals": [{"Ref": name}, text]} for name, text in zip(PSEUDO, expected, strict=True)]
    is_region = equal[0]
    template = {
        "Conditions": {"It": {"Fn::And": equal}},
        "Rules": {"It": {"Assertions": [{"Assert": is_region}]}},
        "Outputs": {"It": {"Value": [{"Ref": name} for name in PSEUDO]}},
    }

    assert resolve(template, **deploy)["Outputs"]["It"]["Value"] == expected
    assert conditions(template, **deploy) == {"It": True}
    assert failed_assertions(template, region=expected[0]) == []
    assert failed_assertions(template, region="eu-west-1") == ["Rules.It.Assertions[0]"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("String", "a, b", "a, b"),
        ("Number", "007", "007"),
        ("CommaDelimitedList", "", [""]),
        ("CommaDelimitedList", "a , b", ["a", "b"]),
        ("List<Number>", "1,2", ["1", "2"]),
        ("AWS::EC2::VPC::Id", "vpc-1", "vpc-1"),
        ("AWS::SSM::Parameter::Name", "/a", "/a"),
        ("AWS::SSM::Parameter::Value<List<String>>", "/a", {"Ref": "P"}),
    ],
)
def test_given_value(kind: str, value: str, expected: Any) -> None:
    """A value overrides the default, and has the type of the parameter: only lists are split at commas."""
    template = {
        "Parameters": {
            "P": {"Type": kind, "Default": "other"},
            "Q": {"Type": "String", "AllowedValues": ["a,b"]},
        },
        "Outputs": {"A": {"Value": {"Ref": "P"}}},
    }

    assert expected == resolve(template, {"P": value, "Q": "a,b"})["Outputs"]["A"]["Value"]


@pytest.mark.parametrize(
    ("declaration", "given_values", "expected"),
    [pytest.param(*row, id=name) for name, row in DATA["test_refused_parameter"].items()],
)
def test_refused_parameter(declaration: Template, given_values: Any, expected: str) -> None:
    """A wrong parameter value is refused by both functions."""
    template = {"Parameters": {"P": declaration}}

    for function in (resolve, failed_assertions):
        assert expected == message_of(lambda call=function: call(template, given_values))  # type: ignore[misc]


def condition(node: Any, **parameters: str) -> bool:
    """Return the value of a condition."""
    return conditions(TEMPLATE | {"Conditions": {"Yes": YES, "No": NO, "It": node}}, parameters)["It"]


YES = {"Fn::Equals": ["a", "a"]}
NO = {"Fn::Equals": ["a", "b"]}
UNKNOWN = {"Fn::Equals": [{"Ref": "Image"}, "a"]}


@table("test_condition")
def test_condition(node: Any, expected: bool) -> None:
    """A condition is evaluated over parameters, mappings and other conditions."""
    assert expected is condition(node)


PREDICATES = "Condition, Fn::And, Fn::Equals, Fn::Not, Fn::Or"


@table("test_refused_condition", PREDICATES=PREDICATES)
def test_refused_condition(node: Any, expected: str) -> None:
    """The message about a condition that is wrong or cannot be evaluated contains its position."""
    assert "Conditions.It" + expected == message_of(lambda: condition(node))


def test_circular_conditions() -> None:
    """The message contains only the circular part."""
    template = {
        "Conditions": {
            "A": {"Condition": "B"},
            "B": {"Fn::Not": [{"Condition": "C"}]},
            "C": {"Fn::Or": [YES, {"Condition": "B"}]},
        }
    }

    expected = "Conditions.C.Fn::Or[1].Condition: The conditions have a circular dependency: B -> C -> B."
    assert expected == message_of(lambda: conditions(template))
    assert expected == message_of(lambda: resolve(template))


RULE_PARAMETERS = {
    "Environment": {"Type": "String", "Default": "prod"},
    "Version": {"Type": "String", "Default": ""},
    "Zones": {"Type": "CommaDelimitedList", "Default": "a,b"},
    "Vpc": {"Type": "AWS::EC2::VPC::Id", "Default": "vpc-1"},
    "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"},
}
TAG = {"Fn::ValueOf": ["Vpc", "Tags.Team"]}


def rule_holds(node: Any) -> bool:
    """Return whether no assertion of a template fails."""
    rules = {"R": {"Assertions": [{"Assert": node, "AssertDescription": "It is wrong."}]}}
    failed = failed_assertions({"Parameters": RULE_PARAMETERS, "Rules": rules})
    assert failed in ([], ["It is wrong."])
    return not failed


@table("test_assertion")
def test_assertion(node: Any, expected: bool) -> None:
    """An assertion is reported only if it fails with certainty."""
    assert expected is rule_holds(node)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["Pass the version.", "Rules.VersionInProd.Assertions[1]"]),
        ({"Version": "1"}, ["Rules.VersionInProd.Assertions[1]"]),
        ({"Environment": "dev"}, []),
    ],
    ids=["both fail", "one fails", "the rule does not apply"],
)
def test_rule_condition(parameters: dict[str, str], expected: list[str]) -> None:
    """Assertions apply if the RuleCondition is true. Without a description, the message has the position."""
    template = {
        "Parameters": RULE_PARAMETERS,
        "Rules": {
            "VersionInProd": {
                "RuleCondition": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
                "Assertions": [
                    {
                        "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Version"}, ""]}]},
                        "AssertDescription": "Pass the version.",
                    },
                    {"Assert": NO},
                ],
            },
            "Unknown": {"RuleCondition": {"Fn::Equals": [TAG, "x"]}, "Assertions": [{"Assert": NO}]},
        },
    }

    assert expected == failed_assertions(template, parameters)


RULE_PREDICATES = "Fn::And, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, Fn::Equals, Fn::Not, Fn::Or"


@table("test_refused_rule", RULE_PREDICATES=RULE_PREDICATES)
def test_refused_rule(node: Any, expected: str) -> None:
    """A wrong rule is refused with its place."""
    template = {"Parameters": RULE_PARAMETERS, "Rules": {"R": node}}

    assert "Rules.R" + expected == message_of(lambda: failed_assertions(template))


PLACES: dict[str, tuple[Callable[[Any], Template], Callable[[Template], object], str]] = {
    "value": (with_property, resolve, IN),
    "condition": (lambda node: TEMPLATE | {"Conditions": {"It": node}}, conditions, "Conditions.It"),
    "rule": (
        lambda node: {"Parameters": RULE_PARAMETERS, "Rules": {"R": {"Assertions": [{"Assert": node}]}}},
        failed_assertions,
        "Rules.R.Assertions[0].Assert",
    ),
}
"""Where a function may be: the template with it there, what resolves it, and its place in messages."""


@pytest.mark.parametrize(
    ("where", "function", "given_arguments", "takes"),
    [
        ("value", "Fn::GetAtt", ["Bucket"], "[logical ID, attribute]"),
        ("value", "Fn::Sub", ["a"], "a text, or [text, variables]"),
        ("value", "Fn::Sub", ["a", "b"], "a text, or [text, variables]"),
        ("value", "Fn::Join", ["-", [], 1], "[delimiter, list of values]"),
        ("value", "Fn::Select", [0, ["a"], "b"], "[index, list of values]"),
        ("value", "Fn::Split", ["a"], "[delimiter, text]"),
        ("value", "Fn::FindInMap", ["Sizes", "dev", "b", {}], "[map, top-level key, second-level key]"),
        ("value", "Fn::If", ["IsProd", "a"], "[condition name, value if true, value if false]"),
        ("value", "Fn::Cidr", ["10.0.0.0/16"], CIDR),
        ("value", "Fn::Cidr", ["10.0.0.0/16", 1, 8, 8], CIDR),
        ("condition", "Fn::And", [YES], "a list of 2 to 10 conditions"),
        ("condition", "Fn::And", ["a"] * 11, "a list of 2 to 10 conditions"),
        ("condition", "Fn::Or", [], "a list of 2 to 10 conditions"),
        ("condition", "Fn::Not", YES, "a list of one condition"),
        ("condition", "Fn::Equals", [1, 2, 3], "[value, value]"),
        ("rule", "Fn::Contains", ["a"], "[list of strings, string]"),
    ],
)
def test_refused_number_of_arguments(where: str, function: str, given_arguments: Any, takes: str) -> None:
    """For too few or too many arguments, the message states the arguments of the function."""
    template, call, place = PLACES[where]

    assert message_of(lambda: call(template({function: given_arguments}))) == (
        f"{place}.{function}: {function} requires {takes}, found {json.dumps(given_arguments)}."
    )


@pytest.mark.parametrize(
    ("where", "function", "given_arguments", "place", "expected"),
    [
        ("value", "Fn::Sub", "${Zones}", ".${Zones}", 'a text, found ["a", "b", "c"]'),
        ("value", "Fn::Join", ["-", ["a", ["b"]]], "[1][1]", 'a text, found ["b"]'),
        ("value", "Fn::Join", ["-", "a"], "[1]", 'a list, found "a"'),
        ("value", "Fn::Join", ["-", date(2026, 1, 2)], "[1]", 'a list, found "2026-01-02"'),
        ("value", "Fn::Join", ["-", "a" * 78], "[1]", f'a list, found "{"a" * 78}"'),
        ("value", "Fn::Join", ["-", "a" * 79], "[1]", f'a list, found "{"a" * 76}...'),
        ("value", "Fn::Select", [["a"], ["b"]], "[0]", 'a text, found ["a"]'),
        ("value", "Fn::Select", [0, "a"], "[1]", 'a list, found "a"'),
        ("value", "Fn::Split", ["-", ["a"]], "[1]", 'a text, found ["a"]'),
        ("value", "Fn::FindInMap", ["Sizes", ["a"], "b"], "[1]", 'a text, found ["a"]'),
        ("value", "Fn::Cidr", [["a"], 1], "[0]", 'a text, found ["a"]'),
        ("value", "Fn::Base64", ["a"], "", 'a text, found ["a"]'),
        ("value", "Fn::GetAZs", ["a"], "", 'a text, found ["a"]'),
        ("value", "Fn::ImportValue", ["a"], "", 'a text, found ["a"]'),
        ("value", "Fn::GetAtt", ["Bucket", ["a"]], "[1]", 'a text, found ["a"]'),
        ("condition", "Fn::Equals", ["a", {"b": "c"}], "[1]", 'a text, found {"b": "c"}'),
        ("rule", "Fn::Contains", ["abc", "a"], "[0]", 'a list, found "abc"'),
        ("rule", "Fn::Contains", [["a"], ["a"]], "[1]", 'a text, found ["a"]'),
    ],
)
def test_refused_kind_of_argument(
    where: str, function: str, given_arguments: Any, place: str, expected: str
) -> None:
    """An argument of another kind is refused with its place; of a long one, 80 characters are shown."""
    template, call, start = PLACES[where]

    assert message_of(lambda: call(template({function: given_arguments}))) == (
        f"{start}.{function}{place}: Expected {expected}."
    )


@pytest.mark.parametrize(
    ("mappings", "message"),
    [
        ({"Sizes": {"prod": "large"}}, '[2]: Mappings.Sizes.prod is "large", and not a mapping.'),
        ({"Sizes": "large"}, '[1]: Mappings.Sizes is "large", and not a mapping.'),
        ("large", '[0]: Mappings is "large", and not a mapping.'),
    ],
)
def test_a_mapping_of_another_kind(mappings: Any, message: str) -> None:
    """A text in a mapping has no keys."""
    template = {
        "Mappings": mappings,
        "Outputs": {"It": {"Value": {"Fn::FindInMap": ["Sizes", "prod", "Cpu"]}}},
    }

    assert message_of(lambda: resolve(template)) == f"Outputs.It.Value.Fn::FindInMap{message}"


@pytest.mark.parametrize(
    "node",
    [
        UNKNOWN,
        {"Fn::And": [UNKNOWN, YES]},
        {"Fn::Or": [UNKNOWN, NO]},
        {"Fn::Not": [UNKNOWN]},
        {"Fn::Equals": [["a", {"Ref": "Image"}], "a"]},
    ],
)
def test_undecided_condition(node: Any) -> None:
    """A condition cannot depend on values known only in the deployed stack."""
    assert message_of(lambda: condition(node)) == (
        "Outputs.It.Condition: The condition It depends on a value that is known only in the deployed stack."
    )


def test_the_result_is_the_callers() -> None:
    """Lists of parameters and mappings are returned as copies: changing a result has no other effect."""
    node = [{"Ref": "Zones"}, {"Ref": "Zones"}, {"Fn::FindInMap": ["Sizes", "prod", "Subnets"]}]
    before = copy.deepcopy(TEMPLATE)

    first, second, subnets = resolved(node)
    first.append("d")
    subnets.clear()

    assert second == ["a", "b", "c"]
    assert before == TEMPLATE


texts: st.SearchStrategy[Any] = st.recursive(
    st.text("ab${}!.", max_size=6)
    | st.sampled_from(
        [
            {"Ref": "Project"},
            {"Ref": "Bucket"},
            {"Ref": "Value1"},
            {"Ref": "AWS::StackId"},
            {"Fn::GetAtt": "Bucket.Arn"},
            {"Fn::ImportValue": {"Fn::Sub": "${Project}-x"}},
            {"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "Bucket"}]}]},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda items: {"Fn::Join": ["-", items]}, st.lists(inner, max_size=4)),
        st.builds(lambda a, b: {"Fn::Sub": ["${A}${!B}${B}", {"A": a, "B": b}]}, inner, inner),
        st.builds(lambda a, b: {"Fn::If": ["IsProd", a, b]}, inner, inner),
    ),
    max_leaves=8,
)
properties = st.recursive(
    texts | st.integers() | st.booleans() | st.just(NO_VALUE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ABC"), inner, max_size=3),
    max_leaves=6,
)


@given(properties)
def test_input_stays_and_result_is_final(node: Any) -> None:
    """The template is never changed, and resolving what was resolved changes nothing."""
    template = with_property({"Nested": node})
    before = copy.deepcopy(template)

    once = resolve(template)

    assert before == template
    assert once == resolve(once)


@given(texts)
def test_no_parameter_is_left(node: Any) -> None:
    """A resolved text names only what is unknown."""
    assert "Project" not in str(resolved(node))


more_keys = ["Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll", "Fn::Length", "Condition", "StackName", "A"]
keys = st.sampled_from([*f"{FUNCTIONS}, {RULE_PREDICATES}".split(", "), *more_keys])
leaves = st.sampled_from([None, True, -1, 0, 1, 0.5, "", "A", "Bucket", "Zones", "IsProd", "${A}"])
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=1),
    max_leaves=8,
)


@given(anything)
def test_only_resolve_error(node: Any) -> None:
    """Any value in a property, dependency, condition or rule is resolved, or refused with a message."""
    on_resource = with_property("x")
    on_resource["Resources"]["Subject"]["DependsOn"] = node
    rules = {"R": {"RuleCondition": node, "Assertions": [{"Assert": node}]}}
    templates: list[Template] = [
        with_property(node),
        on_resource,
        TEMPLATE | {"Conditions": {"IsDev": node}},
        TEMPLATE | {"Rules": rules},
    ]
    for template in templates:
        for function in (resolve, failed_assertions):
            try:
                function(template)
            except ResolveError as error:
                assert str(error).partition(": ")[2]


# ---- What is known before a deploy ----


def test_what_is_known_while_a_parameter_is_not() -> None:
    """Values that depend on a parameter without a value are unknown; all others are resolved."""
    template = {
        "Parameters": {
            "A": {"Type": "String"},
            "B": {"Type": "String", "AllowedValues": ["x"]},
            "C": {"Type": "String", "Default": "c"},
        },
        "Conditions": {
            "OfA": {"Fn::Equals": [{"Ref": "A"}, "a"]},
            "OfB": {"Fn::Equals": [{"Ref": "B"}, "x"]},
            "OfBoth": {"Fn::And": [{"Fn::Not": [{"Condition": "OfA"}]}, {"Condition": "OfB"}]},
            "IsHere": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
        },
        "Resources": {"R": {"Type": "AWS::SNS::Topic", "Condition": "OfB"}},
    }
    partly_known = Resolver(template, {"A": "a"}, {"B"}, region="eu-west-1", account="1", stack_name="s")

    assert [partly_known.condition(name) for name in ("OfA", "OfB", "OfBoth", "IsHere", "Nowhere")] == [
        Truth.YES,
        Truth.UNKNOWN,
        Truth.NO,
        Truth.YES,
        Truth.UNKNOWN,
    ]
    assert partly_known.value({"Fn::Sub": "${AWS::AccountId} ${AWS::StackName}"}) == "1 s"
    assert partly_known.value({"Fn::Sub": "${A}${C} ${AWS::Region}"}) == "ac eu-west-1"
    assert partly_known.value({"Fn::Sub": "${A}-${B}"}) == {"Fn::Sub": "a-${B}"}
    assert partly_known.value([{"Fn::If": ["OfA", {"Ref": "C"}, {"Ref": "B"}]}, {"Ref": "R"}]) == [
        "c",
        {"Ref": "R"},
    ]
    with pytest.raises(ResolveError, match=r"^Resources\.Fn::If\[0\]: The condition OfB depends on a value"):
        partly_known.value({"Fn::If": ["OfB", 1, 2]})
    with pytest.raises(ResolveError, match="'A' is neither a parameter nor a resource of this template"):
        Resolver({}, {}, region="eu-west-1").value({"Ref": "A"})
