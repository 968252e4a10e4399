"""Facts about all templates: equal ones have no changes, swapped ones swap, and unknown is never "none"."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.model.rendering import load, render
from cfn_analysis.model.resolving import resolve
from cfn_analysis.model.three_valued import YES
from cfn_analysis.updates.partial_resolving import PartialBody

from .templates import changed, reviewed

# Type -> property -> values. Some replace, some do not, and tags are a list without order.
TYPES: dict[str, dict[str, list[Any]]] = {
    "AWS::SQS::Queue": {"QueueName": ["a", "b"], "VisibilityTimeout": [30, "30", 60]},
    "AWS::S3::Bucket": {"BucketName": ["one", "two"], "VersioningConfiguration": [{"Status": "Enabled"}]},
    "AWS::Logs::LogGroup": {"LogGroupName": ["/a", "/b"], "RetentionInDays": [7, 30]},
    "AWS::EC2::SecurityGroup": {
        "GroupDescription": ["a", "b"],
        "Tags": [[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], [{"Key": "a", "Value": "3"}]],
    },
    "AWS::RDS::DBInstance": {
        "DBClusterIdentifier": ["c", "d"],
        "DBInstanceClass": ["db.t3.medium", "db.r6g.large"],
    },
    "AWS::Lambda::Function": {"FunctionName": ["f", "g"], "MemorySize": [128, 256]},
    "Custom::Thing": {"ServiceToken": ["arn"], "Value": ["a", "b"]},
}
POLICIES = ["Delete", "Retain", "RetainExceptOnCreate"]
NAMES = ["A", "B", "C"]
CALM = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@st.composite
def values(draw: st.DrawFn, options: list[Any]) -> Any:
    """Draw a value, as a literal, through a parameter, or as a branch."""
    value = draw(st.sampled_from(options))
    match draw(st.sampled_from(["literal", "literal", "text", "branch"])):
        case "text" if isinstance(value, str):
            return {"Fn::Join": ["", [value, {"Ref": "Empty"}]]}
        case "branch":
            return {"Fn::If": ["IsOn", value, draw(st.sampled_from([value, {"Ref": "AWS::NoValue"}]))]}
    return value


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a template of one to three resources."""
    resources = {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1)):
        kind = draw(st.sampled_from(sorted(TYPES)))
        resource: dict[str, Any] = {"Type": kind}
        if draw(st.booleans()):
            resource["Condition"] = draw(st.sampled_from(["IsOn", "IsOff"]))
        if draw(st.booleans()):
            resource["DeletionPolicy"] = draw(st.sampled_from(POLICIES))
        if draw(st.booleans()):
            resource["UpdateReplacePolicy"] = draw(st.sampled_from(["Delete", "Retain"]))
        resource["Properties"] = {
            key: draw(values(options)) for key, options in TYPES[kind].items() if draw(st.booleans())
        }
        resources[name] = resource
    return {
        "Parameters": {
            "Empty": {"Type": "String", "Default": ""},
            "On": {"Type": "String", "Default": draw(st.sampled_from(["true", "false"]))},
        },
        "Conditions": {
            "IsOn": {"Fn::Equals": [{"Ref": "On"}, "true"]},
            "IsOff": {"Fn::Not": [{"Condition": "IsOn"}]},
        },
        "Resources": resources,
    }


def shuffled(value: Any, seed: int) -> Any:
    """Return a value with the keys of all its mappings, and with tags, in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.Random(seed).shuffle(keys)
        return {
            key: value[key][::-1]
            if key == "Tags" and isinstance(value[key], list)
            else shuffled(value[key], seed)
            for key in keys
        }
    return [shuffled(member, seed) for member in value] if isinstance(value, list) else value


@CALM
@given(templates(), st.integers(0, 3))
def test_a_template_compared_with_itself_has_no_changes(template: dict[str, Any], seed: int) -> None:
    """This includes reordered keys and tags, and a template that is rendered and loaded."""
    for same in (template, shuffled(template, seed), load(render(template))):
        review = reviewed(template, same)
        (stack,) = review["environments"][0]["stacks"]

        assert [stack[key] for key in ("resources", "outputs", "parameters")] == [[], [], []]
        assert review["risks"] == []


@CALM
@given(templates(), templates())
def test_swapped_sides_swap_added_and_removed(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Resources added in one direction are removed in the other, and changes exist in both directions."""
    there = {name: entry["change"] for name, entry in changed(first, second).items()}
    back = {name: entry["change"] for name, entry in changed(second, first).items()}
    swap = {"add": "remove", "remove": "add"}

    assert there.keys() == back.keys()
    for name, change in there.items():
        assert back[name] == swap[change] if change in swap else back[name] not in swap


@CALM
@given(st.sampled_from(sorted(TYPES)), st.data())
def test_an_unknown_value_is_never_a_smaller_change(kind: str, data: st.DataObject) -> None:
    """A parameter without a value can have any value, so its change is as large as with each known value."""
    name = data.draw(st.sampled_from(sorted(TYPES[kind])))
    scalars = [value for value in TYPES[kind][name] if isinstance(value, str | int)]
    if not scalars:
        return
    before, after = (str(data.draw(st.sampled_from(scalars))) for _ in range(2))
    template = {
        "Parameters": {"P": {"Type": "String"}, "Q": {"Type": "String"}},
        "Resources": {"A": {"Type": kind, "Properties": {name: {"Ref": "P"}}}},
    }
    later = {**template, "Resources": {"A": {"Type": kind, "Properties": {name: {"Ref": "Q"}}}}}
    values = {"P": before, "Q": after}
    with_values = changed(template, later, (values, values)).get("A")
    unknown = changed(template, later)["A"]

    assert unknown["change"] in ("maybe-replace", "update")
    if with_values:
        assert (unknown["change"] == "update") == (with_values["change"] == "update")
        assert unknown["interruption"] != "none" or with_values["interruption"] == "none"
        assert unknown["data"] == with_values["data"]


@CALM
@given(templates())
def test_templates_are_resolved_in_the_same_way_as_by_a_build(template: dict[str, Any]) -> None:
    """Existing resources and their properties are the same as those of ``resolve``, which cfn-lint checks."""
    expected = resolve(template, region="us-east-1")["Resources"]
    body = PartialBody(template, {}, "us-east-1")
    properties = {
        name: body.value(resource["Properties"], name)
        for name, resource in template["Resources"].items()
        if body.exists(resource, "x") is YES
    }

    assert properties == {name: resource["Properties"] for name, resource in expected.items()}
