"""E9021 on topic policies that let CloudWatch publish, and on others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AlarmTopicPolicyWithoutCloudWatch

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Environment: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Service: {Type: String, Default: cloudwatch.amazonaws.com}
  OtherService: {Type: String, Default: budgets.amazonaws.com}
Conditions:
  Open: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Other: {Type: AWS::SNS::Topic}
"""

ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
OWNER = (
    "{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, "
    "Action: 'sns:Publish', Resource: '*'}"
)


def grant(
    action: str = "'sns:Publish'",
    principal: str = "{Service: cloudwatch.amazonaws.com}",
    resource: str = "!Ref Topic",
    condition: str = "",
) -> str:
    """Return a statement."""
    extra = f", Condition: {condition}" if condition else ""
    return f"{{Effect: Allow, Principal: {principal}, Action: {action}, Resource: {resource}{extra}}}"


def template(
    *statements: str,
    name: str = "dev-cpu",
    topics: str = "[!Ref Topic]",
    attributes: str = "",
    more: str = "",
) -> str:
    """Return a template with alarm, topic and topic policy."""
    return (
        f"{HEAD}  Policy: {{Type: AWS::SNS::TopicPolicy, {attributes} Properties: {{Topics: {topics}, "
        f"PolicyDocument: {{Statement: [{', '.join(statements)}]}}}}}}\n{more}  High: {{Type: "
        f"AWS::CloudWatch::Alarm, Properties: {{AlarmName: {name}, AlarmActions: [!Ref Topic]}}}}\n"
    )


def source(pattern: str) -> str:
    """Return a condition on the alarm's ARN."""
    return f"{{ArnLike: {{'aws:SourceArn': {pattern}}}}}"


EVERYBODY = grant(principal="'*'")
SECOND = "  Second: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(template(grant()), id="service"),
        pytest.param(template(OWNER, grant()), id="owner and service"),
        pytest.param(template(grant(principal="{Service: !Ref Service}")), id="parameter default"),
        pytest.param(template(grant(principal="{Service: !Sub 'cloudwatch.${AWS::URLSuffix}'}")), id="Sub"),
        pytest.param(template(grant("['SNS:Publish']")), id="upper case"),
        pytest.param(template(grant("'*'")), id="all actions"),
        pytest.param(
            template(
                grant(
                    principal="{AWS: '*'}",
                    condition="{StringEquals: {'AWS:SourceOwner': !Ref AWS::AccountId}}",
                )
            ),
            id="as SNS has it",
        ),
        pytest.param(template(grant(resource="'*'")), id="every topic"),
        pytest.param(template(grant(resource="[!Ref Other, !GetAtt Topic.TopicArn]")), id="list of topics"),
        pytest.param(template(grant(resource="!ImportValue topic")), id="unknown topic"),
        pytest.param(
            template(
                grant(condition=source(f"!Sub '{ARN}${{Environment}}-*'")), name="!Sub '${Environment}-cpu'"
            ),
            id="name under the pattern",
        ),
        pytest.param(template(OWNER, topics="[!Ref Other]"), id="policy of another topic"),
        pytest.param(template(OWNER, more=SECOND), id="two policies, and nobody knows which holds"),
        pytest.param(
            template(f"!If [Open, {grant()}, {EVERYBODY}]"),
            id="both branches",
        ),
        pytest.param(
            HEAD + "  High: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref Topic]}}\n",
            id="no policy",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A topic passes whose policy lets CloudWatch publish, or may."""
    assert judge(AlarmTopicPolicyWithoutCloudWatch, text) == []


@pytest.mark.parametrize(
    ("text", "when"),
    [
        pytest.param(template(OWNER), "", id="owner alone"),
        pytest.param(template(grant("'sns:Subscribe'")), "", id="other action"),
        pytest.param(template(grant(resource="!Ref Other")), "", id="other topic"),
        pytest.param(template(grant(principal="{Service: !Ref OtherService}")), "", id="other service"),
        pytest.param(template(grant().replace("Allow", "Deny")), "", id="denied"),
        pytest.param(
            template(OWNER, f"!If [Open, {grant()}, !Ref AWS::NoValue]"),
            " when Open is false",
            id="in one branch",
        ),
        pytest.param(
            template(OWNER, attributes="Condition: Open,"),
            " when Open is true",
            id="policy under a condition",
        ),
        pytest.param(template(OWNER, topics="[!Ref Other, !Ref Topic]"), "", id="policy of two topics"),
    ],
)
def test_refuses_a_policy_that_shuts_cloudwatch_out(judge: Judge, text: str, when: str) -> None:
    """A policy without a statement for CloudWatch is found."""
    assert judge(AlarmTopicPolicyWithoutCloudWatch, text) == [
        (
            "Resources/Policy/Properties/PolicyDocument",
            f"PolicyDocument does not allow cloudwatch.amazonaws.com sns:Publish on Topic{when}: every "
            "alarm that tells the topic is lost. Add a statement that allows it.",
        )
    ]


def test_refuses_an_inline_policy(judge: Judge) -> None:
    """A policy for one topic counts like one for several."""
    text = (
        template(OWNER)
        .replace("TopicPolicy", "TopicInlinePolicy")
        .replace("Topics: [!Ref Topic]", "TopicArn: !Ref Topic")
    )

    assert [path for path, _ in judge(AlarmTopicPolicyWithoutCloudWatch, text)] == [
        "Resources/Policy/Properties/PolicyDocument"
    ]


@pytest.mark.parametrize(
    ("name", "pattern", "shown"),
    [
        pytest.param("dev-cpu", f"!Sub '{ARN}prod-*'", '"dev-cpu"', id="another name"),
        pytest.param(
            "!Sub '${Environment}-cpu'",
            f"!Sub '{ARN}dev-*'",
            '{"Fn::Sub": "${Environment}-cpu"}',
            id="another value",
        ),
    ],
)
def test_refuses_a_name_that_the_policy_does_not_cover(
    judge: Judge, name: str, pattern: str, shown: str
) -> None:
    """An alarm whose name the topic policy leaves out is found on its name."""
    assert judge(
        AlarmTopicPolicyWithoutCloudWatch, template(grant(condition=source(pattern)), name=name)
    ) == [
        (
            "Resources/High/Properties/AlarmName",
            f"AlarmName is {shown}, which no aws:SourceArn in the PolicyDocument of Policy matches: "
            "CloudWatch may not publish this alarm to Topic. Change the name or the pattern.",
        )
    ]
