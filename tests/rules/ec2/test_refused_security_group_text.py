"""E9048 on good and broken descriptions of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import RefusedSecurityGroupText

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Quoted: {Type: String, Default: "the 'app'"}
  Plain: {Type: String, Default: the app}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
"""

REFUSED = (
    "Description {}: EC2 refuses the characters {} in it. Use ASCII letters, digits, spaces and "
    "._-:/()#,@[]+=&;{{}}!$*."
)


def group(properties: str, kind: str = "SecurityGroup") -> str:
    """Return a template with one security group or one rule of these properties."""
    return f"{HEAD}  Group: {{Type: AWS::EC2::{kind}, Properties: {{{properties}}}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            group("SecurityGroupIngress: [{Description: 'MySQL, from (10.0.0.0/16)!'}]"), id="literal"
        ),
        pytest.param(group("SecurityGroupEgress: [{CidrIp: 10.0.0.0/16}]"), id="none"),
        pytest.param(group("SecurityGroupIngress: [{Description: !Ref Plain}]"), id="parameter default"),
        pytest.param(group("SecurityGroupIngress: [{Description: !Ref Any}]"), id="not known"),
        pytest.param(group("SecurityGroupIngress: [{Description: !Sub 'from ${Plain}'}]"), id="Sub"),
        pytest.param(
            group("SecurityGroupIngress: !If [Prod, [{Description: a}], !Ref AWS::NoValue]"),
            id="both branches",
        ),
        pytest.param(group(f"Description: {'x' * 255}", "SecurityGroupEgress"), id="255 characters"),
        pytest.param(group("GroupDescription: It's"), id="the group's own text, which cfn-lint checks"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A description of characters that EC2 takes passes."""
    assert judge(RefusedSecurityGroupText, text) == []


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        pytest.param(
            group("SecurityGroupIngress: [{CidrIp: x}, {Description: It's <here>}]"),
            "SecurityGroupIngress/1/Description",
            REFUSED.format('is "It\'s <here>"', "' < >"),
            id="ingress of a group",
        ),
        pytest.param(
            group("SecurityGroupEgress: [{Description: !Ref Quoted}]"),
            "SecurityGroupEgress/0/Description",
            REFUSED.format('is {"Ref": "Quoted"}, which can be "the \'app\'"', "'"),
            id="egress, parameter default",
        ),
        pytest.param(
            group("SecurityGroupEgress: [{Description: !Sub 'to ${Quoted}'}]"),
            "SecurityGroupEgress/0/Description",
            REFUSED.format('is {"Fn::Sub": "to ${Quoted}"}, which can be "to the \'app\'"', "'"),
            id="Sub",
        ),
        pytest.param(
            group("SecurityGroupEgress: [{Description: !If [Prod, ok, a%b]}]"),
            "SecurityGroupEgress/0/Description/Fn::If/2",
            REFUSED.format('is "a%b"', "%"),
            id="text in one branch",
        ),
        pytest.param(
            group("SecurityGroupIngress: !If [Prod, [{Description: a|b}], []]"),
            "SecurityGroupIngress/Fn::If/1/0/Description",
            REFUSED.format('is "a|b"', "|"),
            id="rules in one branch",
        ),
        pytest.param(
            group("Description: a?", "SecurityGroupIngress"),
            "Description",
            REFUSED.format('is "a?"', "?"),
            id="ingress of its own",
        ),
        pytest.param(
            group("Description: 説明", "SecurityGroupEgress"),
            "Description",
            REFUSED.format('is "説明"', "明 説"),
            id="Japanese",
        ),
        pytest.param(
            group(f"Description: {'x' * 256}", "SecurityGroupEgress"),
            "Description",
            f'Description is "{"x" * 256}": EC2 takes at most 255 characters, and it has 256.',
            id="too long",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, message: str) -> None:
    """A description that EC2 refuses is found at its place."""
    assert judge(RefusedSecurityGroupText, text) == [(f"Resources/Group/Properties/{path}", message)]
