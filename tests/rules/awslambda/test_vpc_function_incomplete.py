"""E9055 on good and broken functions in a VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import VpcFunctionIncomplete

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Groups: {Type: "List<AWS::EC2::SecurityGroup::Id>"}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
"""


def function(config: str) -> str:
    """Return a template with one function."""
    return f"{HEAD}  Function: {{Type: AWS::Lambda::Function, Properties: {{VpcConfig: {config}}}}}\n"


def message(name: str, state: str, other: str, value: str) -> str:
    """Return what is said about one of the two lists."""
    return (
        f"{name} {state}, and {other} is {value}: Lambda refuses the one without the other. Name at least "
        "one of each."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(function("{SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}"), id="both"),
        pytest.param(function("{SubnetIds: [], SecurityGroupIds: []}"), id="neither: leaves the VPC"),
        pytest.param(function("{SubnetIds: [subnet-1], SecurityGroupIds: !Ref Groups}"), id="parameter"),
        pytest.param(function("{SubnetIds: [!Sub '${Any}'], SecurityGroupIds: [!ImportValue sg]}"), id="Sub"),
        pytest.param(
            function("!If [Prod, {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}, !Ref AWS::NoValue]"),
            id="both branches",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A function with both lists, or with none, passes."""
    assert judge(VpcFunctionIncomplete, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            function("{SubnetIds: [subnet-1]}"),
            message("SecurityGroupIds", "is missing", "SubnetIds", '["subnet-1"]'),
            id="no groups",
        ),
        pytest.param(
            function("{SubnetIds: [!Sub '${Any}'], SecurityGroupIds: []}"),
            message("SecurityGroupIds", "is []", "SubnetIds", '[{"Fn::Sub": "${Any}"}]'),
            id="empty groups",
        ),
        pytest.param(
            function("{SecurityGroupIds: !Ref Groups}"),
            message("SubnetIds", "is missing", "SecurityGroupIds", '{"Ref": "Groups"}'),
            id="no subnets",
        ),
        pytest.param(
            function("{SubnetIds: [subnet-1], SecurityGroupIds: [!If [Prod, sg-1, !Ref AWS::NoValue]]}"),
            message("SecurityGroupIds", "is [] when Prod is false", "SubnetIds", '["subnet-1"]'),
            id="no groups in one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, expected: str) -> None:
    """One list without the other is found."""
    assert judge(VpcFunctionIncomplete, text) == [("Resources/Function/Properties/VpcConfig", expected)]
