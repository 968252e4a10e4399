"""E9053 on good and broken dead-letter queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import DeadLettersNotAllowed

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Other: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
"""
SEND = "{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn}"
QUEUE = "{TargetArn: !GetAtt Queue.Arn}"

MISSING = (
    "TargetArn is {target}{when}, but the role Role does not allow {action} on it: Lambda refuses to create "
    "the function. Allow {action} on {target} in a statement of the role."
)
MISSING_SEND = MISSING.format(target="Queue", action="sqs:SendMessage", when="{when}")
LATE = (
    "TargetArn is Queue, and Policy allows sqs:SendMessage on it, but the function does not wait for that "
    "policy: Lambda refuses the function if it comes first. Add DependsOn: Policy, or move the statement "
    "into the role Role."
)


def inline(*statements: str) -> str:
    """Return the property of a role with these statements."""
    return f"Policies: [{{PolicyName: a, PolicyDocument: {{Statement: [{', '.join(statements)}]}}}}]"


def function(
    role: str,
    dead_letters: str = QUEUE,
    *,
    attributes: str = "",
    role_arn: str = "!GetAtt Role.Arn",
    more: str = "",
) -> str:
    """Return a template with a role and a function."""
    return (
        f"{HEAD}  Role: {{Type: AWS::IAM::Role, Properties: {{{role}}}}}\n"
        f"  Function: {{Type: AWS::Lambda::Function, {attributes} Properties: {{Role: {role_arn}, "
        f"DeadLetterConfig: {dead_letters}}}}}\n{more}"
    )


def policy(kind: str = "Policy", holder: str = "Roles: [!Ref Role]", attributes: str = "") -> str:
    """Return a policy of its own that allows to send."""
    return (
        f"  Policy: {{Type: AWS::IAM::{kind}, {attributes} "
        f"Properties: {{{holder}, PolicyDocument: {{Statement: {SEND}}}}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(function(inline(SEND)), id="inline"),
        pytest.param(function(inline("{Effect: Allow, Action: ['sqs:*'], Resource: '*'}")), id="wildcards"),
        pytest.param(
            function(inline("{Effect: Allow, Action: 'SQS:Send*', Resource: !Sub '${Queue.Arn}'}")), id="Sub"
        ),
        pytest.param(
            function(inline("{Effect: Allow, Action: 'sqs:SendMessage', Resource: !Ref Any}")),
            id="resource that is not known",
        ),
        pytest.param(
            function(
                inline("{Effect: Allow, Action: 'sns:Publish', Resource: !Ref Topic}"),
                "{TargetArn: !Ref Topic}",
            ),
            id="topic",
        ),
        pytest.param(
            function("", more=policy(), attributes="DependsOn: Policy,"), id="policy that is waited for"
        ),
        pytest.param(
            function("", more=policy("RolePolicy", "RoleName: !Ref Role"), attributes="DependsOn: [Policy],"),
            id="role policy",
        ),
        pytest.param(
            function("ManagedPolicyArns: [!Ref Policy]", more=policy("ManagedPolicy", "Path: /")),
            id="managed policy of the template, which the role refers to",
        ),
        pytest.param(
            function("ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess']"),
            id="managed policy that is not known",
        ),
        pytest.param(function("", role_arn="!ImportValue role"), id="role of another template"),
        pytest.param(function("", "{TargetArn: !ImportValue queue}"), id="queue of another template"),
        pytest.param(function("", "!Ref AWS::NoValue"), id="no dead letters"),
        pytest.param(
            function(
                inline(f"!If [Prod, {SEND}, !Ref AWS::NoValue]"), f"!If [Prod, {QUEUE}, !Ref AWS::NoValue]"
            ),
            id="both branches",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A role that may send, or may for all we know, passes."""
    assert judge(DeadLettersNotAllowed, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(function(""), MISSING_SEND.format(when=""), id="no statement"),
        pytest.param(
            function(
                "ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/service-role/"
                "AWSLambdaVPCAccessExecutionRole']"
            ),
            MISSING_SEND.format(when=""),
            id="AWS's policy for functions",
        ),
        pytest.param(
            function(inline("{Effect: Allow, Action: 'sqs:ReceiveMessage', Resource: '*'}")),
            MISSING_SEND.format(when=""),
            id="another action",
        ),
        pytest.param(
            function(inline("{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Other.Arn}")),
            MISSING_SEND.format(when=""),
            id="another queue",
        ),
        pytest.param(
            function(inline("{Effect: Allow, Action: '*', Resource: 'arn:aws:s3:::bucket'}")),
            MISSING_SEND.format(when=""),
            id="another service",
        ),
        pytest.param(
            function(inline(SEND.replace("Allow", "Deny"))), MISSING_SEND.format(when=""), id="denied"
        ),
        pytest.param(
            function("", "{TargetArn: !Sub '${Queue.Arn}'}"), MISSING_SEND.format(when=""), id="target by Sub"
        ),
        pytest.param(
            function(inline(f"!If [Prod, {SEND}, !Ref AWS::NoValue]")),
            MISSING_SEND.format(when=" when Prod is false"),
            id="allowed in one branch",
        ),
        pytest.param(
            function("", f"!If [Prod, !Ref AWS::NoValue, {QUEUE}]"),
            MISSING_SEND.format(when=" when Prod is false"),
            id="dead letters in one branch",
        ),
        pytest.param(
            function("", more=policy(attributes="Condition: Prod,"), attributes="DependsOn: Policy,"),
            MISSING_SEND.format(when=" when Prod is false"),
            id="policy with a condition",
        ),
        pytest.param(
            function(inline(SEND), "{TargetArn: !Ref Topic}"),
            MISSING.format(target="Topic", action="sns:Publish", when=""),
            id="topic",
        ),
        pytest.param(function("", more=policy()), LATE, id="policy that is not waited for"),
    ],
)
def test_refuses(judge: Judge, text: str, message: str) -> None:
    """A role that may not send, or not yet, is found on the function."""
    assert judge(DeadLettersNotAllowed, text) == [("Resources/Function/Properties/DeadLetterConfig", message)]
