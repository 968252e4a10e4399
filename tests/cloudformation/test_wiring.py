"""``wiring``: what refers to what."""

from __future__ import annotations

from typing import Any

import pytest

from csr_templates.cloudformation.wiring import PREFIX, Described, Node, Use, Wiring, spoken, uses

NAME = {"Fn::Sub": "${ProjectName}-${Environment}-vpc-id"}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param({"A": {"Ref": "B"}}, [Use(("A",), "name", "B")], id="Ref"),
        pytest.param({"A": {"Fn::GetAtt": ["B", "Arn"]}}, [Use(("A",), "name", "B")], id="GetAtt"),
        pytest.param({"A": {"Fn::GetAtt": "B.Arn"}}, [Use(("A",), "name", "B")], id="GetAtt as text"),
        pytest.param(
            {"Fn::Sub": "${A}-${B.Arn}-${!C}"}, [Use((), "name", "A"), Use((), "name", "B")], id="Sub"
        ),
        pytest.param(
            {"Fn::Sub": ["${A}-${B}", {"A": {"Ref": "C"}}]},
            [Use((), "name", "B"), Use((), "name", "C")],
            id="Sub with a variable",
        ),
        pytest.param(
            {"A": {"Fn::If": ["Big", {"Ref": "B"}, {"C": [{"Ref": "D"}]}]}},
            [Use(("A",), "condition", "Big"), Use(("A",), "name", "B"), Use(("A", "C", "*"), "name", "D")],
            id="If leaves no trace in the place",
        ),
        pytest.param(
            {"A": [{"Fn::Join": ["-", [{"Ref": "B"}]]}]},
            [Use(("A", "*", "*"), "name", "B")],
            id="other functions",
        ),
        pytest.param(
            {"Fn::ImportValue": {"Fn::Sub": "${P}-vpc"}},
            [Use((), "import", "${P}-vpc"), Use((), "name", "P")],
            id="ImportValue",
        ),
        pytest.param(
            {"Fn::GetStackOutput": {"StackName": "api", "OutputName": "Id", "Region": {"Ref": "R"}}},
            [Use((), "output", "api/Id"), Use((), "name", "R")],
            id="GetStackOutput",
        ),
        pytest.param(
            {"A": "{{resolve:secretsmanager:db-login:SecretString:password}}"},
            [Use(("A",), "secret", "db-login")],
            id="dynamic reference",
        ),
        pytest.param({"Condition": {"StringEquals": {"a": "b"}}}, [], id="condition of a policy"),
        pytest.param(
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "B"}}}},
            [Use(("Condition", "StringEquals", "aws:PrincipalOrgID"), "name", "B")],
            id="in the condition of a policy",
        ),
        pytest.param(
            {"Ref": [{"Ref": "B"}]}, [Use(("Ref", "*"), "name", "B")], id="in a property that is called Ref"
        ),
        pytest.param(
            {"A": {"Fn::Base64": {"Ref": "B"}}}, [Use(("A",), "name", "B")], id="in the argument of Base64"
        ),
        pytest.param(
            {"A": {"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "B"}}]}},
            [Use(("A",), "name", "B")],
            id="in the argument of GetAZs",
        ),
        pytest.param(
            {"A": ({"Ref": "B"}, ["c", ({"Ref": "D"},)])},
            [Use(("A", "*"), "name", "B"), Use(("A", "*", "*", "*"), "name", "D")],
            id="tuples are lists",
        ),
    ],
)
def test_finds_every_name(node: Any, expected: list[Use]) -> None:
    """Every way of naming a parameter, resource, condition or output is found, with its place."""
    assert list(uses(node)) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("a b", "a b", id="text"),
        pytest.param(70, "70", id="number"),
        pytest.param(True, "true", id="boolean"),
        pytest.param({"Ref": "A"}, "${A}", id="Ref"),
        pytest.param({"Ref": "AWS::NoValue"}, "nothing", id="NoValue"),
        pytest.param({"Fn::GetAtt": ["A", "Arn"]}, "${A.Arn}", id="GetAtt"),
        pytest.param({"Fn::Sub": ["${A}/${B}", {"A": {"Ref": "C"}}]}, "${C}/${B}", id="Sub"),
        pytest.param({"Fn::Join": ["/", ["a", {"Ref": "B"}]]}, "a/${B}", id="Join"),
        pytest.param({"Fn::If": ["Big", 2, 1]}, "2 if Big, otherwise 1", id="If"),
        pytest.param({"Fn::ImportValue": NAME}, "import vpc-id", id="ImportValue"),
        pytest.param(
            {"Fn::GetStackOutput": {"StackName": {"Fn::Sub": f"{PREFIX}api"}, "OutputName": "Id"}},
            "output Id of api",
            id="GetStackOutput",
        ),
        pytest.param(["a", {"Ref": "B"}], "a, ${B}", id="list"),
        pytest.param({"Fn::Base64": "a"}, '{"Fn::Base64": "a"}', id="anything else"),
    ],
)
def test_values_are_readable(value: Any, text: str) -> None:
    """A value reads as the text that it becomes, with names for what is not known yet."""
    assert spoken(value) == text


def two_stacks(region: str = "us-east-1") -> Wiring:
    """Return a stack with a VPC and a secret, and one, in a region of its own perhaps, that reads them."""
    below = {
        "Resources": {
            "VPC": {"Type": "AWS::EC2::VPC"},
            "Login": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "login"}},
        },
        "Outputs": {"VPCId": {"Value": {"Ref": "VPC"}, "Export": {"Name": NAME}}},
    }
    above = {
        "Resources": {
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Fn::ImportValue": NAME}}},
            "Rule": {
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Properties": {
                    "GroupId": {"Ref": "Group"},
                    "Description": "{{resolve:secretsmanager:login:SecretString:note}}",
                },
            },
        }
    }
    return Wiring(
        [
            Described("below", "below.yaml", "us-east-1", below),
            Described("above", "above.yaml", region, above),
        ]
    )


def test_an_import_leads_to_what_is_exported() -> None:
    """A resource that imports an output refers to the resource behind it."""
    wiring = two_stacks()

    assert wiring.reads("above") == {Node("below", "VPCId"): ["Group"]}
    assert wiring.targets(Node("above", "Group")) == [Node("below", "VPC")]


def test_an_import_stays_in_its_region() -> None:
    """CloudFormation knows exports per region, so an import finds nothing elsewhere."""
    assert two_stacks("eu-west-1").reads("above") == {}


def test_a_secret_read_by_name_is_a_reference() -> None:
    """A dynamic reference leads to the secret of that name, whichever stack has it."""
    wiring = two_stacks()

    assert wiring.targets(Node("above", "Rule")) == [Node("above", "Group"), Node("below", "Login")]
    assert wiring.secrets("above") == [Node("below", "Login")]
    assert wiring.secrets("below") == []
