"""Templates, resolved in the same way as by CloudFormation, and the complete message of every error."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfn_analysis.model.resolving import Known, ResolveError, failed_assertions, resolve

Template = dict[str, Any]

NO_VALUE = {"Ref": "AWS::NoValue"}
TEMPLATE: Template = {
    "Parameters": {
        "Project": {"Type": "String", "Default": "shop"},
        "Environment": {"Type": "String", "Default": "prod", "AllowedValues": ["dev", "prod"]},
        "Count": {"Type": "Number", "Default": 3},
        "Zones": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
        "Groups": {"Type": "List<AWS::EC2::SecurityGroup::Id>", "Default": "sg-1,sg-2"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/images/web"},
    },
    "Mappings": {
        "Sizes": {
            "dev": {"Memory": 128, "Subnets": ["s-1"]},
            "prod": {"Memory": 1024, "Subnets": ["s-1", "s-2"]},
        }
    },
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
        "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
        "IsNewImage": {"Fn::Equals": [{"Ref": "Image"}, "ami-1"]},
    },
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "DevBucket": {"Type": "AWS::S3::Bucket", "Condition": "IsDev"},
        "Value1": {"Type": "AWS::S3::Bucket"},
    },
}


def with_property(node: Any) -> Template:
    """Return the template with one more resource, whose property Value is the node."""
    subject = {"Type": "AWS::SNS::Topic", "Properties": {"Value": node}}
    return TEMPLATE | {"Resources": TEMPLATE["Resources"] | {"Subject": subject}}


def resolved(node: Any, **parameters: str) -> Any:
    """Return the resolved value of a property with this node; KeyError if it is removed."""
    return resolve(with_property(node), parameters)["Resources"]["Subject"]["Properties"]["Value"]


def conditions(template: Template, parameters: Any = None, **deploy: Any) -> dict[str, bool]:
    """Return the conditions of a template, from the outputs that depend on them."""
    resources = {name: {"Type": one["Type"]} for name, one in template.get("Resources", {}).items()}
    outputs = {name: {"Value": name, "Condition": name} for name in template["Conditions"]}
    found = resolve({**template, "Resources": resources, "Outputs": outputs}, parameters, **deploy)["Outputs"]
    return {name: name in found for name in template["Conditions"]}


def message_of(call: Callable[[], object]) -> str:
    """Return the message of the ResolveError that the call raises, after a check of its form."""
    with pytest.raises(ResolveError) as caught:
        call()
    message = str(caught.value)
    assert message[-1] in ".?"
    return message


def table(*rows: tuple[str, Any, Any]) -> pytest.MarkDecorator:
    """Parametrize a test with rows of name, node and expected result."""
    return pytest.mark.parametrize(
        ("node", "expected"), [row[1:] for row in rows], ids=[row[0] for row in rows]
    )


STACK_OUTPUT = {"Fn::GetStackOutput": {"StackName": {"Fn::Sub": "${Project}-api"}, "OutputName": "ApiId"}}
RESOLVED_STACK_OUTPUT = {"Fn::GetStackOutput": {"StackName": "shop-api", "OutputName": "ApiId"}}


@table(
    ("literals keep their type", [70, True, 0.5, "x", None, {}], [70, True, 0.5, "x", None, {}]),
    ("a parameter", {"Ref": "Project"}, "shop"),
    ("a number is text", {"Ref": "Count"}, "3"),
    ("a list is split and trimmed", {"Ref": "Zones"}, ["a", "b", "c"]),
    ("a typed list is split", {"Ref": "Groups"}, ["sg-1", "sg-2"]),
    ("region", {"Ref": "AWS::Region"}, "ap-northeast-1"),
    ("account", {"Ref": "AWS::AccountId"}, "123456789012"),
    ("partition", {"Ref": "AWS::Partition"}, "aws"),
    ("suffix", {"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
    ("stack name", {"Ref": "AWS::StackName"}, "stack"),
    ("dynamic reference", "{{resolve:ssm:/a/b:1}}", "{{resolve:ssm:/a/b:1}}"),
    ("text that looks like a Sub", "${Project}", "${Project}"),
    ("Condition of a policy", {"Condition": {"Bool": {"a": "b"}}}, {"Condition": {"Bool": {"a": "b"}}}),
    ("nested in maps and lists", {"A": [{"B": {"Ref": "Project"}}]}, {"A": [{"B": "shop"}]}),
    ("Sub", {"Fn::Sub": "${Project}-${Environment}/${AWS::Region}"}, "shop-prod/ap-northeast-1"),
    ("Sub with variables", {"Fn::Sub": ["${A}${Count}", {"A": {"Ref": "Project"}}]}, "shop3"),
    ("Sub whose variable hides a parameter", {"Fn::Sub": ["${Project}", {"Project": "mine"}]}, "mine"),
    ("Sub with a literal", {"Fn::Sub": "${!Name} of ${Project}"}, "${Name} of shop"),
    ("Sub with odd braces", {"Fn::Sub": "{${Project}} $ {x} ${"}, "{shop} $ {x} ${"),
    ("empty Sub", {"Fn::Sub": ""}, ""),
    ("Join", {"Fn::Join": ["-", [{"Ref": "Project"}, 1, True, "x"]]}, "shop-1-true-x"),
    ("Join of a list parameter", {"Fn::Join": ["|", {"Ref": "Zones"}]}, "a|b|c"),
    ("Join of nothing", {"Fn::Join": ["-", []]}, ""),
    ("Select", {"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
    ("Select by a parameter", {"Fn::Select": [{"Ref": "Count"}, ["0", "1", "2", 3]]}, 3),
    ("Split", {"Fn::Split": [".", {"Fn::Sub": "${Project}.x."}]}, ["shop", "x", ""]),
    ("Select of a Split", {"Fn::Select": [0, {"Fn::Split": ["/", "10.0.0.0/16"]}]}, "10.0.0.0"),
    ("FindInMap", {"Fn::FindInMap": ["Sizes", {"Ref": "Environment"}, "Memory"]}, 1024),
    ("FindInMap of a list", {"Fn::FindInMap": ["Sizes", "prod", "Subnets"]}, ["s-1", "s-2"]),
    ("Base64", {"Fn::Base64": {"Fn::Sub": "${Project}"}}, "c2hvcA=="),
    ("If true", {"Fn::If": ["IsProd", {"Ref": "Project"}, "b"]}, "shop"),
    ("If false", {"Fn::If": ["IsDev", "a", {"A": {"Ref": "Project"}}]}, {"A": "shop"}),
    ("If in If", {"Fn::If": ["IsProd", {"Fn::If": ["IsDev", "a", "b"]}, "c"]}, "b"),
    ("the other branch is not looked at", {"Fn::If": ["IsProd", "a", {"Ref": "DevBucket"}]}, "a"),
    ("NoValue in a list", ["a", {"Fn::If": ["IsDev", "b", NO_VALUE]}, "c"], ["a", "c"]),
    ("NoValue in a map", {"A": {"Fn::If": ["IsDev", "b", NO_VALUE]}, "B": NO_VALUE}, {}),
    ("NoValue in a Join", {"Fn::Join": [",", ["a", {"Fn::If": ["IsDev", "b", NO_VALUE]}]]}, "a"),
)
def test_known(node: Any, expected: Any) -> None:
    """Functions of known values are replaced with their values."""
    assert expected == resolved(node)


@table(
    ("Ref", {"Ref": "Bucket"}, {"Ref": "Bucket"}),
    ("GetAtt", {"Fn::GetAtt": ["Bucket", "Arn"]}, {"Fn::GetAtt": ["Bucket", "Arn"]}),
    ("GetAtt with a dot", {"Fn::GetAtt": "Bucket.Website.Url"}, {"Fn::GetAtt": ["Bucket", "Website.Url"]}),
    (
        "GetAtt by a parameter",
        {"Fn::GetAtt": ["Bucket", {"Ref": "Project"}]},
        {"Fn::GetAtt": ["Bucket", "shop"]},
    ),
    ("SSM parameter", {"Ref": "Image"}, {"Ref": "Image"}),
    ("stack ID", {"Ref": "AWS::StackId"}, {"Ref": "AWS::StackId"}),
    ("notifications", {"Ref": "AWS::NotificationARNs"}, {"Ref": "AWS::NotificationARNs"}),
    ("import", {"Fn::ImportValue": {"Fn::Sub": "${Project}-vpc"}}, {"Fn::ImportValue": "shop-vpc"}),
    ("stack output", STACK_OUTPUT, RESOLVED_STACK_OUTPUT),
    ("zones of this region", {"Fn::GetAZs": ""}, {"Fn::GetAZs": "ap-northeast-1"}),
    ("zones of a region", {"Fn::GetAZs": {"Ref": "Project"}}, {"Fn::GetAZs": "shop"}),
    ("Cidr", {"Fn::Cidr": ["10.0.0.0/16", {"Ref": "Count"}, 8]}, {"Fn::Cidr": ["10.0.0.0/16", "3", "8"]}),
    ("Cidr without bits", {"Fn::Cidr": ["10.0.0.0/16", 2]}, {"Fn::Cidr": ["10.0.0.0/16", "2"]}),
    (
        "Base64",
        {"Fn::Base64": {"Fn::Sub": "${Project} ${Bucket}"}},
        {"Fn::Base64": {"Fn::Sub": "shop ${Bucket}"}},
    ),
    (
        "Select",
        {"Fn::Select": ["0", {"Fn::GetAZs": ""}]},
        {"Fn::Select": [0, {"Fn::GetAZs": "ap-northeast-1"}]},
    ),
    (
        "Select by the unknown",
        {"Fn::Select": [{"Ref": "Image"}, ["a"]]},
        {"Fn::Select": [{"Ref": "Image"}, ["a"]]},
    ),
    ("Select of an unknown item", {"Fn::Select": [1, ["a", {"Ref": "Bucket"}]]}, {"Ref": "Bucket"}),
    ("Split", {"Fn::Split": ["-", {"Ref": "Bucket"}]}, {"Fn::Split": ["-", {"Ref": "Bucket"}]}),
    (
        "Join of an unknown list",
        {"Fn::Join": ["/", {"Fn::Split": ["-", {"Ref": "Bucket"}]}]},
        {"Fn::Join": ["/", {"Fn::Split": ["-", {"Ref": "Bucket"}]}]},
    ),
    (
        "FindInMap by the unknown",
        {"Fn::FindInMap": ["Sizes", {"Ref": "Image"}, {"Fn::Sub": "${Project}"}]},
        {"Fn::FindInMap": ["Sizes", {"Ref": "Image"}, "shop"]},
    ),
    (
        "NoValue in the arguments",
        {"Fn::GetStackOutput": {"StackName": "a", "OutputName": "b", "Region": NO_VALUE}},
        {"Fn::GetStackOutput": {"StackName": "a", "OutputName": "b"}},
    ),
)
def test_unknown(node: Any, expected: Any) -> None:
    """Values known only in a deployed stack stay functions, with known arguments resolved."""
    assert expected == resolved(node)


@table(
    ("Sub", {"Fn::Sub": "${Project}:${Bucket}/*"}, {"Fn::Sub": "shop:${Bucket}/*"}),
    ("Join", {"Fn::Join": [":", [{"Ref": "Project"}, {"Ref": "Bucket"}]]}, {"Fn::Sub": "shop:${Bucket}"}),
    ("attribute", {"Fn::Join": ["", [{"Fn::GetAtt": "Bucket.Arn"}, "/*"]]}, {"Fn::Sub": "${Bucket.Arn}/*"}),
    ("variable of a resource", {"Fn::Sub": ["${A}/*", {"A": {"Ref": "Bucket"}}]}, {"Fn::Sub": "${Bucket}/*"}),
    (
        "text in a text",
        {"Fn::Sub": ["${A}!", {"A": {"Fn::Sub": "<${Bucket}>"}}]},
        {"Fn::Sub": "<${Bucket}>!"},
    ),
    ("one part alone", {"Fn::Sub": "${Bucket}"}, {"Ref": "Bucket"}),
    (
        "attribute with dots of its own",
        {"Fn::Sub": "${Bucket.Website.Deep.Url}"},
        {"Fn::GetAtt": ["Bucket", "Website.Deep.Url"]},
    ),
    (
        "one attribute alone",
        {"Fn::Join": ["-", [{"Fn::Sub": "${Bucket.Arn}"}]]},
        {"Fn::GetAtt": ["Bucket", "Arn"]},
    ),
    ("one import alone", {"Fn::Sub": ["${A}", {"A": {"Fn::ImportValue": "x"}}]}, {"Fn::ImportValue": "x"}),
    ("stack ID", {"Fn::Sub": "${AWS::StackId}/${Project}"}, {"Fn::Sub": "${AWS::StackId}/shop"}),
    (
        "what needs a variable, written as Sub",
        {"Fn::Sub": ["${Id}.${AWS::URLSuffix}", {"Id": STACK_OUTPUT}]},
        {"Fn::Sub": ["${Value1}.amazonaws.com", {"Value1": RESOLVED_STACK_OUTPUT}]},
    ),
    (
        "what needs a variable, written as Join",
        {"Fn::Join": [".", [STACK_OUTPUT, {"Ref": "AWS::URLSuffix"}]]},
        {"Fn::Sub": ["${Value1}.amazonaws.com", {"Value1": RESOLVED_STACK_OUTPUT}]},
    ),
    (
        "one variable for equal parts, the next number for others",
        {
            "Fn::Sub": [
                "${A}${B}${A}${C}",
                {"A": {"Fn::ImportValue": "x"}, "B": {"Fn::ImportValue": "y"}, "C": {"Fn::ImportValue": "x"}},
            ]
        },
        {
            "Fn::Sub": [
                "${Value1}${Value2}${Value1}${Value1}",
                {"Value1": {"Fn::ImportValue": "x"}, "Value2": {"Fn::ImportValue": "y"}},
            ]
        },
    ),
    (
        "a number that a resource of the text has is left out",
        {"Fn::Sub": ["${Value1}${A}", {"A": {"Fn::ImportValue": "x"}}]},
        {"Fn::Sub": ["${Value1}${Value2}", {"Value2": {"Fn::ImportValue": "x"}}]},
    ),
    (
        "variables of a text in a text",
        {"Fn::Join": ["-", [{"Fn::Sub": ["<${A}>", {"A": {"Fn::ImportValue": "x"}}]}, "y"]]},
        {"Fn::Sub": ["<${Value1}>-y", {"Value1": {"Fn::ImportValue": "x"}}]},
    ),
    (
        "an attribute named by the unknown",
        {"Fn::Sub": ["${A}!", {"A": {"Fn::GetAtt": ["Bucket", {"Ref": "Image"}]}}]},
        {"Fn::Sub": ["${Value1}!", {"Value1": {"Fn::GetAtt": ["Bucket", {"Ref": "Image"}]}}]},
    ),
    ("literal beside the unknown", {"Fn::Sub": "${!Name}${Bucket}"}, {"Fn::Sub": "${!Name}${Bucket}"}),
    (
        "text that looks like a variable",
        {"Fn::Join": ["", ["${a}", {"Ref": "Bucket"}]]},
        {"Fn::Sub": "${!a}${Bucket}"},
    ),
    (
        "text that looks like a literal",
        {"Fn::Join": ["", ["${!a}", {"Ref": "Bucket"}]]},
        {"Fn::Sub": "${!!a}${Bucket}"},
    ),
    (
        "brace that is never closed",
        {"Fn::Join": ["", ["${", {"Ref": "Bucket"}, "}"]]},
        {"Fn::Sub": "${${Bucket}}"},
    ),
)
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


@table(
    (
        "misspelt Ref",
        {"Ref": "Buckett"},
        ".Ref: 'Buckett' is neither a parameter nor a resource of this template. Did you mean 'Bucket'?",
    ),
    (
        "unknown Ref",
        [{"Ref": "xyz"}],
        "[0].Ref: 'xyz' is neither a parameter nor a resource of this template.",
    ),
    (
        "Ref to the absent",
        {"Ref": "DevBucket"},
        ".Ref: The resource 'DevBucket' does not exist here: its condition IsDev is false.",
    ),
    ("Ref to a list", {"Ref": ["Bucket"]}, '.Ref: Ref requires one name, found ["Bucket"].'),
    (
        "unknown pseudo parameter",
        {"Ref": "AWS::Regin"},
        ".Ref: 'AWS::Regin' is not a pseudo parameter; allowed are AWS::AccountId, AWS::NoValue, "
        "AWS::NotificationARNs, "
        "AWS::Partition, AWS::Region, AWS::StackId, AWS::StackName, AWS::URLSuffix.",
    ),
    (
        "GetAtt of the absent",
        {"Fn::GetAtt": ["DevBucket", "Arn"]},
        ".Fn::GetAtt: The resource 'DevBucket' does not exist here: its condition IsDev is false.",
    ),
    (
        "GetAtt of a parameter",
        {"Fn::GetAtt": "Project.Arn"},
        ".Fn::GetAtt: 'Project' is not a resource of this template.",
    ),
    (
        "GetAtt of a function",
        {"Fn::GetAtt": [{"Ref": "Bucket"}, "Arn"]},
        '.Fn::GetAtt: Expected the logical ID of a resource, found {"Ref": "Bucket"}.',
    ),
    (
        "function beside a key",
        {"Fn::Sub": "a", "B": 1},
        ": Fn::Sub is not the only key of its mapping (B, Fn::Sub); a function must be.",
    ),
    (
        "unknown function",
        {"Fn::Length": []},
        f".Fn::Length: Fn::Length is not a function of Resources and Outputs; allowed are {FUNCTIONS}.",
    ),
    (
        "predicate",
        {"Fn::Equals": [1, 1]},
        f".Fn::Equals: Fn::Equals is not a function of Resources and Outputs; allowed are {FUNCTIONS}.",
    ),
    (
        "Sub of the unknown",
        {"Fn::Sub": "${Projct}"},
        ".Fn::Sub.${Projct}.Ref: 'Projct' is neither a parameter nor a resource of this template. Did "
        "you mean 'Project'?",
    ),
    (
        "Sub of a missing attribute's resource",
        {"Fn::Sub": "${Bukket.Arn}"},
        ".Fn::Sub.${Bukket.Arn}.Fn::GetAtt: 'Bukket' is not a resource of this template. "
        "Did you mean 'Bucket'?",
    ),
    (
        "Sub with a space",
        {"Fn::Sub": "${ Project }"},
        ".Fn::Sub: '${ Project }' is not a variable; write '${! Project }' for the text itself.",
    ),
    (
        "Sub of NoValue",
        {"Fn::Sub": ["${A}", {"A": NO_VALUE}]},
        ".Fn::Sub[1].A: AWS::NoValue removes a property or a list item; a function needs a value here.",
    ),
    (
        "Join by a function",
        {"Fn::Join": [{"Ref": "Project"}, []]},
        '.Fn::Join[0]: The delimiter is a plain string, found {"Ref": "Project"}.',
    ),
    (
        "Select out of range",
        {"Fn::Select": [3, {"Ref": "Zones"}]},
        '.Fn::Select[0]: Index 3 is out of range for ["a", "b", "c"]; the first item is 0.',
    ),
    (
        "Select below zero",
        {"Fn::Select": ["-1", ["a"]]},
        '.Fn::Select[0]: The index is a whole number, 0 or more, found "-1".',
    ),
    (
        "Split by nothing",
        {"Fn::Split": ["", "a"]},
        '.Fn::Split[0]: The delimiter is a plain string that is not empty, found "".',
    ),
    (
        "unknown map",
        {"Fn::FindInMap": ["Size", "a", "b"]},
        ".Fn::FindInMap[0]: Mappings has no key 'Size'; it has Sizes.",
    ),
    (
        "unknown key",
        {"Fn::FindInMap": ["Sizes", "qa", "b"]},
        ".Fn::FindInMap[1]: Mappings.Sizes has no key 'qa'; it has dev, prod.",
    ),
    (
        "unknown second key",
        {"Fn::FindInMap": ["Sizes", "dev", "b"]},
        ".Fn::FindInMap[2]: Mappings.Sizes.dev has no key 'b'; it has Memory, Subnets.",
    ),
    (
        "If on no condition",
        {"Fn::If": ["Prod", "a", "b"]},
        '.Fn::If[0]: "Prod" is not a condition of this template, which has IsDev, IsNewImage, IsProd.',
    ),
    (
        "If on the unknown",
        {"Fn::If": ["IsNewImage", "a", "b"]},
        ".Fn::If[0]: The condition IsNewImage depends on a value that is known only in the deployed stack.",
    ),
    (
        "fault in the branch taken",
        {"Fn::If": ["IsProd", {"A": {"Ref": "xyz"}}, "b"]},
        ".Fn::If[1].A.Ref: 'xyz' is neither a parameter nor a resource of this template.",
    ),
    (
        "stack output of nothing",
        {"Fn::GetStackOutput": {"StackName": "a"}},
        ".Fn::GetStackOutput: Fn::GetStackOutput requires StackName and OutputName, found "
        '{"StackName": "a"}.',
    ),
    (
        "stack output of the unknown",
        {"Fn::GetStackOutput": {"StackName": {"Ref": "xyz"}, "OutputName": "a"}},
        ".Fn::GetStackOutput.StackName.Ref: 'xyz' is neither a parameter nor a resource of this template.",
    ),
)
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


@table(
    (
        "macro",
        {"Transform": "AWS::LanguageExtensions"},
        "Transform: A template with a macro cannot be resolved: remove the Transform.",
    ),
    ("resource is no mapping", {"Resources": {"A": []}}, "Resources.A: Expected a mapping, found []."),
    (
        "no such condition",
        {"Resources": {"A": {"Condition": "B"}}},
        'Resources.A.Condition: "B" is not a condition of this template, which has none.',
    ),
    (
        "condition that is written out",
        {"Resources": {"A": {"Condition": {"Fn::Equals": [1, 1]}}}},
        'Resources.A.Condition: {"Fn::Equals": [1, 1]} is not a condition of this template, which has none.',
    ),
    (
        "condition that cannot be decided",
        {
            "Conditions": {"B": {"Fn::Equals": [{"Ref": "AWS::StackId"}, "a"]}},
            "Outputs": {"A": {"Condition": "B", "Value": 1}},
        },
        "Outputs.A.Condition: The condition B depends on a value that is known only in the deployed stack.",
    ),
    (
        "broken condition without a user",
        {"Conditions": {"B": {"Condition": "C"}}},
        'Conditions.B.Condition: "C" is not a condition of this template, which has B.',
    ),
    (
        "map of none",
        {"Outputs": {"A": {"Value": {"Fn::FindInMap": ["B", "C", "D"]}}}},
        "Outputs.A.Value.Fn::FindInMap[0]: Mappings has no key 'B'; it has none.",
    ),
    (
        "condition without resources and parameters",
        {"Conditions": {"A": {"Fn::Equals": [{"Ref": "B"}, "c"]}}},
        "Conditions.A.Fn::Equals[0].Ref: 'B' is not a parameter of this template.",
    ),
    (
        "attribute of the absent",
        {"Outputs": {"A": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}}},
        "Outputs.A.Value.Fn::GetAtt: 'B' is not a resource of this template.",
    ),
    (
        "output of the absent",
        {"Outputs": {"A": {"Value": {"Ref": "B"}}}},
        "Outputs.A.Value.Ref: 'B' is neither a parameter nor a resource of this template.",
    ),
)
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
    here = equal[0]
    template = {
        "Conditions": {"It": {"Fn::And": equal}},
        "Rules": {"It": {"Assertions": [{"Assert": here}]}},
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
    [
        (
            {"Type": "String"},
            {},
            "Parameters: Specify a value for P, which does not have a Default.",
        ),
        (
            {"Type": "String", "Default": "a"},
            {"Q": "b"},
            "Parameters.Q: The template does not have this parameter. Its parameters are P.",
        ),
        (
            {"Type": "Number"},
            {"P": 5},
            "Parameters.P: The value given is 5; CloudFormation accepts only strings, so quote it.",
        ),
        (
            {"Type": "String", "AllowedValues": ["true", False]},
            {"P": "True"},
            "Parameters.P: The value is 'True'; allowed are true, false.",
        ),
        (
            {"Type": "CommaDelimitedList", "Default": "a, c", "AllowedValues": ["a", "b"]},
            {},
            "Parameters.P: The value is 'c'; allowed are a, b.",
        ),
        (
            {"Type": "CommaDelimitedList", "Default": ["a"]},
            {},
            'Parameters.P: Expected a text, found ["a"].',
        ),
        (
            {"Type": "String", "Default": "a", "AllowedValues": [["a"]]},
            {},
            'Parameters.P: Expected a text, found ["a"].',
        ),
    ],
    ids=[
        "missing",
        "undeclared",
        "not text",
        "not allowed",
        "item not allowed",
        "Default not text",
        "allowed value not text",
    ],
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


@table(
    ("Equals", YES, True),
    ("Equals of two cases", {"Fn::Equals": ["Prod", {"Ref": "Environment"}]}, False),
    ("boolean and text", {"Fn::Equals": ["true", True]}, True),
    ("number and text", {"Fn::Equals": [3, {"Ref": "Count"}]}, True),
    ("number and its other spelling", {"Fn::Equals": ["3.0", {"Ref": "Count"}]}, False),
    ("lists", {"Fn::Equals": [["a", "b", "c"], {"Ref": "Zones"}]}, True),
    ("Join", {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Zones"}]}, "abc"]}, True),
    ("Select", {"Fn::Equals": [{"Fn::Select": [0, {"Ref": "Zones"}]}, "b"]}, False),
    ("Split", {"Fn::Equals": [{"Fn::Select": [1, {"Fn::Split": ["-", "a-b"]}]}, "b"]}, True),
    ("Sub", {"Fn::Equals": [{"Fn::Sub": "${Project}@${AWS::Region}"}, "shop@ap-northeast-1"]}, True),
    ("FindInMap", {"Fn::Equals": [{"Fn::FindInMap": ["Sizes", "dev", "Memory"]}, "128"]}, True),
    ("Not", {"Fn::Not": [NO]}, True),
    ("And", {"Fn::And": [YES, YES, NO]}, False),
    ("And of true", {"Fn::And": [YES, YES]}, True),
    ("Or", {"Fn::Or": [NO, NO, YES]}, True),
    ("Or of false", {"Fn::Or": [NO, NO]}, False),
    ("another condition", {"Condition": "Yes"}, True),
    (
        "nested",
        {"Fn::And": [{"Fn::Not": [{"Condition": "No"}]}, {"Fn::Or": [NO, {"Condition": "Yes"}]}]},
        True,
    ),
    ("unknown, but And is decided", {"Fn::And": [UNKNOWN, NO]}, False),
    ("unknown, but Or is decided", {"Fn::Or": [UNKNOWN, YES]}, True),
)
def test_condition(node: Any, expected: bool) -> None:
    """A condition is evaluated over parameters, mappings and other conditions."""
    assert expected is condition(node)


PREDICATES = "Condition, Fn::And, Fn::Equals, Fn::Not, Fn::Or"


@table(
    (
        "resource",
        {"Fn::Equals": [{"Ref": "Bucket"}, "a"]},
        ".Fn::Equals[0].Ref: 'Bucket' is a resource, but Conditions can only refer to parameters.",
    ),
    (
        "no parameter",
        {"Fn::Equals": ["a", {"Ref": "Projekt"}]},
        ".Fn::Equals[1].Ref: 'Projekt' is not a parameter of this template. Did you mean 'Project'?",
    ),
    (
        "attribute",
        {"Fn::Equals": [{"Fn::GetAtt": "Bucket.Arn"}, "a"]},
        ".Fn::Equals[0].Fn::GetAtt: Fn::GetAtt is not a function of Conditions; allowed are Fn::FindInMap, "
        "Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Ref.",
    ),
    ("literal", True, f": Expected one of {PREDICATES}, found true."),
    ("value", {"Ref": "Project"}, f': Expected one of {PREDICATES}, found {{"Ref": "Project"}}.'),
    (
        "two functions",
        {"Fn::Not": [YES], "Fn::Or": []},
        f': Expected one of {PREDICATES}, found {{"Fn::Not": [{{"Fn::Equals": ["a", "a"]}}], "Fn::Or": []}}.',
    ),
    (
        "rule function",
        {"Fn::Contains": [["a"], "a"]},
        f': Expected one of {PREDICATES}, found {{"Fn::Contains": [["a"], "a"]}}.',
    ),
    (
        "Equals with NoValue",
        {"Fn::Equals": [NO_VALUE, "a"]},
        ".Fn::Equals[0]: AWS::NoValue removes a property or a list item; a function needs a value here.",
    ),
    (
        "no such condition",
        {"Fn::Not": [{"Condition": "Maybe"}]},
        '.Fn::Not[0].Condition: "Maybe" is not a condition of this template, which has It, No, Yes.',
    ),
    (
        "itself",
        {"Fn::Not": [{"Condition": "It"}]},
        ".Fn::Not[0].Condition: The conditions have a circular dependency: It -> It.",
    ),
)
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


@table(
    ("Equals", {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}, True),
    ("Not", {"Fn::Not": [{"Fn::Equals": [{"Ref": "Environment"}, "prod"]}]}, False),
    ("region", {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}, False),
    ("And", {"Fn::And": [YES, NO]}, False),
    ("Or", {"Fn::Or": [YES, NO]}, True),
    ("Contains", {"Fn::Contains": [["dev", "prod"], {"Ref": "Environment"}]}, True),
    ("Contains not", {"Fn::Contains": [["dev"], {"Ref": "Environment"}]}, False),
    ("Contains in a parameter", {"Fn::Contains": [{"Ref": "Zones"}, "b"]}, True),
    ("Contains compares texts", {"Fn::Contains": [[1, True], "true"]}, True),
    ("ValueOf is unknown", {"Fn::Equals": [TAG, "x"]}, True),
    ("ValueOf is unknown when negated", {"Fn::Not": [{"Fn::Equals": [TAG, "x"]}]}, True),
    ("ValueOf, but decided", {"Fn::And": [{"Fn::Equals": [TAG, "x"]}, NO]}, False),
    ("ValueOfAll", {"Fn::Contains": [{"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", "Tags.Team"]}, "x"]}, True),
    ("RefAll", {"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, "x"]}, True),
    ("EachMemberEquals", {"Fn::EachMemberEquals": [["a"], "b"]}, True),
    ("EachMemberIn, negated", {"Fn::Not": [{"Fn::EachMemberIn": [["a"], ["a"]]}]}, True),
    ("SSM parameter is unknown", {"Fn::Contains": [["a"], {"Ref": "Image"}]}, True),
)
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


@table(
    (
        "no assertions",
        {"RuleCondition": YES},
        ': A rule contains a list of Assertions, found {"RuleCondition": {"Fn::Equals": ["a", "a"]}}.',
    ),
    (
        "no Assert",
        {"Assertions": [{"AssertDescription": "x"}]},
        '.Assertions[0]: An assertion contains an Assert, found {"AssertDescription": "x"}.',
    ),
    (
        "condition",
        {"RuleCondition": {"Condition": "A"}, "Assertions": []},
        f'.RuleCondition: Expected one of {RULE_PREDICATES}, found {{"Condition": "A"}}.',
    ),
    (
        "function of resources",
        {"Assertions": [{"Assert": {"Fn::Equals": ["a", {"Fn::Sub": "a"}]}}]},
        ".Assertions[0].Assert.Fn::Equals[1].Fn::Sub: Fn::Sub is not a function of Rules; allowed are "
        "Fn::RefAll, Fn::ValueOf, Fn::ValueOfAll, Ref.",
    ),
)
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
    known = Known(template, {"A": "a"}, {"B"}, region="eu-west-1", account="1", stack_name="s")

    assert [known.condition(name) for name in ("OfA", "OfB", "OfBoth", "IsHere", "Nowhere")] == [
        True,
        None,
        False,
        True,
        None,
    ]
    assert known.value({"Fn::Sub": "${AWS::AccountId} ${AWS::StackName}"}) == "1 s"
    assert known.value({"Fn::Sub": "${A}${C} ${AWS::Region}"}) == "ac eu-west-1"
    assert known.value({"Fn::Sub": "${A}-${B}"}) == {"Fn::Sub": "a-${B}"}
    assert known.value([{"Fn::If": ["OfA", {"Ref": "C"}, {"Ref": "B"}]}, {"Ref": "R"}]) == ["c", {"Ref": "R"}]
    with pytest.raises(ResolveError, match=r"^Resources\.Fn::If\[0\]: The condition OfB depends on a value"):
        known.value({"Fn::If": ["OfB", 1, 2]})
    with pytest.raises(ResolveError, match="'A' is neither a parameter nor a resource of this template"):
        Known({}, {}, region="eu-west-1").value({"Ref": "A"})
