"""W9049 on good and broken security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import SecurityGroupOpenOutward

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
"""

MESSAGE = (
    "SecurityGroupEgress {}: EC2 adds a rule that lets everything out to everywhere. Write the rules the "
    "group needs; for none: IpProtocol -1 to CidrIp 127.0.0.1/32; for all: IpProtocol -1 to CidrIp 0.0.0.0/0."
)
NO_VALUE = '{"Ref": "AWS::NoValue"}'


def group(properties: str, attributes: str = "") -> str:
    """Return a template with one security group."""
    return (
        f"{HEAD}  Group: {{Type: AWS::EC2::SecurityGroup, {attributes} Properties: {{GroupDescription: x, "
        f"{properties}}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(group("SecurityGroupEgress: [{CidrIp: 127.0.0.1/32}]"), id="rule"),
        pytest.param(
            group("SecurityGroupEgress: !If [Prod, [{CidrIp: 10.0.0.0/8}], [{CidrIp: 0.0.0.0/0}]]"),
            id="both branches",
        ),
        pytest.param(
            group(
                "SecurityGroupEgress: [!If [Prod, {CidrIp: 10.0.0.0/8}, !Ref AWS::NoValue]]",
                "Condition: Prod,",
            ),
            id="empty branch that the group's own condition excludes",
        ),
        pytest.param(group("SecurityGroupEgress: [!If [Prod, {CidrIp: a}, {CidrIp: b}]]"), id="either rule"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A group that always has a rule of its own passes."""
    assert judge(SecurityGroupOpenOutward, text) == []


@pytest.mark.parametrize(
    ("text", "path", "state"),
    [
        pytest.param(group("GroupName: a"), "", "is missing", id="missing"),
        pytest.param(group("SecurityGroupEgress: []"), "/SecurityGroupEgress", "is []", id="empty"),
        pytest.param(
            group("SecurityGroupEgress: !Ref AWS::NoValue"),
            "/SecurityGroupEgress",
            f"is {NO_VALUE}",
            id="no value",
        ),
        pytest.param(
            group("SecurityGroupEgress: !If [Prod, [{CidrIp: a}], !Ref AWS::NoValue]"),
            "/SecurityGroupEgress",
            f'is {{"Fn::If": ["Prod", [{{"CidrIp": "a"}}], {NO_VALUE}]}} when Prod is false',
            id="missing in one branch",
        ),
        pytest.param(
            group("SecurityGroupEgress: [!If [Prod, !Ref AWS::NoValue, {CidrIp: a}]]"),
            "/SecurityGroupEgress",
            f'is [{{"Fn::If": ["Prod", {NO_VALUE}, {{"CidrIp": "a"}}]}}] when Prod is true',
            id="no rule in one branch",
        ),
    ],
)
def test_warns(judge: Judge, text: str, path: str, state: str) -> None:
    """A group without a rule in some case is found."""
    assert judge(SecurityGroupOpenOutward, text) == [
        (f"Resources/Group/Properties{path}", MESSAGE.format(state))
    ]
